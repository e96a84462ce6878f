"""The records that the rooms hand each other: a page as read. What becomes of it are rows: `transforms.rows`.

All times are aware UTC inside; raw text is kept beside what was parsed from it. Ids:

    blog_id      16 hex digits of the blog's canonical address (`transforms.identity`)
    section_id   16 hex digits of blog and publisher id, or of blog and content where the page gives no id
    capture_id   24 hex digits of blog and the moment the look began (`crawler.items.capture_id`)
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from crawler.items import LOOK_CONTENT_TYPE as LOOK_CONTENT_TYPE
from crawler.items import Capture as Capture
from crawler.items import CrawlRequest as CrawlRequest
from crawler.items import Exchange as Exchange
from crawler.items import Look as Look
from crawler.items import Outcome as Outcome
from crawler.items import Payload as Payload


class Kind(StrEnum):
    """Kinds of section."""

    LEDE = "lede"
    KEY_EVENTS = "key_events"
    UPDATE = "update"
    CARD = "card"
    BOILERPLATE = "boilerplate"


class TimeSource(StrEnum):
    """Where a time comes from (rule R5)."""

    DOM = "dom"
    JSON_LD = "json_ld"
    MICRODATA = "microdata"
    PAYLOAD = "payload"
    RELATIVE = "relative"
    CLOCK_AND_DAY = "clock_and_day"
    FIRST_SEEN = "first_seen"


class BlogState(StrEnum):
    """Live state of a blog."""

    UPCOMING = "upcoming"
    LIVE = "live"
    QUIET = "quiet"
    CLOSED = "closed"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Document:
    """What a reader is given: one page, text dump or JSON payload, content-decoded, and what is known around it."""

    content: bytes
    url: str | None = None
    content_type: str | None = None
    """The Content-Type header, charset parameter included."""
    fetched_at: datetime | None = None
    """Aware; anchors relative times ("21 mins ago") and clock times without a day."""
    timezone: str | None = None
    """IANA name of the source's time zone, for times that name none."""
    language: str | None = None
    """BCP 47 tag of the source, where the page names none."""
    generic: bool = False
    """Leave out every reader and rule that names an outlet, an engine, a class, an id or an address."""


@dataclass(frozen=True, slots=True)
class Section:
    """One piece of a captured page."""

    section_id: str
    kind: Kind
    position: int
    """Place on the page, from 0, in document order."""
    headline: str | None = None
    text: str = ""
    """Paragraphs joined by a blank line."""
    published_at: datetime | None = None
    published_raw: str | None = None
    """The time as the page gives it."""
    time_source: TimeSource | None = None
    modified_at: datetime | None = None
    authors: tuple[str, ...] = ()
    permalink: str | None = None
    pinned: bool = False
    key_event: bool = False
    links: tuple[str, ...] = ()
    media: tuple[str, ...] = ()
    publisher_id: str | None = None
    """The publisher's own id of the update."""
    headline_repeats: int = 1
    """How often the headline stood in a row at this place (2 for a card title printed twice)."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """When the blog covers its story, and whether it still does."""

    start: datetime | None = None
    end: datetime | None = None
    state: BlogState | None = None
    evidence: str | None = None
    """What says so, in the page's words."""


@dataclass(frozen=True, slots=True)
class Paging:
    """What a crawler needs to walk through all pages of a blog; addresses are absolute."""

    older: str | None = None
    newer: str | None = None
    total_pages: int | None = None
    load_more: str | None = None
    window: int | None = None
    """Updates that one page shows."""


@dataclass(frozen=True, slots=True)
class Completeness:
    """How well the readers of one page agree, as counts of updates."""

    by_reader: Mapping[str, int] = field(default_factory=dict)
    merged: int = 0
    in_all: int = 0
    """Updates that every reader found."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page as read. A page that cannot be read has no sections and says why in `reasons`."""

    is_live_blog: bool
    reasons: tuple[str, ...]
    """What speaks for and against its being a live blog, one line each."""
    url: str | None = None
    title: str | None = None
    standfirst: str | None = None
    language: str | None = None
    authors: tuple[str, ...] = ()
    published_at: datetime | None = None
    modified_at: datetime | None = None
    coverage: Coverage = Coverage()
    reader: str | None = None
    """Readers that gave the sections, joined by ``+``."""
    sections: tuple[Section, ...] = ()
    completeness: Completeness = field(default_factory=Completeness)
    paging: Paging = Paging()
    canonical_url: str | None = None
    robots_meta: str | None = None
    tdm_reservation: str | None = None
    """``1`` reserves the rights to text and data mining: the page's own element (W3C TDMRep, section 6.3)."""
    tdm_policy: str | None = None
    unreadable: str | None = None
    """Why nothing could be read: not HTML, empty, too deep, a login page."""
