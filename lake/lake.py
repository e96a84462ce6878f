"""The lake: one door to objects, raw archive, snapshots, state and leases.

    <root>/format.json                         which format this is; written by the first writer
    <root>/raw/dt=<day>/*.warc.gz              every look as received                    lake.raw
    <root>/packs/dt=<day>/                     looks of closed days, packed              lake.packs
    <root>/cdxj/                               indexes over raw/, for pywb               lake.cdxj
    <root>/g<generation>/hot/<table>/dt=<day>/ the open day                              lake.parquet
    <root>/g<generation>/days/<table>/dt=<day>/ closed days                              lake.compact
    <root>/g<generation>/checkpoints/<table>/  the rows that are current                lake.checkpoint
    <root>/snapshots/<number>.json             one numbered state each                   lake.manifest
    <root>/parts/                              what manifests need not repeat           lake.parts
    <root>/leases/<name>/                      who is at work                            lake.leases
    <root>/redactions/<id>/                    takedowns, and what took the place of what lake.tombstones, lake.moves

`dt` is the UTC day on which a row was observed. No name is ever used twice.
"""

import json
import secrets
from collections.abc import Callable, Collection, Iterator
from contextlib import AbstractContextManager
from datetime import datetime, timedelta

from lake import leases
from lake.commit import Build, commit
from lake.compact import CLOSE_AFTER, compact, fold_is_due
from lake.errors import FormatUnknown, LeaseHeld, ObjectMissing, StoreUnsafe
from lake.formats import FORMAT_VERSION
from lake.packing import PackedDay, pack_raw, raw_days
from lake.raw import RawArchive
from lake.snapshots import Chain, Snapshot
from lake.state import LOOKS, state
from lake.store import ObjectStore, Put, open_store
from transforms.rows import KnownBlog

FORMAT_KEY = "format.json"
COMPACT_S = 600
"""A fold that takes longer may meet a second one, which costs time and harms nothing."""
PACK_S = 3600
"""The same for the packing of one day."""


class Lake:
    """A lake in a store. Opening reads one object; the first write creates what is not there."""

    def __init__(self, store: ObjectStore) -> None:
        self.store = store
        self.raw = RawArchive(store)
        self.chain = Chain(store)
        self.exists = self._known_format()
        """Whether a lake is there already."""
        self._writable = False

    @property
    def root(self) -> str:
        """Where the lake is."""
        return self.store.root

    def newest(self) -> Snapshot:
        """The newest snapshot; number 0 where nothing was committed yet."""
        return self.chain.newest()

    def snapshot(self, number: int) -> Snapshot:
        """A snapshot by its number. Raises SnapshotMissing."""
        return self.chain.at(number)

    def as_of(self, moment: datetime) -> Snapshot:
        """The newest snapshot committed at or before an aware moment, by the lake's clock."""
        return self.chain.as_of(moment)

    def snapshots(self) -> Iterator[Snapshot]:
        """All snapshots that are kept, newest first."""
        return self.chain.all()

    def state(self, snapshot: Snapshot, blog_ids: Collection[str] | None = None) -> dict[str, KnownBlog]:
        """What a snapshot knows of some blogs, or of all; blogs that it does not know are absent."""
        return state(snapshot, blog_ids)

    def watched(self, snapshot: Snapshot) -> dict[str, KnownBlog]:
        """The same of all blogs, without their sections: enough to tell what is due."""
        return state(snapshot, names=LOOKS)

    def commit(self, key: str, build: Build, run: str, guard: Callable[[], None] | None = None) -> Snapshot:
        """Publish what `build` makes of the newest snapshot, as one new snapshot, and return it.

        `key` names the commit: running it again, after any crash, neither doubles nor loses a row and returns the
        snapshot that it made. `build` may be called again, with a newer snapshot, when another committer was faster;
        it must not change anything outside. `guard` is called just before publishing (a lease's ``check``). Rows of
        looks that the snapshot knows already are left out; where nothing is left, nothing is published.

        Raises StoreUnsafe, CommitContended, and whatever `build` and `guard` raise.
        """
        self.prepare()
        if fold_is_due(self.newest()):
            self.compact(run, close_busy=False)
        return commit(self.chain, key, build, run, self.raw.entry, guard or _unguarded)

    def compact(self, run: str = "compact", close_busy: bool = True) -> Snapshot:
        """Fold what has come in since the last fold, and close the days that are over; see `lake.compact`.

        Returns the new snapshot, or the newest if there was nothing to do, or if another process is at it.
        """
        self.prepare()
        try:
            with self.lease("compact", run, COMPACT_S):
                return compact(self.chain, run, close_busy)
        except LeaseHeld:
            return self.newest()

    def pack(
        self, run: str = "pack", after_days: int = 0, on_day: Callable[[str, int, int], None] | None = None
    ) -> Iterator[PackedDay]:
        """Pack the raw segments of closed days; what stays as WARC is indexed: see `lake.packing`.

        Days closed less than `after_days` days ago stay whole. `on_day` hears of each day beforehand: the day, its
        number from 0, and how many there are. Nothing happens where another process folds, packs, or takes down.
        """
        self.prepare()
        closed = (self.store.now() - CLOSE_AFTER).date()
        ripe = closed - timedelta(days=after_days)
        try:
            with self.lease("compact", run, PACK_S) as lease:
                days, snapshot = raw_days(self.store, closed), self.newest()
                for number, day in enumerate(days):
                    if on_day is not None:
                        on_day(day, number, len(days))
                    yield pack_raw(self.store, snapshot, day, ripe=day < ripe.isoformat())
                    lease.renew()
        except LeaseHeld:
            return

    def lease(self, name: str, holder: str, ttl_s: float) -> AbstractContextManager[leases.Lease]:
        """Hold the lease `name` for the time of a ``with`` block, `ttl_s` seconds at most unless it is renewed.

        Raises LeaseHeld on entering.
        """
        self.prepare()
        return leases.held(self.store, name, holder, ttl_s)

    def shared_lease(self, name: str, holder: str, ttl_s: float) -> leases.Lease:
        """The same lease as all processes of one run hold it, known by the holder's name. Nothing is taken yet."""
        self.prepare()
        return leases.Lease(self.store, name, holder, ttl_s, token=holder)

    def prepare(self) -> None:
        """Make ready for writing, once a process: the format is on record, and the store keeps its word (rule L7).

        Raises FormatUnknown; StoreUnsafe where a second put-if-absent of one key does not fail.
        """
        if self._writable:
            return
        probe(self.store)
        if not self.exists:
            self.store.put_if_absent(FORMAT_KEY, json.dumps({"format": FORMAT_VERSION}).encode())
            self.exists = self._known_format()
        self._writable = True

    def _known_format(self) -> bool:
        try:
            content = self.store.get(FORMAT_KEY)
        except ObjectMissing:
            return False
        try:
            version = json.loads(content)["format"]
        except (ValueError, TypeError, KeyError):
            version = None
        if not isinstance(version, int) or version > FORMAT_VERSION:
            raise FormatUnknown(
                f"{self.store.uri(FORMAT_KEY)}: format {version}; this release knows {FORMAT_VERSION}. "
                "Upgrade as-it-happened, or check that this is the lake you meant."
            )
        return True


def open_lake(uri: str) -> Lake:
    """The lake at a folder's path, ``file:///folder`` or ``s3://bucket/prefix``. Nothing is written yet.

    Raises AddressUnknown, FormatUnknown, StoreMissing, StoreRefused and StoreUnreachable.
    """
    return Lake(open_store(uri))


def probe(store: ObjectStore) -> None:
    """Put one key twice; the second must be refused, and the first content stand. Raises StoreUnsafe."""
    key = f"probes/{secrets.token_hex(8)}"
    store.put_if_absent(key, b"first")  # may say EXISTS after a lost answer: only we know the key
    second, stands = store.put_if_absent(key, b"second"), store.get(key)
    store.delete(key)
    if second is not Put.EXISTS or stands != b"first":
        raise StoreUnsafe(
            f"{store.root}: this store overwrites objects although asked not to (If-None-Match), so two writers could "
            "lose rows. Nothing was published. Use a folder, AWS S3, or MinIO of August 2025 or later."
        )


def _unguarded() -> None:
    """No lease is at stake."""
