"""What one run did: its looks, and how much each of them changed. Read only, from one snapshot.

A run's key is the id of its DAG run, which holds a moment (``scheduled__2026-03-01T09:15:00+00:00``); looks are
searched for in the days around it, so that the search costs the same in a lake of ten years.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from lake.query import Connection, run_sql

MOST = 500
"""Looks of a run that are shown; a run of more has them all in `captures`."""
BEFORE, AFTER = timedelta(days=1), timedelta(days=7)
"""A run looks after the moment in its key: at once, or when a retry or somebody's *Clear* lets it."""
DAY = re.compile(r"\d{4}-\d{2}-\d{2}(?=T)")
LOOKS = """
WITH looks AS (
    SELECT capture_id, blog_id, source, url, observed_at, outcome, reason, elapsed_ms, late_by_s, updates_seen
    FROM captures WHERE run_key = $run AND ($since IS NULL OR dt BETWEEN $since::DATE AND $until::DATE))
SELECT looks.*, coalesce(changes, 0) AS changes
FROM looks LEFT JOIN (
    SELECT capture_id, count(*) AS changes FROM revisions
    WHERE dt BETWEEN (SELECT min(observed_at)::DATE FROM looks) AND (SELECT max(observed_at)::DATE FROM looks)
      AND blog_id IN (SELECT blog_id FROM looks)
    GROUP BY capture_id) USING (capture_id)
ORDER BY changes DESC, observed_at, blog_id LIMIT $limit
"""


@dataclass(frozen=True, slots=True)
class RunLook:
    """One look of a run. Times are aware UTC."""

    capture_id: str
    blog_id: str
    source: str
    url: str
    observed_at: datetime
    outcome: str
    reason: str | None
    elapsed_ms: int
    late_by_s: float | None
    updates_seen: int
    changes: int
    """Revisions that this look brought."""


def looks_of_run(connection: Connection, run_key: str, limit: int = MOST) -> list[RunLook]:
    """The looks of a run, those that changed most first; empty where it made none, or is not known."""
    day = _day(run_key)
    asked = {
        "run": run_key,
        "since": day - BEFORE if day else None,
        "until": day + AFTER if day else None,
        "limit": limit,
    }
    return [RunLook(*row) for row in run_sql(connection, LOOKS, asked).rows]


def _day(run_key: str) -> date | None:
    """The day in a run's key; None where there is none that can be added to."""
    found = DAY.search(run_key)
    try:
        day = date.fromisoformat(found.group()) if found else None
        return day if day is None or day - BEFORE < day < day + AFTER else None
    except (ValueError, OverflowError):
        return None
