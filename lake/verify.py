"""Is every object what the snapshots say it is? Reads all of them; changes nothing."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256

from lake.errors import ObjectMissing, SnapshotDamaged
from lake.inventory import Named, named_by
from lake.manifest import Manifest, manifest_key
from lake.packs import all_packings
from lake.snapshots import Chain

MEND = {
    "rows": "`liveblog replay` rebuilds the tables from raw/; or restore this object from a copy.",
    "checkpoint": "`liveblog replay` rebuilds it with the tables; or restore this object from a copy.",
    "part": "Restore this object from a copy; `liveblog replay` rebuilds the tables from raw/.",
    "segment": "Restore it from a copy. Rows made from it stay readable, but a replay would lack them.",
    "pack": "Restore it from a copy. Rows made from it stay readable, but a replay would lack them.",
    "snapshot": "Restore this object from a copy, or ask for another snapshot; without a copy: docs/restore.md.",
}
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

    Where a manifest or a part is damaged, what it named cannot be known: nothing is called unnamed then.
    """
    manifests: list[Manifest] = []
    numbers = list(chain.numbers())
    for number in numbers:
        try:
            manifests.append(chain.at(number).manifest)
        except SnapshotDamaged:
            yield Finding("unreadable", manifest_key(number), MEND["snapshot"])
    refs = {ref.key: ref for manifest in manifests for ref in manifest.parts}
    damaged = [finding for ref in refs.values() if (finding := _check_part(chain, ref.key, ref.sha256))]
    yield from damaged
    if damaged:
        return
    named, packed = named_by(manifests, chain.parts), all_packings(chain.store)
    packs = [Named(pack.key, pack.sha256, pack.bytes, "pack") for packing in packed for pack in packing.packs]
    stood_for = {entry.key for packing in packed for entry in packing.segments}
    for item in (*(named[key] for key in sorted(named)), *packs):
        finding = _check(chain, item)
        if finding is not None and not (finding.kind == "missing" and item.key in stood_for):
            yield finding
    if len(manifests) == len(numbers):
        yield from _unnamed(chain, {*named, *(item.key for item in packs)})


def _check_part(chain: Chain, key: str, digest: str) -> Finding | None:
    return _check(chain, Named(key, digest, None, "part"))


def _check(chain: Chain, named: Named) -> Finding | None:
    try:
        content = chain.store.get(named.key)
    except ObjectMissing:
        return Finding("missing", named.key, MEND[named.what])
    if sha256(content).hexdigest() == named.sha256:
        return None
    shorter = named.bytes is not None and len(content) < named.bytes
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
