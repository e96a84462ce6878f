"""Folding: what commits wrote is arranged anew, so that reading and committing cost the same whatever came before.

    open day    the hot files of each table and day become one hot file
    closed day  they become ``g<generation>/days/<table>/dt=<day>/<number>.parquet``, which is never folded again
    state       rows that are current get a checkpoint layer (`lake.checkpoint`)
    lists       closed files and folded segments move out of the manifest into parts (`lake.parts`)

A fold changes no row; readers of older snapshots keep their files. It is published like a commit, and is safe beside
committers: it drops from the newest manifest what it has folded, and leaves what came in meanwhile. A crash leaves at
most files that no manifest names. Those of closed days are adopted by the next fold: so a bare ``read_parquet`` of
``days/`` never sees a row twice (rule L5).
"""

import secrets
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pyarrow as pa
import pyarrow.parquet as pq

from lake.checkpoint import CURRENT, Layers, current, with_layer
from lake.commit import RACES
from lake.manifest import FileEntry, Files, Manifest, PartRef, SegmentEntry
from lake.parquet import CLOSED_LEVEL, described, put_table, read_files, write_parquet
from lake.parts import merged
from lake.schemas import conform, from_arrow, in_order, to_arrow, version_of
from lake.snapshots import Chain, Snapshot
from lake.store import Put
from lake.succession import put_manifest, successor

CLOSE_AFTER = timedelta(hours=1)
"""After its last second a day stays open for rows of runs that were under way."""
FOLD_FILES = 128
"""Hot files since the last fold after which a commit folds first: thirty-two commits of four tables."""
ATTEMPTS = 20


@dataclass(frozen=True, slots=True)
class Fold:
    """What a fold has written, and what it replaces."""

    base: Snapshot
    folded: frozenset[str]
    """Keys of the hot files whose rows now stand elsewhere."""
    open_days: Files
    checkpoint: Layers
    parts: tuple[PartRef, ...]
    segments: frozenset[SegmentEntry]


def fold_is_due(snapshot: Snapshot) -> bool:
    """Whether so much has come in since the last fold that the next commit should fold first."""
    manifest = snapshot.manifest
    return sum(not file.folded for _, _, file in manifest.entries()) + len(manifest.segments) >= FOLD_FILES


def compact(chain: Chain, run: str, close_busy: bool = True) -> Snapshot:
    """Fold what has come in, and close the days that are over; the new snapshot, or the newest if there is none.

    Running it again, after any crash, completes it. Without `close_busy`, a day to which rows have come since the last
    fold stays open: so a backfill does not leave a closed file a fold.
    """
    for _ in range(ATTEMPTS):
        newest = chain.newest()
        fold = _fold(newest, newest.store.now(), close_busy)
        if fold is None:
            return newest
        published = _publish(chain, fold, run)
        if published is not None:
            return published
    return chain.newest()


def _fold(base: Snapshot, now: datetime, close_busy: bool = True) -> Fold | None:
    last_closed = (now - CLOSE_AFTER).date().isoformat()
    days = sorted({day for _, day, _ in base.manifest.entries()})
    busy = {day for _, day, file in base.manifest.entries() if not file.folded}
    closing = {day for day in days if day < last_closed and (close_busy or day not in busy)}
    if not closing and not any(base.unfolded(name) for name in CURRENT) and not base.manifest.segments:
        return None
    prefix, manifest = f"g{base.generation}", base.manifest
    hot = Hot(base)
    closed = _each(hot, _close, closing)
    opened = _each(hot, _merge, set(days) - closing)
    parts = base.parts.added(manifest.parts, closed)
    parts = base.parts.added(parts, manifest.segments)
    return Fold(
        base=base,
        folded=frozenset(file.key for _, _, file in manifest.entries()),
        open_days=opened,
        checkpoint=with_layer(base.store, prefix, manifest.checkpoint, hot.current),
        parts=parts,
        segments=frozenset(manifest.segments),
    )


@dataclass(frozen=True, slots=True)
class Hot:
    """The hot files of a snapshot, each read once; of rows that no checkpoint covers yet, what is current is kept."""

    base: Snapshot
    current: dict[str, list[pa.Table]] = field(default_factory=dict)
    """By table."""

    def read(self, name: str, files: Sequence[FileEntry]) -> pa.Table:
        """The rows of some files of one table, in its order."""
        old = read_files(self.base.store, name, [file for file in files if file.folded])
        new = read_files(self.base.store, name, [file for file in files if not file.folded])
        if name in CURRENT and len(new):
            self.current.setdefault(name, []).append(current(name, new))
        return in_order(name, pa.concat_tables([old, new]))


Arrange = Callable[[Hot, str, str, Sequence[FileEntry]], tuple[FileEntry, ...]]


def _each(hot: Hot, arrange: Arrange, days: Collection[str]) -> Files:
    """Arrange anew the hot files of every table, for some days."""
    arranged = {
        name: {day: arrange(hot, name, day, files) for day, files in by_day.items() if day in days}
        for name, by_day in hot.base.manifest.tables.items()
    }
    return {name: by_day for name, by_day in arranged.items() if by_day}


def _merge(hot: Hot, name: str, day: str, files: Sequence[FileEntry]) -> tuple[FileEntry, ...]:
    """The hot files of an open day as one."""
    base, table = hot.base, hot.read(name, [file for file in files if not file.folded or len(files) > 1])
    if len(files) == 1:
        return (replace(files[0], folded=True),)
    key = f"g{base.generation}/hot/{name}/dt={day}/{base.number:012d}-fold-{secrets.token_hex(4)}.parquet"
    return (replace(put_table(base.store, key, table), folded=True),)


def _close(hot: Hot, name: str, day: str, files: Sequence[FileEntry]) -> tuple[FileEntry, ...]:
    """The hot files of a day that is over as one file under ``days/``, after those that a crash has left there."""
    base, table = hot.base, hot.read(name, files)
    number = sum(1 for _ in base.parts.files(base.manifest.parts, name, [day]))
    entries: list[FileEntry] = []
    while len(table):
        key = f"g{base.generation}/days/{name}/dt={day}/{number:05d}.parquet"
        content = write_parquet(table, level=CLOSED_LEVEL)
        if base.store.put_if_absent(key, content) is Put.EXISTS:
            content = base.store.get(key)
        left = pq.ParquetFile(pa.BufferReader(content)).read()
        stands = conform(name, left)
        entries.append(replace(described(key, stands, content), schema=version_of(name, left.column_names)))
        table = _without(name, table, stands)
        number += 1
    return tuple(entries)


def _without(name: str, table: pa.Table, other: pa.Table) -> pa.Table:
    """The rows of a table that another lacks."""
    if table.equals(other):
        return table.slice(0, 0)
    there = set(from_arrow(name, other))
    return to_arrow(name, [row for row in from_arrow(name, table) if row not in there])


def _publish(chain: Chain, fold: Fold, run: str) -> Snapshot | None:
    """Name the fold's files in the next manifest; None if another fold or a replay was faster."""
    key = f"fold/{fold.base.number}/{secrets.token_hex(8)}"
    for _ in range(RACES):
        newest = chain.newest()
        if newest.key == key:
            return newest
        if _overtaken(fold, newest.manifest):
            return None
        manifest = _next(fold, newest, key, run)
        if put_manifest(newest.store, manifest):
            return chain.snapshot(manifest)
        stands = chain.at(manifest.snapshot)  # a lost answer, or another commit
        if stands.key == key:
            return stands
    return None


def _overtaken(fold: Fold, newest: Manifest) -> bool:
    base = fold.base.manifest
    return (
        (newest.generation, newest.parts, newest.checkpoint) != (base.generation, base.parts, base.checkpoint)
        or not fold.folded <= {file.key for _, _, file in newest.entries()}
        or not fold.segments <= set(newest.segments)
    )


def arranged(snapshot: Snapshot, now: datetime) -> Manifest:
    """The manifest of a state nobody else writes to, with its files laid out as a fold lays them out."""
    fold = _fold(snapshot, now)
    if fold is None:
        return snapshot.manifest
    return _with(fold, snapshot.manifest)


def _next(fold: Fold, newest: Snapshot, key: str, run: str) -> Manifest:
    return successor(newest, _with(fold, newest.manifest), kind="fold", key=key, run=run)


def _with(fold: Fold, manifest: Manifest) -> Manifest:
    """What a manifest names, with what was folded in its new place."""
    return replace(
        manifest,
        tables=merged(fold.open_days, _unfolded(manifest, fold.folded)),
        segments=tuple(entry for entry in manifest.segments if entry not in fold.segments),
        checkpoint=fold.checkpoint,
        parts=fold.parts,
    )


def _unfolded(manifest: Manifest, folded: Collection[str]) -> Files:
    """The hot files that came in while the fold was made."""
    left = {
        name: {day: tuple(file for file in files if file.key not in folded) for day, files in days.items()}
        for name, days in manifest.tables.items()
    }
    return {name: kept for name, days in left.items() if (kept := {day: files for day, files in days.items() if files})}
