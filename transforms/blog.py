"""The blog as a whole, after a look: its state, its row in `blogs`, its other addresses."""

from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import datetime, timedelta

from transforms.identity import blog_id, canonical_address
from transforms.look import Seen, failures_after
from transforms.records import BlogState, Kind, Page, TimeSource
from transforms.rows import AliasRow, BlogRow

QUIET_AFTER = timedelta(hours=6)
GONE_AFTER = 3
"""Looks in a row that found 404; a 410 says it at once."""
NOT_STATE = frozenset(["observed_at", "capture_id"])


def state_after(seen: Seen, outcome: str, last_changed_at: datetime | None) -> tuple[BlogState, str | None]:
    """The blog's state after the look, and what says so."""
    look, page, before = seen.look, seen.page, seen.known.blog
    if look.status == 410 or (look.status == 404 and failures_after(seen.known, outcome) >= GONE_AFTER):
        return BlogState.GONE, f"status {look.status}"
    state = BlogState(before.state) if before else BlogState.LIVE
    evidence = before.state_evidence if before else None
    if page is not None and outcome in ("changed", "unchanged"):
        state, evidence = page.coverage.state or BlogState.LIVE, page.coverage.evidence
    if state == BlogState.LIVE and last_changed_at and look.observed_at - last_changed_at > QUIET_AFTER:
        return BlogState.QUIET, f"nothing new for {QUIET_AFTER.total_seconds() / 3600:.0f} hours"
    return state, evidence


def blog_row(seen: Seen, state: BlogState, evidence: str | None) -> BlogRow | None:
    """The blog's row after the look, or None where it says nothing new."""
    look, page, before = seen.look, seen.page, seen.known.blog
    row = None
    if page is not None:
        row = BlogRow(
            blog_id=look.blog_id,
            observed_at=look.observed_at,
            capture_id=look.capture_id,
            source=look.source,
            url=look.url,
            title=page.title,
            standfirst=page.standfirst,
            language=page.language,
            authors=page.authors,
            published_at=page.published_at,
            modified_at=page.modified_at,
            coverage_start=page.coverage.start,
            coverage_end=page.coverage.end,
            state=state,
            state_evidence=evidence,
        )
    elif before is not None and before.state != state:
        row = replace(
            before,
            observed_at=look.observed_at,
            capture_id=look.capture_id,
            state=state,
            state_evidence=evidence,
        )
    return row if row and changed_fields(before, row) else None


def changed_fields(before: BlogRow | None, after: BlogRow) -> frozenset[str]:
    """Names of the fields in which a blog's state differs."""
    names = [item.name for item in fields(BlogRow) if item.name not in NOT_STATE]
    return frozenset(name for name in names if before is None or getattr(before, name) != getattr(after, name))


def address_aliases(seen: Seen) -> Iterator[AliasRow]:
    """Addresses under which the blog is found too: where a redirect led, and what the page calls itself."""
    look = seen.look
    known = {row.alias for row in seen.known.aliases if row.kind == "address"}
    for address in (look.final_url, seen.page.canonical_url if seen.page else None):
        alias = canonical_address(address) if address else ""
        if not alias.startswith("http") or alias in known or blog_id(alias) in (look.blog_id, blog_id(look.url)):
            continue
        known.add(alias)
        yield AliasRow(look.blog_id, None, "address", alias, look.observed_at, look.capture_id)


def first_change(page: Page, observed_at: datetime) -> datetime:
    """When a blog that is seen for the first time last changed, as far as its updates say."""
    running = (None, TimeSource.RELATIVE)
    times = [
        section.published_at
        for section in page.sections
        if section.kind == Kind.UPDATE and section.published_at and section.time_source not in running
    ]
    return min(observed_at, max(times, default=observed_at))
