"""The report of one day: looks, what they brought, and how soon, by source."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from lake.query import Connection, run_sql

REPORT = """
WITH looks AS (
    SELECT source, count(*) AS looks,
           count(*) FILTER (outcome IN ('failed', 'blocked', 'too_large', 'unreadable')) AS failed,
           count(DISTINCT blog_id) AS blogs
    FROM captures WHERE dt = $day GROUP BY source),
changes AS (
    SELECT source, count(*) FILTER (change = 'added') AS added,
           count(*) FILTER (change IN ('edited', 'retitled')) AS edited,
           count(*) FILTER (change = 'removed') AS removed,
           quantile_cont(epoch(observed_at) - epoch(published_at), 0.5)
               FILTER (change = 'added' AND not_before IS NOT NULL) AS p50_s,
           quantile_cont(epoch(observed_at) - epoch(published_at), 0.95)
               FILTER (change = 'added' AND not_before IS NOT NULL) AS p95_s
    FROM revisions JOIN (SELECT capture_id, any_value(source) AS source FROM captures WHERE dt = $day GROUP BY ALL)
         USING (capture_id)
    WHERE dt = $day AND kind = 'update' GROUP BY source)
SELECT source, blogs, looks, failed, coalesce(added, 0), coalesce(edited, 0), coalesce(removed, 0), p50_s, p95_s
FROM looks LEFT JOIN changes USING (source) ORDER BY source
"""


@dataclass(frozen=True, slots=True)
class SourceDay:
    """One publisher's day."""

    source: str
    blogs: int
    looks: int
    failed: int
    """Looks that brought no page."""
    added: int
    edited: int
    removed: int
    p50_s: float | None
    """Median seconds from an update's stated time to our first sight of it."""
    p95_s: float | None

    @property
    def line(self) -> str:
        """It in one line."""
        soon = f", seen after {self.p50_s:.0f} s (95 %: {self.p95_s:.0f} s)" if self.p50_s is not None else ""
        return (
            f"{self.source}: {self.blogs} blogs, {self.looks} looks ({self.failed} failed), "
            f"{self.added} updates added, {self.edited} edited, {self.removed} removed{soon}"
        )


def daily_report(connection: Connection, day: date) -> Sequence[SourceDay]:
    """What was recorded on a UTC day, by source; empty where there was no look."""
    return [SourceDay(*row) for row in run_sql(connection, REPORT, {"day": day}).rows]
