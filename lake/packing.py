"""Packing closed days of raw/: written, read back, and only then are the segments removed.

    raw/dt=<day>/*.warc.gz ──(records spooled by blog)──> packs/dt=<day>/<blog>-….warc.zst, index-….json
                           ──(what stays: archives of others)──> cdxj/<day>-….cdxj

Every step may be repeated: packs have names made of their content, the index is written last and put in charge what it
names, and a segment goes only when each pack of its index has been read back. Looks that come later get further packs.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO

import zstandard
from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

from lake.cdxj import put_cdxj, remove_cdxj
from lake.errors import SegmentConflict, SnapshotDamaged
from lake.manifest import SegmentEntry, to_json
from lake.moves import first_name
from lake.packs import WINDOW_LOG, Pack, Packing, WarcRecord, index_key, packings, unpacked
from lake.parts import segment_day
from lake.snapshots import Snapshot
from lake.store import ObjectStore, Put, put_new
from lake.warc import OURS
from transforms.records import LOOK_CONTENT_TYPE, Look

LEVEL = 12
CHUNK_BYTES = 1 << 20
MOST_SEGMENT_BYTES = 256 * 1024 * 1024
"""A larger segment is not one of our crawler's, which closes them at 8 MB: it is left as it is."""
SAFE_ID = re.compile(r"[0-9A-Za-z]{1,40}")
"""What may stand in a pack's name."""
WARCS = (".warc.gz", ".warc")


@dataclass(frozen=True, slots=True)
class PackedDay:
    """What packing did to one day."""

    day: str
    segments: int
    """Segments packed now."""
    bytes_before: int
    """Of these segments."""
    bytes_after: int
    """Of the packs that stand for them."""
    removed: int
    """Segments removed now; those of a packing that was broken off are among them."""
    left: int
    """WARC files that stay in raw/."""
    index: str | None
    """Key of the CDXJ index over these; None where none stays."""


@dataclass(frozen=True, slots=True, order=True)
class _Piece:
    """The records of one look in its blog's spool file."""

    observed_at: datetime
    capture_id: str
    segment: str
    offset: int
    length: int


@dataclass(slots=True)
class _Spool:
    """Looks of one day in a file a blog, as they lay in their segments, and where each begins."""

    folder: Path
    day: str
    pieces: dict[str, list[_Piece]] = field(default_factory=dict)

    def take(self, segment: str, content: bytes) -> bool:
        """Spool all looks of a segment; False, and nothing is spooled, where it holds anything but looks of ours."""
        looks = list(_looks(content)) if len(content) <= MOST_SEGMENT_BYTES else [None]
        if not all(look is not None and self._is_ours(look[0]) for look in looks):
            return False
        for found in looks:
            if found is not None:
                self._append(segment, found[0], b"".join(content[start:end] for start, end in found[1]))
        return True

    def _is_ours(self, look: Look) -> bool:
        """A look lies under the day on which its segment was begun or closed: its own, or the day after."""
        age = date.fromisoformat(self.day) - look.observed_at.date()
        return timedelta(0) <= age <= timedelta(days=1) and SAFE_ID.fullmatch(look.blog_id) is not None

    def _append(self, segment: str, look: Look, records: bytes) -> None:
        with (self.folder / look.blog_id).open("ab") as file:
            piece = _Piece(look.observed_at, look.capture_id, segment, file.tell(), len(records))
            file.write(records)
        self.pieces.setdefault(look.blog_id, []).append(piece)

    def records(self, blog_id: str) -> Iterator[bytes]:
        """The records of a blog as a pack holds them, look after look in the order of time."""
        with (self.folder / blog_id).open("rb") as file:
            for piece in sorted(self.pieces[blog_id]):
                file.seek(piece.offset)
                for raw in ArchiveIterator(BytesIO(file.read(piece.length)), no_record_parse=True):
                    yield WarcRecord(tuple(raw.rec_headers.headers), raw.raw_stream.read()).packed(piece.segment)


def pack_raw(store: ObjectStore, snapshot: Snapshot, day: str, ripe: bool = True) -> PackedDay:
    """Put the looks of a day, if it is `ripe`, into packs, remove the segments that held them, and index what stays."""
    packing = pack_day(store, snapshot, day) if ripe else None
    removed = remove_packed(store, day)
    left = len(_standing(store, day))
    if not left:
        remove_cdxj(store, day)
    return PackedDay(
        day=day,
        segments=len(packing.segments) if packing else 0,
        bytes_before=sum(entry.bytes for entry in packing.segments) if packing else 0,
        bytes_after=sum(pack.bytes for pack in packing.packs) if packing else 0,
        removed=len(removed),
        left=left,
        index=put_cdxj(store, day) if left else None,
    )


def raw_days(store: ObjectStore, before: date) -> list[str]:
    """The days before a day that have segments in raw/: all that packing has to look at."""
    days = {segment_day(info.key) for info in store.list("raw/") if info.key.endswith(WARCS)}
    return sorted(day for day in days if day < before.isoformat())


def pack_day(store: ObjectStore, snapshot: Snapshot, day: str) -> Packing | None:
    """Pack the segments of a day that the snapshot has taken in and no packing has; None if there are none.

    The segments stay; `remove_packed` removes them. Running it again, after any crash, completes it.
    Raises SnapshotDamaged if what was packed does not unpack to the same bytes.
    """
    done = packings(store, day)
    known = {first_name(key) for packing in done for key in (*packing.left, *(one.key for one in packing.segments))}
    waiting = [entry for entry in snapshot.segments([day]) if first_name(entry.key) not in known]
    if not waiting:
        return None
    with TemporaryDirectory(prefix="liveblog-pack-") as folder:
        spool = _Spool(Path(folder), day)
        taken = {entry.key for entry in waiting if spool.take(first_name(entry.key), _content(store, entry))}
        packs = tuple(_pack(store, spool, blog_id) for blog_id in sorted(spool.pieces))
    segments = tuple(entry for entry in waiting if entry.key in taken)
    packing = Packing(segments, packs, tuple(entry.key for entry in waiting if entry.key not in taken))
    content = to_json(packing)
    put_new(store, index_key(day, content), content)
    return packing


def remove_packed(store: ObjectStore, day: str) -> list[str]:
    """Remove the segments of a day that are packed, once each pack has been read back; their keys."""
    standing, removed = set(_standing(store, day)), []
    for packing in packings(store, day):
        ripe = [entry.key for entry in packing.segments if entry.key in standing]
        for pack in packing.packs if ripe else ():
            if hashlib.sha256(store.get(pack.key)).hexdigest() != pack.sha256:
                raise SnapshotDamaged(f"{store.uri(pack.key)}: not what was packed. No segment was removed for it.")
        for key in ripe:
            store.delete(key)
            removed.append(key)
    return removed


def _standing(store: ObjectStore, day: str) -> list[str]:
    return [info.key for info in store.list(f"raw/dt={day}/") if info.key.endswith(WARCS)]


def _content(store: ObjectStore, entry: SegmentEntry) -> bytes:
    """A segment, or as much of a huge one as tells that it is huge."""
    return store.get_range(entry.key, 0, min(entry.bytes, MOST_SEGMENT_BYTES + 1))


def _looks(content: bytes) -> Iterator[tuple[Look, list[tuple[int, int]]] | None]:
    """Each look with the places of its records, in the order in which the looks ended; None for anything else."""
    waiting: dict[str, tuple[int, int]] = {}
    records = ArchiveIterator(BytesIO(content), no_record_parse=True)
    try:
        for raw in records:
            header, block = raw.rec_headers.get_header, raw.raw_stream.read()
            records.read_to_end(raw)
            start = records.get_record_offset()
            place = (start, start + records.get_record_length())
            if header("WARC-Type") == "warcinfo":
                if OURS not in block:
                    yield None
            elif header("Content-Type") != LOOK_CONTENT_TYPE:
                waiting[header("WARC-Record-ID") or ""] = place
            else:
                look = Look.from_json(block)
                names = [name for one in look.exchanges for name in (one.request_record_id, one.response_record_id)]
                yield look, [*(waiting.pop(name) for name in names if name in waiting), place]
    except (ArchiveLoadFailed, EOFError, ValueError, OSError):
        yield None
    if waiting:
        yield None


def _pack(store: ObjectStore, spool: _Spool, blog_id: str) -> Pack:
    parameters = zstandard.ZstdCompressionParameters.from_level(
        LEVEL, window_log=WINDOW_LOG, enable_ldm=True, write_checksum=True
    )
    plain, path = hashlib.sha256(), spool.folder / f"{blog_id}.zst"
    with path.open("wb") as file, zstandard.ZstdCompressor(compression_params=parameters).stream_writer(file) as writer:
        for record in spool.records(blog_id):
            plain.update(record)
            writer.write(record)
    digest = _digest(BytesIO(path.read_bytes()))
    pack = Pack(blog_id, f"packs/dt={spool.day}/{blog_id}-{digest[:16]}.warc.zst", path.stat().st_size, digest)
    if store.put_file_if_absent(pack.key, path) is Put.EXISTS and store.get(pack.key) != path.read_bytes():
        raise SegmentConflict(f"{store.uri(pack.key)}: other content stands under this name. Nothing was removed.")
    if _digest(unpacked(store, pack)) != plain.hexdigest():
        raise SnapshotDamaged(f"{store.uri(pack.key)}: does not unpack to what was packed. Nothing was removed.")
    return pack


def _digest(stream: BinaryIO) -> str:
    digest = hashlib.sha256()
    while chunk := stream.read(CHUNK_BYTES):
        digest.update(chunk)
    return digest.hexdigest()
