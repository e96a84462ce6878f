"""From WARC records to looks.

Our own segments hold a look as pairs of request and response (or revisit), and a metadata record, always last, that
names them (`crawler.items` draws it). A response without such a record comes from a stranger's archive: it becomes a
look of its own, whose ``blog_id`` is empty and ``capture_id`` is made of the record's id, for the caller to give it
better ones.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import blake2b, sha256
from typing import BinaryIO

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.recordloader import ArcWarcRecord

from lake.errors import SegmentUnreadable
from transforms.records import LOOK_CONTENT_TYPE, Capture, Exchange, Look, Outcome, Payload

Resolver = Callable[[str, str, str], bytes | None]
"""From WARC-Refers-To, WARC-Refers-To-Target-URI and WARC-Refers-To-Date to the body as received, or None."""

ORIGIN = "X-Archive-Orig-Segment"
"""Field of packed records: the segment in which they came."""
OURS = b"As It Happened"
"""Stands in the warcinfo of our own segments; a look's records follow each other there, the look's own last."""
MOST_INFO_BYTES = 1 << 16
HELD_BYTES = 128 * 1024 * 1024
"""Bodies kept for revisits that refer to them."""
STRANGER = "import"
"""source, run_key and batch_id of a look made from a stranger's response."""
CHUNK_BYTES = 1 << 20
MAX_BODY_BYTES = 64 * 1024 * 1024
"""Of one record's body; longer ones, which our own crawler never writes, are cut off."""


@dataclass(slots=True)
class _Answer:
    """A response or revisit record, read."""

    record_id: str
    url: str
    date: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes | None
    """None in a revisit whose body is not at hand."""
    revisit: bool
    origin: str | None
    """In a pack, the segment in which it came."""


@dataclass(slots=True)
class _Segment:
    """What has been read of a segment so far: answers by record id, and which of them wait for their look."""

    answers: dict[str, _Answer] = field(default_factory=dict)
    waiting: dict[str, None] = field(default_factory=dict)
    held_bytes: int = 0
    strange: bool = False
    """Its warcinfo names another program: no look will come for what waits."""

    def keep(self, answer: _Answer) -> None:
        """Remember an answer until its look comes, and for revisits after that."""
        self.answers[answer.record_id] = answer
        self.waiting[answer.record_id] = None
        self.held_bytes += len(answer.body or b"")

    def forget(self) -> None:
        """Let go of the oldest bodies: a revisit refers to one of the last looks, and a packed day may be long."""
        for record_id in list(self.answers) if self.held_bytes > HELD_BYTES else ():
            if self.held_bytes <= HELD_BYTES:
                return
            if record_id not in self.waiting:
                self.held_bytes -= len(self.answers.pop(record_id).body or b"")

    def overdue(self) -> list[_Answer]:
        """Answers that need not wait for a look: all in a stranger's archive, and where they alone fill the memory."""
        if not self.strange and self.held_bytes <= HELD_BYTES:
            return []
        found = [self.answers[record_id] for record_id in self.waiting]
        self.waiting.clear()
        return found


def _records(stream: BinaryIO) -> Iterator[ArcWarcRecord]:
    """The records of an archive; warcio trips over a record's head that is cut short before its address."""
    records = iter(ArchiveIterator(stream))
    while True:
        try:
            record = next(records, None)
        except AttributeError as error:
            raise ArchiveLoadFailed("it ends in the middle of a record's head") from error
        if record is None:
            return
        length = record.rec_headers.get_header("Content-Length") or ""
        if not length.isdigit():  # every record has one (ISO 28500, section 5.3)
            raise ArchiveLoadFailed("it ends in the middle of a record's head")
        yield record


def captures_of(stream: BinaryIO, where: str, key: str | None, resolver: Resolver | None) -> Iterator[Capture]:
    """The looks of one WARC. Raises SegmentUnreadable, after the looks before the damage."""
    segment, records = _Segment(), 0
    try:
        for records, record in enumerate(_records(stream), start=1):  # noqa: B007 - counted for the end
            look = _take(record, segment, resolver)
            _finish(record)
            if look is not None:
                yield _capture(look, segment, key or record.rec_headers.get_header(ORIGIN))
            for answer in segment.overdue():
                yield _strangers_capture(answer, key)
            segment.forget()
        if not records:
            raise ValueError("no record in it")
    except (ArchiveLoadFailed, EOFError, ValueError, OSError) as error:
        told = str(error).partition(", first line: ")[0]  # which warcio quotes, whatever bytes it is made of
        raise SegmentUnreadable(
            f"{where}: {' '.join(told.split()) or type(error).__name__}. Not a WARC, or cut short; "
            "what stood before the damage was read."
        ) from error
    for record_id in segment.waiting:
        yield _strangers_capture(segment.answers[record_id], key)


def _take(record: ArcWarcRecord, segment: _Segment, resolver: Resolver | None) -> Look | None:
    """Remember an answer, or return the look that a metadata record ends."""
    if record.rec_type in {"response", "revisit"} and record.http_headers is not None:
        segment.keep(_answer(record, segment, resolver))
    elif record.rec_type == "metadata" and record.content_type == LOOK_CONTENT_TYPE:
        return Look.from_json(record.content_stream().read())
    elif record.rec_type == "warcinfo":
        segment.strange = OURS not in record.content_stream().read(MOST_INFO_BYTES)
    return None


def _finish(record: ArcWarcRecord) -> None:
    """Read what is left of a record. Raises EOFError if it is shorter than it says, which warcio passes over."""
    while record.raw_stream.read(CHUNK_BYTES):
        pass
    if record.length is None or getattr(record.raw_stream, "limit", 0) > 0:
        raise EOFError("it ends in the middle of a record")


def _answer(record: ArcWarcRecord, segment: _Segment, resolver: Resolver | None) -> _Answer:
    header = record.rec_headers.get_header
    revisit = record.rec_type == "revisit"
    status = record.http_headers.get_statuscode()
    return _Answer(
        record_id=header("WARC-Record-ID") or f"{header('WARC-Target-URI')} {header('WARC-Date')}",
        url=header("WARC-Target-URI") or "",
        date=header("WARC-Date") or "",
        status=int(status) if status and status.isdigit() else 0,
        headers=tuple(record.http_headers.headers),
        body=_referred(header, segment, resolver) if revisit else record.raw_stream.read(MAX_BODY_BYTES),
        revisit=revisit,
        origin=header(ORIGIN),
    )


def _referred(header: Callable[[str], str | None], segment: _Segment, resolver: Resolver | None) -> bytes | None:
    refers_to = header("WARC-Refers-To") or ""
    held = segment.answers.get(refers_to)
    if held is not None and held.origin == header(ORIGIN):  # a packed look reads as it did in its segment
        return held.body
    if resolver is None:
        return None
    return resolver(refers_to, header("WARC-Refers-To-Target-URI") or "", header("WARC-Refers-To-Date") or "")


def _capture(look: Look, segment: _Segment, key: str | None) -> Capture:
    ids = [exchange.response_record_id for exchange in look.exchanges if exchange.response_record_id]
    for record_id in ids:
        segment.waiting.pop(record_id, None)
    answers = [segment.answers[record_id] for record_id in ids if record_id in segment.answers]
    return Capture(look, tuple(_payload(answer) for answer in answers if answer.body is not None), key)


def _payload(answer: _Answer) -> Payload:
    return Payload(answer.url, answer.status, answer.headers, answer.body or b"")


def _strangers_capture(answer: _Answer, key: str | None) -> Capture:
    moment = _moment(answer.date)
    names = {name.lower(): value for name, value in answer.headers}
    body = answer.body or b""
    exchange = Exchange(
        url=answer.url, started_at=moment, elapsed_ms=0, status=answer.status, content_type=names.get("content-type"),
        body_bytes=len(body), payload_digest=f"sha256:{sha256(body).hexdigest()}", response_record_id=answer.record_id,
        revisit=answer.revisit, warc_date=answer.date,
    )  # fmt: skip
    fetched = 200 <= answer.status < 300
    look = Look(
        capture_id=blake2b(answer.record_id.encode(), digest_size=12).hexdigest(), blog_id="", source=STRANGER,
        url=answer.url, final_url=answer.url, outcome=Outcome.FETCHED if fetched else Outcome.FAILED,
        reason=None if fetched else f"HTTP {answer.status}", started_at=moment, observed_at=moment, run_key=STRANGER,
        batch_id=STRANGER, status=answer.status, etag=names.get("etag"), last_modified=names.get("last-modified"),
        cache_control=names.get("cache-control"), exchanges=(exchange,),
    )  # fmt: skip
    return Capture(look, () if answer.body is None else (_payload(answer),), key)


def _moment(date: str) -> datetime:
    """A WARC-Date (a profile of ISO 8601, in UTC), or an ARC's fourteen digits."""
    if len(date) == 14 and date.isdigit():
        return datetime.strptime(date, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    return datetime.fromisoformat(date).astimezone(UTC)
