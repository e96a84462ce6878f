"""When to look at a blog again: the closer its last change, the sooner.

    live, last changed within  10 min  30 min  2 h  6 h  longer ago (quiet)
    next look after             1 min   2 min   5    15   60 min, or its rhythm (`transforms.rhythm`) if longer
    upcoming                    half the time until it starts, 1 to 60 minutes; 5 where no start is announced
    closed                      an hour after its last change, daily for 7 days, once more at 30 days, then never
    gone                        daily for 7 looks, then never
    refused                     daily: robots.txt or a reservation of rights forbids the page

Cache-Control may raise it, to 15 minutes at most while live; Retry-After is obeyed. Failures in a row double it, up to
an hour; after a day of that it is daily, and after `GIVE_UP` failures never. A page that comes and cannot be read any
more is looked at as ever for that day: a mended reader reads what was kept of it.
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
SOONEST = timedelta(minutes=1)
SLOWEST = timedelta(minutes=60)
UNANNOUNCED = timedelta(minutes=5)
"""Between looks at an upcoming blog that does not say when it starts."""
MOST_FOR_CACHE = timedelta(minutes=15)
"""A cache that says more is not believed while a blog is live."""
NO_RHYTHM = timedelta(0)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
CLOSED_DAILY = timedelta(days=7)
CLOSED_LAST = timedelta(days=30)
GONE_LOOKS = 10
"""Failures in a row after which a blog that is gone is let go: three say that it is, a week of days confirms it."""
MOST_DOUBLINGS = 6
HOURLY_FAILURES = 24
"""Failures in a row that are answered by doubling; it takes about a day to get there."""
GIVE_UP = 31
"""Failures in a row after which nobody looks any more: a week of daily ones after that day."""
UNREAD_LOOKS = 72
"""Looks that the ladder makes of the first day without a change."""
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
    starts_at: datetime | None = None,
    refused: bool = False,
    blog_id: str = "",
    rhythm: timedelta = NO_RHYTHM,
) -> datetime | None:
    """When to look next, after a look at `observed_at`; None: never again. The same arguments, the same answer.

    `last_changed_at` is None where the blog has never been read; `failures` counts looks in a row without an answer;
    `starts_at` is when an upcoming blog is to begin; `refused` says that the page may not be had; `rhythm` is for how
    long a blog that runs may be left alone (`transforms.rhythm`).
    """
    unchanged_for = timedelta(0) if last_changed_at is None else max(observed_at - last_changed_at, timedelta(0))
    cached = min(timedelta(seconds=max_age_s(cache_control)), MOST_FOR_CACHE)
    wait = _wait(state, unchanged_for, max(cached, rhythm), failures, starts_at - observed_at if starts_at else None)
    if wait is None or failures >= GIVE_UP:
        return None
    if failures:
        wait = max(wait, min(wait * 2 ** min(failures, MOST_DOUBLINGS), SLOWEST))
    if refused or failures > HOURLY_FAILURES:
        wait = max(wait, DAY)
    if retry_after_s:
        wait = max(wait, min(timedelta(seconds=retry_after_s), MOST_RETRY_AFTER))
    if wait >= JITTERED_FROM:
        wait += wait * JITTER * _share(blog_id)
    return observed_at + wait


def doubling(failures: int, *, unread: bool) -> int:
    """The failures that `next_look` is to count, of so many in a row; `unread`: the page came, as it always does, and
    only cannot be read any more. Fewer looks would lose what it says meanwhile, and spare nobody."""
    if not unread:
        return failures
    return max(failures - UNREAD_LOOKS + HOURLY_FAILURES, 0) if failures > UNREAD_LOOKS else 0


def _wait(
    state: str, unchanged_for: timedelta, least: timedelta, failures: int, starts_in: timedelta | None
) -> timedelta | None:
    """Time to the next look by the blog's state, `least` while it runs; None: never again."""
    if state == BlogState.GONE:
        return DAY if failures < GONE_LOOKS else None
    if state == BlogState.CLOSED:
        return _closed(unchanged_for)
    if state == BlogState.UPCOMING and starts_in is None:
        return max(UNANNOUNCED, least)
    if state == BlogState.UPCOMING and starts_in is not None and starts_in > timedelta(0):
        return max(SOONEST, min(starts_in / 2, SLOWEST))
    if state == BlogState.UPCOMING and starts_in is not None:
        unchanged_for = -starts_in  # its hour has come: it is looked at as if it had changed then
    return max(_rung(unchanged_for), least)


def _rung(unchanged_for: timedelta) -> timedelta:
    return next((wait for limit, wait in LADDER if unchanged_for < limit), SLOWEST)


def max_age_s(cache_control: str | None) -> int:
    """Seconds for which an answer is fresh (RFC 9111, section 5.2.2.1); 0 where it does not say."""
    found = _MAX_AGE.search(cache_control or "")
    return int(found.group(1)) if found else 0


def _closed(unchanged_for: timedelta) -> timedelta | None:
    if unchanged_for < HOUR:
        return HOUR
    if unchanged_for < CLOSED_DAILY:
        return DAY
    return CLOSED_LAST - unchanged_for if unchanged_for < CLOSED_LAST - DAY else None


def _share(blog_id: str) -> float:
    """0 to 1, from the blog's id."""
    return int.from_bytes(hashlib.blake2b(blog_id.encode(), digest_size=4).digest()) / 2**32
