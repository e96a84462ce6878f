"""Is what we record as it should be? Rules over one snapshot; each finding is about one source.

    freshness     live blogs are looked at when they are due                      target: 180 s late at most
    failing       looks bring a page                                              target: less than half fail in an hour
    empty         a page that had updates still has some                          a layout that changed, a consent wall
    quiet         a live source publishes a tenth of what it used to, or more     its own median of a week
    drift         as many updates as ever are read alike by two readers           its own share of a week
    headlines     no more updates than ever lack a headline                       its own share of a week
    times         updates are dated neither in the future nor years ago           target: none
    rights        robots, X-Robots-Tag and reservations are as they were a day ago

What a source is compared with is its own week before, never another source.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime, timedelta

from lake.query import Connection, run_sql
from liveblog.incidents import Finding
from liveblog.watching import WatchList
from transforms.rows import KnownBlog

LATE_S = 180.0
"""The design's p95 from publication to row: a look later than this breaks it."""
BASELINE = timedelta(days=7)
RECENT = timedelta(hours=6)
FEWEST = 10
"""Updates or looks that a share is judged by at least."""
SHIFT = 0.3
"""A share that moved by less than this is weather."""
FEWEST_LOOKS = 3
FEWEST_HOURS = 12
"""Hours with updates that make a baseline."""
LEAST_HOURLY = 4
"""A source that publishes less often may well be silent for an hour."""
QUIET_SHARE = 0.1
"""Of what is usual: a source that publishes less than this is not merely having a slow hour."""

FAILING = """
SELECT source, count(*), count(*) FILTER (without) AS failed, mode(coalesce(reason, outcome)) FILTER (without)
FROM (
    SELECT source, reason, outcome,
           outcome IN ('failed', 'blocked', 'too_large')
           OR (outcome = 'unreadable' AND NOT list_contains($told, source)) AS without
    FROM captures WHERE dt >= ($now - INTERVAL 1 HOUR)::DATE AND observed_at > $now - INTERVAL 1 HOUR)
GROUP BY source HAVING count(*) >= $fewest AND failed * 2 >= count(*) ORDER BY source
"""
EMPTY = """
SELECT source, count(*), any_value(url), max(most) FROM (
    SELECT blog_id, arg_max(source, observed_at) AS source, arg_max(url, observed_at) AS url,
           arg_max(updates_seen, observed_at) AS seen, max(updates_seen) AS most
    FROM captures WHERE dt >= $since::DATE AND outcome IN ('changed', 'unchanged', 'unreadable') GROUP BY blog_id)
WHERE seen = 0 AND most >= $fewest AND list_contains($watched, blog_id) GROUP BY source ORDER BY source
"""
ADDED = """
SELECT source, count(*) FILTER (recent), count(*) FILTER (NOT recent),
       avg(bare::INT) FILTER (recent), avg(bare::INT) FILTER (NOT recent),
       avg(agreed::INT) FILTER (recent), avg(agreed::INT) FILTER (NOT recent), count(*) FILTER (odd AND recent)
FROM (
    SELECT source, observed_at > $recent AS recent, coalesce(headline, '') = '' AS bare,
           contains(coalesce(reader, ''), '+') AS agreed,
           coalesce(published_at > observed_at + INTERVAL 10 MINUTE OR published_at < observed_at - INTERVAL 2 YEAR,
                    false) AS odd
    FROM revisions JOIN (SELECT blog_id, arg_max(source, observed_at) AS source FROM watches GROUP BY blog_id)
         USING (blog_id)
    WHERE dt >= $since::DATE AND change = 'added' AND kind = 'update')
GROUP BY source ORDER BY source
"""
HOURLY = """
WITH lately AS (
    SELECT captures.source, count(*) AS n FROM revisions JOIN captures USING (capture_id)
    WHERE revisions.dt >= ($now - INTERVAL 1 HOUR)::DATE AND revisions.observed_at > $now - INTERVAL 1 HOUR
      AND captures.dt >= ($now - INTERVAL 1 HOUR)::DATE AND change = 'added' AND kind = 'update'
    GROUP BY ALL),
hours AS (
    SELECT source, date_trunc('hour', published_at) AS hour, count(*) AS n
    FROM revisions JOIN (SELECT blog_id, arg_max(source, observed_at) AS source FROM watches GROUP BY blog_id)
         USING (blog_id)
    WHERE dt >= $since::DATE AND change = 'added' AND kind = 'update'
      AND published_at > $since AND published_at <= $now - INTERVAL 1 HOUR
    GROUP BY ALL)
SELECT source, median(hours.n) AS usual, coalesce(any_value(lately.n), 0) AS seen
FROM hours LEFT JOIN lately USING (source)
GROUP BY source HAVING count(*) >= $hours AND usual >= $least AND seen < usual * $share
ORDER BY source
"""
RIGHTS = """
SELECT source, count(DISTINCT blog_id), arg_max(before, observed_at), arg_max(said, observed_at) FROM (
    SELECT source, blog_id, observed_at, said, lag(said) OVER (PARTITION BY blog_id ORDER BY observed_at) AS before
    FROM (
        SELECT source, blog_id, observed_at,
               concat_ws(', ', 'robots ' || robots, 'meta ' || robots_meta, 'header ' || x_robots_tag,
                         'tdm ' || tdm_reservation, 'usage ' || content_usage) AS said
        FROM captures
        WHERE dt >= ($now - INTERVAL 2 DAY)::DATE AND outcome IN ('changed', 'unchanged', 'blocked')
          AND robots IN ('allowed', 'disallowed')))
WHERE before <> said AND observed_at > $now - INTERVAL 1 DAY GROUP BY source ORDER BY source
"""


def findings(connection: Connection, watched: WatchList, now: datetime) -> list[Finding]:
    """What is not as it should be at `now` (aware), by what the lake knows; ordered by rule and source.

    One cause is told once: pages that cannot be read since they lost their updates are not failing looks as well, and
    a source is not called quiet where we do not see what it says.
    """
    blogs = by_source(watched)
    live = {source for source, some in blogs.items() if any(map(is_live, some))}
    late, emptied = list(freshness(blogs, now)), list(empty(connection, now, blogs))
    failed = list(failing(connection, now, _sources(emptied)))
    return [
        *late,
        *failed,
        *emptied,
        *quiet(connection, now, live - _sources([*late, *failed, *emptied])),
        *shares(connection, now),
        *rights(connection, now),
    ]


def _sources(found: Iterable[Finding]) -> set[str]:
    return {finding.source for finding in found}


def by_source(watched: WatchList) -> dict[str, list[KnownBlog]]:
    """The blogs that are looked at, paused ones left out, by their source."""
    found: dict[str, list[KnownBlog]] = defaultdict(list)
    for blog in watched.blogs.values():
        if blog.watch is not None and not watched.is_paused(blog):
            found[blog.watch.source].append(blog)
    return found


def is_live(blog: KnownBlog) -> bool:
    """Whether a blog is at work as far as is known."""
    return blog.blog is not None and blog.blog.state == "live"


def late_s(blog: KnownBlog, now: datetime) -> float:
    """Seconds since a blog's look was due; 0 where it is not, or where no more looks are to come."""
    first = blog.watch.observed_at if blog.watch is not None else None
    due = blog.last_look.next_look_at if blog.last_look is not None else first
    return max((now - due).total_seconds(), 0.0) if due is not None else 0.0


def freshness(blogs: Mapping[str, list[KnownBlog]], now: datetime) -> Iterator[Finding]:
    """Sources whose blogs are looked at too late."""
    for source, some in sorted(blogs.items()):
        late = [seconds for blog in some if (seconds := late_s(blog, now)) > LATE_S]
        if late:
            detail = f"{len(late)} of {len(some)} blogs overdue, the longest by {max(late) / 60:.0f} min"
            yield Finding("freshness", source, detail, max(late), LATE_S)


def failing(connection: Connection, now: datetime, told: Collection[str]) -> Iterator[Finding]:
    """Sources of which half the looks of an hour, or more, brought nothing.

    Of the sources in `told` it is known that their pages cannot be read: such looks do not count.
    """
    asked = {"now": now, "fewest": FEWEST_LOOKS, "told": sorted(told)}
    for source, looks, failed, reason in run_sql(connection, FAILING, asked).rows:
        yield Finding(
            "failing", source, f"{failed} of {looks} looks failed within an hour, mostly: {reason}", failed / looks, 0.5
        )


def empty(connection: Connection, now: datetime, blogs: Mapping[str, list[KnownBlog]]) -> Iterator[Finding]:
    """Sources whose pages had updates within the week, and have none now. Blogs that nobody looks at do not count."""
    watched = [blog.blog_id for some in blogs.values() for blog in some]
    asked = {"since": now - BASELINE, "fewest": FEWEST_LOOKS, "watched": watched}
    for source, blogs, url, most in run_sql(connection, EMPTY, asked).rows:
        detail = f"{blogs} blog(s) show no update any more, {url} had {most}: has the layout changed?"
        yield Finding("empty", source, detail, 0.0, float(most))


def quiet(connection: Connection, now: datetime, live: set[str]) -> Iterator[Finding]:
    """Sources with a live blog from which next to no update has come for an hour, though many used to."""
    asked = {
        "now": now,
        "since": now - BASELINE,
        "hours": FEWEST_HOURS,
        "least": LEAST_HOURLY,
        "share": QUIET_SHARE,
    }
    for source, usual, seen in run_sql(connection, HOURLY, asked).rows:
        if source in live:
            said = f"{seen} update(s) within an hour" if seen else "no update for an hour"
            yield Finding("quiet", source, f"{said}; {usual:g} are usual", float(seen), float(usual))


def shares(connection: Connection, now: datetime) -> Iterator[Finding]:
    """Shares of updates that moved: without a headline, read alike by two readers; and times that cannot be."""
    asked = {"since": now - BASELINE, "recent": now - RECENT}
    for row in run_sql(connection, ADDED, asked).rows:
        source, recent, before, bare, bare_before, agreed, agreed_before, odd = row
        if recent >= FEWEST and before >= FEWEST:
            if bare - bare_before > SHIFT:
                detail = f"{bare:.0%} of updates have no headline, {bare_before:.0%} in the week before"
                yield Finding("headlines", source, detail, bare, bare_before)
            if agreed_before - agreed > SHIFT:
                detail = f"readers agree on {agreed:.0%} of updates, on {agreed_before:.0%} in the week before"
                yield Finding("drift", source, detail, agreed, agreed_before)
        if odd:
            yield Finding("times", source, f"{odd} of {recent} updates are dated out of range", float(odd), 0.0)


def rights(connection: Connection, now: datetime) -> Iterator[Finding]:
    """Sources that allow or forbid something else than the day before."""
    for source, blogs, before, said in run_sql(connection, RIGHTS, {"now": now}).rows:
        yield Finding("rights", source, f"{blogs} blog(s): from [{before}] to [{said}]")
