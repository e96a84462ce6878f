"""Packing closed days: the pages stay the same, and what is not ours stays as it came."""

import gzip
from datetime import timedelta
from pathlib import Path

import pytest

from lake.cdxj import cdxj_lines
from lake.lake import Lake, open_lake
from lake.packing import remove_packed
from lake.packs import packings
from lake.vacuum import vacuum
from lake.verify import verify
from tests.lake.rows import at
from tests.lake.rows import look as rows
from tests.lake.test_compact import DAY, clock
from tests.lake.test_packs import DAY as FIRST_DAY
from tests.lake.test_packs import page
from tests.lake.warcs import Segment
from transforms.records import Capture
from transforms.rows import Changes

LATER = at(2 * DAY)


def taken_in(lake: Lake, segment: Segment, path: Path, minute: float = 0) -> str:
    """Archive a segment under the first day, and commit it."""
    key = lake.raw.put_segment(segment.saved(path), FIRST_DAY)
    lake.commit(key, lambda _: Changes(rows(minutes=minute).rows, segments=(key,)), "run")
    return key


def filled(lake: Lake, folder: Path, segments: int = 3) -> Lake:
    """A day of looks at two blogs, their bodies as they came over the wire."""
    for number in range(segments):
        segment = Segment()
        segment.warcinfo("As It Happened (liveblog)")
        segment.look("b1", number * 10, gzip.compress(page(number), mtime=0), encoding="gzip")
        segment.look("b2", number * 10 + 1, page(number + 50))
        taken_in(lake, segment, folder / f"{number}.warc.gz", number)
    return lake


def pages(lake: Lake) -> list[tuple[str, bytes]]:
    """Every look of the day with its page, content-decoded."""
    return sorted((item.look.capture_id, plain(item)) for item in lake.raw.looks(FIRST_DAY))


def plain(capture: Capture) -> bytes:
    [payload] = capture.payloads
    encoded = dict(payload.headers).get("Content-Encoding") == "gzip"
    return gzip.decompress(payload.body) if encoded else payload.body


def standing(lake: Lake) -> list[str]:
    return [info.key for info in lake.store.list("raw/") if info.key.endswith(".warc.gz")]


def test_only_days_that_are_closed_are_packed_and_the_pages_stay_the_same(
    local_lake: Lake, tmp_path: Path, monkeypatch
) -> None:
    before = pages(filled(local_lake, tmp_path))
    clock(monkeypatch, local_lake, at(5 * 60))
    assert list(local_lake.pack()) == []
    clock(monkeypatch, local_lake, LATER)
    [young] = local_lake.pack(after_days=2)
    assert (young.segments, young.removed, young.left) == (0, 0, 3)
    assert local_lake.store.get(young.index or "").decode().count("raw/") == 0
    assert len(local_lake.store.get(young.index or "").splitlines()) == 6
    heard = []
    [day] = local_lake.pack(on_day=lambda *told: heard.append(told))
    assert heard == [(FIRST_DAY, 0, 1)]
    assert (day.day, day.segments, day.removed, day.left, day.index) == (FIRST_DAY, 3, 3, 0, None)
    assert day.bytes_after < day.bytes_before / 2
    assert standing(local_lake) == []
    assert pages(local_lake) == before
    assert list(verify(local_lake.chain)) == []
    assert list(local_lake.pack()) == []


def test_looks_that_come_late_get_a_further_pack_and_an_archived_segment_may_come_again(
    local_lake: Lake, tmp_path: Path, monkeypatch
) -> None:
    filled(local_lake, tmp_path)
    clock(monkeypatch, local_lake, LATER)
    list(local_lake.pack())
    late = Segment()
    late.look("b1", 500, page(7))
    key = taken_in(local_lake, late, tmp_path / "late.warc.gz", 500)
    again = open_lake(local_lake.root).raw.put_segment(tmp_path / "0.warc.gz", FIRST_DAY)
    [day] = local_lake.pack()
    assert (day.segments, day.removed, day.left) == (1, 2, 0)
    assert standing(local_lake) == []
    assert [len(packing.packs) for packing in packings(local_lake.store, FIRST_DAY)] in ([1, 2], [2, 1])
    assert [item.look.blog_id for item in local_lake.raw.read(key)] == ["b1"]
    assert [item.look.blog_id for item in local_lake.raw.read(again, blog_ids={"b2"})] == ["b2"]
    assert len(pages(local_lake)) == 7


def strange(kind: str) -> Segment:
    segment = Segment()
    if kind == "of another program":
        segment.warcinfo("another crawler")
        segment.look("b1", 3)
    elif kind == "with responses that no look names":
        segment.look("b1", 3)
        segment.response("https://other.example/", b"hello", "<urn:uuid:1>", "2026-03-01T12:00:00Z")
    elif kind == "with looks of other days":
        segment.look("b1", 3)
        segment.look("b1", 3 * DAY)
    elif kind == "with a blog id that is a path":
        segment.look("../../b1", 3)
    return segment


@pytest.mark.parametrize(
    "kind",
    [
        "of another program",
        "with responses that no look names",
        "with looks of other days",
        "with a blog id that is a path",
    ],
)
def test_an_archive_stays_as_it_is_and_is_indexed(local_lake: Lake, tmp_path: Path, monkeypatch, kind: str) -> None:
    filled(local_lake, tmp_path)
    key = taken_in(local_lake, strange(kind), tmp_path / "import.warc.gz", 3)
    clock(monkeypatch, local_lake, LATER)
    [day] = local_lake.pack()
    assert (day.segments, day.removed, day.left) == (3, 3, 1)
    assert standing(local_lake) == [key]
    assert local_lake.store.get(day.index or "").decode().splitlines() == cdxj_lines(local_lake.store, FIRST_DAY)
    [again] = local_lake.pack()
    assert (again.segments, again.removed, again.left, again.index) == (0, 0, 1, day.index)
    assert list(verify(local_lake.chain)) == []


def test_a_damaged_segment_stays_as_it_is(local_lake: Lake, tmp_path: Path, monkeypatch) -> None:
    segment = Segment()
    segment.look("b1", 3, page(1))
    path = segment.saved(tmp_path / "cut.warc.gz")
    path.write_bytes(path.read_bytes()[:-30])
    key = local_lake.raw.put_segment(path, FIRST_DAY)
    local_lake.commit(key, lambda _: Changes(rows().rows, segments=(key,)), "run")
    clock(monkeypatch, local_lake, LATER)
    [day] = local_lake.pack()
    assert (day.segments, day.left) == (0, 1)
    assert standing(local_lake) == [key]


def test_what_is_committed_while_a_day_is_packed_waits_for_the_next_time(
    local_lake: Lake, tmp_path: Path, monkeypatch
) -> None:
    filled(local_lake, tmp_path)
    clock(monkeypatch, local_lake, LATER)
    late = Segment()
    late.look("b1", 500, page(7))
    packing = local_lake.pack(on_day=lambda *_: taken_in(open_lake(local_lake.root), late, tmp_path / "late.warc.gz"))
    [day] = packing
    assert (day.segments, day.left) == (3, 1)
    [day] = local_lake.pack()
    assert (day.segments, day.left) == (1, 0)
    assert len(pages(local_lake)) == 7


def test_vacuum_takes_packs_that_no_index_names_and_no_others(local_lake: Lake, tmp_path: Path, monkeypatch) -> None:
    filled(local_lake, tmp_path)
    clock(monkeypatch, local_lake, LATER)
    list(local_lake.pack())
    local_lake.store.put_if_absent(f"packs/dt={FIRST_DAY}/b1-abandoned.warc.zst", b"left by a crash")
    monkeypatch.undo()
    before = pages(local_lake)
    clock(monkeypatch, local_lake, local_lake.store.now() + timedelta(days=3))
    gone = [removal.key for removal in vacuum(local_lake.chain) if removal.key.startswith("packs/")]
    assert gone == [f"packs/dt={FIRST_DAY}/b1-abandoned.warc.zst"]
    assert pages(local_lake) == before


def test_no_segment_is_removed_for_a_pack_that_is_not_what_was_written(
    local_lake: Lake, tmp_path: Path, monkeypatch
) -> None:
    from lake.errors import SnapshotDamaged
    from lake.packing import pack_day

    filled(local_lake, tmp_path)
    packing = pack_day(local_lake.store, local_lake.newest(), FIRST_DAY)
    assert packing is not None
    path = Path(local_lake.store.uri(packing.packs[0].key))
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(SnapshotDamaged, match="No segment was removed"):
        remove_packed(local_lake.store, FIRST_DAY)
    assert len(standing(local_lake)) == 3
