"""Is every object what the snapshots say it is? Reads all of them; changes nothing."""

import json
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from hashlib import file_digest, sha256
from io import SEEK_END
from typing import TypeVar

from lake.errors import ObjectMissing, SnapshotDamaged
from lake.inventory import Named, named_by
from lake.manifest import Manifest, manifest_key
from lake.moves import intact
from lake.packs import index_keys, read_packing
from lake.ranges import opened
from lake.snapshots import Chain
from lake.tombstones import order_on_record, orders

N = TypeVar("N")
T = TypeVar("T")

MEND = {
    "rows": "`liveblog replay` rebuilds the tables from raw/; or restore this object from a copy.",
    "decisions": "Restore this object from a copy: raw/ does not hold what people decided.",
    "checkpoint": "`liveblog replay` rebuilds it with the tables; or restore this object from a copy.",
    "part": "Restore this object from a copy; without a copy: docs/restore.md, from raw/ alone.",
    "segment": "Restore it (or, of a packed day, packs/dt=<day>/index-….json) from a copy. Rows made from it stay "
    "readable, but a replay would lack them.",
    "past": "Older snapshots alone name it: restore this object from a copy, or do without them.",
    "pack": "Restore it from a copy. Rows made from it stay readable, but a replay would lack them.",
    "index": "Restore it from a copy: without it nobody knows which segments its packs stand for.",
    "takedown": "Restore it from a copy: without it no snapshot can be read, and nothing may be recorded.",
    "snapshot": "Restore this object from a copy, or ask for another snapshot; without a copy: docs/restore.md.",
}
PAST = frozenset({"rows", "decisions", "checkpoint"})
"""What a replay, or a fold, leaves to older snapshots."""
ORPHAN = "No snapshot names it: left by a run that ended early. `liveblog vacuum` removes it after its grace period."
ADOPTED = "No snapshot names it yet: left by a run that ended early. `liveblog compact` takes it in."
RETURNED = (
    "A takedown had removed it, and it is back, from an older copy or a run that broke off: `liveblog redact --again`."
)
UNRECORDED = "No snapshot has taken it in: the next `liveblog record` does."


@dataclass(frozen=True, slots=True)
class Finding:
    """One object that is not as it should be."""

    kind: str
    """missing, truncated, altered, unreadable, returned, orphaned or unrecorded; the last two harm nothing."""
    key: str
    mend: str
    """What to do."""

    @property
    def harmless(self) -> bool:
        """Whether every snapshot answers rightly all the same."""
        return self.kind in {"orphaned", "unrecorded"}


def verify(chain: Chain) -> Iterator[Finding]:
    """Check every object of every snapshot that is kept, and tell of those that none names.

    Where a manifest, a part or an index is damaged, what it named cannot be known: nothing is called unnamed then.
    Where a takedown is, no snapshot can be read: nothing else is checked.
    """
    numbers = list(chain.numbers())
    takedowns = list(_takedowns(chain, numbers))
    yield from takedowns
    if takedowns:
        return
    manifests, unreadable = _readable(numbers, lambda number: chain.at(number).manifest)
    yield from (Finding("unreadable", manifest_key(number), MEND["snapshot"]) for number in unreadable)
    refs = {ref.key: ref for manifest in manifests for ref in manifest.parts}
    parts = [found for ref in refs.values() if (found := _check(chain, Named(ref.key, ref.sha256, None, "part")))]
    yield from parts
    packed, indexes = _readable(index_keys(chain.store), lambda key: read_packing(chain.store, key))
    yield from (Finding("altered", key, MEND["index"]) for key in indexes)
    sound = _without(manifests, {found.key for found in parts})
    named, current = named_by(sound, chain.parts), named_by(sound[:1], chain.parts)
    packs = [Named(pack.key, pack.sha256, pack.bytes, "pack") for one in packed for pack in one.packs]
    stood_for = {entry.key for one in packed for entry in one.segments}
    for item in (*(named[key] for key in sorted(named)), *packs):
        finding = _check(chain, item)
        if finding is None or (finding.kind == "missing" and item.key in stood_for):
            continue
        past = item.what in PAST and item.key not in current
        yield replace(finding, mend=MEND["past"]) if past else finding
    if not (unreadable or parts or indexes):
        yield from _unnamed(chain, {*named, *(item.key for item in packs)})


def _readable(names: Iterable[N], read: Callable[[N], T]) -> tuple[list[T], list[N]]:
    """What could be read, and the names of what is damaged."""
    found, damaged = [], []
    for name in names:
        try:
            found.append(read(name))
        except SnapshotDamaged:
            damaged.append(name)
    return found, damaged


def _takedowns(chain: Chain, numbers: Iterable[int]) -> Iterator[Finding]:
    """Lists of takedowns that the newest readable manifest names, and orders, that are not as they should be."""
    store = chain.store
    manifests, _ = _readable(numbers, lambda number: Manifest.from_json(store.get(manifest_key(number)), ""))
    for key in manifests[0].redactions if manifests else ():
        if store.head(key) is None:
            yield Finding("missing", key, MEND["takedown"])
        elif not intact(key, store.get(key)):
            yield Finding("altered", key, MEND["takedown"])
    _, damaged = _readable(orders(store), lambda key: order_on_record(store, key))
    yield from (Finding("unreadable", key, MEND["takedown"]) for key in damaged)


def _without(manifests: Iterable[Manifest], keys: Collection[str]) -> list[Manifest]:
    """Manifests that do not name some parts."""
    return [replace(one, parts=tuple(ref for ref in one.parts if ref.key not in keys)) for one in manifests]


def _check(chain: Chain, named: Named) -> Finding | None:
    try:
        with opened(chain.store, named.key) as file:
            same, length = file_digest(file, "sha256").hexdigest() == named.sha256, file.seek(0, SEEK_END)
    except ObjectMissing:
        return Finding("missing", named.key, MEND[named.what])
    if same:
        return None
    shorter = named.bytes is not None and length < named.bytes
    return Finding("truncated" if shorter else "altered", named.key, MEND[named.what])


def _unnamed(chain: Chain, named: set[str]) -> Iterator[Finding]:
    for info in chain.store.list(""):
        top = info.key.split("/")[0]
        if info.key in named:
            continue
        if info.key in chain.moves:
            yield Finding("returned", info.key, RETURNED)
            continue
        if top == "raw":
            yield Finding("unrecorded", info.key, UNRECORDED)
        elif "/days/" in info.key:
            yield Finding("orphaned", info.key, ADOPTED)
        elif (top in {"parts", "packs"} and "/index-" not in info.key) or is_generation(top):
            yield Finding("orphaned", info.key, ORPHAN)


def is_generation(folder: str) -> bool:
    """Whether a top folder is ``g<generation>``."""
    return folder[:1] == "g" and folder[1:].isdigit()


def manifest_digest(chain: Chain, number: int) -> str:
    """sha256 of a snapshot's manifest, which names the digest of everything else: what a citation needs."""
    return sha256(chain.store.get(manifest_key(number))).hexdigest()


def redacted_since(chain: Chain, number: int) -> tuple[str, ...]:
    """The takedowns that came after a snapshot: what they took out is gone from it, though its manifest is the same."""
    before = set(chain.at(number).manifest.redactions)
    names = (key.split("/")[1] for key in chain.newest().manifest.redactions if key not in before)
    return tuple(dict.fromkeys(names))


def citation(chain: Chain, number: int, query: str | None = None) -> str:
    """A line for a paper: which lake, which snapshot, when, proved by which digest, asked what."""
    snapshot = chain.at(number)
    line = (
        f"{chain.store.root}, snapshot {number} of {snapshot.committed_at:%Y-%m-%d %H:%M} UTC, "
        f"sha256 {manifest_digest(chain, number)}"
    )
    since = redacted_since(chain, number)
    line += f", words taken out since then ({', '.join(since)})" if since else ""
    return f"{line}, query {json.dumps(query, ensure_ascii=False)}" if query else line
