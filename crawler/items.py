"""What goes into a crawl and what comes out of it. Standard library only: other rooms may import this module.

One *look* is one look at a blog: the HTTP exchanges made at one moment, kept as received. In the archive a look is

    request + response (or revisit)   one pair an exchange, in the order of fetching
    metadata                          one record, always last: ``Look.to_json()``, so that even a failure leaves a trace

Record ids are deterministic (`record_id`), so archiving a look twice gives the same names.
"""

import hashlib
import json
import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Self

LOOK_CONTENT_TYPE = "application/vnd.liveblog.look+json"
"""Content-Type of the WARC metadata record that ends a look."""


class Outcome(StrEnum):
    """How a look ended, as far as HTTP can tell; reading the page refines `FETCHED`."""

    FETCHED = "fetched"
    NOT_MODIFIED = "not_modified"
    FAILED = "failed"
    """No usable answer: network error, time-out, status 4xx or 5xx."""
    BLOCKED = "blocked"
    """Not asked for: robots.txt, a private address, a paused domain."""
    TOO_LARGE = "too_large"
    """The answer passed the size cap and was cut off."""


@dataclass(frozen=True, slots=True)
class CrawlRequest:
    """One blog to look at: a line of the request file."""

    blog_id: str
    url: str
    source: str
    etag: str | None = None
    """Validator of the last look that gave a body, sent as If-None-Match (RFC 9110, section 13.1.2)."""
    last_modified: str | None = None
    """Sent as If-Modified-Since (RFC 9110, section 13.1.3)."""
    payload_digest: str | None = None
    """``sha256:<hex>`` of the last body as received; the same body again becomes a revisit record."""
    refers_to_record_id: str | None = None
    """WARC-Record-ID of the response that holds that body."""
    refers_to_url: str | None = None
    refers_to_date: str | None = None
    """WARC-Date of that response, as written there."""
    max_pages: int = 1
    """Pages of the blog to walk through at most, from the newest to older ones; needs `CrawlSettings.paging`."""
    delay_s: float | None = None
    """Seconds between two requests to its domain, where the source asks for more than `CrawlSettings.delay_s`."""

    def to_json(self) -> str:
        """One line of JSON."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)

    @classmethod
    def from_json(cls, line: str | bytes) -> Self:
        """Read a line back. Raises ValueError if it is not such a line."""
        try:
            return cls(**json.loads(line))
        except TypeError as error:
            raise ValueError(f"not a crawl request: {error}") from error


@dataclass(frozen=True, slots=True)
class Exchange:
    """One HTTP request and its answer."""

    url: str
    started_at: datetime
    """Aware UTC: when the request was sent."""
    elapsed_ms: int
    """From sending the request to the last byte of the answer."""
    status: int | None
    content_type: str | None = None
    body_bytes: int = 0
    """Length of the body as received, before content decoding."""
    payload_digest: str | None = None
    """``sha256:<hex>`` of the body as received."""
    request_record_id: str | None = None
    response_record_id: str | None = None
    """The response record, or the revisit record that stands for it."""
    revisit: bool = False
    warc_date: str | None = None
    """WARC-Date of the response record, as written there."""


@dataclass(frozen=True, slots=True)
class Look:
    """One look at a blog: the facts that its metadata record keeps."""

    capture_id: str
    blog_id: str
    source: str
    url: str
    outcome: Outcome
    started_at: datetime
    """Aware UTC: when the look began."""
    observed_at: datetime
    """Aware UTC: when its last byte arrived; the moment the look stands for."""
    run_key: str
    batch_id: str
    reason: str | None = None
    """Why the look is not `FETCHED`, or why its walk through older pages ended early: one line."""
    final_url: str | None = None
    """The address that answered, after redirects."""
    status: int | None = None
    etag: str | None = None
    last_modified: str | None = None
    cache_control: str | None = None
    age_s: int | None = None
    x_robots_tag: str | None = None
    robots: str | None = None
    """What robots.txt said: ``allowed``, ``disallowed``, ``unreachable``, ``off``."""
    retry_after_s: int | None = None
    user_agent: str | None = None
    exchanges: tuple[Exchange, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    """Crawl settings that shaped the look (delay, size cap, time-out)."""
    tdm_reservation: str | None = None
    """``1`` reserves the rights to text and data mining (W3C TDMRep): the header or, without it, tdmrep.json."""
    tdm_policy: str | None = None
    """``tdm-policy``: address of the licence offered."""
    content_usage: str | None = None
    """Preferences such as ``train-ai=n`` (IETF AIPREF): the ``Content-Usage`` header or, without it, robots.txt."""

    @property
    def elapsed_ms(self) -> int:
        """Milliseconds from the look's beginning to its last byte."""
        return round((self.observed_at - self.started_at).total_seconds() * 1000)

    def to_json(self) -> bytes:
        """The body of the metadata record: JSON with sorted keys, times as ISO 8601 in UTC."""
        return json.dumps(_fields(self), default=_plain, ensure_ascii=False, sort_keys=True).encode()

    @classmethod
    def from_json(cls, content: bytes) -> Self:
        """Read a metadata record back; keys that a newer writer added are passed over.

        Raises ValueError if the content is not such a record.
        """
        try:
            data = json.loads(content)
            exchanges = tuple(_exchange(item) for item in data.pop("exchanges", ()))
            known = {key: value for key, value in data.items() if key in cls.__slots__}
            known["outcome"] = Outcome(known["outcome"])
            known["started_at"] = datetime.fromisoformat(known["started_at"])
            known["observed_at"] = datetime.fromisoformat(known["observed_at"])
            return cls(**known, exchanges=exchanges)
        except (TypeError, KeyError, AttributeError) as error:
            raise ValueError(f"not a look's metadata record: {error}") from error


@dataclass(frozen=True, slots=True)
class Payload:
    """What one exchange brought, as received."""

    url: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    """Before content decoding: Content-Encoding still stands."""


@dataclass(frozen=True, slots=True)
class Capture:
    """A look together with what it brought; what the transforms read."""

    look: Look
    payloads: tuple[Payload, ...] = ()
    """One an exchange that had an answer. For a revisit: the body of the record it refers to, or no payload
    where that record was not at hand (an unchanged page needs no body)."""
    segment: str | None = None
    """Key of the raw segment that holds the look."""


@dataclass(frozen=True, slots=True)
class CrawlReport:
    """How a crawl ended, judged by counts: every request must have left a look."""

    requested: int
    outcomes: Mapping[str, int]
    """Looks by outcome."""
    segments: tuple[str, ...]
    """Paths of the closed WARC segments, in the order of writing."""
    elapsed_ms: int
    finished: bool
    """The crawl came to its own end, not to a time-out, a signal or a crash."""
    reason: str | None = None
    """Why it did not finish."""
    left: tuple[str, ...] = ()
    """Ids of blogs whose turn did not come (`CrawlSettings.turn_s`): the next crawl asks for them."""
    stats: Mapping[str, float] = field(default_factory=dict)
    """What Scrapy counted, by its own names; empty where the crawl did not come to its end."""

    @property
    def looks(self) -> int:
        """Looks made, whatever their outcome."""
        return sum(self.outcomes.values())

    @property
    def missing(self) -> int:
        """Requests that left no look though their turn had come."""
        return self.requested - self.looks - len(self.left)


def capture_id(blog_id: str, started_at: datetime) -> str:
    """The id of a look: 24 hex digits from the blog and the microsecond in which the look began."""
    stamp = started_at.astimezone(UTC).isoformat(timespec="microseconds")
    return hashlib.blake2b(f"{blog_id} {stamp}".encode(), digest_size=12).hexdigest()


def record_id(capture: str, kind: str, number: int = 0) -> str:
    """The WARC-Record-ID of a look's record: ``<urn:uuid:…>``, name-based (RFC 9562, section 5.5)."""
    return f"<urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'liveblog:{capture}/{kind}/{number}')}>"


def _exchange(item: Mapping[str, Any]) -> Exchange:
    known = {key: value for key, value in item.items() if key in Exchange.__slots__}
    known["started_at"] = datetime.fromisoformat(known["started_at"])
    return Exchange(**known)


def _fields(record: Look | Exchange) -> dict[str, object]:
    """What `dataclasses.asdict` gives, without its deep copies: a look is written for every page fetched."""
    return {name: getattr(record, name) for name in record.__slots__}


def _plain(value: object) -> str | dict[str, object]:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, Exchange):
        return _fields(value)
    raise TypeError(f"cannot write {type(value).__name__} as JSON")
