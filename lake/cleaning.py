"""WARC files without what is taken down: every other record stays as it was, the looks stay looks.

A response that holds words to take out is kept without them, content-decoded, as packs keep all. Where everything goes,
or where a reader still finds the words afterwards, its body goes as a whole and status and type stay. The field
``WARC-Redacted`` names the takedown.
"""

import gzip
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import BinaryIO

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

from lake.packs import WarcRecord, decoded
from lake.tombstones import Tombstone
from lake.warc import OURS
from transforms.records import LOOK_CONTENT_TYPE, Look

REDACTED = "WARC-Redacted"
OF_THE_BYTES = {"content-length", "warc-payload-digest", "warc-block-digest"}
OF_THE_OLD_BYTES = {"x-archive-orig-payload-digest", "x-archive-orig-block-digest"}

Lingers = Callable[[Tombstone, str, str | None, bytes], bool]
"""Whether a reader of a page (address, Content-Type, decoded body) still finds what is taken down."""


@dataclass(slots=True)
class Cleaning:
    """One file's way through the takedowns."""

    tombstones: Sequence[Tombstone]
    lingers: Lingers
    looks: int = 0
    """Responses and looks from which something was taken."""

    def clean(self, stream: BinaryIO, out: BinaryIO, *, zipped: bool) -> None:
        """Copy a WARC, cleaned; what stands after damage is left out, since nobody can read it."""
        waiting: list[WarcRecord] = []
        strange = False
        for record in _records(stream):
            strange = strange or (record.field("WARC-Type") == "warcinfo" and OURS not in record.block)
            waiting.append(record)
            look = _look(record)
            if look is not None or strange:
                self._write(waiting, look, out, zipped)
                waiting.clear()
        self._write(waiting, None, out, zipped)

    def _write(self, records: Sequence[WarcRecord], look: Look | None, out: BinaryIO, zipped: bool) -> None:
        for record in records:
            written = serialised(self._cleaned(record, look))
            out.write(gzip.compress(written, mtime=0) if zipped else written)

    def _cleaned(self, record: WarcRecord, look: Look | None) -> WarcRecord:
        url = record.field("WARC-Target-URI")
        blog_id = look.blog_id if look is not None else ""
        for tombstone in self.tombstones:
            if tombstone.concerns(blog_id, url):
                new = _without(record, tombstone, self.lingers)
                self.looks += new != record
                record = new
        return record


def _without(record: WarcRecord, tombstone: Tombstone, lingers: Lingers) -> WarcRecord:
    kind = record.field("WARC-Type")
    if kind == "metadata" and record.field("Content-Type") == LOOK_CONTENT_TYPE:
        look = Look.from_json(record.block)
        reason = None if tombstone.everything else tombstone.plain(look.reason or "") or None
        return record if reason == look.reason else _changed(record, replace(look, reason=reason).to_json(), tombstone)
    if kind not in {"response", "resource"}:
        return record
    head, blank, body = decoded(record.block).partition(b"\r\n\r\n")
    if kind == "resource" or not blank:
        head, body = b"", record.block
    new = _body_without(record, head, body, tombstone, lingers)
    if new == body or (not body and not new):
        return record
    return _changed(record, _response(head, new, blank) if head else new, tombstone)


def _body_without(record: WarcRecord, head: bytes, body: bytes, tombstone: Tombstone, lingers: Lingers) -> bytes:
    """The body without the words; empty where that is the only way to be rid of them."""
    if tombstone.everything:
        return b""
    type_line = next((line for line in head.split(b"\r\n") if line.lower().startswith(b"content-type:")), b"")
    content_type = type_line.partition(b":")[2].decode("latin-1").strip() or None
    text, codec = _as_text(body, content_type)
    cleaned = tombstone.page(text)
    body = body if cleaned == text else cleaned.encode(codec)
    return b"" if lingers(tombstone, record.field("WARC-Target-URI"), content_type, body) else body


def _as_text(body: bytes, content_type: str | None) -> tuple[str, str]:
    """A body as text, and the codec that gives the same bytes back."""
    declared = (content_type or "").lower().partition("charset=")[2].strip(" \"'").partition(";")[0]
    for codec in ("utf-8", declared):
        try:
            text = body.decode(codec)
            if text.encode(codec) == body:
                return text, codec
        except (UnicodeError, LookupError):
            continue
    return body.decode("latin-1"), "latin-1"


def _response(head: bytes, body: bytes, blank: bytes) -> bytes:
    lines = head.split(b"\r\n")
    kept = [line for line in lines[1:] if line.partition(b":")[0].strip().lower() != b"content-length"]
    if not body:
        kept = [line for line in kept if line.lower().startswith(b"content-type:")]
    return b"\r\n".join([lines[0], *kept, b"Content-Length: %d" % len(body)]) + blank + body


def _changed(record: WarcRecord, block: bytes, tombstone: Tombstone) -> WarcRecord:
    gone = OF_THE_BYTES | OF_THE_OLD_BYTES
    kept = tuple((name, value) for name, value in record.fields if name.lower() not in gone)
    return WarcRecord((*kept, (REDACTED, tombstone.redaction_id)), block)


def serialised(record: WarcRecord) -> bytes:
    """A record as a WARC file holds it."""
    fields = [(name, value) for name, value in record.fields if name.lower() != "content-length"]
    head = "".join(f"{name}: {value}\r\n" for name, value in (*fields, ("Content-Length", str(len(record.block)))))
    return b"WARC/1.1\r\n" + head.encode() + b"\r\n" + record.block + b"\r\n\r\n"


def _records(stream: BinaryIO) -> Iterator[WarcRecord]:
    try:
        for raw in ArchiveIterator(stream, no_record_parse=True):
            yield WarcRecord(tuple(raw.rec_headers.headers), raw.raw_stream.read())
    except (ArchiveLoadFailed, EOFError, ValueError, OSError):
        return


def _look(record: WarcRecord) -> Look | None:
    if record.field("WARC-Type") != "metadata" or record.field("Content-Type") != LOOK_CONTENT_TYPE:
        return None
    try:
        return Look.from_json(record.block)
    except ValueError:
        return None
