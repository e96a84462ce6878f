"""Retention: what is kept, and that removing the rest harms no snapshot that is."""

import os
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lake.errors import SnapshotMissing
from lake.lake import Lake, open_lake
from lake.snapshots import CELL, UNTOUCHED
from lake.vacuum import kept, pin, pins, unpin, vacuum
from lake.verify import verify
from tests.lake.rows import NOON, look

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


def test_raw_segments_and_closed_days_are_never_removed(folded: Lake) -> None:
    folded.store.put_if_absent("raw/dt=2026-03-01/unrecorded.warc.gz", b"x")
    folded.store.put_if_absent("g1/days/captures/dt=2026-03-01/00009.parquet", b"x")
    age(folded, "", timedelta(days=40))
    removed = {removal.key for removal in vacuum(folded.chain)}
    assert not any(key.startswith("raw/") or "/days/" in key for key in removed)
