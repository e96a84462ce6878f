"""Every object that snapshots name, with what a manifest says about it: the ground of verify and vacuum."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lake.manifest import FileEntry, Manifest, PartRef, SegmentEntry
from lake.parts import Parts
from lake.schemas import tables

CARRIED = ("watches", "candidates", "incidents", "redactions")
"""Tables that raw/ does not hold: decisions about what is looked at, incidents, and takedowns."""


@dataclass(frozen=True, slots=True)
class Named:
    """An object as a manifest, or a part of one, names it."""

    key: str
    sha256: str
    bytes: int | None
    """None where only the digest is on record (parts)."""
    what: str
    """``rows``, ``decisions`` (rows that raw/ does not hold), ``checkpoint``, ``part`` or ``segment``."""


def named_by(manifests: Iterable[Manifest], parts: Parts) -> dict[str, Named]:
    """All that some snapshots name, by key; each part is read once, however many snapshots share it."""
    found: dict[str, Named] = {}
    refs: dict[str, PartRef] = {}
    for manifest in manifests:
        for named in _own(manifest):
            found.setdefault(named.key, named)
        refs |= {ref.key: ref for ref in manifest.parts}
    for ref in refs.values():
        found[ref.key] = Named(ref.key, ref.sha256, None, "part")
    return found | {named.key: named for named in _in_parts(parts, tuple(refs.values()))}


def _own(manifest: Manifest) -> Iterator[Named]:
    yield from (_rows(table, file) for table, _, file in manifest.entries())
    yield from (_file(file, "checkpoint") for files in manifest.checkpoint.values() for file in files)
    yield from map(_segment, manifest.segments)


def _in_parts(parts: Parts, refs: tuple[PartRef, ...]) -> Iterator[Named]:
    for table in tables():
        yield from (_rows(table, file) for _, file in parts.files(refs, table, None))
    yield from map(_segment, parts.segments(refs, None))


def _rows(table: str, file: FileEntry) -> Named:
    return _file(file, "decisions" if table in CARRIED else "rows")


def _file(file: FileEntry, what: str) -> Named:
    return Named(file.key, file.sha256, file.bytes, what)


def _segment(entry: SegmentEntry) -> Named:
    return Named(entry.key, entry.sha256, entry.bytes, "segment")
