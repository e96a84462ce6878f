"""One commit: rows become Parquet files, then a manifest that names them appears, whole or not at all (L1, L2, L4).

    newest snapshot ── build ──> rows ── those not yet known ──> hot files ──> manifest n+1, put-if-absent
         ^                                                                          │ somebody else was first
         └── rebase: the files stay good unless the others touched the same blogs or segments ──┘

A lost answer needs no case of its own: whether our put or a repeated one was refused, the newest manifest remembers our
commit key, or it does not.
"""

import random
import secrets
import time
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC

from lake.errors import CommitContended
from lake.manifest import FileEntry, Files, Manifest, SegmentEntry
from lake.moves import first_name
from lake.parquet import put_table, read_files
from lake.parts import merged, segment_day
from lake.schemas import from_arrow, tables, to_arrow
from lake.snapshots import Chain, Snapshot
from lake.succession import put_manifest, successor
from transforms.rows import Changes, Row

RACES = 1000
"""Lost races in a row before a commit gives up: far beyond what any number of sane committers produces."""
PAUSE_S = 0.05
"""The longest pause after a lost race, drawn at random so that racers spread."""

Build = Callable[[Snapshot], Changes]
DayRows = Mapping[str, Mapping[str, Sequence[Row]]]
"""Rows by table and UTC day."""


@dataclass(frozen=True, slots=True)
class Written:
    """Files that wait for a manifest to name them, and what they were made from."""

    base: Snapshot
    files: Files
    segments: tuple[SegmentEntry, ...]
    blogs: frozenset[str]

    @property
    def empty(self) -> bool:
        """Nothing to publish."""
        return not self.files and not self.segments


def commit(
    chain: Chain,
    key: str,
    build: Build,
    run: str,
    segment_entry: Callable[[str], SegmentEntry],
    guard: Callable[[], None],
) -> Snapshot:
    """Commit what `build` makes of the newest snapshot; `guard` is asked once more before anything is published.

    Raises CommitContended after a thousand lost races, and whatever `build` and `guard` raise.
    """
    written: Written | None = None
    for race in range(RACES):
        newest = chain.newest()
        done = newest.manifest.committed_as(key)
        if done is not None:
            return chain.at(done)
        if written is None or _stale(chain, written, newest):
            written = _write(newest, build(newest), segment_entry)
        if written.empty:
            return newest
        guard()
        manifest = _next(newest, written, key, run)
        if put_manifest(newest.store, manifest):
            return chain.snapshot(manifest)
        time.sleep(random.uniform(0, PAUSE_S) if race else 0)  # noqa: S311 - spreads racers, hides nothing
    raise CommitContended(f"{chain.store.root}: commit {key} lost {RACES} races in a row. Run it again.")


def _next(newest: Snapshot, written: Written, key: str, run: str) -> Manifest:
    manifest = newest.manifest
    added = replace(
        manifest,
        tables=merged(manifest.tables, written.files),
        segments=(*manifest.segments, *written.segments),
        recent=manifest.remembering(key, newest.number + 1),
    )
    return successor(newest, added, kind="commit", key=key, run=run)


def _write(base: Snapshot, changes: Changes, segment_entry: Callable[[str], SegmentEntry]) -> Written:
    rows = _unknown(base, by_day(changes.rows))
    prefix = f"g{base.generation}/hot"
    name = f"{base.number + 1:012d}-{secrets.token_hex(4)}"
    files = {
        table: {
            day: (put_table(base.store, f"{prefix}/{table}/dt={day}/{name}.parquet", to_arrow(table, part)),)
            for day, part in days.items()
        }
        for table, days in rows.items()
    }
    named = {first_name(entry.key) for entry in base.segments(sorted(set(map(segment_day, changes.segments))))}
    fresh = (key for key in dict.fromkeys(changes.segments) if first_name(key) not in named)
    segments = tuple(map(segment_entry, fresh))
    blogs = frozenset(row.blog_id for days in rows.values() for part in days.values() for row in part)
    return Written(base, files, segments, blogs)


def by_day(rows: Mapping[str, Iterable[Row]]) -> DayRows:
    """Rows by table and by the UTC day on which they were observed."""
    days: dict[str, dict[str, list[Row]]] = {}
    for table, part in rows.items():
        found: dict[str, list[Row]] = defaultdict(list)
        for row in part:
            found[row.observed_at.astimezone(UTC).date().isoformat()].append(row)
        if found:
            days[table] = found
    return days


def _unknown(base: Snapshot, rows: DayRows) -> DayRows:
    """Leave out rows of looks that are known already, and rows that name no look and are there as they are."""
    looks: dict[str, set[str]] = {}
    for day, part in rows.get("captures", {}).items():
        looks[day] = {getattr(row, "capture_id", "") for row in _known(base, "captures", day, part)}
    fresh: dict[str, dict[str, list[Row]]] = {}
    for table, days in rows.items():
        for day, part in days.items():
            kept = _without_known(base, table, day, part, looks)
            if kept:
                fresh.setdefault(table, {})[day] = kept
    return fresh


def _without_known(
    base: Snapshot, table: str, day: str, rows: Sequence[Row], looks: Mapping[str, Collection[str]]
) -> list[Row]:
    if "capture_id" in tables()[table].names:
        return [row for row in rows if getattr(row, "capture_id", None) not in looks.get(day, ())]
    known = set(_known(base, table, day, rows))
    return [row for row in rows if row not in known]


def _known(base: Snapshot, table: str, day: str, rows: Sequence[Row]) -> tuple[Row, ...]:
    """Rows of the same blogs in files that could hold one of these: a commit newer than all of them reads none."""
    first, last = min(row.observed_at for row in rows), max(row.observed_at for row in rows)
    files = [file for file in base.files(table, [day]) if file.first <= last and file.last >= first]
    return from_arrow(table, read_files(base.store, table, files, {row.blog_id for row in rows}))


def _stale(chain: Chain, written: Written, newest: Snapshot) -> bool:
    """Whether what others have committed since could change what `build` makes."""
    if newest.number == written.base.number:
        return False
    ours = {entry.key for entry in written.segments}
    before = written.base
    for number in range(before.number + 1, newest.number + 1):
        after = chain.at(number)
        if after.generation != before.generation or ours & _added_segments(before, after):
            return True
        if after.manifest.kind == "commit" and written.blogs & _touched(before, after):
            return True
        before = after
    return False


def _added_segments(before: Snapshot, after: Snapshot) -> set[str]:
    return {entry.key for entry in after.manifest.segments} - {entry.key for entry in before.manifest.segments}


def _touched(before: Snapshot, after: Snapshot) -> set[str]:
    """The blogs of the rows that one commit added."""
    old = {file.key for _, _, file in before.manifest.entries()}
    added: dict[str, list[FileEntry]] = defaultdict(list)
    for table, _, file in after.manifest.entries():
        if file.key not in old:
            added[table].append(file)
    return {
        blog
        for table, files in added.items()
        for blog in read_files(after.store, table, files).column("blog_id").unique().to_pylist()
    }
