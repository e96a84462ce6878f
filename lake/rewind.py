"""A snapshot as it would be had nothing been observed since a day: where a rebuilding of later days begins."""

from collections.abc import Collection
from dataclasses import replace

from lake.manifest import FileEntry
from lake.parquet import read_files
from lake.schemas import from_arrow, tables
from lake.snapshots import Chain, Snapshot
from transforms.rows import Row


def before(chain: Chain, base: Snapshot, day: str) -> Snapshot:
    """The rows of `base` that were observed before a day (``YYYY-MM-DD``), as a snapshot that nobody publishes.

    `lake.state.state` of it is what was known when that day began.
    """
    kept = {name: {one: _as_new(base, name, one) for one in base.days(name) if one < day} for name in tables()}
    parts = tuple(ref for ref in base.manifest.parts if ref.kind == "segments")
    return chain.snapshot(replace(base.manifest, tables=kept, checkpoint={}, parts=parts))


def rows_of(snapshot: Snapshot, name: str, days: Collection[str]) -> tuple[Row, ...]:
    """The rows of one table that were observed on some days."""
    return from_arrow(name, read_files(snapshot.store, name, snapshot.files(name, sorted(days))))


def _as_new(base: Snapshot, name: str, day: str) -> tuple[FileEntry, ...]:
    """Files that no checkpoint speaks for, so that state is read from them."""
    return tuple(replace(file, folded=False) for file in base.files(name, [day]))
