"""Parquet files: the same rows in the same bytes, large files read in ranges, damaged ones named."""

import random
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from lake import parquet
from lake.errors import SnapshotDamaged
from lake.lake import Lake
from lake.parquet import CLOSED_LEVEL, read_files, write_parquet
from lake.schemas import from_arrow, to_arrow
from lake.store import ObjectStore
from tests.lake.rows import look, revision

NOISE = random.Random(7)
ROWS = [
    revision(f"b{number // 500}", f"s{number % 40}", number, seq=number + 1, text=f"{NOISE.getrandbits(8000):x}")
    for number in range(2000)
]


class CountedRanges:
    """A store that adds up the bytes asked for in ranges."""

    def __init__(self, store: ObjectStore) -> None:
        self.store, self.fetched = store, 0

    def __getattr__(self, name: str):
        return getattr(self.store, name)

    def get_range(self, key: str, start: int, length: int) -> bytes:
        self.fetched += length
        return self.store.get_range(key, start, length)


def test_of_a_large_file_only_the_row_groups_of_a_blog_are_fetched(lake: Lake, monkeypatch) -> None:
    file = parquet.put_table(
        lake.store, "g1/hot/revisions/dt=2026-03-01/large.parquet", to_arrow("revisions", ROWS), 250
    )
    monkeypatch.setattr(parquet, "WHOLE_BYTES", 0)
    counted = CountedRanges(lake.store)
    rows = from_arrow("revisions", read_files(counted, "revisions", [file], ["b2"]))
    assert set(rows) == {row for row in ROWS if row.blog_id == "b2"}
    assert 0 < counted.fetched < 0.5 * file.bytes
    assert set(from_arrow("revisions", read_files(counted, "revisions", [file]))) == set(ROWS)


def test_a_closed_file_holds_the_same_rows_in_fewer_bytes() -> None:
    table = to_arrow("revisions", ROWS)
    hot, closed = write_parquet(table), write_parquet(table, level=CLOSED_LEVEL)
    assert len(closed) < len(hot)
    assert pq.read_table(parquet.pa.BufferReader(closed)).equals(pq.read_table(parquet.pa.BufferReader(hot)))


def test_every_column_has_statistics_and_zstd() -> None:
    metadata = pq.read_metadata(parquet.pa.BufferReader(write_parquet(to_arrow("revisions", ROWS))))
    for number in range(metadata.num_columns):
        column = metadata.row_group(0).column(number)
        assert column.compression == "ZSTD"
        assert column.is_stats_set or column.path_in_schema.endswith(".list.element")


def test_a_file_that_is_no_parquet_is_named(local_lake: Lake) -> None:
    snapshot = local_lake.commit("k", lambda _: look(), "run")
    [file] = snapshot.files("revisions")
    Path(local_lake.root, file.key).write_bytes(b"not parquet at all")
    with pytest.raises(SnapshotDamaged, match=file.key):
        local_lake.state(snapshot)
