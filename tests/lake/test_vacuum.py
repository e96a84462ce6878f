"""Retention: what is kept, and that removing the rest harms no snapshot that is."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lake.errors import SnapshotMissing
from lake.generations import Generation
from lake.lake import Lake, open_lake
from lake.snapshots import CELL, UNTOUCHED
from lake.vacuum import kept, pin, pins, unpin, vacuum
from lake.verify import verify
from tests.lake.rows import NOON, look
from tests.lake.test_compact import clock
from tests.lake.warcs import Segment
from transforms.rows import Changes

NOW = NOON + timedelta(days=100)
GAPS = st.lists(st.integers(1, 5000), min_size=1, max_size=3000)


def history(gaps: list[int], start: int = 1) -> list[tuple[int, datetime]]:
    """Numbers and times of snapshots that were committed with these gaps, in minutes, up to now."""
    moment, snapshots = NOW, []
    for number, gap in zip(range(start + len(gaps) - 1, start - 1, -1), gaps, strict=True):
        snapshots.append((number, moment))
        moment -= timedelta(minutes=gap)
    return snapshots


@settings(max_examples=50, deadline=None)
@given(GAPS, st.integers(1, 10 * CELL))
def test_probing_never_meets_a_gap_and_every_day_and_recent_hour_keeps_its_last(gaps: list[int], start: int) -> None:
    snapshots = history(gaps, start)
    keep = kept(snapshots, NOW, set())
    newest = snapshots[0][0]
    for number, moment in snapshots:
        age = NOW - moment
        if number > newest - UNTOUCHED or number % CELL == 0 or age <= timedelta(hours=48):
            assert number in keep
    assert {moment.date() for number, moment in snapshots if number in keep} == {
        moment.date() for _, moment in snapshots
    }
    for day in {moment.date() for _, moment in snapshots}:
        assert max(number for number, moment in snapshots if moment.date() == day) in keep
    for hour in {m.replace(minute=0) for _, m in snapshots if NOW - m <= timedelta(days=30)}:
        last = max(number for number, moment in snapshots if moment.replace(minute=0) == hour)
        assert last in keep or NOW - dict(snapshots)[last] > timedelta(days=30)


def test_a_year_of_commits_a_minute_is_thinned_out() -> None:
    snapshots = history([1] * (60 * 24 * 60))
    keep = kept(snapshots, NOW, pinned={17})
    assert 17 in keep
    assert 48 * 60 + 28 * 24 + 25 < len(keep) < 48 * 60 + 30 * 24 + 60 + 100


def age(lake: Lake, part: str, by: timedelta) -> None:
    """Make the objects whose keys hold this text look older."""
    for info in list(lake.store.list("")):
        if part in info.key:
            path = Path(lake.root, info.key)
            moment = path.stat().st_mtime - by.total_seconds()
            os.utime(path, (moment, moment))


@pytest.fixture
def folded(local_lake: Lake, monkeypatch) -> Lake:
    """Ten commits, a fold, eight commits, all old; cells of three numbers instead of a thousand."""
    monkeypatch.setattr("lake.snapshots.CELL", 3)
    monkeypatch.setattr("lake.vacuum.CELL", 3)
    monkeypatch.setattr("lake.vacuum.UNTOUCHED", 6)
    with monkeypatch.context() as past:
        clock(past, local_lake, datetime.now(UTC) - timedelta(days=40))
        for minute in range(18):
            local_lake.commit(f"k{minute}", lambda _, m=minute: look(minutes=m, seq=m + 1), "run")
            if minute == 9:
                local_lake.compact()
    age(local_lake, "", timedelta(days=40))
    return local_lake


def test_vacuum_removes_old_snapshots_and_what_only_they_named(folded: Lake) -> None:
    state = folded.state(folded.newest())
    removed = {removal.key for removal in vacuum(folded.chain)}
    assert len([key for key in removed if key.startswith("snapshots/")]) == 9
    assert len([key for key in removed if "/hot/" in key]) == 2  # of snapshot 10: 9 and 11 have none of them
    fresh = open_lake(folded.root)
    assert list(fresh.chain.numbers()) == [19, 18, 17, 16, 15, 14, 12, 9, 6, 3]
    assert list(verify(fresh.chain)) == []
    assert fresh.state(fresh.newest()) == state
    with pytest.raises(SnapshotMissing):
        fresh.snapshot(4)
    assert list(vacuum(fresh.chain)) == []


def test_a_dry_run_removes_nothing(folded: Lake) -> None:
    before = [info.key for info in folded.store.list("")]
    told = [removal.key for removal in vacuum(folded.chain, dry_run=True)]
    assert [info.key for info in folded.store.list("")] == before
    assert told == [removal.key for removal in vacuum(folded.chain)]


def test_a_pinned_snapshot_and_its_files_stay(folded: Lake) -> None:
    pin(folded.chain, 4, "cited in a paper")
    pin(folded.chain, 4, "again")
    list(vacuum(folded.chain))
    assert len(folded.snapshot(4).files("captures")) == 4
    assert [finding.kind for finding in verify(folded.chain)] == []
    assert pins(folded.chain) == {4}
    unpin(folded.chain, 4)
    list(vacuum(folded.chain))
    with pytest.raises(SnapshotMissing):
        folded.snapshot(4)


def test_only_a_snapshot_that_is_there_can_be_pinned(folded: Lake) -> None:
    with pytest.raises(SnapshotMissing):
        pin(folded.chain, 99, "nothing")
    with pytest.raises(SnapshotMissing, match="not pinned"):
        unpin(folded.chain, 4)


def test_files_of_a_commit_under_way_are_left_alone(folded: Lake) -> None:
    folded.store.put_if_absent("g1/hot/captures/dt=2026-03-01/under-way.parquet", b"x")
    folded.store.put_if_absent("g1/hot/captures/dt=2026-03-01/given-up.parquet", b"x")
    age(folded, "given-up", timedelta(hours=25))
    removed = {removal.key.rpartition("/")[2] for removal in vacuum(folded.chain)}
    assert "given-up.parquet" in removed
    assert "under-way.parquet" not in removed


def test_a_lake_restored_from_a_copy_keeps_the_last_snapshot_of_every_day(local_lake: Lake, monkeypatch) -> None:
    monkeypatch.setattr("lake.vacuum.UNTOUCHED", 1)
    with monkeypatch.context() as past:
        for day in range(5):
            for hour in range(3):
                clock(past, local_lake, NOON + timedelta(days=day, hours=hour))
                minutes = 60 * (24 * day + hour)
                local_lake.commit(f"{day} {hour}", lambda _, m=minutes: look(minutes=m, seq=m + 1), "run")
    age(local_lake, "", timedelta(days=4))  # copied all at once, some days ago
    list(vacuum(local_lake.chain))
    assert list(local_lake.chain.numbers()) == [15, 12, 9, 6, 3]


def test_a_replay_under_way_keeps_its_files_and_one_that_was_given_up_does_not(folded: Lake) -> None:
    generation = Generation.begin(folded.chain)
    generation.write(look())
    age(folded, f"g{generation.number}/", timedelta(hours=30))
    generation.write(look("b2"))
    assert not [one.key for one in vacuum(folded.chain) if one.key.startswith("g2/")]
    age(folded, f"g{generation.number}/", timedelta(hours=30))
    assert [one.key for one in vacuum(folded.chain) if one.key.startswith("g2/")]


def test_packs_are_kept_when_the_index_that_names_them_is_lost(local_lake: Lake, tmp_path: Path) -> None:
    segment = Segment()
    segment.look("b1", 0)
    key = local_lake.raw.put_segment(segment.saved(tmp_path / "one.warc.gz"), "2026-03-01")
    local_lake.commit("k", lambda _: Changes(look().rows, segments=(key,)), "run")
    list(local_lake.pack())
    [index, pack] = sorted((info.key for info in local_lake.store.list("packs/")), key=lambda name: "index" not in name)
    Path(local_lake.root, index).unlink()
    age(local_lake, "packs/", timedelta(days=40))
    assert pack not in {removal.key for removal in vacuum(local_lake.chain)}
    assert ("missing", key) in {(finding.kind, finding.key) for finding in verify(local_lake.chain)}


def test_files_of_others_beside_snapshots_and_pins_are_left_alone(folded: Lake) -> None:
    pin(folded.chain, 4, "a paper")
    for key in ("snapshots/.DS_Store", "snapshots/notes.txt", "pins/README"):
        folded.store.put_if_absent(key, b"x")
    assert not {removal.key for removal in vacuum(folded.chain)} & {"snapshots/.DS_Store", "pins/README"}
    assert (pins(folded.chain), 4 in folded.chain.numbers(), list(verify(folded.chain))) == ({4}, True, [])


def test_raw_segments_and_closed_days_are_never_removed(folded: Lake) -> None:
    folded.store.put_if_absent("raw/dt=2026-03-01/unrecorded.warc.gz", b"x")
    folded.store.put_if_absent("g1/days/captures/dt=2026-03-01/00009.parquet", b"x")
    age(folded, "", timedelta(days=40))
    removed = {removal.key for removal in vacuum(folded.chain)}
    assert not any(key.startswith("raw/") or "/days/" in key for key in removed)
