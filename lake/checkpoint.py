"""The rows that are current: what state must be read from, without the history behind it (rule L6).

A checkpoint is a few layers of Parquet files a table, sorted by blog in small row groups, each holding only rows that
were current when it was written: the newest revision of each section, the newest state, decision and looks of each
blog. A fold adds a layer of what changed since the last fold, and merges it into the layer before while that is not
several times larger; so there are few layers, and a row is rewritten only a few times. Which row of two is newer is
told by the rows themselves: reading all layers, and the files written since, in any order gives the same state.
"""

import secrets
from collections.abc import Mapping, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from lake.manifest import FileEntry
from lake.parquet import put_table, read_files
from lake.schemas import in_order
from lake.store import ObjectStore

CURRENT: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "captures": (("blog_id",), ("observed_at", "capture_id")),
    "blogs": (("blog_id",), ("observed_at", "capture_id")),
    "watches": (("blog_id",), ("observed_at",)),
    "aliases": (("blog_id", "section_id", "kind", "alias"), ("observed_at", "capture_id")),
    "revisions": (("blog_id", "section_id"), ("seq", "observed_at")),
    "headlines": (("blog_id", "normalised"), ("observed_at", "capture_id")),
}
"""By table: what a row is about, and what makes one row about it newer than another."""
BODY_OUTCOMES = ("changed", "unchanged")
"""Of looks that brought a readable page; `late` and `stale` ones say nothing about what to ask for next."""
GROWTH = 4
"""A layer is merged into the one before unless that is this many times larger."""
GROUP_ROWS = 1024
"""Rows of a row group: little more than one blog's, so that reading a blog reads little else."""

Layers = Mapping[str, tuple[FileEntry, ...]]


def current(name: str, table: pa.Table) -> pa.Table:
    """Of the rows of one table, those that are current, in the table's order."""
    newest = _newest(name, table)
    if name == "captures":  # the newest look, and the newest one that brought a page
        bodies = table.filter(pc.is_in(table["outcome"], pa.array(BODY_OUTCOMES)))
        newest = _newest(name, pa.concat_tables([newest, _newest(name, bodies)]), extra=("capture_id",))
    return in_order(name, newest)


def with_layer(store: ObjectStore, prefix: str, layers: Layers, new: Mapping[str, Sequence[pa.Table]]) -> Layers:
    """The layers after a fold: what is `current` of new rows, in any parts, added under ``<prefix>/checkpoints/``."""
    return {name: _folded(store, prefix, name, layers.get(name, ()), new.get(name, ())) for name in CURRENT}


def _folded(
    store: ObjectStore, prefix: str, name: str, layers: Sequence[FileEntry], new: Sequence[pa.Table]
) -> tuple[FileEntry, ...]:
    if not new:
        return tuple(layers)
    top = current(name, pa.concat_tables(new))
    kept = list(layers)
    while kept and kept[-1].rows < GROWTH * len(top):
        top = current(name, pa.concat_tables([read_files(store, name, [kept.pop()]), top]))
    key = f"{prefix}/checkpoints/{name}/{secrets.token_hex(8)}.parquet"
    return (*kept, put_table(store, key, top, GROUP_ROWS))


def _newest(name: str, table: pa.Table, extra: tuple[str, ...] = ()) -> pa.Table:
    """The newest row of each thing."""
    about, order = CURRENT[name]
    about += extra
    ordered = table.sort_by([(column, "ascending") for column in order])
    places = ordered.select(about).append_column("place", pa.array(range(len(ordered)), pa.int64()))
    chosen = places.group_by(about, use_threads=False).aggregate([("place", "max")])["place_max"]
    return ordered.take(chosen.combine_chunks().sort())
