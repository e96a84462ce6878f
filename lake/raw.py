"""The raw archive: WARC segments under ``raw/dt=<UTC day>/<file name>``, every look as it was received."""

from collections.abc import Collection, Iterator
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from lake.errors import ObjectMissing, SegmentConflict
from lake.manifest import SegmentEntry
from lake.packs import Pack, packings, unpacked
from lake.parts import segment_day
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
            self._entries[key] = self._found(key)
        return self._entries[key]

    def _found(self, key: str) -> SegmentEntry:
        try:
            return _entry(key, self.store.get(key))
        except ObjectMissing:
            for packing in packings(self.store, segment_day(key)):
                for entry in packing.segments:
                    if entry.key == key:
                        return entry
            raise

    def read(self, key: str, resolver: Resolver | None = None) -> Iterator[Capture]:
        """The looks of a segment, in the order in which they ended.

        A revisit gets the body of the record it refers to if that stands in the same segment or `resolver` gives it.
        Raises ObjectMissing; SegmentUnreadable, after the looks before the damage.
        """
        try:
            content = self.store.get(key)
        except ObjectMissing:
            return iter(self._packed(key, resolver))
        self._entries[key] = _entry(key, content)
        return captures_of(BytesIO(content), self.store.uri(key), key, resolver)

    def _packed(self, key: str, resolver: Resolver | None) -> list[Capture]:
        """The looks of a segment that was packed. Raises ObjectMissing if it was not."""
        for packing in packings(self.store, segment_day(key)):
            if any(entry.key == key for entry in packing.segments):
                looks = (capture for pack in packing.packs for capture in self._pack(pack, resolver))
                return sorted((look for look in looks if look.segment == key), key=lambda look: look.look.observed_at)
        raise ObjectMissing(self.store.uri(key))

    def _pack(self, pack: Pack, resolver: Resolver | None) -> Iterator[Capture]:
        return captures_of(unpacked(self.store, pack), self.store.uri(pack.key), None, resolver)

    def looks(self, day: str, blog_ids: Collection[str] | None = None) -> Iterator[Capture]:
        """All looks of a day (``YYYY-MM-DD``), or those at some blogs, blog by blog where the day is packed.

        Within a blog they come in the order in which they were archived. Raises SegmentUnreadable.
        """
        done: set[str] = set()
        for packing in packings(self.store, day):
            done |= {entry.key for entry in packing.segments}
            for pack in packing.packs:
                if blog_ids is None or pack.blog_id in blog_ids:
                    yield from self._pack(pack, None)
        for info in self.store.list(f"raw/dt={day}/"):
            if info.key.endswith((".warc.gz", ".warc")) and info.key not in done:
                looks = self.read(info.key)
                yield from (look for look in looks if blog_ids is None or look.look.blog_id in blog_ids)

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
