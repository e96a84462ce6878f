"""The chain of snapshots: found by probing, by number and by time."""

from datetime import timedelta
from pathlib import Path

import pytest

from lake.errors import FormatUnknown, SnapshotDamaged, SnapshotMissing
from lake.lake import Lake, open_lake
from lake.manifest import Manifest, manifest_key
from lake.snapshots import CELL, Chain
from lake.store import ObjectInfo
from tests.lake.rows import NOON, look


def put(lake: Lake, number: int, **more) -> None:
    manifest = Manifest(snapshot=number, parent=number - 1, committed_at=NOON + timedelta(minutes=number), **more)
    lake.store.put_if_absent(manifest_key(number), manifest.to_json())


class CountingStore:
    """A store whose snapshots exist by arithmetic, and which counts what it is asked."""

    root = "counted"

    def __init__(self, newest: int, gaps: range) -> None:
        self.newest, self.gaps, self.asked = newest, gaps, 0

    def head(self, key: str) -> ObjectInfo | None:
        self.asked += 1
        number = int(key.removeprefix("snapshots/").removesuffix(".json"))
        there = number <= self.newest and not (number in self.gaps and number % CELL)
        return ObjectInfo(key, 1, "", NOON) if there else None

    def get(self, key: str) -> bytes:
        return Manifest(snapshot=int(key.removeprefix("snapshots/").removesuffix(".json"))).to_json()

    def uri(self, key: str) -> str:
        return key


@pytest.mark.parametrize("newest", [0, 1, 2, 999, 1000, 1001, 54_321, 999_999, 1_000_000])
def test_the_newest_is_found_across_what_vacuum_took_away_in_few_questions(newest: int) -> None:
    store = CountingStore(newest, gaps=range(1, newest - 2 * CELL))
    chain = Chain(store)
    assert chain.newest().number == newest
    assert store.asked <= 45
    store.asked = 0
    assert chain.newest().number == newest
    assert store.asked == 2


def test_a_process_that_slept_for_long_still_finds_the_newest() -> None:
    store = CountingStore(1500, gaps=range(0))
    chain = Chain(store)
    assert chain.newest().number == 1500
    store.newest, store.gaps = 9876, range(1, 7000)
    assert chain.newest().number == 9876


def test_a_snapshot_is_had_by_its_number(lake: Lake) -> None:
    first = lake.commit("one", lambda _: look(), "run")
    lake.commit("two", lambda _: look("b2"), "run")
    assert lake.snapshot(1).manifest == first.manifest
    with pytest.raises(SnapshotMissing, match="no snapshot 3"):
        lake.snapshot(3)


def test_the_newest_at_a_time_is_found_between_gaps(lake: Lake) -> None:
    for number in (1, 2, 5, 6, 9):
        put(lake, number)
    for number in (1, 3, 4):  # the newest is probed for: no gap may stand behind it
        put(lake, number)
    assert lake.as_of(NOON).number == 0
    assert lake.as_of(NOON + timedelta(minutes=1)).number == 1
    assert lake.as_of(NOON + timedelta(minutes=5.5)).number == 5
    assert lake.as_of(NOON + timedelta(days=9)).number == 9


def test_as_of_works_across_cells(local_lake: Lake) -> None:
    folder = Path(local_lake.root)
    (folder / "snapshots").mkdir(parents=True)
    for number in range(1, 2 * CELL + 3):
        manifest = Manifest(snapshot=number, committed_at=NOON + timedelta(minutes=number))
        (folder / manifest_key(number)).write_bytes(manifest.to_json())
    for wanted in (1, CELL - 1, CELL, CELL + 1, 2 * CELL, 2 * CELL + 2):
        assert local_lake.as_of(NOON + timedelta(minutes=wanted + 0.5)).number == wanted
    listed = [snapshot.number for snapshot in local_lake.snapshots()]
    assert listed == list(range(2 * CELL + 2, 0, -1))


def test_a_manifest_of_a_newer_format_is_refused_with_what_to_do(lake: Lake) -> None:
    put(lake, 1, format=999)
    with pytest.raises(FormatUnknown, match="Upgrade"):
        lake.newest()


def test_a_manifest_of_a_newer_schema_is_refused(lake: Lake) -> None:
    put(lake, 1, schema=999)
    with pytest.raises(FormatUnknown, match="schema 999"):
        lake.newest()


def test_a_lake_of_a_newer_format_is_refused(lake: Lake) -> None:
    lake.store.put_if_absent("format.json", b'{"format": 999}')
    with pytest.raises(FormatUnknown, match="format 999"):
        open_lake(lake.root)


@pytest.mark.parametrize("content", [b"", b"not json", b"[]", b'{"format": 1, "schema": 1}'])
def test_a_damaged_manifest_is_named(lake: Lake, content: bytes) -> None:
    lake.store.put_if_absent(manifest_key(1), content)
    with pytest.raises(SnapshotDamaged, match="000000000001"):
        lake.newest()
