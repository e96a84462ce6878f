"""A lagging cache that does not say so: the page shows what was known some minutes ago, and nothing else.

Judged by content alone, so only where a page says nothing of its time (no Age, no Last-Modified, no time of its own
modification: those are judged in `transforms.look`). It goes back where updates are missing at its top that came while
we watched, a moment ago; where it shows nothing new; and where what reads differently had been edited a moment ago.

An editor who withdraws the newest update leaves the same page behind. So the rule holds for `LAG` after an update was
first seen: on so silent a page, its withdrawal is believed after that, or as soon as the page has news.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from transforms.digest import section_digest
from transforms.match import match
from transforms.records import Kind, Look, Page, Section
from transforms.rows import KnownBlog, RevisionRow, Visibility

LAG = timedelta(minutes=10)
"""Caches of news sites keep a page for a minute or five."""


def goes_back(known: KnownBlog, look: Look, page: Page) -> str | None:
    """Why the page was rendered before the one that is known, or None."""
    seen_at = known.last_look.last_seen_at if known.last_look else None
    young_since = look.observed_at - LAG
    if known.last_body is None or seen_at is None or seen_at < young_since or _says_its_time(known, look, page):
        return None
    shown = [section for section in page.sections if section.kind is Kind.UPDATE and not section.pinned]
    rows = sorted((row for row in known.sections if row.kind == Kind.UPDATE and not row.pinned), key=_rank)
    if not _newest_may_be_missing(rows, shown, young_since):
        return None
    aliases = {row.alias: row.section_id for row in known.aliases if row.section_id}
    pairs = match(rows, shown, aliases).pairs
    if len(pairs) < len(shown) or not _only_young_differ(rows, shown, pairs, young_since):
        return None
    missing = _newest_missing(rows, set(pairs.values()), young_since)
    return _reason(missing) if missing else None


def _reason(missing: int) -> str:
    what = "the newest update is missing" if missing == 1 else f"the newest {missing} updates are missing"
    return f"rendered before the last look, it seems: {what} and nothing is new"


def _says_its_time(known: KnownBlog, look: Look, page: Page) -> bool:
    before = known.last_body
    dated = bool(before and before.last_modified and look.last_modified)
    return look.age_s is not None or dated or bool(known.blog and known.blog.modified_at and page.modified_at)


def _newest_may_be_missing(rows: Sequence[RevisionRow], shown: Sequence[Section], young_since: datetime) -> bool:
    """Cheaply, for most pages bring news: whether a young update is neither named nor worded as one that is shown."""
    names = {section.publisher_id for section in shown if section.publisher_id}
    digests = {section_digest(section) for section in shown}
    return any(
        row.observed_at >= young_since and row.publisher_id not in names and row.digest not in digests
        for row in rows
        if row.visibility == Visibility.SHOWN
    )


def _only_young_differ(
    rows: Sequence[RevisionRow], shown: Sequence[Section], pairs: Mapping[int, int], young_since: datetime
) -> bool:
    return all(
        rows[found].digest == section_digest(shown[index]) or rows[found].observed_at >= young_since
        for index, found in pairs.items()
    )


def _newest_missing(rows: Sequence[RevisionRow], found: set[int], young_since: datetime) -> int:
    """How many updates at the top of the feed are missing; 0 where others are too, or one that is not young."""
    shown = [place for place, row in enumerate(rows) if row.visibility == Visibility.SHOWN]
    missing = [place for place in shown if place not in found]
    at_top = missing == shown[: len(missing)] != shown
    return len(missing) if at_top and all(_came_at(rows[place]) >= young_since for place in missing) else 0


def _came_at(row: RevisionRow) -> datetime:
    """When an update came, as far as its newest revision tells; long ago where it stood there at the first look."""
    if row.not_before is None:
        return datetime.min.replace(tzinfo=UTC)
    return row.observed_at if row.seq == 1 else min(row.observed_at, row.published_at or row.not_before)


def _rank(row: RevisionRow) -> tuple[str, str]:
    return row.rank, row.section_id
