"""A new generation: the tables rebuilt beside the old ones, and one commit that switches to them (rule L8).

    new = Generation.begin(chain)          g<n+1>, which nobody reads yet
    new.write(changes)                     rows, as often as needed, in any order
    new.carry(days)                        days that are not rebuilt come along as they are
    new.differences()                      what would change, by table
    new.publish(run, guard)                the switch; readers of older snapshots keep the old generation

Rows are laid out as a fold lays them out, so the same rows give byte-equal ``days/`` files, whatever the order in which
they were written. A rebuilding that is given up leaves files that no snapshot names; vacuum removes them.
"""

import secrets
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from itertools import count

import pyarrow as pa

from lake.commit import by_day
from lake.compact import arranged
from lake.errors import CommitContended
from lake.manifest import FileEntry, Files, Manifest, SegmentEntry
from lake.moves import first_name
from lake.parquet import put_table, read_files
from lake.schemas import from_arrow, in_order, tables, to_arrow
from lake.snapshots import Chain, Snapshot
from lake.succession import put_manifest, successor
from transforms.rows import Changes


@dataclass(frozen=True, slots=True)
class Difference:
    """How a table of the new generation differs from the old one."""

    only_before: int
    """Rows that would go."""
    only_after: int
    """Rows that would come."""


@dataclass(slots=True)
class Generation:
    """A generation under construction. One process writes it, under a lease that keeps committers away."""

    chain: Chain
    base: Snapshot
    """The snapshot from which it was begun."""
    number: int
    written: dict[str, dict[str, list[FileEntry]]] = field(default_factory=dict)
    """Files by table and day."""
    segments: dict[str, None] = field(default_factory=dict)

    @classmethod
    def begin(cls, chain: Chain) -> "Generation":
        """The next generation whose folder nobody has ever written to."""
        base = chain.newest()
        free = (number for number in count(base.generation + 1) if next(chain.store.list(f"g{number}/"), None) is None)
        return cls(chain, base, next(free))

    def write(self, changes: Changes) -> None:
        """Add rows; nothing is compared with what is there already."""
        self.segments |= dict.fromkeys(changes.segments)
        for name, days in by_day(changes.rows).items():
            for day, rows in days.items():
                self._put(name, day, to_arrow(name, rows))

    def carry(self, days: Collection[str]) -> None:
        """Take over days of the snapshot from which this generation was begun, row by row as they are."""
        for name in tables():
            for day in sorted(days):
                files = self.base.files(name, [day])
                if files:
                    self._put(name, day, read_files(self.chain.store, name, files))

    @property
    def files(self) -> Files:
        """All that was written so far."""
        return {
            name: {day: tuple(days[day]) for day in sorted(days)}
            for name in sorted(self.written)
            if (days := self.written[name])
        }

    def days(self) -> list[str]:
        """The days of which the base holds rows, in order."""
        return sorted({day for name in tables() for day in self.base.days(name)})

    def differences(self, days: Collection[str] | None = None) -> Mapping[str, Difference]:
        """By table, how many rows would go and come if this generation were published; of all days, or of some."""
        return {name: self._difference(name, days) for name in tables()}

    def discard(self) -> None:
        """Remove what was written: nobody was to read it."""
        for days in self.written.values():
            for file in (file for files in days.values() for file in files):
                self.chain.store.delete(file.key)
        self.written.clear()

    def publish(self, run: str, guard: Callable[[], None], segment_entry: Callable[[str], SegmentEntry]) -> Snapshot:
        """Switch to this generation, once and for all its tables.

        Raises CommitContended if anything but a fold was committed since it was begun: begin again.
        """
        key = f"replay/g{self.number}/{secrets.token_hex(8)}"
        while True:
            newest = self.chain.newest()
            if newest.key == key:
                return newest
            self._refuse_if_overtaken(newest)
            guard()
            manifest = self._manifest(newest, key, run, segment_entry)
            if put_manifest(self.chain.store, manifest):
                self._clear(manifest)
                return self.chain.snapshot(manifest)

    def _clear(self, manifest: Manifest) -> None:
        """Remove the files that only held rows until they were laid out; no snapshot ever named them."""
        kept = {file.key for _, _, file in manifest.entries()}
        for _, _, file in replace(manifest, tables=self.files).entries():
            if file.key not in kept:
                self.chain.store.delete(file.key)

    def _manifest(self, newest: Snapshot, key: str, run: str, segment_entry: Callable[[str], SegmentEntry]) -> Manifest:
        old = newest.manifest
        named = {first_name(entry.key) for entry in newest.segments()}
        added = tuple(segment_entry(name) for name in self.segments if first_name(name) not in named)
        bare = replace(
            old,
            generation=self.number,
            tables=self.files,
            segments=(*old.segments, *added),
            checkpoint={},
            parts=tuple(ref for ref in old.parts if ref.kind == "segments"),
        )
        laid_out = arranged(self.chain.snapshot(bare), self.chain.store.now())
        return successor(newest, laid_out, kind="replay", key=key, run=run)

    def _refuse_if_overtaken(self, newest: Snapshot) -> None:
        for number in range(self.base.number + 1, newest.number + 1):
            if self.chain.at(number).manifest.kind != "fold":
                raise CommitContended(
                    f"{self.chain.store.root}: snapshot {number} was committed while generation {self.number} was "
                    "built. Nothing was switched: stop recording, and run the replay again."
                )

    def _put(self, name: str, day: str, table: pa.Table) -> None:
        key = f"g{self.number}/hot/{name}/dt={day}/{secrets.token_hex(8)}.parquet"
        self.written.setdefault(name, {}).setdefault(day, []).append(put_table(self.chain.store, key, table))

    def _difference(self, name: str, days: Collection[str] | None) -> Difference:
        before, after = 0, 0
        for day in sorted({*self.base.days(name), *self.written.get(name, {})}):
            if days is None or day in days:
                gone, come = self._changed(name, day)
                before, after = before + gone, after + come
        return Difference(before, after)

    def _changed(self, name: str, day: str) -> tuple[int, int]:
        """How many rows of a day would go, and how many come."""
        both = self.base.files(name, [day]), self.written.get(name, {}).get(day, ())
        old, new = (in_order(name, read_files(self.chain.store, name, files)) for files in both)
        if old.equals(new):
            return 0, 0
        counted = Counter(from_arrow(name, old)), Counter(from_arrow(name, new))
        return (counted[0] - counted[1]).total(), (counted[1] - counted[0]).total()
