"""What takedowns put in the place of what: the one way in which a snapshot that was committed can change (rule L3).

    redactions/<id>/moves-<digest>.json   {"files": {"<old key>": {"key", "rows", …}}, "segments": {"<old key>": {…}},
                                           "gone": ["<old key>", …], "rows": 12, "looks": 4}

Manifests and parts are never rewritten. They may name objects that are gone; whoever reads them is given what stands in
their place. The newest manifest names the lists that count, so that a takedown takes effect in all snapshots at once,
with one commit. Keys are never used twice, so it does not matter in which manifest or part an old one stands.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256

import orjson

from lake.errors import ObjectMissing, SnapshotDamaged
from lake.manifest import FileEntry, Files, Manifest, SegmentEntry, file_entry
from lake.store import ObjectStore

REPLACED = re.compile(r"~[0-9a-f]{12}(?=\.[^/]*$)")
"""In the name of an object that took another's place."""


def first_name(key: str) -> str:
    """The key that an object had before any takedown: by it rows know their raw segment."""
    return REPLACED.sub("", key)


def list_key(folder: str, content: bytes) -> str:
    """Where a list stands, in the folder of its takedown (which ends with a slash)."""
    return f"{folder}moves-{sha256(content).hexdigest()[:16]}.json"


def intact(key: str, content: bytes) -> bool:
    """Whether a list is what its name says."""
    return list_key(key[: key.rindex("/") + 1], content) == key


@dataclass(slots=True)
class Moves:
    """All that takedowns replaced in one lake, as far as it was asked to read."""

    store: ObjectStore
    files: dict[str, FileEntry] = field(default_factory=dict)
    segments: dict[str, SegmentEntry] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    """Keys of objects that went without a successor, or with one that no manifest names."""
    read: set[str] = field(default_factory=set)

    def load(self, keys: Iterable[str]) -> None:
        """Read these lists, each once. Raises SnapshotDamaged."""
        for key in keys:
            if key not in self.read:
                said = orjson.loads(self._content(key))
                self.files |= {old: file_entry(item) for old, item in said["files"].items()}
                self.segments |= {old: SegmentEntry(**item) for old, item in said["segments"].items()}
                self.gone |= set(said["gone"])
                self.read.add(key)

    def _content(self, key: str) -> bytes:
        try:
            content = self.store.get(key)
        except ObjectMissing as error:
            raise SnapshotDamaged(str(error)) from error
        if not intact(key, content):
            raise SnapshotDamaged(f"{self.store.uri(key)}: not what its name says. Run `liveblog verify`.")
        return content

    def __contains__(self, key: str) -> bool:
        """Whether an object of that name was taken away for good."""
        return key in self.files or key in self.segments or key in self.gone

    def file(self, entry: FileEntry) -> FileEntry:
        """What stands in the place of a file now; itself, if nothing took its place."""
        while entry.key in self.files:
            entry = replace(self.files[entry.key], folded=entry.folded)
        return entry

    def segment(self, entry: SegmentEntry) -> SegmentEntry:
        """What stands in the place of a raw segment now."""
        while entry.key in self.segments:
            entry = self.segments[entry.key]
        return entry

    def applied(self, manifest: Manifest) -> Manifest:
        """A manifest that names what stands there now."""
        if not self.files and not self.segments:
            return manifest
        return replace(
            manifest,
            tables=self._files(manifest.tables),
            checkpoint=self._files({"": manifest.checkpoint})[""],
            segments=tuple(map(self.segment, manifest.segments)),
        )

    def _files(self, tables: Files) -> dict[str, Mapping[str, tuple[FileEntry, ...]]]:
        return {
            name: {day: tuple(map(self.file, files)) for day, files in days.items()} for name, days in tables.items()
        }
