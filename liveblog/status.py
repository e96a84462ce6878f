"""How recording goes: every source and blog at a glance, and one blog's timeline. Read only, from one snapshot.

overview(lake, snapshot, now)     what is current (the checkpoint, no history) + one query over the last day
timeline(connection, blog)        a blog's looks that changed something, newest first, each with its run
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter
from typing import Any

from lake.lake import Lake
from lake.query import Connection, connect, run_sql
from lake.snapshots import Snapshot
from liveblog.incidents import Standing, read_standing
from liveblog.quality import LATE_S, late_s
from liveblog.watching import is_watched, watch_list
from transforms.rows import CaptureRow, KnownBlog

HOURS = 24
"""What "lately" means on the page: the last so many hours, the one under way included."""
P50_TARGET_S, P95_TARGET_S = 90.0, 180.0
"""The design's targets from publication to row, while live."""

LATELY = """
SELECT 'look' AS what, blog_id, outcome AS name, count(*)::DOUBLE AS n FROM captures
WHERE dt >= $since::DATE AND observed_at > $since GROUP BY ALL
UNION ALL
SELECT 'error', blog_id, coalesce(reason, outcome), count(*) FROM captures
WHERE dt >= $since::DATE AND observed_at > $since AND outcome IN ('failed', 'blocked', 'too_large', 'unreadable')
GROUP BY ALL
UNION ALL
SELECT 'hour', blog_id, date_diff('hour', $since, published)::VARCHAR, count(*) FROM (
    SELECT blog_id, coalesce(published_at, observed_at) AS published FROM revisions
    WHERE dt >= $since::DATE AND observed_at > $since AND change = 'added' AND kind = 'update')
WHERE published > $since GROUP BY ALL
UNION ALL
SELECT 'p50', source, '', median(delay_s) FROM delays GROUP BY source
UNION ALL
SELECT 'p95', source, '', quantile_cont(delay_s, 0.95) FROM delays GROUP BY source
"""
DELAYS = """
WITH delays AS (
    SELECT source, greatest(epoch(observed_at) - epoch(published_at), 0) AS delay_s
    FROM revisions JOIN (SELECT blog_id, arg_max(source, observed_at) AS source FROM watches GROUP BY blog_id)
         USING (blog_id)
    WHERE dt >= $since::DATE AND observed_at > $since AND change = 'added' AND kind = 'update'
      AND not_before IS NOT NULL AND published_at > not_before - INTERVAL 1 DAY
      AND time_source IN ('dom', 'json_ld', 'microdata', 'payload'))
"""
TIMELINE = """
SELECT revisions.capture_id, revisions.observed_at, coalesce(captures.run_key, '') AS run_key, change, revisions.reason,
       kind, section_id, headline, left(text, 280) AS text, published_at, not_before, permalink, changed_fields
FROM (
    SELECT * FROM revisions WHERE blog_id = $blog AND dt <= $before::DATE AND observed_at < $before
    ORDER BY observed_at DESC, rank, section_id LIMIT $limit) AS revisions
LEFT JOIN (
    SELECT capture_id, any_value(run_key) AS run_key FROM captures WHERE blog_id = $blog GROUP BY ALL) AS captures
    USING (capture_id)
ORDER BY revisions.observed_at DESC, revisions.capture_id, rank, section_id
"""
LOOKS = """
SELECT observed_at, outcome, reason, status, elapsed_ms, late_by_s, updates_seen, pages_walked, reader, run_key
FROM captures WHERE blog_id = $blog ORDER BY observed_at DESC LIMIT $limit
"""
PAGES = frozenset({"changed", "unchanged", "not_modified"})
"""Outcomes of looks that brought a page, or word that it is as it was."""


@dataclass(frozen=True, slots=True)
class BlogStatus:
    """One blog at a glance. Times are aware UTC."""

    known: KnownBlog
    paused: bool
    """By itself, with its source or with its domain; or no longer watched."""
    looks: Mapping[str, int]
    """Looks of the last day, by outcome."""
    errors: Mapping[str, int]
    """Of these, the failed ones by reason, the most frequent first."""
    hourly: tuple[int, ...]
    """Updates of each of the last `HOURS` hours, oldest first."""

    @property
    def blog_id(self) -> str:
        """The blog's id."""
        return self.known.blog_id

    @property
    def source(self) -> str:
        """The publisher's slug."""
        return self.known.watch.source if self.known.watch is not None else ""

    @property
    def name(self) -> str:
        """The blog's title; where it has none yet, its address."""
        title = self.known.blog.title if self.known.blog is not None else None
        return title or (self.known.watch.url if self.known.watch is not None else self.blog_id)

    @property
    def state(self) -> str:
        """What people are told: removed, paused, new, or the blog's own state."""
        if self.paused:
            return "paused" if is_watched(self.known) else "removed"
        return self.known.blog.state if self.known.blog is not None else "new"

    @property
    def complete(self) -> float | None:
        """Share of the last day's looks that brought a page; None where there was none."""
        every = sum(self.looks.values())
        return sum(n for outcome, n in self.looks.items() if outcome in PAGES) / every if every else None

    def late_s(self, now: datetime) -> float:
        """Seconds since its look was due; 0 where it is not due, or paused."""
        return 0.0 if self.paused else late_s(self.known, now)


@dataclass(frozen=True, slots=True)
class SourceStatus:
    """One publisher at a glance."""

    source: str
    blogs: tuple[BlogStatus, ...]
    p50_s: float | None
    """Median seconds from an update's stated time to our first sight of it, over the last day."""
    p95_s: float | None

    @property
    def hourly(self) -> tuple[int, ...]:
        """Updates of each of the last hours, all blogs together."""
        return tuple(map(sum, zip(*(blog.hourly for blog in self.blogs), strict=True)))

    @property
    def errors(self) -> Mapping[str, int]:
        """Failed looks by reason, the most frequent first."""
        return dict(sum((Counter(blog.errors) for blog in self.blogs), Counter()).most_common())

    @property
    def complete(self) -> float | None:
        """Share of the last day's looks that brought a page."""
        looks = sum((Counter(blog.looks) for blog in self.blogs), Counter[str]())
        return sum(looks[outcome] for outcome in PAGES) / looks.total() if looks else None

    @property
    def states(self) -> Mapping[str, int]:
        """Its blogs by state, the most frequent first."""
        return dict(Counter(blog.state for blog in self.blogs).most_common())

    @property
    def last_look_at(self) -> datetime | None:
        """When one of its blogs was last looked at."""
        return max((look.observed_at for look in self._looks), default=None)

    @property
    def last_changed_at(self) -> datetime | None:
        """When one of its blogs last changed."""
        return max((look.last_changed_at for look in self._looks if look.last_changed_at), default=None)

    @property
    def next_look_at(self) -> datetime | None:
        """When the next of its blogs is due; None where no look is to come."""
        due = [blog.known.last_look for blog in self.blogs if not blog.paused]
        return min((look.next_look_at for look in due if look and look.next_look_at), default=None)

    @property
    def _looks(self) -> list[CaptureRow]:
        return [blog.known.last_look for blog in self.blogs if blog.known.last_look is not None]

    def overdue(self, now: datetime) -> int:
        """Blogs whose look is later than the target allows."""
        return sum(blog.late_s(now) > LATE_S for blog in self.blogs)


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything at a glance, of one snapshot."""

    snapshot: int
    committed_at: datetime
    sources: tuple[SourceStatus, ...]
    standing: Standing

    def blog(self, blog_id: str) -> BlogStatus | None:
        """One blog; None where it is not watched."""
        return next((blog for source in self.sources for blog in source.blogs if blog.blog_id == blog_id), None)


@dataclass(frozen=True, slots=True)
class Step:
    """One change of one section, as a timeline shows it."""

    capture_id: str
    observed_at: datetime
    run_key: str
    change: str
    reason: str | None
    kind: str
    section_id: str
    headline: str | None
    text: str
    published_at: datetime | None
    not_before: datetime | None
    permalink: str | None
    changed_fields: Sequence[str]


@dataclass(frozen=True, slots=True)
class Moment:
    """One look that changed something, with all it changed."""

    observed_at: datetime
    run_key: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class LookLine:
    """One look, whatever came of it."""

    observed_at: datetime
    outcome: str
    reason: str | None
    status: int | None
    elapsed_ms: int
    late_by_s: float | None
    updates_seen: int
    pages_walked: int
    reader: str | None
    run_key: str


def overview(lake: Lake, snapshot: Snapshot, now: datetime) -> Overview:
    """Every source and blog that is watched, or was. Costs what is current and the last day's rows, not the history."""
    watched = watch_list(lake, snapshot)
    with connect(lake, snapshot) as connection:
        lately = _lately(connection, now)
    known = [blog for blog in watched.blogs.values() if blog.watch is not None]
    blogs = [_blog_status(blog, watched.is_paused(blog), lately) for blog in known]
    grouped = groupby(sorted(blogs, key=attrgetter("source", "name", "blog_id")), key=attrgetter("source"))
    sources = tuple(
        SourceStatus(name, tuple(some), lately["p50", name].get(""), lately["p95", name].get(""))
        for name, some in grouped
    )
    return Overview(snapshot.number, snapshot.committed_at, sources, read_standing(snapshot))


Lately = Mapping[tuple[str, str], Mapping[str, Any]]
"""Name -> number, by what is counted and of whom."""


def _lately(connection: Connection, now: datetime) -> Lately:
    since = now.replace(minute=0, second=0, microsecond=0) - timedelta(hours=HOURS - 1)
    found: dict[tuple[str, str], dict[str, Any]] = defaultdict(dict)
    for what, whose, name, number in run_sql(connection, DELAYS + LATELY, {"since": since}).rows:
        found[what, whose][name] = number
    return found


def _blog_status(known: KnownBlog, paused: bool, lately: Lately) -> BlogStatus:
    counts = {what: lately[what, known.blog_id] for what in ("look", "error", "hour")}
    errors = Counter({name: int(n) for name, n in counts["error"].items()})
    hourly = tuple(int(counts["hour"].get(str(hour), 0)) for hour in range(HOURS))
    return BlogStatus(
        known, paused, {name: int(n) for name, n in counts["look"].items()}, dict(errors.most_common()), hourly
    )


def timeline(connection: Connection, blog_id: str, *, before: datetime, limit: int = 200) -> list[Moment]:
    """What happened to a blog before a moment, newest first, look by look; at most `limit` changes."""
    asked = {"blog": blog_id, "before": before, "limit": limit}
    steps = [Step(*row) for row in run_sql(connection, TIMELINE, asked).rows]
    grouped = groupby(steps, key=attrgetter("observed_at", "run_key"))
    return [Moment(observed_at, run_key, tuple(some)) for (observed_at, run_key), some in grouped]


def looks(connection: Connection, blog_id: str, limit: int = 30) -> list[LookLine]:
    """The newest looks at a blog, whatever came of them."""
    return [LookLine(*row) for row in run_sql(connection, LOOKS, {"blog": blog_id, "limit": limit}).rows]
