"""The chain of snapshots: one state of the lake, the newest, an older one, the one that was newest at a time.

The newest is found by probing forward from the last one known, never by listing. Vacuum keeps every number that is a
multiple of `CELL`, and leaves the last `UNTOUCHED` alone, so that probing (first from cell to cell, then within one)
never meets a gap: about twenty questions for a million snapshots, two for a process that knows the last one.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter

from lake.errors import ObjectMissing, SnapshotDamaged, SnapshotMissing
from lake.manifest import FileEntry, Manifest, SegmentEntry, manifest_key, number_in
from lake.moves import Moves
from lake.parts import Parts, segment_day
from lake.store import ObjectStore

CELL = 1000
UNTOUCHED = 2 * CELL


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One committed, numbered state of the lake. It answers the same way for as long as it is kept."""

    store: ObjectStore
    manifest: Manifest
    parts: Parts
    """Reads what the manifest does not name itself."""

    @property
    def number(self) -> int:
        """0 is the empty lake."""
        return self.manifest.snapshot

    @property
    def committed_at(self) -> datetime:
        """Aware UTC, by the store's clock."""
        return self.manifest.committed_at

    @property
    def key(self) -> str:
        """The key of the commit that made it."""
        return self.manifest.key

    @property
    def run(self) -> str:
        """The run that made it."""
        return self.manifest.run

    @property
    def generation(self) -> int:
        """Which rebuilding of the tables it belongs to."""
        return self.manifest.generation

    def files(self, table: str, days: Sequence[str] | None = None) -> tuple[FileEntry, ...]:
        """Every file of a table, or those of some days (``YYYY-MM-DD``), oldest day first."""
        closed = self.parts.files(self.manifest.parts, table, days)
        own = self.manifest.tables.get(table, {})
        files = [*closed, *((day, file) for day in own if days is None or day in days for file in own[day])]
        return tuple(file for _, file in sorted(files, key=itemgetter(0)))

    def days(self, table: str) -> tuple[str, ...]:
        """The days (``YYYY-MM-DD``) of which a table has rows, in order."""
        closed = {day for day, _ in self.parts.files(self.manifest.parts, table, None)}
        return tuple(sorted(closed | set(self.manifest.tables.get(table, ()))))

    def unfolded(self, table: str) -> tuple[FileEntry, ...]:
        """The files of a table that came after the last fold: with the checkpoint, all that is current."""
        days = self.manifest.tables.get(table, {})
        return tuple(file for day in sorted(days) for file in days[day] if not file.folded)

    def segments(self, days: Sequence[str] | None = None) -> tuple[SegmentEntry, ...]:
        """Every raw segment that the tables were made from, or those of some days."""
        own = (entry for entry in self.manifest.segments if days is None or segment_day(entry.key) in days)
        return (*self.parts.segments(self.manifest.parts, days), *own)


class Chain:
    """All snapshots of one lake."""

    def __init__(self, store: ObjectStore) -> None:
        self.store = store
        self.moves = Moves(store)
        self.parts = Parts(store, self.moves)
        self._newest = Manifest()
        self._knows_takedowns = False

    def snapshot(self, manifest: Manifest) -> Snapshot:
        """The state that a manifest of this lake names."""
        return Snapshot(self.store, manifest, self.parts)

    def newest(self) -> Snapshot:
        """The newest snapshot; number 0, without rows, where nothing was ever committed."""
        number = self._last_number()
        if number != self._newest.snapshot:
            self._newest = self._read(number)
            self._knows_takedowns = True
        return self.snapshot(self._newest)

    def _last_number(self) -> int:
        known = self._newest.snapshot
        cell = _last(lambda index: self._exists(index * CELL), known // CELL)
        return _last(self._exists, max(known, cell * CELL))

    def at(self, number: int) -> Snapshot:
        """One snapshot by its number. Raises SnapshotMissing."""
        if number == 0:
            return self.snapshot(Manifest())
        self._learn_takedowns()
        try:
            return self.snapshot(self._read(number))
        except ObjectMissing as error:
            raise SnapshotMissing(
                f"{self.store.root}: no snapshot {number}, or it is no longer kept. `liveblog snapshots` lists them."
            ) from error

    def _learn_takedowns(self) -> None:
        """Read the newest manifest, which alone names all takedowns; where it is damaged, the one before it."""
        number = 0 if self._knows_takedowns else self._last_number()
        while number and not self._knows_takedowns:
            try:
                self._read(number)
                self._knows_takedowns = True
            except (SnapshotDamaged, ObjectMissing):
                number -= 1

    def as_of(self, moment: datetime) -> Snapshot:
        """The newest snapshot committed at or before a moment (the lake's time, not the page's), or number 0."""
        cells = range(self.newest().number // CELL + 1)
        after = bisect_right(cells, moment, key=lambda cell: self.at(cell * CELL).committed_at)
        numbers = self._numbers(max(after - 1, 0))
        found = bisect_right(numbers, moment, key=lambda number: self.at(number).committed_at)
        return self.at(numbers[found - 1] if found else 0)

    def all(self) -> Iterator[Snapshot]:
        """Every snapshot that is kept, newest first, without number 0."""
        return map(self.at, self.numbers())

    def numbers(self) -> Iterator[int]:
        """The numbers of all snapshots that are kept, newest first."""
        for cell in range(self._last_number() // CELL, -1, -1):
            yield from reversed(self._numbers(cell))

    def _numbers(self, cell: int) -> list[int]:
        """The numbers kept in one cell, ascending, by one listing."""
        listed = self.store.list("snapshots/", start_after=manifest_key(cell * CELL - 1) if cell else "")
        numbers = []
        for number in (number_in(info.key) for info in listed):
            if number is not None and number >= (cell + 1) * CELL:
                break
            numbers += [] if number is None else [number]
        return numbers

    def _exists(self, number: int) -> bool:
        return number == 0 or self.store.head(manifest_key(number)) is not None

    def _read(self, number: int) -> Manifest:
        key = manifest_key(number)
        manifest = Manifest.from_json(self.store.get(key), self.store.uri(key))
        self.moves.load(manifest.redactions)
        return self.moves.applied(manifest)


def _last(exists: Callable[[int], bool], known: int) -> int:
    """The last of an unbroken run of numbers that begins at `known`: leap ahead in doubling steps, then halve."""
    step = 1
    while exists(known + step):
        known, step = known + step, step * 2
    beyond = known + step
    while beyond - known > 1:
        middle = (known + beyond) // 2
        known, beyond = (middle, beyond) if exists(middle) else (known, middle)
    return known
