"""The pages that `log`, `show` and `diff` write, in a real browser: desk and phone, light and dark."""

from pathlib import Path
from typing import Any

import pytest

from lake.lake import open_lake
from tests.liveblog.conftest import Liveblog
from tests.newsroom import Newsroom
from tests.services.browser import barriers, chromium, complaints_of, fits
from tests.services.simulate import every, record_into

EDITED = "SELECT min(section_id) FROM revisions WHERE change = 'edited' AND kind = 'update'"


@pytest.fixture
def written(liveblog: Liveblog, newsroom: Newsroom, tmp_path: Path) -> list[Path]:
    """The three pages, of four hours of a blog."""
    record_into(
        open_lake(str(tmp_path / "lake")), newsroom, ["gazette-ferry"], every(newsroom.clock.now(), minutes=5, count=48)
    )
    edited = liveblog("sql", "--format", "csv", EDITED).out.splitlines()[1]
    names = {"log": "ferry", "show": "ferry", "diff": edited}
    for command, what in names.items():
        done = liveblog(command, what, "--html", f"{command}.html")
        assert done.status == 0, done.err
    return [tmp_path / f"{command}.html" for command in names]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360])
def test_a_page_keeps_nobody_out_and_fits(written: list[Path], scheme: Any, width: int):
    with chromium() as browser:
        for path in written:
            page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme, bypass_csp=True)
            said = complaints_of(page)
            page.goto(path.as_uri())
            assert fits(page), path
            assert barriers(page) == [], path
            assert said == []


def test_a_line_of_the_picture_leads_to_the_update_s_newest_change(written: list[Path]):
    with chromium() as browser:
        page = browser.new_page()
        page.goto(written[0].as_uri())
        lane = page.locator(".lives li", has=page.locator(".mark .edited")).first
        name = lane.locator("a").inner_text()
        lane.locator("a").click()
        assert name in page.locator(".change:target").inner_text()
        assert page.locator(".change:target").is_visible()
