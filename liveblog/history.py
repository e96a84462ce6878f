"""What the lake knows of one blog, asked in SQL: which blog is meant, and what happened to it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lake.query import Connection, run_sql
from liveblog.errors import BlogUnknown, InputError
from transforms.identity import blog_id

FIND = """
SELECT blog_id, any_value(url) AS url, arg_max(title, observed_at) AS title
FROM (
    SELECT blog_id, url, title, observed_at FROM blogs
    UNION ALL SELECT blog_id, url, NULL, observed_at FROM watches
)
GROUP BY blog_id
HAVING blog_id = $exact OR starts_with(blog_id, $given) OR contains(lower(coalesce(title, '')), $given)
    OR contains(lower(url), $given)
ORDER BY blog_id = $exact DESC, blog_id
LIMIT 9
"""
LIST = 'liveblog sql "SELECT blog_id, title, url FROM current_blogs"'
CHANGES = """
SELECT observed_at, change, reason, visibility, kind, section_id, headline, left(text, 120) AS text, changed_fields,
       not_before, not_after, published_at, seq, capture_id
FROM revisions
WHERE blog_id = $blog AND starts_with(section_id, $section)
ORDER BY observed_at DESC, rank, seq DESC
LIMIT $limit
"""


@dataclass(frozen=True, slots=True)
class Found:
    """The blog that was meant."""

    blog_id: str
    url: str
    title: str | None


@dataclass(frozen=True, slots=True)
class Happened:
    """One change of one section, as `log` shows it."""

    observed_at: datetime
    change: str
    reason: str | None
    visibility: str
    kind: str
    section_id: str
    headline: str | None
    text: str
    changed_fields: Sequence[str]
    not_before: datetime | None
    not_after: datetime
    published_at: datetime | None
    seq: int
    capture_id: str


def find_blog(connection: Connection, given: str) -> Found:
    """The blog meant by an address, the beginning of an id, or words of a title.

    Raises BlogUnknown where none is meant, InputError where several may be.
    """
    address = given.startswith(("http://", "https://"))
    exact = blog_id(given) if address else given
    found = [Found(*row) for row in run_sql(connection, FIND, {"exact": exact, "given": given.casefold()}).rows]
    if not found:
        raise BlogUnknown(f"no blog {given!r} in this lake: {LIST} lists them")
    if len(found) > 1 and found[0].blog_id != exact:
        names = ", ".join(f"{one.blog_id[:8]} ({one.url})" for one in found)
        raise InputError(f"{given!r} may mean several blogs: {names}: give more of the id or the address")
    return found[0]


def changes(
    connection: Connection, blog: str, *, section: str | None = None, limit: int | None = None
) -> list[Happened]:
    """What happened to a blog, newest first, the top of the page first within a look."""
    parameters: dict[str, Any] = {"blog": blog, "section": section or "", "limit": limit}
    return [Happened(*row) for row in run_sql(connection, CHANGES, parameters).rows]
