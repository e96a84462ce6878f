"""What every manifest has in common with the one before it: number, time, format, and the day's requests."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from lake.formats import FORMAT_VERSION
from lake.manifest import Manifest, manifest_key
from lake.schemas import SCHEMA_VERSION
from lake.snapshots import Snapshot
from lake.store import ObjectStore, Put


def next_time(snapshot: Snapshot) -> datetime:
    """The time of the snapshot after this one: the store's, and never before this one's if that clock is set back."""
    return max(snapshot.store.now(), snapshot.committed_at)


def successor(newest: Snapshot, state: Manifest, *, kind: str, key: str, run: str) -> Manifest:
    """The manifest after a snapshot, with what `state` names."""
    moment = next_time(newest)
    return replace(
        state,
        snapshot=newest.number + 1,
        parent=newest.number,
        kind=kind,
        key=key,
        run=run,
        committed_at=moment,
        format=FORMAT_VERSION,
        schema=SCHEMA_VERSION,
        requests=_requests(newest, moment, key),
    )


def put_manifest(store: ObjectStore, manifest: Manifest) -> bool:
    """Whether the manifest now stands; False where another has its number, which may be our own after a lost answer."""
    created = store.put_if_absent(manifest_key(manifest.snapshot), manifest.to_json()) is Put.CREATED
    if created:
        store.requests.settle(manifest.key)
    return created


def _requests(newest: Snapshot, moment: datetime, key: str) -> Mapping[str, int]:
    """The requests of the day so far, ours included."""
    before = newest.manifest.requests if newest.committed_at.date() == moment.date() else {}
    return dict(sorted((Counter(before) + newest.store.requests.claim(key)).items()))
