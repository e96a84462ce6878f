"""All that is asked of a run."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from lake.query import connect, run_sql
from tests.services.hours import conduct
from tests.services.hours.pace import Pace, Spread, pace_of, spread
from tests.services.hours.play import Run

QUERIES = {
    "watches": "SELECT blog_id, any_value(url), min(observed_at) FROM watches WHERE scope IS NULL GROUP BY 1",
    "looks": "SELECT blog_id, arg_max(next_look_at, observed_at), max(observed_at) FROM captures GROUP BY 1",
    "states": "SELECT blog_id, observed_at, state FROM blogs ORDER BY observed_at",
    "doubts": "SELECT blog_id, observed_at FROM captures WHERE outcome = 'stale' ORDER BY observed_at",
    "late": "SELECT source, late_by_s FROM captures WHERE late_by_s IS NOT NULL",
    "kinds": """
        SELECT CASE WHEN last_changed_at IS NULL THEN 'never read'
                    WHEN observed_at - last_changed_at < INTERVAL 10 MINUTE THEN 'changed within 10 min'
                    WHEN observed_at - last_changed_at < INTERVAL 30 MINUTE THEN 'within 30 min'
                    WHEN observed_at - last_changed_at < INTERVAL 2 HOUR THEN 'within 2 h'
                    ELSE 'longer ago' END || ', ' || outcome, count(*)
        FROM captures GROUP BY 1 ORDER BY 1""",
}


@dataclass(slots=True)
class Report:
    """What came of it."""

    blogs: int
    hours: float
    """Played, on the newsroom's clock."""
    expected: int
    """Blogs that were announced, and may be fetched, in good time before the end."""
    discovered: int = 0
    late_discoveries: list[str] = field(default_factory=list)
    """Blogs that were found later than one interval, or not at all."""
    forbidden: list[str] = field(default_factory=list)
    """Requests that robots.txt or a reservation of rights forbids."""
    closed: int = 0
    not_let_go: list[str] = field(default_factory=list)
    """Blogs that closed and are still looked at more often than hourly."""
    late_by: dict[str, Spread] = field(default_factory=dict)
    """By source: how much later than planned looks began."""
    shortest_gaps_s: dict[str, float] = field(default_factory=dict)
    """By source, from the server's log: between the beginnings of two requests."""
    requests: dict[str, int] = field(default_factory=dict)
    """By kind, from the server's log."""
    kinds: dict[str, int] = field(default_factory=dict)
    """Looks by the time since the blog had last changed, and outcome."""
    pace: Pace | None = None
    faults: list[str] = field(default_factory=list)
    """Where the record differs from what could be seen (`tests.newsroom.compare`)."""
    doubted: list[str] = field(default_factory=list)
    """Withdrawals dated by a later look than the first that lacked the update: it could have been a lagging cache."""
    processor_s: float = 0.0


def report(run: Run) -> Report:
    """What is to be said of a run."""
    world, connection = run.newsroom.site.world, connect(run.lake, run.lake.newest())
    rows = {query: list(run_sql(connection, QUERIES[query]).rows) for query in QUERIES}
    ids = {blog.name: key for key, url, _ in rows["watches"] if (blog := conduct.blog_at(run, url))}
    since = {key: at for key, _, at in rows["watches"]}
    wanted, late = conduct.discoveries(run, {name: since[key] for name, key in ids.items()})
    faults, doubted = conduct.faults(run, ids, rows["doubts"])
    closed, not_let_go = conduct.let_go(run, ids, rows["looks"])
    return Report(
        blogs=len(world.blogs),
        hours=round((run.end - run.start).total_seconds() / 3600, 2),
        expected=wanted,
        discovered=len(ids),
        late_discoveries=late,
        forbidden=conduct.forbidden(run),
        closed=closed,
        not_let_go=not_let_go,
        late_by=_late(rows["late"]),
        shortest_gaps_s=conduct.shortest_gaps_s(run),
        requests=conduct.requests(run),
        kinds=dict(rows["kinds"]),
        pace=pace_of(run, ids, since, rows["states"]),
        faults=faults,
        doubted=doubted,
        processor_s=round(run.processor_s, 1),
    )


def _late(rows: Iterable[tuple[str, float]]) -> dict[str, Spread]:
    by_source: dict[str, list[float]] = defaultdict(list)
    for source, seconds in rows:
        by_source[source].append(seconds)
    return {source: spread(seconds) for source, seconds in sorted(by_source.items())}
