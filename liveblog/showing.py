"""A blog as readers saw it at a moment, from the lake."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from lake.query import Connection, run_sql
from liveblog.errors import InputError
from liveblog.history import Found

LOOKS = """
SELECT max(observed_at) FILTER (observed_at <= coalesce($at, observed_at)), min(observed_at)
FROM captures WHERE blog_id = $blog AND outcome IN ('changed', 'unchanged', 'not_modified')
"""
BLOG = """
SELECT title, standfirst, language, state FROM blogs
WHERE blog_id = $blog AND observed_at <= $at ORDER BY observed_at DESC LIMIT 1
"""
SECTIONS = """
SELECT section_id, kind, headline, text, published_at, authors, permalink, pinned, key_event
FROM page_at($blog, $at)
"""


@dataclass(frozen=True, slots=True)
class ShownSection:
    """One section as it stood on the page."""

    section_id: str
    kind: str
    headline: str | None
    text: str
    published_at: datetime | None
    authors: Sequence[str]
    permalink: str | None
    pinned: bool
    key_event: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """A page as readers saw it."""

    blog_id: str
    url: str
    observed_at: datetime
    """The newest look at or before the moment that was asked for."""
    title: str | None
    standfirst: str | None
    language: str | None
    state: str | None
    sections: tuple[ShownSection, ...]


def looks_of(connection: Connection, blog: Found, at: datetime | None = None) -> tuple[datetime, datetime]:
    """The first look that brought a page, and the newest one, or the newest by a moment.

    Raises InputError where there was none by then.
    """
    newest, first = next(run_sql(connection, LOOKS, {"blog": blog.blog_id, "at": at}).rows)
    if newest is None:
        since = f"the first was at {first.isoformat(timespec='seconds')}" if first else "there was none yet"
        raise InputError(f"{blog.url}: no look by then brought a page: {since}")
    return first, newest


def shown_at(connection: Connection, blog: Found, at: datetime | None = None) -> Shown:
    """The page of a blog at a moment, or at the newest look.

    Raises InputError where it was not looked at by then.
    """
    _, newest = looks_of(connection, blog, at)
    about = next(run_sql(connection, BLOG, {"blog": blog.blog_id, "at": newest}).rows, (blog.title, None, None, None))
    title, standfirst, language, state = about
    rows = run_sql(connection, SECTIONS, {"blog": blog.blog_id, "at": newest}).rows
    sections = tuple(ShownSection(*row) for row in rows)
    return Shown(blog.blog_id, blog.url, newest, title, standfirst, language, state, sections)


def as_json(shown: Shown) -> dict[str, Any]:
    """A page as plain values."""
    return asdict(shown)
