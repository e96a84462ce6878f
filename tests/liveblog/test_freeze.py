"""`liveblog freeze`: what is frozen is what the suite of cases reads back."""

import json
from datetime import datetime
from pathlib import Path

from tests.liveblog.conftest import Liveblog
from tests.newsroom import Newsroom
from transforms.read import read
from transforms.records import Document
from transforms.report import page_to_json


def read_again(folder: Path) -> dict:
    """The case as tests/transforms/test_cases.py reads it."""
    known = json.loads((folder / "about.json").read_text("utf-8"))
    if known.get("fetched_at"):
        known["fetched_at"] = datetime.fromisoformat(known["fetched_at"])
    (page,) = folder.glob("page.*")
    told = page_to_json(read(Document(page.read_bytes(), **known)), page.name)
    return {name: value for name, value in told.items() if name not in {"path", "reasons"}}


def expected(folder: Path) -> dict:
    return json.loads((folder / "expected.json").read_text("utf-8"))


def test_a_frozen_address_is_read_from_its_folder_as_it_was_from_the_web(
    liveblog: Liveblog, newsroom: Newsroom, tmp_path: Path
):
    newsroom.clock.advance(3600)
    done = liveblog("freeze", newsroom.url("gazette-ferry"), "cases/ferry")
    assert done.status == 0, done.err
    folder = tmp_path / done.out.strip()
    assert sorted(path.name for path in folder.iterdir()) == ["about.json", "expected.json", "page.html"]
    assert expected(folder)["is_live_blog"]
    assert read_again(folder) == expected(folder)
    newsroom.clock.advance(3600)
    assert read_again(folder) == expected(folder)


def test_a_frozen_file_keeps_the_time_and_zone_that_it_was_read_with(liveblog: Liveblog, tmp_path: Path):
    dump = "Storm: live\n\n" + "\n\n".join(f"{hour}:05 Gate {hour}\n\nThe gate holds." for hour in (16, 15, 14, 13))
    (tmp_path / "storm.txt").write_text(dump)
    about = ("--url", "https://canal.example/live", "--fetched-at", "2026-11-22T17:00", "--timezone", "Europe/Rome")
    assert liveblog("freeze", "storm.txt", "storm", *about).status == 0
    known = json.loads((tmp_path / "storm" / "about.json").read_text())
    assert known["timezone"] == "Europe/Rome"
    assert known["fetched_at"] == "2026-11-22T17:00:00+00:00"
    assert (tmp_path / "storm" / "page.txt").read_text() == dump
    assert read_again(tmp_path / "storm") == expected(tmp_path / "storm")


def test_a_case_is_replaced_only_when_asked_for_and_other_folders_never(liveblog: Liveblog, tmp_path: Path):
    (tmp_path / "page.html").write_text("<title>One</title><p>Nothing live here.</p>")
    assert liveblog("freeze", "page.html", "case").status == 0
    (tmp_path / "page.html").write_text("<title>Two</title><p>Nothing live here.</p>")
    refused = liveblog("freeze", "page.html", "case")
    assert refused.status == 2
    assert "--again" in refused.err
    assert expected(tmp_path / "case")["title"] == "One"
    assert liveblog("freeze", "page.html", "case", "--again").status == 0
    assert expected(tmp_path / "case")["title"] == "Two"
    (tmp_path / "letters").mkdir()
    assert liveblog("freeze", "page.html", "letters", "--again").status == 2
    assert not list((tmp_path / "letters").iterdir())
