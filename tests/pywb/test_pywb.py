"""pywb, in an environment of its own, replays a blog as it stood: `make test-pywb` (docs/archive.md, docs/testing.md).

The lake is read where it stands: its raw segments as the crawler writes them, and the index that upkeep leaves for days
that are closed.
"""

import os
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from lake.lake import Lake, open_lake
from tests.lake.test_cdxj import put_look
from tests.lake.warcs import START, URL
from tests.newsroom import Newsroom
from tests.services.ports import free_port
from tests.services.programs import Program

pytestmark = pytest.mark.pywb
WAYBACK = Path(os.environ.get("WAYBACK") or Path(sys.prefix).with_name(".venv-pywb") / "bin" / "wayback")
BLOG = "gazette-ferry"
CHANGED = (0, 10, 20, 600)
"""Minutes at which the page had changed since it was last looked at."""
CONFIG = "collections:\n  blogs:\n    index_paths: {root}/cdxj\n    archive_paths: {root}/raw/\n"


@pytest.fixture(scope="module")
def pages() -> dict[int, bytes]:
    """The page of a blog as it stood at some minutes."""
    newsroom = Newsroom()
    made = {minute: newsroom.look(BLOG, newsroom.clock.start + timedelta(minutes=minute)).body for minute in CHANGED}
    assert len(set(made.values())) == len(made)
    return made


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory, pages: dict[int, bytes]) -> Lake:
    """Looks of one day at that blog: changed pages, the same bytes again, and two that were answered 304."""
    lake = open_lake(str(tmp_path_factory.mktemp("pywb") / "lake"))
    lake.prepare()
    first = put_look(lake, 0, pages[0])
    put_look(lake, 5, None, first)
    second = put_look(lake, 10, pages[10], first)
    put_look(lake, 15, pages[10], second)
    third = put_look(lake, 20, pages[20], second)
    put_look(lake, 300, None, third)
    put_look(lake, 600, pages[600], third)
    days = list(lake.pack(after_days=10_000))  # indexed, and left as WARC
    assert [(day.left, day.index is not None) for day in days] == [(7, True)]
    return lake


@pytest.fixture(scope="module")
def pywb(lake: Lake, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """pywb over that lake; its address."""
    if not WAYBACK.exists():
        pytest.fail(f"{WAYBACK} is not there: make test-pywb installs it")
    folder, port = tmp_path_factory.mktemp("wayback"), free_port()
    (folder / "config.yaml").write_text(CONFIG.format(root=lake.root))
    command = [str(WAYBACK), "--port", str(port), "--bind", "127.0.0.1", "--directory", str(folder)]
    program = Program("pywb", command, folder / "log")
    program.start()
    address = f"http://127.0.0.1:{port}"
    try:
        program.wait_until(lambda: answers(address), 60)
        yield address
    finally:
        program.stop()


def answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=5):
            return True
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


def replayed(pywb: str, minute: float, how: str = "id_") -> bytes:
    """The page as of a minute; ``id_`` asks for the bytes as they were recorded."""
    moment = START + timedelta(minutes=minute)
    with urllib.request.urlopen(f"{pywb}/blogs/{moment:%Y%m%d%H%M%S}{how}/{URL}", timeout=30) as answer:
        content: bytes = answer.read()
        return content


@pytest.mark.parametrize(
    ("minute", "stood"),
    [(0, 0), (5, 0), (10, 10), (15, 10), (20, 20), (300, 20), (600, 600), (11, 10), (295, 20), (5000, 600), (-5000, 0)],
)
def test_a_blog_is_replayed_as_it_stood(pywb: str, pages: dict[int, bytes], minute: int, stood: int) -> None:
    assert replayed(pywb, minute) == pages[stood]


def test_a_browser_gets_the_page_with_its_links_led_into_the_archive(pywb: str) -> None:
    page = replayed(pywb, 20, "mp_").decode()
    assert "Sundhaven" in page
    assert "/blogs/20260301122000mp_/" in page


def test_an_address_that_was_never_looked_at_is_not_made_up(pywb: str) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"{pywb}/blogs/20260301120000id_/https://news.example/other", timeout=30)
    assert refused.value.code == 404
    refused.value.close()
