"""Looks at pages made by hand: what a page says, when it was looked at, and what was recorded of it."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from crawler.items import capture_id
from transforms.identity import section_id
from transforms.record import record
from transforms.records import Capture, Document, Exchange, Kind, Look, Outcome, Page, Payload, Section, TimeSource
from transforms.rows import KnownBlog, RevisionRow, Visibility

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
BLOG = "b" * 16
URL = "https://gazette.example/live/ferry"


def at(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


def post(
    name: str | None, text: str = "", headline: str | None = None, minute: float | None = None, **fields
) -> Section:
    """An update; `name` is the publisher's id, `minute` its time after noon."""
    time = {} if minute is None else {"published_at": at(minute), "time_source": TimeSource.DOM}
    key = name or f"{headline}{text}"
    return Section(
        section_id=section_id(BLOG, key),
        kind=fields.pop("kind", Kind.UPDATE),
        position=0,
        headline=headline,
        text=text,
        publisher_id=name,
        **{**time, **fields},
    )


def page(*sections: Section, **facts) -> Page:
    """A readable live blog with these sections, in this order."""
    placed = tuple(replace(section, position=place) for place, section in enumerate(sections))
    given = {"is_live_blog": True, "reasons": (), "title": "The ferry: live", "reader": "dom", **facts}
    return Page(sections=placed, **given)


_PAGES: dict[bytes, Page] = {}


def read(document: Document) -> Page:
    return _PAGES[document.content]


def look(shown: Page | Sequence[Page] | Outcome, minute: float, **facts) -> Capture:
    """A look at `minute` after noon that found a page (or the pages of a walk), or ended otherwise."""
    pages = [] if isinstance(shown, Outcome) else [shown] if isinstance(shown, Page) else list(shown)
    status = facts.pop("status", 304 if shown == Outcome.NOT_MODIFIED else 200 if pages else 503)
    bodies = [repr(item).encode() for item in pages]
    _PAGES.update(zip(bodies, pages, strict=True))
    when = at(minute)
    exchanges = [
        Exchange(
            URL, when, 80, status, "text/html", len(body), hashlib.sha256(body).hexdigest(), response_record_id="r"
        )
        for body in bodies or [b""]
    ]
    made = Look(
        capture_id=capture_id(BLOG, when),
        blog_id=BLOG,
        source="gazette",
        url=URL,
        outcome=shown if isinstance(shown, Outcome) else Outcome.FETCHED,
        started_at=when,
        observed_at=when + timedelta(milliseconds=80),
        run_key="run",
        batch_id="batch",
        status=status,
        exchanges=tuple(exchanges),
    )
    payloads = tuple(Payload(URL, 200, (), body) for body in bodies)
    return Capture(replace(made, **facts), payloads, segment=f"segment-{minute}")


class Recorder:
    """Looks one after another, and what they left."""

    def __init__(self) -> None:
        self.known = KnownBlog(BLOG)
        self.rows: dict[str, list] = {}
        self.version = "1"

    def look(self, shown: Page | Sequence[Page] | Outcome, minute: float, **facts) -> list[str]:
        """Record a look; the changes of updates that it found, as ``change name`` or ``change(reason) name``."""
        result = record(self.known, look(shown, minute, **facts), reader_version=self.version, read=read)
        self.known = result.known
        for table, rows in result.rows.items():
            self.rows.setdefault(table, []).extend(rows)
        return [told(row) for row in result.rows.get("revisions", ()) if row.kind in (Kind.UPDATE, Kind.CARD)]

    @property
    def outcome(self) -> str:
        return self.rows["captures"][-1].outcome

    @property
    def revisions(self) -> list[RevisionRow]:
        return self.rows["revisions"]

    def last(self, name: str) -> RevisionRow:
        """The newest revision of the update that the publisher calls (or once called) `name`, or that says it."""
        return [row for row in self.revisions if _name(row) == name][-1]

    def shown(self) -> list[RevisionRow]:
        """What stands on the page, by rank."""
        return [row for row in self.known.sections if row.visibility == Visibility.SHOWN]


def told(row: RevisionRow) -> str:
    return f"{row.change}({row.reason}) {_name(row)}" if row.reason else f"{row.change} {_name(row)}"


def _name(row: RevisionRow) -> str:
    return row.publisher_id or row.headline or row.text
