"""The raw archive: WARC segments under ``raw/dt=<UTC day>/<file name>``, every look as it was received.

Segments of closed days may be packed (`lake.packs`); whoever asks here for a segment gets its looks all the same.
"""

from collections.abc import Collection, Iterator
from hashlib import file_digest
from io import SEEK_END, BufferedReader, BytesIO
from pathlib import Path
from typing import BinaryIO

from lake.errors import ObjectMissing, SegmentConflict
from lake.manifest import SegmentEntry
from lake.moves import first_name
from lake.packs import Pack, packings, unpacked
from lake.parts import segment_day
from lake.ranges import opened
from lake.snapshots import Snapshot
from lake.store import ObjectStore, Put
from lake.warc import Resolver, captures_of
from transforms.records import Capture

WARCS = (".warc.gz", ".warc")


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
        with path.open("rb") as file:
            entry = _entry(key, file)
        if self.store.put_file_if_absent(key, path) is Put.EXISTS and self._found(key) != entry:
            raise SegmentConflict(
                f"{self.store.uri(key)}: other content stands under this name; {path} was not archived. Rename it."
            )
        self._entries[key] = entry
        return key

    def entry(self, key: str) -> SegmentEntry:
        """A segment's size and sha256, for a manifest. Raises ObjectMissing."""
        if key not in self._entries:
            self._entries[key] = self._found(key)
        return self._entries[key]

    def _found(self, key: str) -> SegmentEntry:
        try:
            name, file = self._opened(key)
            with file:
                return _entry(name, file)
        except ObjectMissing:
            for packing in packings(self.store, segment_day(key)):
                for entry in packing.segments:
                    if first_name(entry.key) == key:
                        return entry
            raise

    def read(
        self, key: str, resolver: Resolver | None = None, blog_ids: Collection[str] | None = None
    ) -> Iterator[Capture]:
        """The looks of a segment, in the order in which they ended; where it is packed, in the order of time.

        A revisit gets the body of the record it refers to if that stands in the same segment or `resolver` gives it.
        Where it is packed, only the packs of `blog_ids` are opened. Raises ObjectMissing; SegmentUnreadable, after the
        looks before the damage.
        """
        try:
            _, file = self._opened(key)
        except ObjectMissing:
            return iter(self._packed(key, resolver, blog_ids))
        return _closing(file, captures_of(file, self.store.uri(key), first_name(key), resolver))

    def _opened(self, key: str) -> tuple[str, BytesIO | BufferedReader]:
        """A segment, or the one that a takedown has put in its place, with its name. Raises ObjectMissing."""
        try:
            return key, opened(self.store, key)
        except ObjectMissing:
            folder, _, name = key.rpartition("/")
            for info in self.store.list(f"{folder}/{name.partition('.')[0]}~"):
                if first_name(info.key) == key:
                    return info.key, opened(self.store, info.key)
            raise

    def _packed(self, key: str, resolver: Resolver | None, blog_ids: Collection[str] | None) -> list[Capture]:
        """The looks of a segment that was packed. Raises ObjectMissing if it was not."""
        for packing in packings(self.store, segment_day(key)):
            if any(first_name(entry.key) == key for entry in packing.segments):
                packs = [pack for pack in packing.packs if blog_ids is None or pack.blog_id in blog_ids]
                looks = (look for pack in packs for look in self.pack(pack, resolver) if look.segment == key)
                return sorted(looks, key=lambda item: item.look.observed_at)
        raise ObjectMissing(self.store.uri(key))

    def pack(self, pack: Pack, resolver: Resolver | None = None) -> Iterator[Capture]:
        """The looks of a pack, in the order of time. Raises SegmentUnreadable, after the looks before the damage."""
        return captures_of(unpacked(self.store, pack), self.store.uri(pack.key), None, resolver)

    def holding(self, day: str) -> tuple[list[str], list[Pack]]:
        """Where the looks of a day's segments are: keys of segments to read as they are, and packs; nothing twice.

        Safe beside a packing that is under way: a segment that is gone when it is read is read from its packs.
        """
        listed = [info.key for info in self.store.list(f"raw/dt={day}/") if info.key.endswith(WARCS)]
        packed: set[str] = set()
        packs: list[Pack] = []
        for packing in packings(self.store, day):
            segments = {first_name(entry.key) for entry in packing.segments}
            if segments.isdisjoint(packed):  # two that packed at once: the first to be listed counts
                packed |= segments
                packs += packing.packs
        return [key for key in listed if first_name(key) not in packed], packs

    def looks(self, day: str, blog_ids: Collection[str] | None = None) -> Iterator[Capture]:
        """All looks of a day's segments (``YYYY-MM-DD``), or those at some blogs, blog by blog where they are packed.

        Within a blog they come in the order in which they were archived. Raises SegmentUnreadable.
        """
        keys, packs = self.holding(day)
        for pack in packs:
            if blog_ids is None or pack.blog_id in blog_ids:
                yield from self.pack(pack)
        for key in keys:
            looks = self.read(key, None, blog_ids)
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
        recorded = {first_name(entry.key) for entry in snapshot.segments(sorted(days))}
        listed = [info.key for day in sorted(days) for info in self.store.list(f"raw/dt={day}/")]
        return [key for key in listed if key.endswith(WARCS) and first_name(key) not in recorded]


def _entry(key: str, file: BytesIO | BufferedReader) -> SegmentEntry:
    digest = file_digest(file, "sha256").hexdigest()
    return SegmentEntry(key, file.seek(0, SEEK_END), digest)


def _closing(file: BinaryIO, looks: Iterator[Capture]) -> Iterator[Capture]:
    with file:
        yield from looks
