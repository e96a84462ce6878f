"""Headlines that share a key with new ones: what a commit needs of all that is known, and nothing else."""

from collections import Counter
from collections.abc import Collection, Iterator
from datetime import datetime

import pyarrow as pa
import pyarrow.compute as pc

from lake.parquet import read_rows
from lake.schemas import from_arrow
from lake.snapshots import Snapshot
from transforms.records import HeadlineRow

TABLE = "headlines"
NEWEST = 6
"""Headlines under one key that are given back: repeats stand close in time (`transforms.near.MOST_UNDER_KEY`)."""


def headlines_with(
    snapshot: Snapshot, keys: Collection[str], since: datetime, until: datetime
) -> tuple[HeadlineRow, ...]:
    """Headlines first seen from `since` to `until` that have one of the keys, of each key the newest few, oldest first.

    Reads the days in question only; comparing is done on columns, rows are made of what is found.
    """
    days = [day for day in snapshot.days(TABLE) if since.date().isoformat() <= day <= until.date().isoformat()]
    if not days or not keys:
        return ()
    within = (pc.field("observed_at") >= since) & (pc.field("observed_at") <= until)
    table = read_rows(snapshot.store, TABLE, snapshot.files(TABLE, days), within).sort_by("observed_at")
    chosen = sorted(set(_newest(table["keys"].combine_chunks(), keys)))
    rows = from_arrow(TABLE, table.take(pa.array(chosen, pa.int64())))
    return tuple(row for row in rows if isinstance(row, HeadlineRow))


def _newest(lists: pa.ListArray, keys: Collection[str]) -> Iterator[int]:
    """Numbers of the rows, given in order of time, whose list holds a key: for every key the last few."""
    held, rows = pc.list_flatten(lists), pc.list_parent_indices(lists)
    hits = pc.is_in(held, pa.array(sorted(keys), pa.string()))
    found = zip(rows.filter(hits).to_pylist(), held.filter(hits).to_pylist(), strict=True)
    taken: Counter[str] = Counter()
    for row, key in reversed(list(found)):
        taken[key] += 1
        if taken[key] <= NEWEST:
            yield row
