"""Replay from raw/, from packs and from both gives the same closed days byte for byte."""

from hashlib import sha256
from pathlib import Path

import pytest

from lake.lake import Lake, open_lake
from liveblog import pipeline
from liveblog.replay import Replayed, replay
from tests.lake.warcs import Segment
from tests.liveblog.test_replay import BLOGS, again, record, rows, unchanged
from tests.liveblog.test_replay import segments as segments
from transforms.identity import blog_id


@pytest.fixture
def closed(tmp_path: Path, segments) -> Lake:
    """A lake whose days are all over and closed."""
    lake = record(open_lake(str(tmp_path / "lake")), segments)
    lake.compact()
    return lake


def digests(lake: Lake) -> dict[str, str]:
    """sha256 of every object of the closed days in force, by its place within the generation."""
    prefix = f"g{lake.newest().generation}/days/"
    return {
        info.key.removeprefix(prefix): sha256(lake.store.get(info.key)).hexdigest() for info in lake.store.list(prefix)
    }


def test_closed_days_are_the_same_byte_for_byte_from_segments_from_packs_and_from_both(
    closed: Lake, tmp_path: Path, segments
):
    before = digests(closed)
    assert len(before) >= 2 * 5
    again(closed)
    assert digests(closed) == before
    packed = list(closed.pack())
    assert sum(day.removed for day in packed) == len(segments)
    assert unchanged(again(closed))
    assert digests(closed) == before
    for path, day in segments[3:12:4]:  # as if archived again by a run that was tried twice
        closed.raw.put_segment(path, day)
    assert unchanged(again(closed, processes=2))
    assert digests(closed) == before


def test_looks_that_came_late_stand_in_their_place_whether_packed_or_not(tmp_path: Path, segments):
    whole, late = open_lake(str(tmp_path / "whole")), open_lake(str(tmp_path / "late"))
    record(whole, segments)
    again(whole)
    record(late, segments[2:])
    late.compact()
    list(late.pack())
    record(late, segments[:2])
    assert "late" in {row.outcome for row in rows(late)["captures"]}
    again(late)
    assert digests(late) == digests(whole)
    list(late.pack())
    assert unchanged(again(late))
    assert digests(late) == digests(whole)


def test_a_segment_over_midnight_and_one_that_spans_days_lose_no_look(tmp_path: Path):
    lake, night, span = open_lake(str(tmp_path / "lake")), Segment(), Segment()
    address = BLOGS["gazette-ferry"]
    looks = [night.look(blog_id(address), 12 * 60 + minute, b"<p>no blog</p>") for minute in (-2, -1, 1)]
    looks += [span.look(blog_id(address), minute, b"<p>no blog</p>") for minute in (5, 5000, 9000)]
    lake.raw.put_segment(night.saved(tmp_path / "night.warc.gz"), "2026-03-02")
    pipeline.publish(lake, run_key="night", segments=["raw/dt=2026-03-02/night.warc.gz"])
    lake.raw.put_segment(span.saved(tmp_path / "span.warc.gz"), "2026-03-01")
    done = again(lake)  # no snapshot has taken in the second
    assert done.days[0] == "2026-03-01"
    assert {row.capture_id for row in rows(lake)["captures"]} == {look.capture_id for look in looks}
    list(lake.pack())
    assert unchanged(again(lake))
    assert [info.key for info in lake.store.list("raw/") if info.key.endswith("gz")] == [
        "raw/dt=2026-03-01/span.warc.gz"
    ]


def test_of_a_damaged_segment_the_looks_before_the_damage_count_as_in_recording(tmp_path: Path, segments):
    lake = record(open_lake(str(tmp_path / "lake")), segments[:3])
    path, day = segments[3]
    cut = tmp_path / path.name
    cut.write_bytes(path.read_bytes()[:-40])
    record(lake, [(cut, day)])
    before = rows(lake)
    done = again(lake)
    assert unchanged(done)
    assert rows(lake) == before
    assert list(done.damaged) == [f"raw/dt={day}/{path.name}"]


def test_comparing_leaves_no_object_behind(closed: Lake):
    before = sorted(info.key for info in closed.store.list(""))
    done = again(closed, compare=True)
    assert unchanged(done)
    new = [info.key for info in closed.store.list("") if info.key not in before]
    assert new == ["leases/generations/000002"], "but the claim on its number"


def test_days_are_heard_of_as_they_come(closed: Lake):
    heard: list[tuple[str, int, int]] = []
    done: Replayed = replay(
        closed, run_key="k", guard=lambda: None, compare=True, on_day=lambda *told: heard.append(told)
    )
    assert [day for day, _, _ in heard] == list(done.days)
    assert [number for _, number, _ in heard] == list(range(len(done.days)))
