"""The revisions of one section, as `diff` shows them: what each changed, word by word where it is text."""

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from lake.query import Connection, run_sql
from liveblog.errors import InputError
from transforms.diff import Piece, word_diff

FIND = """
SELECT section_id, blog_id, arg_max(headline, seq) AS headline
FROM revisions
WHERE starts_with(section_id, $given) OR permalink = $given OR contains(lower(coalesce(headline, '')), lower($given))
GROUP BY section_id, blog_id
ORDER BY section_id = $given DESC, section_id
LIMIT 9
"""
REVISIONS = """
SELECT seq, observed_at, change, reason, visibility, changed_fields, not_before, not_after, capture_id, headline, text,
       kind, published_at, modified_at, authors, permalink, pinned, key_event, links, media
FROM revisions WHERE blog_id = $blog AND section_id = $section ORDER BY seq
"""
EDITS = """
SELECT section_id, seq, headline_before, headline, text_before, text
FROM (
    SELECT section_id, seq, change, headline, text, lag(headline) OVER before AS headline_before,
           lag(text) OVER before AS text_before
    FROM revisions WHERE blog_id = $blog
    WINDOW before AS (PARTITION BY section_id ORDER BY seq))
WHERE change IN ('edited', 'retitled')
"""
WORDS = ("headline", "text")
FACTS = ("kind", "published_at", "modified_at", "authors", "permalink", "pinned", "key_event", "links", "media")


@dataclass(frozen=True, slots=True)
class Section:
    """The section that was meant."""

    section_id: str
    blog_id: str
    headline: str | None


@dataclass(frozen=True, slots=True)
class Step:
    """One revision against the one before it."""

    seq: int
    observed_at: datetime
    change: str
    reason: str | None
    not_before: datetime | None
    not_after: datetime
    capture_id: str
    words: dict[str, tuple[Piece, ...]]
    """Headline and text, where they changed."""
    facts: dict[str, tuple[Any, Any]]
    """Any other field that changed: before and after."""


def find_section(connection: Connection, given: str) -> Section:
    """The section meant by the beginning of its id, its permalink or words of its headline. Raises InputError."""
    found = [Section(*row) for row in run_sql(connection, FIND, {"given": given}).rows]
    if not found:
        raise InputError(f"no update {given!r} in this lake: liveblog log BLOG shows the ids")
    if len(found) > 1 and found[0].section_id != given:
        names = ", ".join(f"{one.section_id[:8]} ({one.headline or 'no headline'})" for one in found)
        raise InputError(f"{given!r} may mean several updates: {names}: give more of the id")
    return found[0]


def steps(connection: Connection, section: Section) -> list[Step]:
    """Every revision of a section against the one before, oldest first; the first against nothing."""
    asked = run_sql(connection, REVISIONS, {"blog": section.blog_id, "section": section.section_id})
    rows = [dict(zip(asked.columns, row, strict=True)) for row in asked.rows]
    return [_step(before, after) for before, after in pairwise([None, *rows]) if after is not None]


def edits(connection: Connection, blog: str) -> dict[tuple[str, int], list[tuple[Piece, ...]]]:
    """What edits changed in a blog's words: by section and revision, the headline and the text where they differ."""
    return {
        (section, seq): [word_diff(before or "", after or "") for before, after in (headline, text) if before != after]
        for section, seq, *words in run_sql(connection, EDITS, {"blog": blog}).rows
        for headline, text in [(words[:2], words[2:])]
    }


def _step(before: dict[str, Any] | None, after: dict[str, Any]) -> Step:
    old = before or {}
    changed = [name for name in WORDS if (old.get(name) or "") != (after[name] or "")]
    return Step(
        **{name: after[name] for name in ("seq", "observed_at", "change", "reason")},
        **{name: after[name] for name in ("not_before", "not_after", "capture_id")},
        words={name: word_diff(old.get(name) or "", after[name] or "") for name in changed},
        facts={name: (old[name], after[name]) for name in FACTS if before and old[name] != after[name]},
    )


def as_json(step: Step) -> dict[str, Any]:
    """A step as plain values."""
    return {
        "seq": step.seq,
        "observed_at": step.observed_at,
        "change": step.change,
        "reason": step.reason,
        "not_before": step.not_before,
        "not_after": step.not_after,
        "capture_id": step.capture_id,
        "words": {name: [[piece.op, piece.text] for piece in pieces] for name, pieces in step.words.items()},
        "facts": {name: list(pair) for name, pair in step.facts.items()},
    }
