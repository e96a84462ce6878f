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

from lake.commit import by_day, next_time
from lake.compact import arranged
from lake.errors import CommitContended
from lake.manifest import Files, Manifest, SegmentEntry, manifest_key
from lake.parquet import put_table, read_files
from lake.parts import merged
from lake.schemas import SCHEMA_VERSION, from_arrow, tables, to_arrow
from lake.snapshots import Chain, Snapshot
from lake.store import Put
from transforms.records import Changes, Row


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
    files: Files = field(default_factory=dict)
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

    def days(self) -> list[str]:
        """The days of which the base holds rows, in order."""
        return sorted({day for name in tables() for day in self.base.days(name)})

    def differences(self) -> Mapping[str, Difference]:
        """By table, how many rows would go and come if this generation were published."""
        return {name: self._difference(name) for name in tables()}

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
            if self.chain.store.put_if_absent(manifest_key(manifest.snapshot), manifest.to_json()) is Put.CREATED:
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
        named = {entry.key for entry in newest.segments()}
        added = tuple(segment_entry(name) for name in self.segments if name not in named)
        bare = replace(
            old,
            generation=self.number,
            tables=self.files,
            segments=(*old.segments, *added),
            checkpoint={},
            parts=tuple(ref for ref in old.parts if ref.kind == "segments"),
        )
        laid_out = arranged(self.chain.snapshot(bare), self.chain.store.now())
        return replace(
            laid_out,
            snapshot=newest.number + 1,
            parent=newest.number,
            kind="replay",
            key=key,
            run=run,
            committed_at=next_time(newest),
            schema=SCHEMA_VERSION,
        )

    def _refuse_if_overtaken(self, newest: Snapshot) -> None:
        for number in range(self.base.number + 1, newest.number + 1):
            if self.chain.at(number).manifest.kind != "fold":
                raise CommitContended(
                    f"{self.chain.store.root}: snapshot {number} was committed while generation {self.number} was "
                    "built. Nothing was switched: stop recording, and run the replay again."
                )

    def _put(self, name: str, day: str, table: pa.Table) -> None:
        key = f"g{self.number}/hot/{name}/dt={day}/{secrets.token_hex(8)}.parquet"
        self.files = merged(self.files, {name: {day: (put_table(self.chain.store, key, table),)}})

    def _difference(self, name: str) -> Difference:
        before, after = 0, 0
        for day in sorted({*self.base.days(name), *self.files.get(name, {})}):
            old, new = self._rows(name, day)
            before += sum((old - new).values())
            after += sum((new - old).values())
        return Difference(before, after)

    def _rows(self, name: str, day: str) -> tuple[Counter[Row], Counter[Row]]:
        both = self.base.files(name, [day]), self.files.get(name, {}).get(day, ())
        old, new = (Counter(from_arrow(name, read_files(self.chain.store, name, files))) for files in both)
        return old, new
