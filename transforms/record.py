"""One look against what is known: the rows it leaves.

    capture --(archived as it is)--> late | failed | blocked | too_large           one row in `captures`
            --(walk: decode, read)--> unreadable | stale                            one row in `captures`
            --(equal digest, 304)--> unchanged | not_modified                       and removals whose proof completes
            --(revise, link)--> changed                                             and what changed

A look that is not a readable live blog never hides or removes anything. Pure: the same known state and the same look
give the same rows, so that looks recorded in one batch or one by one, today or at a replay, leave the same tables.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import datetime

from transforms.blog import address_aliases, blog_row, changed_fields, first_change, state_after
from transforms.change import Glance, Reason
from transforms.digest import page_digest
from transforms.headlines import TITLE, Source, Spotted, link
from transforms.lagging import goes_back
from transforms.look import Seen, capture_row, emptied, is_late, is_stale, last_sight
from transforms.pages import Read, Walk, walk
from transforms.read import read as read_page
from transforms.records import BlogState, Capture, Kind, Look, Outcome, Page
from transforms.revise import Revised, revise, revise_unchanged
from transforms.rows import TABLES, AliasRow, BlogRow, Change, Changes, KnownBlog, RevisionRow, Row
from transforms.schedule import max_age_s
from transforms.wording import normalise

RESERVED = "the page reserves the rights to text and data mining (tdm-reservation: 1)"
LEAST_PATIENCE_S = 60.0
"""Rule R4: two looks that prove a removal lie at least this far apart."""
STORY = frozenset([Kind.UPDATE, Kind.LEDE, Kind.KEY_EVENTS])
"""Kinds whose changes mean that the blog is alive; cards and appeals rotate on dead ones too."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """What one look leaves: rows by table, and what is known after it."""

    known: KnownBlog
    rows: Mapping[str, tuple[Row, ...]]


def record(
    known: KnownBlog,
    capture: Capture,
    *,
    timezone: str | None = None,
    language: str | None = None,
    reader_version: str,
    read: Read = read_page,
) -> Recorded:
    """Record one look of one blog.

    `timezone` (IANA name) and `language` (BCP 47) are the source's, for pages that do not say. `reader_version` names
    the code that reads; where it differs from the look before, what is missing proves nothing.
    """
    look = capture.look
    seen = Seen(known, capture, reader_version)
    if is_late(known, look):
        row = capture_row(seen, "late", "a newer look is committed already", state=BlogState.LIVE, last_changed_at=None)
        return Recorded(known, {"captures": (row,)})
    if look.outcome == Outcome.NOT_MODIFIED:
        return _unchanged(seen, "not_modified")
    if look.outcome != Outcome.FETCHED:
        return _finish(seen, look.outcome, look.reason)
    if seen.same_bytes():
        return _unchanged(seen, "unchanged")
    walked = walk(capture, read, timezone, language)
    seen = replace(seen, page=walked.page)
    if reserved(look, walked.page) and look.settings.get("respect_tdm"):
        unread = replace(seen, page=replace(walked.page, sections=()))
        return _finish(unread, Outcome.BLOCKED, RESERVED)
    if walked.unreadable:
        return _finish(seen, "unreadable", walked.unreadable)
    if emptied(known, walked.page):
        return _finish(seen, "unreadable", "a live blog without updates, where there were some")
    if why := is_stale(known, look, walked.page) or goes_back(known, look, walked.page):
        return _finish(seen, "stale", why)
    seen = replace(seen, digest=page_digest(walked.page))
    before = known.last_body
    if before and (before.page_digest, before.reader_version) == (seen.digest, reader_version):
        return _unchanged(seen, "unchanged")
    return _compared(seen, walked)


def record_all(
    known: Mapping[str, KnownBlog],
    captures: Iterable[Capture],
    *,
    sources: Mapping[str, tuple[str | None, str | None]] | None = None,
    reader_version: str,
    recorded: AbstractSet[str] = frozenset(),
    read: Read = read_page,
) -> Changes:
    """Record many looks, each blog's in the order in which they were fetched.

    `known` is by blog id, `sources` by slug: (time zone, language). Looks whose capture id is in `recorded`, or that
    are given twice, are dropped; the raw segments that hold them are named all the same.
    """
    looks = {capture.look.capture_id: capture for capture in captures}
    by_blog: dict[str, list[Capture]] = defaultdict(list)
    for capture in sorted(looks.values(), key=lambda item: (item.look.observed_at, item.look.capture_id)):
        if capture.look.capture_id not in recorded | _newest_looks(known.get(capture.look.blog_id)):
            by_blog[capture.look.blog_id].append(capture)
    rows: dict[str, list[Row]] = {table: [] for table in TABLES}
    for blog_id in sorted(by_blog):
        state = known.get(blog_id, KnownBlog(blog_id))
        for capture in by_blog[blog_id]:
            timezone, language = (sources or {}).get(capture.look.source, (None, None))
            result = record(
                state, capture, timezone=timezone, language=language, reader_version=reader_version, read=read
            )
            state = result.known
            for table, new in result.rows.items():
                rows[table] += new
    segments = sorted({capture.segment for capture in looks.values() if capture.segment})
    return Changes({table: tuple(found) for table, found in rows.items() if found}, tuple(segments))


def _newest_looks(known: KnownBlog | None) -> frozenset[str]:
    looks = (known.last_look, known.last_body) if known else ()
    return frozenset(row.capture_id for row in looks if row)


def reserved(look: Look, page: Page) -> bool:
    """Whether a page reserves its rights by an element of its own, where its answer and its site do not say."""
    return look.tdm_reservation is None and (page.tdm_reservation or "").strip() == "1"


# --- the ways a look ends --------------------------------------------------------------------------------------------


def _unchanged(seen: Seen, outcome: str) -> Recorded:
    """The page as it was: at most the proof of a removal completes."""
    known = seen.known
    if known.last_body is None:
        return _finish(seen, outcome, "nothing was known of the page before")
    changed_at = known.last_body.last_changed_at
    glance = _glance(seen, Walk(page=seen.page)) if seen.page else _glance(seen, None)
    return _finish(replace(seen, page=None), outcome, None, revise_unchanged(known.sections, changed_at, glance))


def _compared(seen: Seen, walked: Walk) -> Recorded:
    """A page that differs from the one that is known."""
    others = {row.alias: row.section_id for row in seen.known.aliases if row.section_id}
    revised = revise(seen.known.sections, walked.page, _glance(seen, walked), others)
    return _finish(seen, "changed", None, revised)


def _glance(seen: Seen, walked: Walk | None) -> Glance:
    look, before = seen.look, seen.known.last_body
    ages = (max_age_s(look.cache_control), max_age_s(before.cache_control) if before else 0)
    return Glance(
        blog_id=look.blog_id,
        capture_id=look.capture_id,
        observed_at=look.observed_at,
        seen_before=last_sight(seen.known),
        patience_s=max(LEAST_PATIENCE_S, *ages),
        reader=walked.page.reader if walked else before.reader if before else None,
        version_changed=bool(walked and before and before.reader_version != seen.reader_version),
        readers_differ=bool(walked and before and before.reader != walked.page.reader),
        breaks=walked.breaks if walked else (),
        cut=bool(walked and walked.cut),
        head=walked.head if walked else True,
        end=walked.end if walked else False,
    )


def _finish(seen: Seen, outcome: str, reason: str | None, revised: Revised | None = None) -> Recorded:
    """The rows of a look, and what is known after it."""
    known = seen.known
    compared = seen if outcome == "changed" else replace(seen, page=None)
    changed_at = _last_changed(seen, revised)
    state, evidence = state_after(seen, outcome, changed_at)
    blog = blog_row(compared, state, evidence)
    revisions = revised.revisions if revised else ()
    if not revisions and blog and known.blog and changed_fields(known.blog, blog) == {"modified_at"}:
        blog = None  # a page that dates itself anew with every look
    if outcome == "changed" and not revisions and blog is None:
        outcome = "unchanged"
    sections = revised.sections if revised else known.sections
    row = capture_row(seen, outcome, reason, state=state, last_changed_at=changed_at, sections=sections)
    aliases = _aliases(compared, revised)
    linked = link(known.headlines, _spotted(compared, revised, blog), _source(compared))
    rows: dict[str, tuple[Row, ...]] = {
        "captures": (row,),
        "blogs": (blog,) if blog else (),
        "aliases": aliases,
        "revisions": revisions,
        "headlines": tuple(linked.headlines),
        "sightings": tuple(linked.sightings),
        "duplicates": tuple(linked.duplicates),
    }
    after = replace(
        known,
        blog=blog or known.blog,
        last_look=row,
        last_body=row if row.outcome in ("changed", "unchanged") else known.last_body,
        sections=sections,
        aliases=tuple(sorted((*known.aliases, *aliases), key=lambda item: (item.observed_at, item.kind, item.alias))),
        headlines=linked.known,
    )
    return Recorded(after, {table: found for table, found in rows.items() if found})


def _last_changed(seen: Seen, revised: Revised | None) -> datetime | None:
    before = seen.known.last_body
    if before is None:
        return first_change(seen.page, seen.look.observed_at) if revised and seen.page else None
    if revised is None:
        return before.last_changed_at
    news = any(row.kind in STORY and row.reason != Reason.TYPOGRAPHY for row in revised.revisions)
    return seen.look.observed_at if news else before.last_changed_at


def _aliases(seen: Seen, revised: Revised | None) -> tuple[AliasRow, ...]:
    look = seen.look
    ids = revised.aliases if revised else ()
    sections = (
        AliasRow(look.blog_id, section, "publisher_id", name, look.observed_at, look.capture_id)
        for name, section in ids
    )
    return (*address_aliases(seen), *sections)


# --- headlines -------------------------------------------------------------------------------------------------------


def _source(seen: Seen) -> Source:
    look, page, blog = seen.look, seen.page, seen.known.blog
    language = page.language if page else blog.language if blog else None
    return Source(look.blog_id, look.source, language, look.observed_at, look.capture_id)


def _spotted(seen: Seen, revised: Revised | None, blog: BlogRow | None) -> Iterator[Spotted]:
    """Headlines that stand in a place for the first time: the blog's title, then updates, then what repeats them."""
    if revised is None or seen.page is None:
        return
    if blog and blog.title and (seen.known.blog is None or seen.known.blog.title != blog.title):
        yield Spotted(blog.title, TITLE)
    new = {row.section_id for row in revised.revisions if _is_new_headline(row)}
    pinned = {row.section_id for row in revised.revisions if row.change == Change.PINNED}
    later = [Kind.CARD, Kind.KEY_EVENTS]
    for item in sorted(revised.placed, key=lambda item: (item.is_copy, item.section.kind in later)):
        section = item.section
        if section.kind == Kind.KEY_EVENTS:
            yield from _entries(seen, revised, item.section_id)
        elif section.headline and item.section_id in (new | pinned if item.is_copy else new):
            yield Spotted(section.headline, section.kind, item.section_id, section.headline_repeats, item.is_copy)


def _is_new_headline(row: RevisionRow) -> bool:
    return row.change in (Change.ADDED, Change.RETITLED)


def _entries(seen: Seen, revised: Revised, section_id: str) -> Iterator[Spotted]:
    """New entries of the list of key events."""
    before = next((row.text for row in seen.known.sections if row.section_id == section_id), "")
    after = next((row.text for row in revised.sections if row.section_id == section_id), "")
    old = {normalise(line) for line in before.splitlines()}
    for line in after.splitlines():
        if line.strip() and normalise(line) not in old:
            yield Spotted(line.strip(), Kind.KEY_EVENTS, section_id)
