"""Folding changes no row, costs a commit nothing, and a closed day is right for whoever reads its files bare."""

import random
from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from lake.compact import FOLD_FILES
from lake.errors import SnapshotDamaged
from lake.lake import Lake, open_lake
from lake.parquet import read_files
from lake.schemas import from_arrow
from lake.snapshots import Snapshot
from lake.store import Put
from tests.lake.rows import NOON, alias, at, blog_row, capture, headline, look, revision, watch
from transforms.rows import Changes, Row

DAY = 24 * 60
TABLES = ("captures", "revisions", "watches", "blogs", "aliases", "headlines")


def rows(snapshot: Snapshot, table: str) -> Counter[Row]:
    return Counter(from_arrow(table, read_files(snapshot.store, table, snapshot.files(table))))


def bare(lake: Lake, table: str = "revisions") -> list[tuple]:
    """Day and number of rows, as anybody reads the closed days of a folder."""
    glob = f"{lake.root}/g1/days/{table}/**/*.parquet"
    if not list(Path(lake.root).glob(f"g1/days/{table}/*/*.parquet")):
        return []
    sql = "SELECT dt::VARCHAR, count(*) FROM read_parquet(?, hive_partitioning = true, union_by_name = true) GROUP BY 1"
    with duckdb.connect() as connection:
        return sorted(connection.execute(sql, [glob]).fetchall())


def clock(monkeypatch, lake: Lake, moment: datetime) -> None:
    """Set the store's clock."""
    monkeypatch.setattr(type(lake.store), "now", lambda _: moment)


def record(lake: Lake, minutes: Iterable[float], blog: str = "b1") -> None:
    for number, minute in enumerate(minutes, start=1):
        lake.commit(f"{blog}/{minute}", lambda _, m=minute, n=number: look(blog, m, seq=n), "run")


def test_a_fold_changes_no_row_and_no_state_and_leaves_one_file_a_table(lake: Lake) -> None:
    record(lake, range(5))
    before = lake.newest()
    after = lake.compact("compact")
    assert (after.number, after.manifest.kind, after.run) == (6, "fold", "compact")
    for table in TABLES:
        assert rows(after, table) == rows(before, table)
    assert lake.state(after) == lake.state(before)
    assert len(after.files("revisions")) == 1
    assert lake.compact().number == 6  # nothing left to do


def test_older_snapshots_stay_readable_after_a_fold(lake: Lake) -> None:
    record(lake, range(3))
    lake.compact()
    assert sum(rows(lake.snapshot(2), "captures").values()) == 2


def test_a_day_that_is_over_is_closed_into_one_file_a_table(local_lake: Lake, monkeypatch) -> None:
    record(local_lake, [0, 1, DAY, DAY + 1])
    clock(monkeypatch, local_lake, at(DAY + 2))
    snapshot = local_lake.compact()
    assert bare(local_lake) == [("2026-03-01", 2)]
    assert [file.key for file in snapshot.files("revisions", ["2026-03-01"])] == [
        "g1/days/revisions/dt=2026-03-01/00000.parquet"
    ]
    assert sum(rows(snapshot, "revisions").values()) == 4
    assert set(snapshot.manifest.tables["revisions"]) == {"2026-03-02"}


def test_a_day_stays_open_for_an_hour_after_midnight(local_lake: Lake, monkeypatch) -> None:
    record(local_lake, [0])
    midnight = datetime(2026, 3, 2, tzinfo=NOON.tzinfo)
    clock(monkeypatch, local_lake, midnight + timedelta(minutes=59))
    local_lake.compact()
    assert bare(local_lake) == []
    clock(monkeypatch, local_lake, midnight + timedelta(minutes=61))
    local_lake.compact()
    assert bare(local_lake) == [("2026-03-01", 1)]


def test_rows_that_come_after_closing_get_a_further_file_with_only_those_rows(local_lake: Lake, monkeypatch) -> None:
    clock(monkeypatch, local_lake, at(2 * DAY))
    record(local_lake, [0])
    local_lake.compact()
    first = Path(local_lake.root, "g1/days/revisions/dt=2026-03-01/00000.parquet").read_bytes()
    record(local_lake, [5], blog="b2")
    snapshot = local_lake.compact()
    assert bare(local_lake) == [("2026-03-01", 2)]
    assert [file.rows for file in snapshot.files("revisions")] == [1, 1]
    assert Path(local_lake.root, "g1/days/revisions/dt=2026-03-01/00000.parquet").read_bytes() == first


def test_a_known_look_of_a_closed_day_is_not_written_again(local_lake: Lake, monkeypatch) -> None:
    clock(monkeypatch, local_lake, at(2 * DAY))
    record(local_lake, [0])
    local_lake.compact()
    number = local_lake.newest().number
    assert open_lake(local_lake.root).commit("again", lambda _: look(), "run").number == number


def test_a_closed_file_left_by_a_crash_is_adopted_and_no_row_is_seen_twice(local_lake: Lake, monkeypatch) -> None:
    clock(monkeypatch, local_lake, at(2 * DAY))
    record(local_lake, [0])
    put = type(local_lake.store).put_if_absent

    def die_at_the_manifest(self, key: str, content: bytes) -> Put:
        if key.startswith("snapshots/"):
            raise KeyboardInterrupt
        return put(self, key, content)

    with monkeypatch.context() as patch:
        patch.setattr(type(local_lake.store), "put_if_absent", die_at_the_manifest)
        with pytest.raises(KeyboardInterrupt):
            local_lake.compact()
    assert bare(local_lake) == [("2026-03-01", 1)]
    record(local_lake, [5], blog="b2")
    snapshot = local_lake.compact()
    assert bare(local_lake) == [("2026-03-01", 2)]
    assert sum(rows(snapshot, "revisions").values()) == 2


def test_a_fold_keeps_what_was_committed_meanwhile(local_lake: Lake, monkeypatch) -> None:
    record(local_lake, range(3))
    put = type(local_lake.store).put_if_absent
    other = open_lake(local_lake.root)
    other.prepare()

    def commit_first(self, key: str, content: bytes) -> Put:
        if self is local_lake.store and key == "snapshots/000000000004.json":
            record(other, [7], blog="b2")
        return put(self, key, content)

    monkeypatch.setattr(type(local_lake.store), "put_if_absent", commit_first)
    snapshot = local_lake.compact()
    assert snapshot.number == 5
    assert sum(rows(snapshot, "captures").values()) == 4
    assert set(local_lake.state(snapshot)) == {"b1", "b2"}
    assert len(snapshot.unfolded("captures")) == 1


def test_of_two_folds_at_once_one_is_published_and_nothing_is_doubled(local_lake: Lake, monkeypatch) -> None:
    from lake.compact import compact

    record(local_lake, range(3))
    put = type(local_lake.store).put_if_absent
    other = open_lake(local_lake.root)

    def fold_first(self, key: str, content: bytes) -> Put:
        if self is local_lake.store and key == "snapshots/000000000004.json":
            compact(other.chain, "other")
        return put(self, key, content)

    monkeypatch.setattr(type(local_lake.store), "put_if_absent", fold_first)
    snapshot = compact(local_lake.chain, "ours")
    assert (snapshot.number, snapshot.run) == (4, "other")
    assert sum(rows(snapshot, "captures").values()) == 3


def test_an_altered_file_is_never_folded_into_a_new_one(local_lake: Lake) -> None:
    record(local_lake, range(3))
    path = Path(local_lake.root, local_lake.newest().files("captures")[0].key)
    path.chmod(0o644)
    path.write_bytes(path.read_bytes().replace(b"b1", b"b7"))  # readable all the same
    with pytest.raises(SnapshotDamaged, match="liveblog verify"):
        open_lake(local_lake.root).compact()


def test_commits_fold_by_themselves_so_that_manifests_stay_small(local_lake: Lake) -> None:
    for number in range(150):
        changes = Changes({"captures": (capture(minutes=number),), "watches": (watch(minutes=number),)})
        local_lake.commit(f"k{number}", lambda _, changes=changes: changes, "run")
    newest = local_lake.newest()
    assert sum(not file.folded for _, _, file in newest.manifest.entries()) <= FOLD_FILES
    assert newest.number > 150
    assert sum(rows(newest, "captures").values()) == 150


def test_segments_move_into_parts_and_stay_known(lake: Lake, tmp_path: Path) -> None:
    keys = []
    for number in range(12):
        path = tmp_path / f"{number:02d}.warc.gz"
        path.write_bytes(b"%d" % number)
        keys.append(lake.raw.put_segment(path, "2026-03-01"))
        changes = Changes(look(minutes=number).rows, segments=(keys[-1],))
        lake.commit(f"k{number}", lambda _, changes=changes: changes, "run")
        lake.compact()
    newest = open_lake(lake.root).newest()
    assert newest.manifest.segments == ()
    assert [entry.key for entry in newest.segments()] == keys
    assert newest.segments(["2026-03-02"]) == ()
    assert lake.raw.unrecorded(newest, ["2026-03-01"]) == []
    refs = [ref for ref in newest.manifest.parts if ref.kind == "segments"]
    assert sorted(ref.level for ref in refs) == [0, 0, 0, 0, 1]


@pytest.mark.parametrize("seed", range(6))
def test_state_from_checkpoint_and_new_files_is_the_state_of_all_rows(local_lake: Lake, monkeypatch, seed: int) -> None:
    draw = random.Random(seed)
    clock(monkeypatch, local_lake, at(3 * DAY))
    folded = open_lake(f"{local_lake.root}-folded")
    for number in range(25):
        blog, section = draw.choice(["b1", "b2", "b3"]), draw.choice(["s1", "s2", "s3"])
        minute = number * 200 + draw.random()
        outcome = draw.choice(["changed", "failed", "late"])
        changes = Changes(
            {
                "captures": (capture(blog, minute, outcome),),
                "revisions": (revision(blog, section, minute, seq=number + 1),),
                "blogs": (blog_row(blog, minute),),
                "aliases": (alias(blog, minute, draw.choice(["x", "y"])),),
                "headlines": (headline(blog, minute, f"text {number % 7}"),),
                "watches": (watch(blog, minute, draw.random() < 0.5),),
            }
        )
        for lake in (local_lake, folded):
            lake.commit(f"k{number}", lambda _, changes=changes: changes, "run")
        if draw.random() < 0.4:
            folded.compact()
    assert folded.state(folded.newest()) == local_lake.state(local_lake.newest())
    assert folded.state(folded.newest(), ["b2"]) == local_lake.state(local_lake.newest(), ["b2"])
    assert folded.watched(folded.newest()) == local_lake.watched(local_lake.newest())
    layers = folded.newest().manifest.checkpoint["revisions"]
    assert layers
    assert sum(file.rows for file in layers) < 25


def test_a_backfill_of_an_old_day_leaves_one_closed_file_and_not_one_a_fold(local_lake: Lake, monkeypatch) -> None:
    clock(monkeypatch, local_lake, at(9 * DAY))
    for number in range(100):
        changes = Changes({"captures": (capture(minutes=number),), "watches": (watch(minutes=number),)})
        local_lake.commit(f"k{number}", lambda _, changes=changes: changes, "run")
    assert local_lake.newest().number > 100  # folded on the way
    assert bare(local_lake, "captures") == []
    snapshot = local_lake.compact()
    assert bare(local_lake, "captures") == [("2026-03-01", 100)]
    assert len(snapshot.files("captures")) == 1
