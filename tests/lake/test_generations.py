"""A new generation holds the rebuilt tables; one commit switches to it; the same rows give the same bytes."""

import random
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest

from lake.differences import Difference
from lake.errors import CommitContended, StoreUnreachable
from lake.generations import Generation
from lake.lake import Lake, open_lake
from lake.parquet import read_files
from lake.schemas import from_arrow, tables
from lake.store import Put
from lake.succession import put_manifest
from lake.verify import verify
from tests.lake.rows import at, capture, look, revision
from tests.lake.test_compact import DAY, bare, clock
from transforms.rows import Changes


def nothing() -> None:
    """No lease is at stake."""


def publish(generation: Generation, lake: Lake):
    return generation.publish("replay", nothing, lake.raw.entry)


def closed(lake: Lake, generation: int) -> dict[str, bytes]:
    """The bytes of the closed days of one generation, by table and day."""
    root = Path(lake.root, f"g{generation}", "days")
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in sorted(root.rglob("*.parquet"))}


@pytest.fixture
def three_days(local_lake: Lake, monkeypatch) -> Lake:
    """Three days of looks, two of them closed, one with rows that came after closing."""
    clock(monkeypatch, local_lake, at(2 * DAY + 60))
    for number, minute in enumerate(range(0, 2 * DAY + 50, 200), start=1):
        local_lake.commit(f"k{number}", lambda _, m=minute, n=number: look("b1", m, f"s{n % 4}", n), "run")
    local_lake.compact()
    local_lake.commit("late", lambda _: look("b2", 7), "run")
    local_lake.compact()
    return local_lake


def rebuilt(lake: Lake, seed: int, **more: tuple) -> Generation:
    """A generation with all rows of the newest snapshot, in a random order and number of writes."""
    newest, generation = lake.newest(), Generation.begin(lake.chain)
    rows = [
        (name, row)
        for name in tables()
        for row in (*from_arrow(name, read_files(lake.store, name, newest.files(name))), *more.get(name, ()))
    ]
    random.Random(seed).shuffle(rows)
    for start in range(0, len(rows), 7):
        part = rows[start : start + 7]
        generation.write(Changes({name: tuple(row for of, row in part if of == name) for name, _ in part}))
    return generation


@pytest.mark.parametrize("seed", range(3))
def test_the_same_rows_give_byte_equal_days_in_whatever_order_they_are_written(three_days: Lake, seed: int) -> None:
    before, state = three_days.newest(), three_days.state(three_days.newest())
    generation = rebuilt(three_days, seed)
    assert not any(one.kinds for one in generation.differences().values())
    after = publish(generation, three_days)
    assert (after.generation, after.manifest.kind, after.number) == (2, "replay", before.number + 1)
    assert three_days.state(after) == state
    for key, content in closed(three_days, 1).items():
        if "dt=2026-03-01" not in key:  # that day has two files, for what came late
            assert closed(three_days, 2)[key] == content
    assert all(key.endswith("/00000.parquet") for key in closed(three_days, 2))
    assert list(verify(three_days.chain)) == []


def test_a_second_replay_is_byte_equal_to_the_first(three_days: Lake) -> None:
    publish(rebuilt(three_days, 1), three_days)
    publish(rebuilt(three_days, 2), three_days)
    assert closed(three_days, 2) == closed(three_days, 3)


def test_readers_of_older_snapshots_keep_the_old_generation(three_days: Lake) -> None:
    before = three_days.newest()
    publish(rebuilt(three_days, 0), three_days)
    again = open_lake(three_days.root).snapshot(before.number)
    assert again.generation == 1
    assert again.files("revisions") == before.files("revisions")
    assert bare(three_days)[0] == ("2026-03-01", 5)


def test_a_range_of_days_is_rebuilt_and_the_others_are_carried(three_days: Lake) -> None:
    before = three_days.newest()
    generation = Generation.begin(three_days.chain)
    assert generation.days() == ["2026-03-01", "2026-03-02", "2026-03-03"]
    generation.carry(["2026-03-01", "2026-03-03"])
    generation.write(look("b3", DAY + 5))
    differences = generation.differences()
    day = len(read_files(three_days.store, "captures", before.files("captures", ["2026-03-02"])))
    assert differences["captures"].counts() == {"only_before": day, "only_after": 1, "changed": 0}
    assert differences["headlines"] == Difference()
    after = publish(generation, three_days)
    assert len(read_files(three_days.store, "captures", after.files("captures", ["2026-03-02"]))) == 1
    assert after.days("captures") == before.days("captures")


def test_what_a_new_reader_would_change_can_be_seen_before_switching(three_days: Lake) -> None:
    generation = rebuilt(three_days, 0, revisions=(revision("b9", minutes=3),))
    assert generation.differences()["revisions"].counts() == {"only_before": 0, "only_after": 1, "changed": 0}
    assert three_days.newest().generation == 1


def test_a_commit_in_between_is_never_lost(three_days: Lake) -> None:
    generation = rebuilt(three_days, 0)
    three_days.commit("meanwhile", lambda _: look("b5", 3), "run")
    with pytest.raises(CommitContended, match="run the replay again"):
        publish(generation, three_days)
    assert three_days.newest().generation == 1


def test_a_lost_answer_and_a_commit_after_it_are_no_reason_to_say_that_nothing_was_switched(
    three_days: Lake, monkeypatch
) -> None:
    generation, other, put = rebuilt(three_days, 0), open_lake(three_days.root), type(three_days.store).put_if_absent

    def losing(self, key: str, content: bytes) -> Put:
        answer = put(self, key, content)
        if self is three_days.store and key.startswith("snapshots/"):
            other.commit("meanwhile", lambda _: look("b5", 3), "run")
            raise StoreUnreachable("no answer")
        return answer

    def unsure(store, manifest) -> bool:
        with suppress(StoreUnreachable):
            return put_manifest(store, manifest)
        return False  # the store's client has tried again, and was told that something is there

    monkeypatch.setattr(type(three_days.store), "put_if_absent", losing)
    monkeypatch.setattr("lake.generations.put_manifest", unsure)
    switched = publish(generation, three_days)
    assert (switched.manifest.kind, switched.generation) == ("replay", 2)
    assert three_days.newest().number == switched.number + 1


def test_a_fold_in_between_does_no_harm(three_days: Lake) -> None:
    three_days.commit("more", lambda _: look("b5", 2 * DAY + 3), "run")
    generation = rebuilt(three_days, 0)
    three_days.compact()
    state = three_days.state(three_days.newest())
    assert three_days.state(publish(generation, three_days)) == state


def test_an_abandoned_generation_is_not_written_to_again(three_days: Lake) -> None:
    rebuilt(three_days, 0)
    assert Generation.begin(three_days.chain).number == 3


def test_two_generations_begun_at_once_never_share_a_folder(three_days: Lake) -> None:
    begun = [Generation.begin(open_lake(three_days.root).chain) for _ in range(3)]
    assert [generation.number for generation in begun] == [2, 3, 4]
    assert list(verify(three_days.chain)) == []


def test_recording_goes_on_in_the_new_generation(three_days: Lake, tmp_path: Path) -> None:
    path = tmp_path / "s.warc.gz"
    path.write_bytes(b"x")
    key = three_days.raw.put_segment(path, "2026-03-01")
    generation = rebuilt(three_days, 0)
    generation.write(Changes(segments=(key,)))
    publish(generation, three_days)
    assert three_days.raw.unrecorded(three_days.newest(), ["2026-03-01"]) == []
    snapshot = three_days.commit("next", lambda _: Changes({"captures": (capture("b1", 2 * DAY + 59),)}), "run")
    assert snapshot.unfolded("captures")[0].key.startswith("g2/hot/")
    assert three_days.commit("old", lambda _: look("b2", 7), "run").number == snapshot.number
    assert snapshot.committed_at >= three_days.store.now() - timedelta(days=1)
