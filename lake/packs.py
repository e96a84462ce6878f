"""Packed days: all looks at one blog on one day as one zstd frame with a long window, payloads decoded.

    packs/dt=<day>/<blog>-<digest>.warc.zst   WARC records one after another; ``zstd -d --long=27`` gives a plain WARC
    packs/dt=<day>/index-<digest>.json        {"segments": […], "packs": […]}; written last: what it names is packed

A page changes little from look to look, so a window that spans the day finds nearly all of it again. A body is kept
decoded, with the fields Content-Encoding and Content-Length under ``X-Archive-Orig-…``; one that does not decode
cleanly stays as it is. Everything else stays as received, and each look still says in which segment it came.
"""

import hashlib
import json
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO

import brotli
import zstandard
from warcio.archiveiterator import ArchiveIterator

from lake.errors import SnapshotDamaged
from lake.manifest import SegmentEntry, to_json
from lake.snapshots import Snapshot
from lake.store import ObjectStore, put_new
from lake.warc import MAX_BODY_BYTES, ORIGIN
from transforms.records import LOOK_CONTENT_TYPE, Look

WINDOW_LOG = 27
"""128 MiB: about a day of one blog; the largest window that `zstd` reads with ``--long``."""
LEVEL = 12
STRANGERS = "other"
"""Stands for the blog where a record belongs to no look of ours."""
CHUNK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Pack:
    """All looks at one blog on one day."""

    blog_id: str
    key: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Packing:
    """What one packing of a day took in, and where it put it."""

    segments: tuple[SegmentEntry, ...]
    packs: tuple[Pack, ...]


@dataclass(frozen=True, slots=True)
class _Record:
    """A WARC record, unread."""

    fields: tuple[tuple[str, str], ...]
    block: bytes

    def field(self, name: str) -> str:
        return next((value for key, value in self.fields if key.lower() == name.lower()), "")

    def written(self, segment: str) -> bytes:
        """The record as a pack holds it."""
        block, fields = self.block, dict(self.fields)
        if self.field("WARC-Type") == "response":
            block = decoded(block)
        if block != self.block:
            fields["X-Archive-Orig-Payload-Digest"] = fields.pop("WARC-Payload-Digest", "")
            fields.pop("WARC-Block-Digest", None)
        fields |= {"Content-Length": str(len(block)), ORIGIN: segment}
        head = "".join(f"{name}: {value}\r\n" for name, value in fields.items() if value)
        return b"WARC/1.1\r\n" + head.encode() + b"\r\n" + block + b"\r\n\r\n"


def pack_day(store: ObjectStore, snapshot: Snapshot, day: str) -> Packing | None:
    """Pack the segments of a day that the snapshot has taken in and no packing has; None if there are none.

    The segments stay; `remove_packed` removes them. Running it again, after any crash, completes it.
    Raises SegmentUnreadable, SnapshotDamaged if what was packed does not unpack to the same bytes.
    """
    done = {entry.key for packing in packings(store, day) for entry in packing.segments}
    segments = tuple(entry for entry in snapshot.segments([day]) if entry.key not in done)
    if not segments:
        return None
    with TemporaryDirectory() as folder:
        for entry in segments:
            _spool(store, entry.key, Path(folder))
        packs = tuple(_pack(store, day, path) for path in sorted(Path(folder).iterdir()))
    packing = Packing(segments, packs)
    content = to_json(packing)
    digest = hashlib.sha256(content).hexdigest()[:16]
    put_new(store, f"packs/dt={day}/index-{digest}.json", content)
    return packing


def packings(store: ObjectStore, day: str) -> list[Packing]:
    """What has been packed of a day (``YYYY-MM-DD``)."""
    keys = [info.key for info in store.list(f"packs/dt={day}/index-")]
    return [_packing(json.loads(store.get(key))) for key in keys]


def all_packings(store: ObjectStore) -> list[Packing]:
    """What has been packed of any day."""
    keys = [info.key for info in store.list("packs/") if "/index-" in info.key]
    return [_packing(json.loads(store.get(key))) for key in keys]


def remove_packed(store: ObjectStore, day: str) -> list[str]:
    """Remove the segments of a day that are packed, once each pack has been read back; their keys."""
    removed = []
    for packing in packings(store, day):
        for pack in packing.packs:
            if hashlib.sha256(store.get(pack.key)).hexdigest() != pack.sha256:
                raise SnapshotDamaged(f"{store.uri(pack.key)}: not what was packed. No segment was removed for it.")
        for entry in packing.segments:
            if store.head(entry.key) is not None:
                store.delete(entry.key)
                removed.append(entry.key)
    return removed


def unpacked(store: ObjectStore, pack: Pack) -> BinaryIO:
    """A pack as a plain WARC, decompressed as it is read."""
    content = BytesIO(store.get(pack.key))
    return zstandard.ZstdDecompressor(max_window_size=1 << WINDOW_LOG).stream_reader(content)


def decoded(block: bytes) -> bytes:
    """An HTTP response with its body content-decoded, or as it is where that does not work out cleanly."""
    head, separator, body = block.partition(b"\r\n\r\n")
    fields = head.decode("latin-1").split("\r\n")
    named = {line.partition(":")[0].strip().lower(): line.partition(":")[2].strip().lower() for line in fields[1:]}
    plain = _plain(body, named.get("content-encoding", ""))
    if plain is None or not separator:
        return block
    renamed = [_renamed(line) for line in fields] + [f"Content-Length: {len(plain)}"]
    return "\r\n".join(renamed).encode("latin-1") + separator + plain


def _renamed(line: str) -> str:
    name = line.partition(":")[0].strip().lower()
    return f"X-Archive-Orig-{line}" if name in {"content-encoding", "content-length"} else line


def _plain(body: bytes, encoding: str) -> bytes | None:
    """The decoded body, or None if it is not encoded, too long, or not a clean stream of its kind."""
    try:
        if encoding in {"gzip", "x-gzip", "deflate"}:
            stream = zlib.decompressobj(zlib.MAX_WBITS | (32 if encoding != "deflate" else 0))
            plain = stream.decompress(body, MAX_BODY_BYTES)
            return plain if stream.eof and not stream.unused_data else None
        if encoding == "br":
            limited = brotli.Decompressor()
            plain = limited.process(body, output_buffer_limit=MAX_BODY_BYTES)
            return plain if limited.is_finished() else None
        if encoding == "zstd":
            return zstandard.ZstdDecompressor().decompress(body, max_output_size=MAX_BODY_BYTES)
    except (zlib.error, brotli.error, zstandard.ZstdError):
        return None
    return None


def _spool(store: ObjectStore, key: str, folder: Path) -> None:
    """Append the records of a segment to one file a blog, decoded."""
    for blog_id, records in _by_look(BytesIO(store.get(key))):
        with (folder / (blog_id or STRANGERS)).open("ab") as file:
            file.writelines(record.written(key) for record in records)


def _by_look(stream: BinaryIO) -> Iterator[tuple[str, list[_Record]]]:
    """Blog and records of each look, in the order in which the looks ended; at last what belongs to none."""
    waiting: dict[str, _Record] = {}
    for raw in ArchiveIterator(stream, no_record_parse=True):
        record = _Record(tuple(raw.rec_headers.headers), raw.raw_stream.read())
        if record.field("WARC-Type") == "warcinfo":
            continue
        if record.field("Content-Type") != LOOK_CONTENT_TYPE:
            waiting[record.field("WARC-Record-ID")] = record
            continue
        look = Look.from_json(record.block)
        ids = [name for item in look.exchanges for name in (item.request_record_id, item.response_record_id) if name]
        yield look.blog_id, [waiting.pop(name) for name in ids if name in waiting] + [record]
    if waiting:
        yield "", list(waiting.values())


def _pack(store: ObjectStore, day: str, path: Path) -> Pack:
    parameters = zstandard.ZstdCompressionParameters.from_level(
        LEVEL, window_log=WINDOW_LOG, enable_ldm=True, write_checksum=True
    )
    content = zstandard.ZstdCompressor(compression_params=parameters).compress(path.read_bytes())
    digest = hashlib.sha256(content).hexdigest()
    pack = Pack(path.name, f"packs/dt={day}/{path.name}-{digest[:16]}.warc.zst", len(content), digest)
    put_new(store, pack.key, content)
    with path.open("rb") as file:
        if _digest(file) != _digest(unpacked(store, pack)):
            raise SnapshotDamaged(f"{store.uri(pack.key)}: does not unpack to what was packed. Nothing was removed.")
    return pack


def _digest(stream: BinaryIO) -> str:
    digest = hashlib.sha256()
    while chunk := stream.read(CHUNK_BYTES):
        digest.update(chunk)
    return digest.hexdigest()


def _packing(said: Mapping[str, list[dict[str, str]]]) -> Packing:
    segments = tuple(SegmentEntry(**item) for item in said["segments"])  # type: ignore[arg-type]
    return Packing(segments, tuple(Pack(**item) for item in said["packs"]))  # type: ignore[arg-type]
