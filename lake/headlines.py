"""Headlines that share a key with new ones: what a commit needs of all that is known, and nothing else.

    keys and times of the days in question ──> who has a wanted key ──> of each key the newest ──> what is compared

Of a file the columns `keys` and `observed_at` are read, and the few that are compared only of row groups that hold a
chosen row.
"""

from bisect import bisect_left
from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from operator import attrgetter
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from lake.manifest import FileEntry
from lake.parquet import READERS, readable, source
from lake.snapshots import Snapshot
from lake.store import ObjectStore
from transforms.rows import KnownHeadline

TABLE = "headlines"
COMPARED = [field.name for field in fields(KnownHeadline)]
NEWEST = 4
"""Headlines under one key that are enough: repeats stand close in time (`transforms.near.MOST_UNDER_KEY`)."""
WHOLE_BYTES = 64 << 20
"""A file up to this size is fetched in one request: the keys of half a million headlines lie all over it."""
BATCH_ROWS = 1 << 16
"""Rows whose keys are held at once: few enough that memory is used again instead of asked for."""
EPOCH = datetime.fromtimestamp(0, UTC)


class Searched(NamedTuple):
    """One file, and its rows that have a wanted key."""

    entry: FileEntry
    file: pq.ParquetFile
    hits: pa.Table
    """Columns `key` (its number among the wanted), `time` (in microseconds since 1970) and `row` (in the file)."""


def headlines_with(
    snapshot: Snapshot, keys: Collection[str], since: datetime, until: datetime
) -> tuple[KnownHeadline, ...]:
    """Headlines first seen from `since` to `until` that have one of the keys, oldest first: of each key the newest few,
    and of those seen at one moment all or none.
    """
    first, last = (moment.astimezone(UTC).date() for moment in (since, until))
    days = [(first + timedelta(age)).isoformat() for age in range((last - first).days + 1)] if keys else []
    files = [file for file in snapshot.files(TABLE, days) if file.first <= until and file.last >= since]
    if not files:
        return ()
    wanted = pa.array(sorted(keys), pa.string())
    with ThreadPoolExecutor(min(READERS, len(files))) as pool:
        contents = pool.map(lambda file: source(snapshot.store, file, WHOLE_BYTES), files)
        within = (pc.field("time") >= _micros(since)) & (pc.field("time") <= _micros(until))
        searched = [_search(snapshot.store, *each, wanted, within) for each in zip(files, contents, strict=True)]
    chosen = zip(searched, _newest(searched, len(wanted)), strict=False)
    found = [row for one, rows in chosen for row in _rows(snapshot.store, one, rows)]
    return tuple(sorted(found, key=attrgetter("observed_at", "capture_id", "headline_id")))


def _search(
    store: ObjectStore, entry: FileEntry, content: pa.NativeFile, wanted: pa.Array, within: pc.Expression
) -> Searched:
    hits: list[pa.Table] = []
    begin = 0
    with readable(store, entry):
        file = pq.ParquetFile(content)
        for batch in file.iter_batches(BATCH_ROWS, columns=["keys", "observed_at"], use_threads=False):
            hits.append(_hits(batch, wanted, begin).filter(within))
            begin += len(batch)
    return Searched(entry, file, pa.concat_tables(hits))


def _hits(batch: pa.RecordBatch, wanted: pa.Array, begin: int) -> pa.Table:
    """The rows of a batch, which begins at a row of its file, once for each wanted key."""
    key = pc.index_in(pc.list_flatten(batch["keys"]), wanted)
    found = key.is_valid()
    row = pc.list_parent_indices(batch["keys"]).filter(found)
    time = batch["observed_at"].cast(pa.int64()).take(row)
    return pa.table({"key": key.filter(found), "time": time, "row": pc.add(row, begin)})


def _micros(moment: datetime) -> int:
    return (moment - EPOCH) // timedelta(microseconds=1)


def _newest(searched: Sequence[Searched], keys: int) -> Iterator[list[int]]:
    """File by file, the numbers of the rows that are among the newest under one of so many keys."""
    every = pa.concat_tables(
        one.hits.append_column("file", pa.array([number] * len(one.hits), pa.int64()))
        for number, one in enumerate(searched)
    ).sort_by([("time", "descending")])
    if not len(every):
        return
    counts, oldest = [0] * keys, [0] * keys
    for place, key in enumerate(every["key"].to_pylist()):
        if counts[key] < NEWEST:
            counts[key] += 1
            oldest[key] = place
    since = every["time"].take(pa.array(oldest)).combine_chunks().take(every["key"].combine_chunks())
    chosen = every.filter(pc.greater_equal(every["time"].combine_chunks(), since))
    for number in range(len(searched)):
        yield sorted(set(chosen.filter(pc.field("file") == number)["row"].to_pylist()))


def _rows(store: ObjectStore, searched: Searched, chosen: Sequence[int]) -> Iterator[KnownHeadline]:
    """What is compared of some rows of one file, given in order."""
    file, begin = searched.file, 0
    for group in range(file.num_row_groups):
        end = begin + file.metadata.row_group(group).num_rows
        here = [row - begin for row in chosen[bisect_left(chosen, begin) : bisect_left(chosen, end)]]
        begin = end
        if here:
            with readable(store, searched.entry):
                table = file.read_row_group(group, COMPARED, use_threads=False).take(here)
            yield from map(KnownHeadline, *(table[name].to_pylist() for name in COMPARED))
