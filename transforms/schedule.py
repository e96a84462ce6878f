"""When to look at a blog again: the closer its last change, the sooner.

    live, last changed within  10 min  30 min  2 h  6 h  longer ago
    next look after             1 min   2 min   5    15   60 min
    closed or gone              daily for 7 days after the last change, once more at 30 days, then never

Cache-Control may raise it, to 15 minutes at most while live; failures double it; Retry-After is obeyed.
"""

import hashlib
import re
from datetime import datetime, timedelta

from transforms.records import BlogState

LADDER = (
    (timedelta(minutes=10), timedelta(minutes=1)),
    (timedelta(minutes=30), timedelta(minutes=2)),
    (timedelta(hours=2), timedelta(minutes=5)),
    (timedelta(hours=6), timedelta(minutes=15)),
)
"""Time since the last change -> time to the next look."""
SLOWEST = timedelta(minutes=60)
MOST_FOR_CACHE = timedelta(minutes=15)
"""A cache that says more is not believed while a blog is live."""
DAY = timedelta(days=1)
CLOSED_DAILY = timedelta(days=7)
CLOSED_LAST = timedelta(days=30)
MOST_DOUBLINGS = 6
MOST_RETRY_AFTER = timedelta(days=1)
JITTERED_FROM = timedelta(minutes=15)
"""Shorter intervals keep their beat; longer ones are spread by up to `JITTER`, so that blogs do not march in step."""
JITTER = 0.1

_MAX_AGE = re.compile(r"(?:^|[\s,])max-age\s*=\s*\"?(\d{1,10})", re.IGNORECASE)


def next_look(
    state: str,
    last_changed_at: datetime | None,
    observed_at: datetime,
    cache_control: str | None = None,
    retry_after_s: int | None = None,
    failures: int = 0,
    *,
    blog_id: str = "",
) -> datetime | None:
    """When to look next, after a look at `observed_at`; None: never again. The same arguments, the same answer.

    `last_changed_at` is None where the blog has never been read; `failures` counts looks in a row without an answer.
    """
    unchanged_for = timedelta(0) if last_changed_at is None else max(observed_at - last_changed_at, timedelta(0))
    if state in (BlogState.CLOSED, BlogState.GONE):
        wait = _closed(unchanged_for)
        if wait is None:
            return None
    else:
        rung = next((wait for limit, wait in LADDER if unchanged_for < limit), SLOWEST)
        wait = max(rung, min(timedelta(seconds=max_age_s(cache_control)), MOST_FOR_CACHE))
    if failures:
        wait = max(wait, min(wait * 2 ** min(failures, MOST_DOUBLINGS), SLOWEST))
    if retry_after_s:
        wait = max(wait, min(timedelta(seconds=retry_after_s), MOST_RETRY_AFTER))
    if wait >= JITTERED_FROM:
        wait += wait * JITTER * _share(blog_id)
    return observed_at + wait


def max_age_s(cache_control: str | None) -> int:
    """Seconds for which an answer is fresh (RFC 9111, section 5.2.2.1); 0 where it does not say."""
    found = _MAX_AGE.search(cache_control or "")
    return int(found.group(1)) if found else 0


def _closed(unchanged_for: timedelta) -> timedelta | None:
    if unchanged_for < CLOSED_DAILY:
        return DAY
    return CLOSED_LAST - unchanged_for if unchanged_for < CLOSED_LAST - DAY else None


def _share(blog_id: str) -> float:
    """0 to 1, from the blog's id."""
    return int.from_bytes(hashlib.blake2b(blog_id.encode(), digest_size=4).digest()) / 2**32
