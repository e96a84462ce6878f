"""Eight processes commit at once; strangers read closed days bare; a copy of a lake is a lake."""

import hashlib
import multiprocessing
import shutil
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pandas
import polars
import pyarrow.dataset
import pytest

from lake.lake import Lake, open_lake
from lake.parquet import read_files
from lake.verify import verify
from lake.views import views_sql
from tests.lake.rows import at, capture, look
from tests.lake.test_compact import DAY, clock
from transforms.rows import Changes

PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["tests.lake.test_many"])
WORKERS, COMMITS = 8, 50


def commit_many(address: str, worker: int) -> None:
    """What one process does: fifty commits of one look each, at a blog of its own."""
    lake = open_lake(address)
    for number in range(COMMITS):
        changes = Changes({"captures": (capture(f"b{worker}", number),)})
        lake.commit(f"{worker}/{number}", lambda _, changes=changes: changes, f"run-{worker}")


@pytest.mark.slow
def test_eight_processes_commit_fifty_snapshots_each_and_every_row_stands_there_once(local_lake: Lake) -> None:
    local_lake.prepare()
    workers = [PROCESSES.Process(target=commit_many, args=(local_lake.root, number)) for number in range(WORKERS)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(250)
    assert [worker.exitcode for worker in workers] == [0] * WORKERS
    newest = local_lake.newest()
    kinds = Counter(snapshot.manifest.kind for snapshot in local_lake.snapshots())
    assert kinds["commit"] == WORKERS * COMMITS
    ids = read_files(local_lake.store, "captures", newest.files("captures")).column("capture_id").to_pylist()
    assert Counter(ids) == Counter(f"b{worker}-{number}" for worker in range(WORKERS) for number in range(COMMITS))
    assert [finding for finding in verify(local_lake.chain) if not finding.harmless] == []


@pytest.fixture
def closed(local_lake: Lake, monkeypatch) -> Lake:
    """A lake with two closed days and an open one."""
    clock(monkeypatch, local_lake, at(2 * DAY))
    for number in range(9):
        local_lake.commit(f"k{number}", lambda _, n=number: look("b1", n * DAY / 4, seq=n + 1), "run")
    local_lake.compact()
    return local_lake


COLUMNS = ["section_id", "seq", "text", "observed_at"]


def checksum(rows: Iterable[tuple[str, int, str, datetime]]) -> tuple[int, str]:
    """How many rows, and one digest of them in any order."""
    lines = sorted(f"{name} {int(seq)} {text} {moment.astimezone(UTC).isoformat()}" for name, seq, text, moment in rows)
    return len(lines), hashlib.sha256("\n".join(lines).encode()).hexdigest()


def seen_by_duckdb(files: list[str]) -> tuple[int, str]:
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        sql = f"SELECT {', '.join(COLUMNS)} FROM read_parquet(?, union_by_name = true)"
        return checksum(connection.execute(sql, [files]).fetchall())


def seen_by_polars(files: list[str]) -> tuple[int, str]:
    return checksum(polars.read_parquet(files, columns=COLUMNS, hive_partitioning=False).rows())


def seen_by_pyarrow(files: list[str]) -> tuple[int, str]:
    table = pyarrow.dataset.dataset(files).to_table(columns=COLUMNS)
    return checksum(zip(*(column.to_pylist() for column in table.columns), strict=True))


def seen_by_pandas(files: list[str]) -> tuple[int, str]:
    frames = [pandas.read_parquet(file, columns=COLUMNS, partitioning=None) for file in files]
    return checksum(row for frame in frames for row in frame.itertuples(index=False, name=None))


READERS = [seen_by_duckdb, seen_by_polars, seen_by_pyarrow, seen_by_pandas]


@pytest.mark.parametrize("read", READERS)
def test_strangers_agree_about_closed_days_and_about_a_manifests_list(closed: Lake, read) -> None:
    rows = [look("b1", n * DAY / 4, seq=n + 1).rows["revisions"][0] for n in range(9)]
    told = [(row.section_id, row.seq, row.text, row.observed_at) for row in rows]
    bare = sorted(map(str, Path(closed.root, "g1/days/revisions").rglob("*.parquet")))
    listed = [closed.store.uri(file.key) for file in closed.newest().files("revisions")]
    assert read(bare) == checksum(told[:6])
    assert read(listed) == checksum(told)


def test_the_printed_views_work_in_any_duckdb(closed: Lake) -> None:
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute(views_sql(closed.newest()))
        assert connection.execute("SELECT count(*), max(seq) FROM revisions").fetchone() == (9, 9)
        assert connection.execute("SELECT seq FROM updates").fetchall() == [(9,)]
        assert connection.execute(f"SELECT seq FROM page_at('b1', '{at(DAY)}')").fetchall() == [(5,)]


def test_a_copy_of_a_lake_is_a_lake(closed: Lake, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(closed.root, copy)
    shutil.rmtree(closed.root)
    restored = open_lake(str(copy))
    assert list(verify(restored.chain)) == []
    assert len(restored.state(restored.newest())["b1"].sections) == 1
    assert restored.commit("next", lambda _: look("b2", 3 * DAY), "run").number == 11
