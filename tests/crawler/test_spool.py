"""A segment that was cut off anywhere is repaired to its complete looks."""

import fcntl
import os
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.answers import Answer
from crawler.items import CrawlRequest, Look, Outcome
from crawler.settings import CrawlJob, CrawlSettings
from crawler.spool import OPEN, crawl_name, leftovers, open_path, repair, segment_path
from crawler.visits import LookMaker, Verdict, Visit
from crawler.warc import SegmentWriter

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
NAME = crawl_name("manual__2026-11-22T12:00:00+00:00", "batch 1", NOON)


def finished(number: int):
    request = CrawlRequest(f"blog{number}", f"https://example.org/{number}", "example")
    answer = Answer(
        url=request.url,
        started_at=NOON + timedelta(seconds=number),
        elapsed_ms=5,
        status=200,
        request_head=b"GET / HTTP/1.1\r\n\r\n",
        head=b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n",
        headers=(("Content-Type", "text/html"),),
        body=f"<p>Update {number}</p>".encode() * 50,
    )
    job = CrawlJob("r", "b", "", CrawlSettings())
    return LookMaker(job).finish(Visit(request, answers=[answer]), Verdict(Outcome.FETCHED))


def write_segment(spool: Path, looks: int) -> tuple[Path, list[int]]:
    """An open segment, as a killed process leaves it, and its length after each look."""
    writer = SegmentWriter(CrawlJob("r", "b", os.fspath(spool), CrawlSettings(), NAME), lambda *closed: None)
    opened = open_path(segment_path(spool, NAME, 1))
    ends = []
    for number in range(looks):
        writer.write(finished(number))
        ends.append(opened.stat().st_size)
    return opened, ends


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    opened, ends = write_segment(tmp_path_factory.mktemp("whole"), 3)
    return opened.read_bytes(), ends


@given(st.data())
def test_wherever_the_file_ends_every_look_that_is_whole_is_kept(whole, tmp_path_factory, read, data):
    content, ends = whole
    length = data.draw(st.integers(0, len(content)) | st.sampled_from(ends))
    opened = tmp_path_factory.mktemp("cut") / f"{NAME}-00001{OPEN}"
    opened.write_bytes(content[:length])
    kept = sum(end <= length for end in ends)
    repaired = repair(opened)
    assert not opened.exists()
    assert repaired.outcomes == Counter({"fetched": kept} if kept else {})
    if not kept:
        assert repaired.segment is None
        return
    assert repaired.segment.read_bytes() == content[: ends[kept - 1]]
    assert repaired.dropped_bytes == length - ends[kept - 1]
    looks = [Look.from_json(one.body) for one in read(repaired.segment) if one.kind == "metadata"]
    assert [look.blog_id for look in looks] == [f"blog{number}" for number in range(kept)]


@given(st.binary(max_size=2000))
def test_garbage_behind_the_last_look_is_cut_off(whole, tmp_path_factory, tail):
    content, ends = whole
    opened = tmp_path_factory.mktemp("garbage") / f"{NAME}-00001{OPEN}"
    opened.write_bytes(content + tail)
    assert repair(opened).segment.read_bytes() == content[: ends[-1]]


def test_leftovers_are_closed_segments_in_the_order_of_writing(tmp_path):
    opened, _ = write_segment(tmp_path, 2)
    older = segment_path(tmp_path, crawl_name("zz", "b", NOON - timedelta(hours=1)), 1)
    older.write_bytes(b"closed long ago")
    (tmp_path / "notes.txt").write_text("not ours")
    found = leftovers(tmp_path)
    assert found == (older, segment_path(tmp_path, NAME, 1))
    assert not opened.exists()
    assert (tmp_path / "notes.txt").exists()


def test_segments_of_a_living_crawl_are_not_touched(tmp_path):
    opened, _ = write_segment(tmp_path, 1)
    before = opened.read_bytes()
    with (tmp_path / f"{NAME}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert leftovers(tmp_path) == ()
        assert opened.read_bytes() == before
    assert len(leftovers(tmp_path)) == 1


def test_an_empty_spool_has_no_leftovers(tmp_path):
    assert leftovers(tmp_path) == ()


@given(st.text(max_size=200), st.text(max_size=50))
def test_whatever_a_run_is_called_its_names_are_safe(run_key, batch_id):
    name = segment_path(Path(), crawl_name(run_key, batch_id, NOON), 7).name
    assert set(name) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.")
    assert name.endswith("-20261122T120000000000Z-00007.warc.gz")
    assert len(name) < 255
