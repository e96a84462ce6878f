"""Looks on disk come back in the order of time, and what is known of many blogs need not fit into memory."""

import random
from datetime import timedelta
from pathlib import Path

from lake.warc import captures_of
from liveblog.spooling import KnownBlogs, LookSpool, in_time
from tests.lake.warcs import START, Segment
from transforms.records import Capture
from transforms.rows import KnownBlog


def captures(*minutes: float, blog: str = "b1") -> list[Capture]:
    segment = Segment()
    for minute in minutes:
        segment.look(blog, minute, b"page of minute %d" % minute)
    segment.buffer.seek(0)
    return list(captures_of(segment.buffer, "test", "raw/dt=2026-03-01/a.warc.gz", None))


def test_looks_come_back_whole_blog_by_blog_in_the_order_of_time(tmp_path: Path):
    spool, looks = LookSpool(tmp_path), [*captures(*range(9)), *captures(*range(9), blog="b2")]
    mixed = looks.copy()
    random.Random(3).shuffle(mixed)
    for look in mixed:
        spool.add(look, "2026-03-01")
    spool.add(captures(2000)[0], "2026-03-02")
    assert spool.days() == ["2026-03-01", "2026-03-02"]
    assert spool.blogs("2026-03-01") == {"b1", "b2"}
    assert list(spool.looks("2026-03-01", "b1")) == looks[:9]
    assert list(spool.looks("2026-03-01", "b2")) == looks[9:]
    spool.forget("2026-03-01")
    assert (spool.days(), spool.blogs("2026-03-01")) == (["2026-03-02"], set())
    assert [path.name for path in tmp_path.iterdir()] == ["2026-03-02"]


def test_looks_from_several_places_are_merged_and_one_that_came_twice_comes_once():
    first, second = captures(0, 2, 4), captures(1, 2, 3)
    merged = list(in_time(iter(first), iter(second)))
    assert [look.look.started_at - START for look in merged] == [timedelta(minutes=minute) for minute in range(5)]


def test_what_is_known_of_more_blogs_than_memory_holds_stays_known(tmp_path: Path):
    asked: list[list[str]] = []

    def load(blog_ids):
        asked.append(list(blog_ids))
        return {blog_id: KnownBlog(blog_id, headlines={"a": blog_id}) for blog_id in blog_ids if blog_id < "0500"}

    names = [f"{number:04d}" for number in range(700)]
    known = KnownBlogs(tmp_path, load)
    known.expect(names)
    known.expect(names[::7])
    assert sum(map(len, asked)) == len(names)
    assert max(map(len, asked)) < len(names)
    known.put(KnownBlog("0001", headlines={"b": "newer"}))
    for name in names[5:]:
        assert known.get(name).headlines == ({"a": name} if name < "0500" else {})
    assert known.get("0001").headlines == {"b": "newer"}
    assert len(list(tmp_path.iterdir())) > 300
