"""Writes looks into WARC 1.1 segments (ISO 28500:2017): gzip a record, so that any record can be read by its offset.

    warcinfo                       one, at the start of a segment
    request, response | revisit    one pair an exchange, in the order of fetching
    metadata                       one, last: ``Look.to_json()``, concurrent to the look's last response

A revisit stands for a body that the archive holds already: the same payload again, or status 304. Its WARC-Refers-To,
-Target-URI and -Date name the response that holds it.

Kept as received: request and response heads in their order, and the body before content decoding. One change is made:
chunks are joined, so ``Transfer-Encoding`` becomes ``X-Archive-Orig-Transfer-Encoding`` (else a reader would look for
chunks). A body that was cut off has WARC-Truncated and a payload digest of what is there.

A look's records go to the file in one write, so a process that is killed loses at most the look it was writing.
"""

import hashlib
import os
import re
import uuid
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from io import BytesIO
from pathlib import Path
from time import monotonic

from isal import isal_zlib
from warcio.recordloader import ArcWarcRecord
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from crawler.answers import Answer
from crawler.errors import SpoolError
from crawler.items import LOOK_CONTENT_TYPE, Exchange, record_id
from crawler.settings import CrawlJob
from crawler.spool import open_path, segment_path
from crawler.visits import FinishedLook, digest, warc_date

VERSION = "WARC/1.1"
IDENTICAL = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"

PLAIN = 3
"""ISA-L's level for records whose body did not come compressed.

Measured on 66 pages of live blogs: a fifth of their size at 372 MB/s; zlib, at its level 3, does that at 129 MB/s.
"""
STORED = 0
"""zlib's level for a body that came compressed: deflating it again gains nothing."""

_TRANSFER_ENCODING = re.compile(rb"^transfer-encoding:", re.IGNORECASE | re.MULTILINE)

GZIP = zlib.MAX_WBITS + 16
"""What tells zlib to write a gzip member."""

Fields = list[tuple[str, str]]


class SegmentWriter:
    """Writes looks into segments of a spool folder and closes them by size and age.

    Raises SpoolError when the folder cannot be written; what was written before stays whole.
    """

    def __init__(self, job: CrawlJob, closed: Callable[[Path, Counter[str]], None]) -> None:
        self._job = job
        self._closed = closed
        self._seq = 0
        self._segment: Path | None = None
        self._descriptor = -1
        self._bytes = 0
        self._opened_at = 0.0
        self._outcomes: Counter[str] = Counter()

    def write(self, finished: FinishedLook) -> None:
        """Archive a look, and close the segment if it is large or old enough."""
        try:
            if self._segment is None:
                self._open()
            self._append(b"".join(look_records(finished)))
        except OSError as error:
            raise SpoolError(f"cannot write {self._segment or self._job.spool}: {error.strerror}") from error
        self._outcomes[finished.look.outcome.value] += 1
        self.close_if_due()

    def close_if_due(self) -> None:
        """Close the segment if it has reached its size or its age."""
        settings = self._job.settings
        old = monotonic() - self._opened_at >= settings.segment_s
        if self._segment and (self._bytes >= settings.segment_bytes or old):
            self.close()

    def close(self) -> None:
        """Close the open segment, if any, and say so; one without a look, for which there was no room, is removed."""
        segment, self._segment = self._segment, None
        if segment is None:
            return
        os.fsync(self._descriptor)
        os.close(self._descriptor)
        if not self._outcomes:
            open_path(segment).unlink()
            return
        open_path(segment).rename(segment)
        outcomes, self._outcomes = self._outcomes, Counter()
        self._closed(segment, outcomes)

    def _open(self) -> None:
        self._seq += 1
        segment = segment_path(Path(self._job.spool), self._job.crawl, self._seq)
        self._descriptor = os.open(open_path(segment), os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o644)
        self._segment, self._bytes, self._opened_at = segment, 0, monotonic()
        self._append(warcinfo(segment.name, self._job))

    def _append(self, content: bytes) -> None:
        """Write all of it or, when the disk is full, none of it."""
        rest = memoryview(content)
        try:
            while rest:
                rest = rest[os.write(self._descriptor, rest) :]
        except OSError:
            os.ftruncate(self._descriptor, self._bytes)
            os.lseek(self._descriptor, self._bytes, os.SEEK_SET)
            raise
        self._bytes += len(content)


class RawHead(StatusAndHeaders):  # type: ignore[misc]  # warcio has no types
    """An HTTP head as the bytes it came in; warcio's own would re-encode them."""

    def __init__(self, head: bytes) -> None:
        super().__init__("", [])
        self._head = head

    def __bool__(self) -> bool:
        return True

    def compute_headers_buffer(self, header_filter: object = None) -> None:
        """Give warcio the bytes to write."""
        self.headers_buff = self._head


def warcinfo(filename: str, job: CrawlJob) -> bytes:
    """The record that a segment begins with."""
    info = {
        "software": "As It Happened (liveblog)",
        "format": "WARC File Format 1.1",
        "conformsTo": "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
        "isPartOf": f"{job.run_key} {job.batch_id}",
        "robots": "RFC 9309" if job.settings.obey_robots else "ignored",
        "http-header-user-agent": job.settings.user_agent,
    }
    block = "".join(f"{name}: {' '.join(value.split())}\r\n" for name, value in info.items()).encode()
    record = f"<urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'liveblog:segment/{filename}')}>"
    stamp = filename.rpartition("-")[0].rpartition("-")[2]
    fields = [
        ("WARC-Type", "warcinfo"),
        ("WARC-Record-ID", record),
        ("WARC-Filename", filename),
        ("WARC-Date", f"{stamp[:4]}-{stamp[4:6]}-{stamp[6:11]}:{stamp[11:13]}:{stamp[13:15]}.{stamp[15:]}"),
    ]
    return _record(fields, "application/warc-fields", b"", block)


def look_records(finished: FinishedLook) -> Iterator[bytes]:
    """All records of a look, each a gzip member."""
    exchanges = finished.look.exchanges
    for exchange, answer in zip(exchanges, finished.answers, strict=False):
        yield from _pair(exchange, answer, finished)
    yield _metadata(finished, exchanges[: len(finished.answers)])


def _pair(exchange: Exchange, answer: Answer, finished: FinishedLook) -> Iterator[bytes]:
    response_id = exchange.response_record_id or ""
    about = [("WARC-Target-URI", answer.url), ("WARC-Date", warc_date(answer.started_at))]
    request: Fields = [
        ("WARC-Type", "request"),
        ("WARC-Record-ID", exchange.request_record_id or ""),
        ("WARC-Concurrent-To", response_id),
        *about,
    ]
    yield _record(request, "application/http; msgtype=request", answer.request_head, b"")
    kind = "revisit" if exchange.revisit else "response"
    response: Fields = [("WARC-Type", kind), ("WARC-Record-ID", response_id), *about]
    if answer.status != 304 or not exchange.revisit:
        response.append(("WARC-Payload-Digest", exchange.payload_digest or digest(answer.body)))
    if exchange.revisit:
        response += _refers_to(answer, finished)
    if answer.truncated:
        response.append(("WARC-Truncated", answer.truncated.value))
    body = b"" if exchange.revisit else answer.body
    level = STORED if answer.header("Content-Encoding") else PLAIN
    yield _record(response, "application/http; msgtype=response", _joined(answer.head), body, level)


def _refers_to(answer: Answer, finished: FinishedLook) -> Iterable[tuple[str, str]]:
    request = finished.request
    return (
        ("WARC-Profile", NOT_MODIFIED if answer.status == 304 else IDENTICAL),
        ("WARC-Refers-To", request.refers_to_record_id or ""),
        ("WARC-Refers-To-Target-URI", request.refers_to_url or ""),
        ("WARC-Refers-To-Date", request.refers_to_date or ""),
    )


def _metadata(finished: FinishedLook, answered: tuple[Exchange, ...]) -> bytes:
    look = finished.look
    fields: Fields = [
        ("WARC-Type", "metadata"),
        ("WARC-Record-ID", record_id(look.capture_id, "metadata")),
        ("WARC-Target-URI", look.final_url or look.url),
        ("WARC-Date", warc_date(look.observed_at)),
    ]
    if answered:
        fields.append(("WARC-Concurrent-To", answered[-1].response_record_id or ""))
    return _record(fields, LOOK_CONTENT_TYPE, b"", look.to_json())


def _record(fields: Fields, content_type: str, head: bytes, body: bytes, level: int = PLAIN) -> bytes:
    block_digest = hashlib.sha256(head)
    block_digest.update(body)
    fields = [*((name, _one_line(value)) for name, value in fields), ("Content-Type", content_type)]
    fields.append(("WARC-Block-Digest", f"sha256:{block_digest.hexdigest()}"))
    if fields[0][1] in ("request", "metadata"):
        fields.append(("WARC-Payload-Digest", digest(body)))
    record = ArcWarcRecord(
        "warc",
        fields[0][1],
        StatusAndHeaders("", fields, protocol=VERSION),
        BytesIO(body),
        RawHead(head) if head else None,
        content_type,
        len(body),
        payload_length=len(body),
    )
    out = BytesIO()
    WARCWriter(out, gzip=False, warc_version="1.1").write_record(record)
    return _gzip(out.getbuffer(), level)


def _gzip(content: memoryview, level: int) -> bytes:
    library = zlib if level == STORED else isal_zlib
    deflate = library.compressobj(level, zlib.DEFLATED, GZIP)
    packed: bytes = deflate.compress(content) + deflate.flush()
    return packed


def _joined(head: bytes) -> bytes:
    return _TRANSFER_ENCODING.sub(b"X-Archive-Orig-Transfer-Encoding:", head)


def _one_line(value: str) -> str:
    return " ".join(value.split())
