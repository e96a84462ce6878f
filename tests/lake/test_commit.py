"""Commits: whole or not at all, once however often they are run, right whoever else commits at the same time."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lake.commit import RACES
from lake.errors import CommitContended
from lake.lake import Lake, open_lake
from lake.parquet import read_files
from lake.snapshots import Snapshot
from lake.store import Put
from tests.lake.rows import NOON, capture, look, revision, watch
from transforms.rows import Changes


def captures(snapshot: Snapshot) -> list[str]:
    """The capture ids of a snapshot's looks, sorted, each as often as it stands there."""
    return sorted(read_files(snapshot.store, "captures", snapshot.files("captures")).column("capture_id").to_pylist())


def test_a_fresh_lake_is_empty_and_reading_writes_nothing(lake: Lake) -> None:
    assert lake.newest().number == 0
    assert not lake.exists
    assert list(lake.store.list("")) == []


def test_a_commit_is_a_numbered_snapshot_that_names_its_files(lake: Lake) -> None:
    snapshot = lake.commit("first", lambda _: look(), "run-1")
    assert (snapshot.number, snapshot.key, snapshot.run, snapshot.generation) == (1, "first", "run-1", 1)
    [file] = snapshot.files("revisions")
    assert file.key.startswith("g1/hot/revisions/dt=2026-03-01/")
    assert (file.rows, file.first, file.last) == (1, NOON, NOON)
    assert file.bytes == len(lake.store.get(file.key))
    assert open_lake(lake.root).newest().manifest == snapshot.manifest


def test_rows_lie_under_the_utc_day_on_which_they_were_observed(lake: Lake) -> None:
    minutes = 12 * 60 - 0.01
    changes = Changes({"captures": (capture(minutes=minutes), capture(minutes=minutes + 1))})
    snapshot = lake.commit("k", lambda _: changes, "run")
    assert [file.key.split("/")[3] for file in snapshot.files("captures")] == ["dt=2026-03-01", "dt=2026-03-02"]


def test_running_a_commit_again_changes_nothing(lake: Lake) -> None:
    first = lake.commit("same", lambda _: look(), "run")
    lake.commit("other", lambda _: look("b2"), "run")
    objects = [info.key for info in lake.store.list("")]
    again = open_lake(lake.root).commit("same", lambda _: look(minutes=5), "run")
    assert again.manifest == first.manifest
    assert [info.key for info in lake.store.list("") if not info.key.startswith("probes/")] == objects


def test_a_look_that_is_known_is_not_written_again_under_another_key(lake: Lake) -> None:
    lake.commit("one", lambda _: look(minutes=0), "run")
    both = Changes(
        {
            "captures": (capture(minutes=0), capture(minutes=1)),
            "revisions": (revision(minutes=0), revision(minutes=1, seq=2)),
        }
    )
    snapshot = lake.commit("two", lambda _: both, "run")
    assert captures(snapshot) == ["b1-0", "b1-1"]
    assert sum(file.rows for file in snapshot.files("revisions")) == 2


def test_a_decision_that_is_known_is_not_written_again(lake: Lake) -> None:
    lake.commit("one", lambda _: Changes({"watches": (watch(),)}), "run")
    snapshot = lake.commit("two", lambda _: Changes({"watches": (watch(), watch(paused=True))}), "run")
    assert sum(file.rows for file in snapshot.files("watches")) == 2


def test_nothing_new_publishes_nothing(lake: Lake) -> None:
    lake.commit("one", lambda _: look(), "run")
    assert lake.commit("two", lambda _: look(), "run").number == 1
    assert lake.commit("three", lambda _: Changes(), "run").number == 1


def test_a_failing_build_publishes_nothing(lake: Lake) -> None:
    def fail(_: Snapshot) -> Changes:
        raise RuntimeError("cannot read the page")

    with pytest.raises(RuntimeError, match="cannot read"):
        lake.commit("k", fail, "run")
    assert lake.newest().number == 0


def test_the_guard_is_asked_before_publishing(lake: Lake) -> None:
    def refuse() -> None:
        raise RuntimeError("lease lost")

    with pytest.raises(RuntimeError, match="lease lost"):
        lake.commit("k", lambda _: look(), "run", guard=refuse)
    assert lake.newest().number == 0


def interrupt(lake: Lake, other: Changes):
    """A build that lets somebody else commit first, once; and a list that counts how often it was called."""
    calls: list[int] = []

    def build(snapshot: Snapshot) -> Changes:
        calls.append(snapshot.number)
        if len(calls) == 1:
            open_lake(lake.root).commit("other", lambda _: other, "other")
        return look("b1", minutes=len(snapshot.files("captures")))

    return build, calls


def test_a_lost_race_against_other_blogs_keeps_the_files_and_takes_the_next_number(lake: Lake) -> None:
    build, calls = interrupt(lake, look("b2"))
    snapshot = lake.commit("k", build, "run")
    assert (snapshot.number, calls) == (2, [0])
    assert captures(snapshot) == ["b1-0", "b2-0"]


def test_a_lost_race_against_the_same_blog_builds_again_on_the_newer_snapshot(lake: Lake) -> None:
    build, calls = interrupt(lake, look("b1", minutes=9))
    snapshot = lake.commit("k", build, "run")
    assert (snapshot.number, calls) == (2, [0, 1])
    assert captures(snapshot) == ["b1-1", "b1-9"]


def test_a_lost_race_for_the_same_segment_builds_again(lake: Lake, tmp_path) -> None:
    (tmp_path / "one.warc.gz").write_bytes(b"records")
    key = lake.raw.put_segment(tmp_path / "one.warc.gz", "2026-03-01")
    calls: list[int] = []

    def build(snapshot: Snapshot) -> Changes:
        calls.append(snapshot.number)
        if len(calls) == 1:
            other = Changes(look("b2").rows, segments=(key,))
            open_lake(lake.root).commit("other", lambda _: other, "other")
        return Changes(look("b1").rows, segments=(key,))

    snapshot = lake.commit("k", build, "run")
    assert calls == [0, 1]
    assert [entry.key for entry in snapshot.segments()] == [key]
    assert (snapshot.segments()[0].bytes, snapshot.segments(["2026-03-02"])) == (7, ())


def test_the_time_of_a_snapshot_never_goes_back_when_the_stores_clock_does(local_lake: Lake, monkeypatch) -> None:
    first = local_lake.commit("one", lambda _: look(), "run")
    early = first.committed_at - timedelta(hours=1)
    monkeypatch.setattr(type(local_lake.store), "now", lambda _: early)
    assert local_lake.commit("two", lambda _: look("b2"), "run").committed_at == first.committed_at


def test_a_commit_gives_up_after_a_thousand_lost_races(local_lake: Lake, monkeypatch) -> None:
    local_lake.prepare()
    put = type(local_lake.store).put_if_absent

    def lose(self, key: str, content: bytes) -> Put:
        return Put.EXISTS if key.startswith("snapshots/") else put(self, key, content)

    monkeypatch.setattr(type(local_lake.store), "put_if_absent", lose)
    monkeypatch.setattr("lake.commit.PAUSE_S", 0)
    with pytest.raises(CommitContended, match=str(RACES)):
        local_lake.commit("k", lambda _: look(), "run")


def test_committers_at_the_same_time_lose_no_row_and_double_none(lake: Lake) -> None:
    ready = threading.Barrier(4)

    def work(worker: int) -> None:
        own = open_lake(lake.root)
        ready.wait()
        for minute in range(5):
            own.commit(f"{worker}/{minute}", lambda _, m=minute: look(f"b{worker}", minutes=m), f"run-{worker}")

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    newest = lake.newest()
    assert newest.number == 20
    assert captures(newest) == sorted(f"b{worker}-{minute}" for worker in range(4) for minute in range(5))


COMMITS = st.lists(
    st.tuples(st.sampled_from("abc"), st.sets(st.tuples(st.sampled_from(["b1", "b2"]), st.integers(0, 3)), max_size=4)),
    max_size=8,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(COMMITS)
def test_whatever_is_committed_in_whatever_order_each_look_stands_there_once(tmp_path_factory, commits) -> None:
    lake = open_lake(str(tmp_path_factory.mktemp("property")))
    published: dict[str, set] = {}
    for key, looks in commits:
        changes = Changes({"captures": tuple(capture(blog, minute) for blog, minute in sorted(looks))})
        before = lake.newest().number
        after = lake.commit(key, lambda _, changes=changes: changes, "run")
        if after.number > before:
            published[key] = looks
    expected = {f"{blog}-{minute}" for looks in published.values() for blog, minute in looks}
    assert Counter(captures(lake.newest())) == Counter(expected)
