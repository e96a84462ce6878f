"""`liveblog import`: a stranger's live blogs become looks, once, and a replay finds them again."""

import json
import random
import re
import tracemalloc
from base64 import b64encode
from pathlib import Path

import pytest

from lake.lake import open_lake
from liveblog import pipeline
from liveblog.strangers import archive
from tests.lake.warcs import Segment
from tests.liveblog.conftest import Liveblog
from tests.liveblog.test_extract import live_page, strangers_crawl


def test_the_live_blogs_of_a_strangers_crawl_are_recorded_once_and_survive_a_replay(liveblog: Liveblog, tmp_path: Path):
    pages = {
        "https://canal.example/live": ("200 OK", "text/html", live_page(7)),
        "https://canal.example/gone": ("404 Not Found", "text/html", b"<h1>No such page</h1>"),
        "https://canal.example/about": ("200 OK", "text/html", b"<h1>About us</h1><p>We dig canals.</p>"),
        "https://river.example/live": ("200 OK", "text/html", live_page(6, "River rises: live")),
    }
    (tmp_path / "crawl.warc.gz").write_bytes(strangers_crawl(pages))
    done = liveblog("import", "crawl.warc.gz", "--json")
    assert done.status == 0, done.err
    assert done.json["looks"] == 2
    assert done.json["outcomes"] == {"changed": 2}
    query = ("sql", "--format", "json", "SELECT url, observed_at, updates_seen FROM captures ORDER BY url")
    found = liveblog(*query).json
    assert [(row["url"], row["updates_seen"]) for row in found] == [
        ("https://canal.example/live", 7),
        ("https://river.example/live", 6),
    ]
    assert liveblog("import", "crawl.warc.gz", "--json").json["looks"] == 0
    assert liveblog("replay", "-p", "1").status == 0
    assert liveblog(*query).json == found


NO_ADDRESSES = ["http://[bad/live", "https://port.example:99999/live", "https:///live", "dns:canal.example", "live"]
LONG = f"https://long.example/{'live/' * 10_000}"


def test_records_at_what_is_no_address_stand_in_nobodys_way(liveblog: Liveblog, tmp_path: Path):
    page = ("200 OK", "text/html", live_page(7))
    pages = dict.fromkeys((*NO_ADDRESSES, "https://canal.example/live", LONG, "https://é.example/ü"), page)
    (tmp_path / "crawl.warc.gz").write_bytes(strangers_crawl(pages))
    done = liveblog("import", "crawl.warc.gz", "--json")
    assert (done.status, done.json["looks"]) == (0, 3), done.err
    assert liveblog("compact").status == 0
    [index] = (tmp_path / "lake" / "cdxj").iterdir()
    lines = [json.loads(line.split(" ", 2)[2])["url"] for line in index.read_text().splitlines()]
    assert {"https://canal.example/live", LONG} < set(lines)
    assert "http://[bad/live" not in lines
    assert liveblog("replay", "-p", "1").status == 0
    assert liveblog("verify").status == 0


def archive_of_noise(path: Path, looks: int) -> Path:
    """Looks at pages that do not compress and are no live blogs."""
    noise, crawl = random.Random(looks), Segment()
    for minute in range(looks):
        crawl.look("b1", minute + looks, b"<p>no live blog</p><!--" + b64encode(noise.randbytes(300_000)) + b"-->")
    return crawl.saved(path)


def test_of_a_long_archive_only_a_part_is_held_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("lake.warc.HELD_BYTES", 1 << 19)
    monkeypatch.setattr("lake.ranges.WHOLE_BYTES", 1 << 20)
    monkeypatch.setattr("lake.ranges.AHEAD_BYTES", 1 << 18)
    lake, looks = open_lake(str(tmp_path / "lake")), 30
    archive_of_noise(tmp_path / "short.warc.gz", 1)
    short = archive(lake, tmp_path / "short.warc.gz")
    pipeline.publish(lake, run_key="first", segments=[short])  # loads what is loaded once
    path = archive_of_noise(tmp_path / "long.warc.gz", looks)
    segment = archive(lake, path)
    tracemalloc.start()
    published = pipeline.publish(lake, run_key="import", segments=[segment])
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert published.outcomes == {"unreadable": looks}
    assert most < path.stat().st_size * 2 / 3


def test_clock_times_of_an_imported_page_are_read_in_its_publishers_time_zone(liveblog: Liveblog, tmp_path: Path):
    (tmp_path / "sources").mkdir()
    source = 'name = "Canal"\nhome = "https://canal.example/"\ntime_zone = "Asia/Tokyo"\nlanguage = "en"\n'
    (tmp_path / "sources" / "canal.toml").write_text(source + '[discover]\nsections = ["https://canal.example/"]\n')
    page = re.sub(rb' datetime="[^"]*"', b"", live_page(5))
    served = {f"https://{host}.example/live": ("200 OK", "text/html", page) for host in ("canal", "river")}
    (tmp_path / "crawl.warc.gz").write_bytes(strangers_crawl(served))
    done = liveblog("import", "crawl.warc.gz", LIVEBLOG_SOURCES=str(tmp_path / "sources"))
    assert done.status == 0, done.err
    query = "SELECT source, max(updates.published_at) AS newest FROM updates JOIN blogs USING (blog_id) GROUP BY source"
    found = {row["source"]: row["newest"] for row in liveblog("sql", "--format", "json", query).json}
    assert found == {"canal.example": "2026-11-22T06:00:00+00:00", "river.example": None}


def test_what_is_no_archive_or_a_cut_one_is_refused_whole(liveblog: Liveblog, tmp_path: Path):
    crawl = strangers_crawl({"https://canal.example/live": ("200 OK", "text/html", live_page(6))})
    (tmp_path / "cut.warc.gz").write_bytes(crawl[:-40])
    done = liveblog("import", "cut.warc.gz")
    assert done.status == 2
    assert "Nothing of it was imported" in done.err
    assert len(done.err.splitlines()) == 1
    assert not list((tmp_path / "lake" / "raw").rglob("*.warc.gz"))


def test_files_that_cannot_be_taken_in_are_named_and_the_others_are_recorded(liveblog: Liveblog, tmp_path: Path):
    for host in ("canal", "river"):
        crawl = strangers_crawl({f"https://{host}.example/live": ("200 OK", "text/html", live_page(6))})
        (tmp_path / f"{host}.warc.gz").write_bytes(crawl)
    (tmp_path / "cut.warc.gz").write_bytes(crawl[:-40])
    (tmp_path / "notes.txt").write_text("no archive")
    given = ("cut.warc.gz", "canal.warc.gz", "missing.warc", "notes.txt", "river.warc.gz")
    done = liveblog("import", *given)
    assert done.status == 2
    assert [line.partition(":")[0] for line in done.out.splitlines()] == ["canal.warc.gz", "river.warc.gz"]
    bad = ("cut.warc.gz", "missing.warc", "notes.txt")
    for line, name in zip(done.err.splitlines(), bad, strict=True):
        assert name in line
    found = liveblog("sql", "--format", "json", "SELECT url FROM captures ORDER BY url").json
    assert [row["url"] for row in found] == ["https://canal.example/live", "https://river.example/live"]
    assert liveblog("verify").status == 0
