"""Why a blog is watched or not, and when it is looked at next: asked of the lake in SQL, oldest first."""

from dataclasses import dataclass
from datetime import datetime

from lake.query import Connection, run_sql
from liveblog.errors import BlogUnknown
from liveblog.history import find_blog

STORY = """
SELECT observed_at, what, why FROM (
    SELECT observed_at, 'judged' AS what, verdict || ': ' || url || coalesce(' (' || reason || ')', '') AS why
    FROM candidates WHERE blog_id = $blog OR url = $given
    UNION ALL
    SELECT w.observed_at, CASE WHEN w.removed THEN 'removed' WHEN w.paused THEN 'paused' ELSE 'watched' END, w.why
    FROM watches w WHERE w.blog_id = $blog
    UNION ALL
    SELECT p.observed_at, CASE WHEN p.paused THEN 'paused' ELSE 'resumed' END, 'all of ' || p.source || ': ' || p.why
    FROM watches p WHERE p.scope IS NOT NULL AND (p.source = $source OR p.source = $domain)
    UNION ALL
    SELECT observed_at, 'state', state || coalesce(': ' || state_evidence, '')
    FROM blogs WHERE blog_id = $blog
    UNION ALL
    SELECT observed_at, 'next look', CASE WHEN next_look_at IS NULL THEN 'none: let go' ELSE strftime(next_look_at,
        '%Y-%m-%d %H:%M:%SZ') END || ', after a look that was ' || outcome || coalesce(' (' || reason || ')', '')
        || CASE WHEN failures > 0 THEN ', failure ' || failures ELSE '' END
        || coalesce(', last changed ' || strftime(last_changed_at, '%Y-%m-%d %H:%M:%SZ'), '')
    FROM (SELECT * FROM captures WHERE blog_id = $blog AND outcome <> 'late' ORDER BY observed_at DESC LIMIT 1)
)
ORDER BY observed_at, what
"""
WATCH = """
SELECT source, regexp_extract(url, '^https?://([^/?#]+)', 1) FROM watches
WHERE blog_id = $blog AND scope IS NULL ORDER BY observed_at DESC LIMIT 1
"""
REJECTED = """
SELECT observed_at, 'judged', verdict || ': ' || url || coalesce(' (' || reason || ')', '')
FROM candidates WHERE url = $given OR contains(url, $given) ORDER BY observed_at LIMIT 50
"""


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that happened to a blog or to an address."""

    at: datetime
    what: str
    """judged, watched, paused, resumed, removed, state, next look."""
    why: str


def reasons_of(connection: Connection, given: str) -> list[Reason]:
    """What was decided about a blog (address, id, words of its title), or about an address that is none.

    Raises InputError where nothing is known of it, or several blogs may be meant.
    """
    try:
        blog = find_blog(connection, given).blog_id
    except BlogUnknown:
        rejected = [Reason(*row) for row in run_sql(connection, REJECTED, {"given": given}).rows]
        if not rejected:
            raise
        return rejected
    watch = list(run_sql(connection, WATCH, {"blog": blog}).rows)
    source, domain = watch[0] if watch else (None, None)
    asked = {"blog": blog, "given": given, "source": source, "domain": domain}
    return [Reason(*row) for row in run_sql(connection, STORY, asked).rows]
