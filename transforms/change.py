"""One section, before and after a look: the revision rows that say what changed.

The rows of one look follow one another: a section that came back with another headline and another text gives
`shown`, `retitled`, `edited`, each with the whole section as it stands after that change.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from transforms.digest import STATED, plain, plain_link, plain_media, section_digest, tidy
from transforms.records import Kind, Section, TimeSource
from transforms.rows import Change, RevisionRow, Visibility

SPOILT = "\ufffd"
"""Stands for bytes that could not be read."""


class Reason(StrEnum):
    """Why a revision is what it is."""

    OUT_OF_WINDOW = "out_of_window"
    """Hidden: the page no longer shows, or may no longer show, the place where it stood."""
    NOT_OBSERVED = "not_observed"
    """Hidden: the page shows the place where it stood, without it; the first half of a proof."""
    READER_CHANGED = "reader_changed"
    """Hidden or edited at the very look from which other readers, or a new version, read the page: proves nothing."""
    TYPOGRAPHY = "typography"
    """Edited: only quotes, dashes or the like; a human sees it, but no word changed."""


@dataclass(frozen=True, slots=True)
class Glance:
    """A look at a readable page, as far as revising needs it."""

    blog_id: str
    capture_id: str
    observed_at: datetime
    seen_before: datetime | None = None
    """The last look that saw the page; None for the first."""
    patience_s: float = 60.0
    """Seconds that must lie between the two looks that prove a removal."""
    reader: str | None = None
    version_changed: bool = False
    """Another version of the readers read the look before."""
    readers_differ: bool = False
    """Other readers gave the page of the look before: what they leave out is no edit."""
    breaks: tuple[int, ...] = ()
    """Positions before which a page of the walk is missing."""
    cut: bool = False
    """The page breaks off: its last section may be cut too."""
    head: bool = True
    """The page begins with the feed's first page."""
    end: bool = False
    """The page states that the feed ends with it."""


def added(section: Section, name: str, rank: str, not_before: datetime | None, glance: Glance) -> RevisionRow:
    """The first revision of a section, under its id and rank; `not_before` is the last look that proves it new."""
    published_at, source = section.published_at, section.time_source
    if published_at is None and not_before is not None and section.kind == Kind.UPDATE:
        published_at, source = glance.observed_at, TimeSource.FIRST_SEEN
    return RevisionRow(
        blog_id=glance.blog_id,
        section_id=name,
        seq=1,
        change=Change.ADDED,
        reason=None,
        changed_fields=(),
        visibility=Visibility.SHOWN,
        capture_id=glance.capture_id,
        observed_at=glance.observed_at,
        not_before=not_before,
        not_after=glance.observed_at,
        kind=section.kind,
        publisher_id=section.publisher_id,
        rank=rank,
        headline=section.headline,
        text=section.text,
        published_at=published_at,
        published_raw=section.published_raw,
        time_source=source,
        modified_at=section.modified_at,
        authors=section.authors,
        permalink=section.permalink,
        pinned=section.pinned,
        key_event=section.key_event,
        links=section.links,
        media=section.media,
        digest=section_digest(section),
        reader=glance.reader,
        missing_since=None,
    )


def changes(row: RevisionRow, section: Section, covered_at: datetime | None, glance: Glance) -> list[RevisionRow]:
    """The revisions of a section that is on the page.

    `covered_at` is the last look that showed the place of one that had been removed, where that is known.
    """
    rows: list[RevisionRow] = []
    last_seen = glance.seen_before
    if row.visibility != Visibility.SHOWN:
        change = Change.RESTORED if row.visibility == Visibility.REMOVED else Change.SHOWN
        last_seen = row.not_before
        proved = max(covered_at or row.observed_at, row.observed_at)
        last_without = glance.seen_before if change == Change.SHOWN else proved
        row = _next(row, glance, change, last_without, visibility=Visibility.SHOWN, missing_since=None)
        rows.append(row)
    digest = section_digest(section)
    fields, reason = _changed_fields(row, section, glance) if digest != row.digest else ((), None)
    if not fields:
        fields, reason = _typography(row, section), Reason.TYPOGRAPHY
    if "headline" in fields and reason != Reason.TYPOGRAPHY:
        row = _next(row, glance, Change.RETITLED, last_seen, reason, ("headline",), headline=section.headline)
        rows.append(row)
        fields = tuple(name for name in fields if name != "headline")
    if fields:
        rows.append(row := _edited(row, section, glance, last_seen, reason, fields))
    if section.pinned != row.pinned:
        change = Change.PINNED if section.pinned else Change.UNPINNED
        rows.append(_next(row, glance, change, last_seen, None, ("pinned",), pinned=section.pinned))
    return [replace(row, digest=digest) for row in rows]


def missing(row: RevisionRow, covered: bool, glance: Glance) -> list[RevisionRow]:
    """The revision, if any, of a section that is not on the page."""
    if row.visibility == Visibility.SHOWN:
        reason = Reason.NOT_OBSERVED if covered else Reason.OUT_OF_WINDOW
        if glance.version_changed:
            reason = Reason.READER_CHANGED
        return [_hidden(row, glance, glance.seen_before, reason)]
    if not covered or glance.version_changed:
        return []
    if row.reason == Reason.OUT_OF_WINDOW:
        return [_hidden(row, glance, row.not_before, Reason.NOT_OBSERVED)]
    if row.reason == Reason.NOT_OBSERVED and _waited(row, glance):
        proved = _next(row, glance, Change.REMOVED, row.not_before, visibility=Visibility.REMOVED)
        return [replace(proved, not_after=row.not_after)]
    return []


def _next(
    row: RevisionRow,
    glance: Glance,
    change: Change,
    not_before: datetime | None,
    reason: Reason | None = None,
    changed_fields: tuple[str, ...] = (),
    **values: object,
) -> RevisionRow:
    """The revision that follows `row`."""
    facts: dict[str, object] = {
        "seq": row.seq + 1,
        "change": change,
        "reason": reason,
        "changed_fields": changed_fields,
        "capture_id": glance.capture_id,
        "observed_at": glance.observed_at,
        "not_before": not_before,
        "not_after": glance.observed_at,
        "reader": glance.reader,
    }
    return replace(row, **(facts | values))  # type: ignore[arg-type]  # names and types are RevisionRow's own


def _edited(
    row: RevisionRow,
    section: Section,
    glance: Glance,
    last_seen: datetime | None,
    reason: Reason | None,
    fields: tuple[str, ...],
) -> RevisionRow:
    values: dict[str, object] = {name: getattr(section, name) for name in fields}
    if "published_at" in fields:
        values |= {"published_raw": section.published_raw, "time_source": section.time_source}
    values["modified_at"] = section.modified_at or row.modified_at
    values["permalink"] = section.permalink or row.permalink
    return _next(row, glance, Change.EDITED, last_seen, reason, fields, **values)


def _changed_fields(row: RevisionRow, section: Section, glance: Glance) -> tuple[tuple[str, ...], Reason | None]:
    """The fields in which a reader would see an edit, in the order of the table.

    A page may say less of an update where it gives it in another form (in its JSON-LD only, below the window): that an
    author, a link or a picture is not named any more is no edit by itself, only beside one. What another form says
    more of it is the reader's news, not the publisher's.
    """
    words = {
        "kind": section.kind != row.kind,
        "headline": _reads_otherwise(section.headline or "", row.headline or ""),
        "text": _reads_otherwise(section.text, row.text),
    }
    if glance.readers_differ or glance.version_changed:
        return _true(words), Reason.READER_CHANGED
    reworded = words["headline"] or words["text"]
    same_form = _form(section.time_source) == _form(row.time_source)
    about = {
        "published_at": section.time_source == row.time_source
        and section.time_source in STATED
        and section.published_at != row.published_at,
        "authors": section.authors != row.authors and (reworded or bool(section.authors)),
        "key_event": section.key_event != row.key_event and (same_form or section.key_event),
        "links": _differ(map(plain_link, section.links), map(plain_link, row.links), reworded),
        "media": _differ(map(plain_media, section.media), map(plain_media, row.media), reworded),
    }
    by_form = not same_form and not any(words.values())
    return _true(words | about), Reason.READER_CHANGED if by_form else None


def _form(source: str | None) -> str | None:
    """The form in which a page gives an update, as its time tells: structured data, or the page itself (None)."""
    return source if source in (TimeSource.JSON_LD, TimeSource.MICRODATA, TimeSource.PAYLOAD) else None


def _reads_otherwise(now: str, before: str) -> bool:
    """Whether the words differ; where bytes were broken on the way (U+FFFD), they may be the same."""
    return plain(now) != plain(before) and not (SPOILT in now and SPOILT not in before)


def _differ(now: Iterable[str], before: Iterable[str], reworded: bool) -> bool:
    shown, known = list(now), list(before)
    return shown != known and (reworded or bool(shown))


def _typography(row: RevisionRow, section: Section) -> tuple[str, ...]:
    if section.text == row.text and section.headline == row.headline:
        return ()
    if SPOILT in section.text or SPOILT in (section.headline or ""):
        return ()
    return _true(
        {
            "headline": tidy(section.headline or "").split() != tidy(row.headline or "").split(),
            "text": tidy(section.text).split() != tidy(row.text).split(),
        }
    )


def _true(differs: Mapping[str, bool]) -> tuple[str, ...]:
    return tuple(name for name, value in differs.items() if value)


def _hidden(row: RevisionRow, glance: Glance, not_before: datetime | None, reason: Reason) -> RevisionRow:
    since = glance.capture_id
    return _next(row, glance, Change.HIDDEN, not_before, reason, visibility=Visibility.HIDDEN, missing_since=since)


def _waited(row: RevisionRow, glance: Glance) -> bool:
    return (glance.observed_at - row.not_after).total_seconds() >= glance.patience_s
