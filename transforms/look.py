"""The facts of a look: its row in `captures`, and whether it is late or stale."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

from transforms.records import Capture, Exchange, Kind, Look, Outcome, Page
from transforms.rhythm import leave_alone, posted_at
from transforms.rows import CaptureRow, KnownBlog, RevisionRow, Visibility
from transforms.schedule import GONE_LOOKS, doubling, next_look

CLOCK_SLACK = timedelta(seconds=5)
"""Age and Date are whole seconds, and are set by different machines."""
LAG_LIMIT = timedelta(minutes=30)
"""An edge that seems to lag for longer is the site: pages do date themselves back (the newest update withdrawn)."""
SAW_THE_PAGE = frozenset(["changed", "unchanged", "not_modified"])
"""Outcomes of looks after which it is known what the page shows."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A look, what it brought, and what was known before it."""

    known: KnownBlog
    capture: Capture
    reader_version: str
    page: Page | None = None
    """None where the page was not read, or not read anew."""
    digest: str | None = None

    @property
    def look(self) -> Look:
        """The look itself."""
        return self.capture.look

    @property
    def main(self) -> Exchange | None:
        """The exchange that brought the blog's first page, redirects passed over."""
        exchanges = self.look.exchanges
        return next((item for item in exchanges if item.status in (200, 304)), exchanges[-1] if exchanges else None)

    def same_bytes(self) -> bool:
        """Whether the look brought the very bytes that are known, read by the same code; then nothing need be read."""
        before, main = self.known.last_body, self.main
        if before is None or main is None or main.payload_digest is None:
            return False
        if main.payload_digest != before.payload_digest or before.pages_walked > 1:
            return False
        bodies = len(self.capture.payloads)
        return bodies == 0 or (bodies == 1 and before.reader_version == self.reader_version)


def is_late(known: KnownBlog, look: Look) -> bool:
    """Whether a newer look of the blog is committed already."""
    last = known.last_look
    return last is not None and (look.observed_at, look.capture_id) <= (last.observed_at, last.capture_id)


def last_sight(known: KnownBlog) -> datetime | None:
    """The last moment for which it is known what the page showed: when a look asked, less the age of the copy it got.

    Not when the answer was there: what changes while a walk goes on through older pages is not on the first one.
    """
    return known.last_look.last_seen_at if known.last_look and known.last_body else None


def emptied(known: KnownBlog, page: Page) -> bool:
    """Whether a page shows no update at all where the look before showed some: it proves nothing (rule R4)."""
    shown = any(row.kind == Kind.UPDATE and row.visibility == Visibility.SHOWN for row in known.sections)
    return shown and not any(section.kind is Kind.UPDATE for section in page.sections)


def is_stale(known: KnownBlog, look: Look, page: Page) -> str | None:
    """Why the page was rendered before the one that is known (a lagging cache), or None."""
    before = known.last_body
    if before is None:
        return None
    if look.age_s is not None and _rendered(look.observed_at, look.age_s) + CLOCK_SLACK < _rendered(
        before.observed_at, before.age_s
    ):
        return f"rendered before the last look: Age is {look.age_s} s"
    if look.observed_at - before.observed_at > LAG_LIMIT:
        return None
    modified, modified_before = _http_date(look.last_modified), _http_date(before.last_modified)
    if modified and modified_before and modified < modified_before:
        return f"rendered before the last look: Last-Modified was {before.last_modified}, is {look.last_modified}"
    if page.modified_at and known.blog and known.blog.modified_at and page.modified_at < known.blog.modified_at:
        return f"rendered before the last look: modified at {page.modified_at}, before at {known.blog.modified_at}"
    return None


def capture_row(
    seen: Seen,
    outcome: str,
    reason: str | None,
    *,
    state: str,
    last_changed_at: datetime | None,
    sections: Sequence[RevisionRow] = (),
) -> CaptureRow:
    """The look's row in `captures`; `state` and `sections` are the blog's after it."""
    look, main, before, page = seen.look, seen.main, seen.known.last_body, seen.page
    same_page = before if page is None and outcome in SAW_THE_PAGE else None
    failures = failures_after(seen.known, outcome)
    late = outcome == "late"
    next_look_at = None if late else _next_look_at(seen, outcome, state, last_changed_at, sections)
    if outcome not in SAW_THE_PAGE and failures >= GONE_LOOKS and not late and next_look_at is None:
        reason = f"{reason or outcome}; given up after {failures} looks without an answer"
    response_id, response_date = _response(seen, outcome)
    kinds = [section.kind for section in page.sections] if page else []
    return CaptureRow(
        capture_id=look.capture_id,
        blog_id=look.blog_id,
        source=look.source,
        url=look.url,
        final_url=look.final_url,
        observed_at=look.observed_at,
        outcome=outcome,
        reason=reason,
        status=look.status,
        elapsed_ms=look.elapsed_ms,
        late_by_s=_late_by_s(seen.known, look),
        content_type=main.content_type if main else None,
        body_bytes=sum(exchange.body_bytes for exchange in look.exchanges),
        etag=look.etag,
        last_modified=look.last_modified,
        cache_control=look.cache_control,
        age_s=look.age_s,
        retry_after_s=look.retry_after_s,
        payload_digest=main.payload_digest if main else None,
        page_digest=same_page.page_digest if same_page else seen.digest,
        is_live_blog=same_page.is_live_blog if same_page else page.is_live_blog if page else None,
        reader=same_page.reader if same_page else page.reader if page else None,
        reader_version=same_page.reader_version if same_page else seen.reader_version,
        sections_seen=same_page.sections_seen if same_page else len(kinds),
        updates_seen=same_page.updates_seen if same_page else kinds.count(Kind.UPDATE),
        pages_walked=len(seen.capture.payloads) if page else same_page.pages_walked if same_page else 0,
        robots=look.robots,
        robots_meta=page.robots_meta if page else same_page.robots_meta if same_page else None,
        x_robots_tag=look.x_robots_tag,
        user_agent=look.user_agent,
        next_look_at=next_look_at,
        last_changed_at=None if late else last_changed_at,
        segment=seen.capture.segment,
        record_ids=_record_ids(look),
        response_record_id=response_id,
        response_date=response_date,
        run_key=look.run_key,
        batch_id=look.batch_id,
        failures=0 if late else failures,
        last_seen_at=None
        if late
        else _rendered(main.started_at if main else look.started_at, look.age_s)
        if outcome in SAW_THE_PAGE
        else last_sight(seen.known),
        tdm_reservation=look.tdm_reservation or (page.tdm_reservation if page else None),
        tdm_policy=look.tdm_policy or (page.tdm_policy if page else None),
        content_usage=look.content_usage,
    )


def _next_look_at(
    seen: Seen, outcome: str, state: str, last_changed_at: datetime | None, sections: Sequence[RevisionRow]
) -> datetime | None:
    look, page, blog = seen.look, seen.page, seen.known.blog
    reserved = look.robots == "disallowed" or (look.tdm_reservation or (page.tdm_reservation if page else None)) == "1"
    return next_look(
        state,
        last_changed_at,
        look.observed_at,
        look.cache_control,
        look.retry_after_s,
        doubling(
            failures_after(seen.known, outcome), unread=outcome == "unreadable" and seen.known.last_body is not None
        ),
        starts_at=page.coverage.start if page else blog.coverage_start if blog else None,
        refused=outcome == Outcome.BLOCKED and reserved,
        blog_id=look.blog_id,
        rhythm=leave_alone(posted_at(sections), look.observed_at),
    )


def failures_after(known: KnownBlog, outcome: str) -> int:
    """Looks in a row without a readable answer, a look with this outcome included."""
    if outcome in SAW_THE_PAGE or outcome == "stale":
        return 0
    return 1 + (known.last_look.failures if known.last_look else 0)


def _response(seen: Seen, outcome: str) -> tuple[str | None, str | None]:
    """Id and date of the response record that holds the body: a revisit's is that of the look it refers to."""
    main, before = seen.main, seen.known.last_body
    if before is not None and (
        outcome == "not_modified" or (main and main.revisit and main.payload_digest == before.payload_digest)
    ):
        return before.response_record_id, before.response_date
    return (main.response_record_id, main.warc_date) if main else (None, None)


def _record_ids(look: Look) -> tuple[str, ...]:
    ids = [record for item in look.exchanges for record in (item.request_record_id, item.response_record_id)]
    return tuple(record for record in ids if record)


def _late_by_s(known: KnownBlog, look: Look) -> float | None:
    due = known.last_look.next_look_at if known.last_look else None
    return None if due is None else max(0.0, (look.started_at - due).total_seconds())


def _rendered(observed_at: datetime, age_s: int | None) -> datetime:
    return observed_at - timedelta(seconds=age_s or 0)


def _http_date(value: str | None) -> datetime | None:
    try:
        found = parsedate_to_datetime(value) if value else None
    except (ValueError, OverflowError):  # the latter for numbers that no date can hold
        return None
    return found if found and found.tzinfo else None
