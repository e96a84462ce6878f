"""A takedown carried out: the words are gone from every object, and every snapshot names what took their place.

    survey    which objects hold what is taken down; a dry run ends here
    stage     each is written anew without it, under a new name; nobody names these objects yet
    switch    one commit names the list of what took the place of what (`lake.moves`): all snapshots change at once
    sweep     the old objects are deleted; rewritten closed days come to rest under days/, CDXJ indexes are made anew
    record    one row in the table ``redactions``; ``done.json``

Killed anywhere, it is completed by running it again: staged objects have names made of their content, and the sweep
asks what is left to do. Readers of the views meet no gap; one that opened a snapshot before the switch may find its
objects gone. A bare ``read_parquet`` of ``days/`` never sees a row twice: there, the old file goes before the new one
comes, and misses its rows for that moment.

Hold the leases ``record`` and ``compact``.
"""

import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson

from lake.cdxj import is_indexed, put_cdxj
from lake.commit import RACES
from lake.errors import CommitContended
from lake.manifest import FileEntry
from lake.moves import list_key
from lake.parts import segment_day
from lake.snapshots import Chain
from lake.staging import REST, STAGE, Staged, Staging
from lake.store import ObjectStore, put_new
from lake.succession import put_manifest, successor
from lake.tombstones import FOLDER, Tombstone

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Done:
    """What a takedown has replaced or removed so far, in all its runs."""

    objects: tuple[str, ...]
    """The old keys."""
    rows: int
    looks: int
    """WARC records."""


@dataclass(slots=True)
class Takedown:
    """One takedown on record, carried out in one lake."""

    chain: Chain
    tombstone: Tombstone
    run: str
    guard: Callable[[], None]
    """Raises where the leases were lost."""

    @property
    def store(self) -> ObjectStore:
        """Where the lake is."""
        return self.chain.store

    def carry_out(self, staging: Staging) -> Done:
        """Complete what an earlier run began, and take down what stands now."""
        self._sweep()
        staged = staging.run()
        if staged.files or staged.segments or staged.gone:
            self._switch(staged)
            self._sweep()
        lists = self._lists()
        objects = {key for said in lists for key in _old(said) if STAGE not in key}
        return Done(tuple(sorted(objects)), *(sum(said[name] for said in lists) for name in ("rows", "looks")))

    def _switch(self, staged: Staged) -> None:
        """Name the list of what took the place of what in the next manifest: from then on it counts."""
        content = staged.to_json()
        key = list_key(self._folder, content)
        put_new(self.store, key, content)
        commit_key = f"redact/{secrets.token_hex(8)}"
        for _ in range(RACES):
            newest = self.chain.newest()
            if key in newest.manifest.redactions:
                return
            self.guard()
            named = replace(newest.manifest, redactions=(*newest.manifest.redactions, key))
            if put_manifest(self.store, successor(newest, named, kind="redact", key=commit_key, run=self.run)):
                self.chain.newest()  # reads it, and with it the list
                return
        raise CommitContended(f"{self.store.root}: redaction lost {RACES} races in a row. Run it again.")

    def _sweep(self) -> None:
        """Delete what gave way, bring closed days to rest, and index the raw days anew; again, it finds nothing."""
        self.chain.newest()
        lists = self._lists()
        waiting = self._waiting(lists)
        if waiting:
            self._settle(waiting, lists)
            lists = self._lists()
        old = {key for said in lists for key in _old(said)}
        there = {info.key for top in sorted({key.split("/")[0] for key in old}) for info in self.store.list(f"{top}/")}
        for key in sorted(old & there, key=lambda key: ("/index-" not in key, key)):  # no index without its packs
            self.store.delete(key)
        for day in sorted({segment_day(key) for said in lists for key in said["segments"]}):
            if is_indexed(self.store, day):
                put_cdxj(self.store, day)

    def _waiting(self, lists: Iterable[Json]) -> dict[str, FileEntry]:
        """Rewritten closed days that are not yet under days/, by their key."""
        moves = self.chain.moves.files
        ends = {old: moves[old] for said in lists for old in said["files"]}
        return {new.key: new for new in ends.values() if STAGE in new.key and new.key not in moves}

    def _settle(self, waiting: dict[str, FileEntry], lists: Sequence[Json]) -> None:
        """File by file the old one goes and the new one comes, so that a bare reader sees no row twice."""
        resting = Staged()
        moves = self.chain.moves.files
        before = {moves[old].key: old for said in lists for old in said["files"]}
        for key, entry in waiting.items():
            final = key.replace(STAGE, REST, 1)
            content = self.store.get(key)
            self.store.delete(before[key])
            put_new(self.store, final, content)
            resting.files[key] = replace(entry, key=final)
        self._switch(resting)

    def _lists(self) -> list[Json]:
        """The lists of this takedown that count, oldest first."""
        keys = self.chain.newest().manifest.redactions
        return [orjson.loads(self.store.get(key)) for key in keys if key.startswith(self._folder)]

    @property
    def _folder(self) -> str:
        return f"{FOLDER}{self.tombstone.redaction_id}/"


def _old(said: Json) -> Iterator[str]:
    yield from (*said["files"], *said["segments"], *said["gone"])
