"""Packed days: all looks at one blog on one day as one zstd frame with a long window, payloads decoded.

    packs/dt=<day>/<blog>-<digest>.warc.zst   WARC records in the order of time; ``zstd -d --long=27`` gives a WARC
    packs/dt=<day>/index-<digest>.json        {"segments": […], "packs": […], "left": […]}; written last: what it names
                                              is packed, or stays in raw/ for good (`left`: archives of others)

A page changes little from look to look, so a window that spans the day finds nearly all of it again. A body is kept
decoded, with the fields Content-Encoding and Content-Length under ``X-Archive-Orig-…``; one that does not decode
cleanly stays as it is. Digests that follow from the bytes are left out. Everything else stays as received, and each
look still says in which segment it came. `lake.packing` writes packs; here is what they look like and how to read them.
"""

import hashlib
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import BinaryIO

import brotli
import zstandard

from lake.errors import SnapshotDamaged
from lake.manifest import SegmentEntry
from lake.parts import segment_day
from lake.store import ObjectStore
from lake.warc import MAX_BODY_BYTES, ORIGIN

WINDOW_LOG = 27
"""128 MiB: about a day of one blog; the largest window that `zstd` reads with ``--long``."""
DIGESTS_OF_WIRE = {
    "WARC-Payload-Digest": "X-Archive-Orig-Payload-Digest",
    "WARC-Block-Digest": "X-Archive-Orig-Block-Digest",
}
"""Names of digests where what they speak of was decoded."""


@dataclass(frozen=True, slots=True)
class Pack:
    """Looks at one blog on one day."""

    blog_id: str
    key: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Packing:
    """What one packing of a day took in, and where it put it."""

    segments: tuple[SegmentEntry, ...]
    packs: tuple[Pack, ...]
    left: tuple[str, ...] = ()
    """Keys of segments that stay as they are: archives of others, and damaged ones."""


@dataclass(frozen=True, slots=True)
class WarcRecord:
    """A WARC record, unread."""

    fields: tuple[tuple[str, str], ...]
    block: bytes

    def field(self, name: str) -> str:
        """The first field of that name, or nothing."""
        return next((value for key, value in self.fields if key.lower() == name.lower()), "")

    def packed(self, segment: str) -> bytes:
        """The record as a pack holds it."""
        block = decoded(self.block) if self.field("WARC-Type") == "response" else self.block
        kept = [(name, value) for name, value in self.fields if not _follows(name, value, self.block)]
        if block != self.block:
            kept = [(DIGESTS_OF_WIRE.get(name, name), value) for name, value in kept]
        kept = [(name, value) for name, value in kept if name not in {"Content-Length", ORIGIN}]
        head = "".join(f"{name}: {value}\r\n" for name, value in (*kept, ("Content-Length", str(len(block)))))
        return f"WARC/1.1\r\n{head}{ORIGIN}: {segment}\r\n\r\n".encode() + block + b"\r\n\r\n"


def _follows(name: str, value: str, block: bytes) -> bool:
    """Whether a field says nothing but what the block's bytes, as received, say."""
    spoken_of = {"WARC-Block-Digest": [block], "WARC-Payload-Digest": [block, block.partition(b"\r\n\r\n")[2]]}
    return value in {f"sha256:{hashlib.sha256(content).hexdigest()}" for content in spoken_of.get(name, ())}


def packings(store: ObjectStore, day: str) -> list[Packing]:
    """What has been packed of a day (``YYYY-MM-DD``), in one order. Raises SnapshotDamaged."""
    return [read_packing(store, info.key) for info in list(store.list(f"packs/dt={day}/index-"))]


def all_packings(store: ObjectStore) -> list[Packing]:
    """What has been packed of any day. Raises SnapshotDamaged."""
    return [read_packing(store, key) for key in index_keys(store)]


def index_keys(store: ObjectStore) -> list[str]:
    """Keys of the indexes of all packed days."""
    return [info.key for info in store.list("packs/") if "/index-" in info.key]


def index_key(day: str, content: bytes) -> str:
    """Where the index of a packing stands."""
    return f"packs/dt={day}/index-{hashlib.sha256(content).hexdigest()[:16]}.json"


def read_packing(store: ObjectStore, key: str) -> Packing:
    """What an index says. Raises SnapshotDamaged where it is not what its name says."""
    content = store.get(key)
    if index_key(segment_day(key), content) != key:
        raise SnapshotDamaged(f"{store.uri(key)}: not what its name says. `liveblog verify` says how to mend it.")
    return _packing(json.loads(content))


def unpacked(store: ObjectStore, pack: Pack) -> BinaryIO:
    """A pack as a plain WARC, decompressed as it is read. Raises SnapshotDamaged where it is not what was packed."""
    content = store.get(pack.key)
    if hashlib.sha256(content).hexdigest() != pack.sha256:
        raise SnapshotDamaged(f"{store.uri(pack.key)}: not what was packed. `liveblog verify` says how to mend it.")
    return zstandard.ZstdDecompressor(max_window_size=1 << WINDOW_LOG).stream_reader(BytesIO(content))


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
            return zstandard.ZstdDecompressor().decompress(body, max_output_size=MAX_BODY_BYTES, allow_extra_data=False)
    except (zlib.error, brotli.error, zstandard.ZstdError):
        return None
    return None


def _packing(said: Mapping[str, list[dict[str, str]]]) -> Packing:
    segments = tuple(SegmentEntry(**item) for item in said["segments"])  # type: ignore[arg-type]
    packs = tuple(Pack(**item) for item in said["packs"])  # type: ignore[arg-type]
    return Packing(segments, packs, tuple(map(str, said.get("left", ()))))
