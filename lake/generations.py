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
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import count

import pyarrow as pa

from lake.commit import by_day
from lake.compact import arranged
from lake.differences import Difference, Pair, nothing_differs, pairs
from lake.errors import CommitContended
from lake.manifest import FileEntry, Files, Manifest, SegmentEntry
from lake.moves import first_name
from lake.parquet import put_table, read_files, read_sound
from lake.schemas import in_order, tables, to_arrow
from lake.snapshots import Chain, Snapshot
from lake.store import Put
from lake.succession import put_manifest, successor
from transforms.rows import Changes

CLAIMS = "leases/generations/"
"""One object a number that was ever begun: two rebuildings at once, or after another, never share a folder."""


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
    damaged: dict[str, str] = field(default_factory=dict)
    """Files of the old generation that could not be compared, and what is wrong with them: their rows count as none."""

    @classmethod
    def begin(cls, chain: Chain) -> "Generation":
        """The next generation that nobody has begun, claimed for whoever asks."""
        base = chain.newest()
        return cls(chain, base, next(number for number in count(base.generation + 1) if _claimed(chain, number)))

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
        """By table, what would change if this generation were published; of all days, or of some."""
        found = nothing_differs()
        for name in tables():
            for day in sorted({*self.base.days(name), *self.written.get(name, {})}):
                if days is None or day in days:
                    for pair in self._changed(name, day):
                        found[name].add(name, pair)
        return found

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
            switched = self._switched(newest, key)
            if switched is not None:
                return switched
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

    def _switched(self, newest: Snapshot, key: str) -> Snapshot | None:
        """The snapshot that switched to this generation, after a lost answer; None where that is still to be done."""
        for number in range(self.base.number + 1, newest.number + 1):
            one = self.chain.at(number)
            if one.key == key:
                return one
            if one.manifest.kind != "fold":
                raise CommitContended(
                    f"{self.chain.store.root}: snapshot {number} was committed while generation {self.number} was "
                    "built. Nothing was switched: stop recording, and run the replay again."
                )
        return None

    def _put(self, name: str, day: str, table: pa.Table) -> None:
        key = f"g{self.number}/hot/{name}/dt={day}/{secrets.token_hex(8)}.parquet"
        self.written.setdefault(name, {}).setdefault(day, []).append(put_table(self.chain.store, key, table))

    def _changed(self, name: str, day: str) -> Iterator[Pair]:
        """The rows of a day that would go, come, or read differently."""
        old, damaged = read_sound(self.chain.store, name, self.base.files(name, [day]))
        new = read_files(self.chain.store, name, self.written.get(name, {}).get(day, ()))
        self.damaged |= damaged
        return pairs(name, in_order(name, old), in_order(name, new))


def _claimed(chain: Chain, number: int) -> bool:
    """Whether a number is ours alone; a folder without a claim was written by an earlier release."""
    if next(chain.store.list(f"g{number}/"), None) is not None:
        return False
    return chain.store.put_if_absent(f"{CLAIMS}{number:06d}", b"") is Put.CREATED
