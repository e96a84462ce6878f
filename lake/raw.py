"""The raw archive: WARC segments under ``raw/dt=<UTC day>/<file name>``, every look as it was received."""

from collections.abc import Collection, Iterator
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from lake.errors import SegmentConflict
from lake.manifest import SegmentEntry
from lake.snapshots import Snapshot
from lake.store import ObjectStore, Put
from lake.warc import Resolver, captures_of
from transforms.records import Capture


class RawArchive:
    """Segments of one lake."""

    def __init__(self, store: ObjectStore) -> None:
        self.store = store
        self._entries: dict[str, SegmentEntry] = {}

    def put_segment(self, path: Path, dt: str) -> str:
        """Archive a closed segment under its file name and return its key; doing it again changes nothing.

        `dt` is the UTC day (``YYYY-MM-DD``) on which the segment was begun.
        Raises SegmentConflict if other content stands under that name.
        """
        key = f"raw/dt={dt}/{path.name}"
        content = path.read_bytes()
        if self.store.put_file_if_absent(key, path) is Put.EXISTS and self.store.get(key) != content:
            raise SegmentConflict(
                f"{self.store.uri(key)}: other content stands under this name; {path} was not archived. Rename it."
            )
        self._entries[key] = _entry(key, content)
        return key

    def entry(self, key: str) -> SegmentEntry:
        """A segment's size and sha256, for a manifest. Raises ObjectMissing."""
        if key not in self._entries:
            self._entries[key] = _entry(key, self.store.get(key))
        return self._entries[key]

    def read(self, key: str, resolver: Resolver | None = None) -> Iterator[Capture]:
        """The looks of a segment, in the order in which they ended.

        A revisit gets the body of the record it refers to if that stands in the same segment or `resolver` gives it.
        Raises ObjectMissing; SegmentUnreadable, after the looks before the damage.
        """
        content = self.store.get(key)
        self._entries[key] = _entry(key, content)
        return captures_of(BytesIO(content), self.store.uri(key), key, resolver)

    def read_file(self, source: Path | BinaryIO, resolver: Resolver | None = None) -> Iterator[Capture]:
        """The looks of any WARC or ARC file; `lake.warc` says what becomes of responses that are not ours.

        Raises SegmentUnreadable, after the looks before the damage.
        """
        if not isinstance(source, Path):
            yield from captures_of(source, str(getattr(source, "name", "WARC")), None, resolver)
            return
        with source.open("rb") as file:
            yield from captures_of(file, str(source), None, resolver)

    def unrecorded(self, snapshot: Snapshot, days: Collection[str]) -> list[str]:
        """Keys of segments of these days that no commit has taken in yet, oldest first."""
        recorded = {entry.key for entry in snapshot.segments(sorted(days))}
        listed = [info.key for day in sorted(days) for info in self.store.list(f"raw/dt={day}/")]
        return [key for key in listed if key.endswith((".warc.gz", ".warc")) and key not in recorded]


def _entry(key: str, content: bytes) -> SegmentEntry:
    return SegmentEntry(key, len(content), sha256(content).hexdigest())
