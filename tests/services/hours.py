"""Hours of watching a whole press in simulated time, and what came of it.

    python -m tests.services.hours [--sources 20] [--blogs 200] [--hours 6] [--json]

The program as it is (discovery every ten minutes, recording every minute, the lake in a folder) against the newsroom's
large world. Crawls run on the newsroom's clock (`tests.services.warp`); what the program itself needs for planning,
reading and committing passes on it too, as processor time.

Freshness is the time from an event in the newsroom to the commit of the look that showed it first. The fixed poller
beside it looks at every blog once a minute from the moment at which ours was told of it.
"""

import argparse
import json
import statistics
import sys
import tempfile
import time
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

from tests.services.warp import CLOCK, ForkedChild, serve  # it takes the clock before others do

# isort: split
from crawler.hosts import host_of
from crawler.settings import CrawlSettings
from lake.lake import Lake, open_lake
from lake.query import connect, run_sql
from liveblog import pipeline
from liveblog.discovery import discover
from liveblog.settings import TURN_S, Settings
from tests.newsroom.clock import DEFAULT_START
from tests.newsroom.compare import Comparison, compare
from tests.newsroom.dialects import DIALECTS
from tests.newsroom.large import PRIVATE, large
from tests.newsroom.messages import Access
from tests.newsroom.newsroom import Newsroom
from tests.newsroom.press import Blog, path_of
from tests.newsroom.script import Do
from tests.newsroom.seen import SeenEvent, sight
from transforms.rows import RevisionRow

DISCOVER_EVERY = timedelta(minutes=10)
RECORD_EVERY = timedelta(minutes=1)
DELAY_S = 5.0
FILE = """name = "{name}"
home = "http://{host}/"
time_zone = "{timezone}"
language = "{language}"

[discover]
news_sitemaps = ["http://{host}/sitemap-news.xml.gz"]
feeds = ["http://{host}/feed.xml"]
sections = ["http://{host}/live"]
hints = ["/live/"]
"""


@dataclass(frozen=True, slots=True)
class Spread:
    """Seconds, as a median and a 95th percentile."""

    count: int
    median_s: float
    p95_s: float


@dataclass(slots=True)
class Report:
    """What came of it."""

    blogs: int
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
    freshness: dict[str, Spread] = field(default_factory=dict)
    """By the state in which the blog was believed to be."""
    late_by: dict[str, Spread] = field(default_factory=dict)
    """By source: how much later than planned looks began."""
    shortest_gaps_s: dict[str, float] = field(default_factory=dict)
    """By source, from the server's log: between the beginnings of two requests."""
    requests: dict[str, int] = field(default_factory=dict)
    looks: int = 0
    changes_seen: int = 0
    polls_per_change: float = 0.0
    recall: float = 0.0
    fixed_looks: int = 0
    fixed_changes_seen: int = 0
    fixed_polls_per_change: float = 0.0
    fixed_recall: float = 0.0
    faults: list[str] = field(default_factory=list)
    """Where the record differs from what could be seen (`tests.newsroom.compare`)."""
    processor_s: float = 0.0


@dataclass(slots=True)
class Run:
    """One play of some hours."""

    newsroom: Newsroom
    lake: Lake
    settings: Settings
    start: datetime
    end: datetime
    commits: list[datetime] = field(default_factory=list)

    @property
    def log(self) -> list[Access]:
        """What the program asked."""
        return ForkedChild.log

    def play(self) -> None:
        """Discover and record until the end."""
        discover_at = self.start
        while CLOCK.now() < self.end:
            began = CLOCK.now()
            if began >= discover_at:
                self._timed(self._discover)
                discover_at += DISCOVER_EVERY
            self._timed(self._record)
            self.commits.append(CLOCK.now())
            CLOCK.advance_to(began + RECORD_EVERY)

    def _discover(self) -> None:
        discover(self.lake, self.settings, run_key=f"discover-{CLOCK.now():%H%M%S}", clock=CLOCK.now)

    def _record(self) -> None:
        pipeline.record(self.lake, self.settings, now=CLOCK.now())

    @staticmethod
    def _timed(work: Callable[[], None]) -> None:
        began = time.process_time()
        work()
        CLOCK.advance(time.process_time() - began)


def play(sources: int, blogs: int, hours: float, folder: Path) -> Report:
    """Play it in a folder, and look at what came of it."""
    start = DEFAULT_START
    CLOCK.start(start)
    newsroom = Newsroom(start, world=large(0, start, sources, blogs), host="127.0.0.1")
    serve(newsroom)
    own = folder / "sources"
    own.mkdir()
    for source in newsroom.site.world.sources.values():
        (own / f"{source.slug}.toml").write_text(
            FILE.format(name=source.name, host=host(source.slug), timezone=source.timezone, language=source.language)
        )
    crawl = CrawlSettings(delay_s=DELAY_S, turn_s=TURN_S, memory=str(folder / "hosts"), paging="liveblog.paging:older")
    settings = Settings(str(folder / "lake"), folder / "spool", crawl, sources=own)
    ship_nothing()
    lake = open_lake(settings.lake)
    lake.prepare()
    run = Run(newsroom, lake, settings, start, start + timedelta(hours=hours))
    began = time.process_time()
    run.play()
    spent = time.process_time() - began + ForkedChild.spent_s
    return replace_processor(report(run), spent)


def ship_nothing() -> None:
    """The press of Velmark is all there is."""
    import liveblog.sources

    liveblog.sources.shipped = lambda: ()  # type: ignore[assignment]


def replace_processor(found: Report, spent: float) -> Report:
    """The report, with what it cost."""
    found.processor_s = round(spent, 1)
    return found


def host(slug: str) -> str:
    """Where a source is."""
    return f"{slug}.newsroom.example"


# --- the report ------------------------------------------------------------------------------------------------------


def report(run: Run) -> Report:
    """All that is asked of a run."""
    world, connection = run.newsroom.site.world, connect(run.lake, run.lake.newest())
    rows = {query: list(run_sql(connection, QUERIES[query]).rows) for query in QUERIES}
    ids = {blog.name: key for key, url, *_ in rows["watches"] if (blog := _blog_at(run, url))}
    found = Report(blogs=len(world.blogs), expected=0)
    _discoveries(run, found, rows["watches"])
    _forbidden(run, found)
    _let_go(run, found, ids, rows["looks"])
    _gaps(run, found)
    _pace(run, found, ids, rows["watches"], rows["states"])
    _late(found, rows["late"])
    _truth(run, found, ids)
    return found


QUERIES = {
    "watches": "SELECT blog_id, any_value(url), min(observed_at) FROM watches WHERE scope IS NULL GROUP BY 1",
    "looks": "SELECT blog_id, arg_max(next_look_at, observed_at), max(observed_at) FROM captures GROUP BY 1",
    "states": "SELECT blog_id, observed_at, state FROM blogs ORDER BY observed_at",
    "late": "SELECT source, late_by_s FROM captures WHERE late_by_s IS NOT NULL",
}


def _blog_at(run: Run, url: str) -> Blog | None:
    slug = url.rpartition("/")[2]
    source = run.newsroom.site.world.sources[host_of(url).partition(".")[0]]
    found = run.newsroom.site.world.blog_at(source, slug, run.end)
    return found[0] if found else None


def may_be_fetched(blog: Blog) -> bool:
    """Whether robots.txt and rights allow it."""
    source, path = blog.source, f"/live/{blog.story.slug}"
    reserved = any(name.lower() == "tdm-reservation" for name, _ in source.headers)
    private = PRIVATE in source.robots and path.startswith(f"/live/{PRIVATE}")
    return source.robots_status != 503 and "Disallow: /\n" not in source.robots and not reserved and not private


def _discoveries(run: Run, found: Report, watches: Sequence[tuple[str, str, datetime]]) -> None:
    known = {blog.name: at for _, url, at in watches if (blog := _blog_at(run, url))}
    wanted = [
        blog
        for blog in run.newsroom.site.world.blogs.values()
        if may_be_fetched(blog) and blog.starts_at < run.end - DISCOVER_EVERY
    ]
    found.expected, found.discovered = len(wanted), len(known)
    for blog in wanted:
        announced = max(blog.starts_at, run.start)
        at = known.get(blog.name)
        took = (at - announced).total_seconds() if at else None
        if took is None or took > DISCOVER_EVERY.total_seconds() + RECORD_EVERY.total_seconds():
            found.late_discoveries.append(f"{blog.name}: {'never' if took is None else f'after {took:.0f} s'}")


def _forbidden(run: Run, found: Report) -> None:
    blogs = run.newsroom.site.world.blogs
    for line in run.log:
        if line.source is None or line.path in ("/robots.txt", "/.well-known/tdmrep.json"):
            continue
        source = run.newsroom.site.world.sources[line.source]
        closed = source.robots_status == 503 or "Disallow: /\n" in source.robots
        private = PRIVATE in source.robots and line.path.startswith(f"/live/{PRIVATE}")
        if closed or private:
            found.forbidden.append(f"{line.source}{line.path}")
    found.requests = dict(Counter(_kind(line, blogs) for line in run.log))


def _kind(line: Access, blogs: Mapping[str, Blog]) -> str:
    if line.blog in blogs:
        return "not modified" if line.status == 304 else "blog pages"
    return "rules" if "robots" in line.path or "well-known" in line.path else "discovery"


def _let_go(run: Run, found: Report, ids: Mapping[str, str], looks: Sequence[tuple[str, datetime, datetime]]) -> None:
    last = {key: (next_at, at) for key, next_at, at in looks}
    for name, key in ids.items():
        state = run.newsroom.site.world.blogs[name].state(run.end - timedelta(hours=1))
        if state is None or state.closed_at is None or key not in last:
            continue
        found.closed += 1
        next_at, at = last[key]
        if next_at is not None and next_at - at < timedelta(minutes=59):
            found.not_let_go.append(
                f"{name}: closed {state.closed_at:%H:%M}, looked at {at:%H:%M}, next {next_at:%H:%M}"
            )


def _gaps(run: Run, found: Report) -> None:
    by_source: dict[str, list[datetime]] = defaultdict(list)
    for line in run.log:
        by_source[line.source or ""].append(line.at)
    for source, times in sorted(by_source.items()):
        gaps = [(later - earlier).total_seconds() for earlier, later in pairwise(sorted(times))]
        if gaps:
            found.shortest_gaps_s[source] = round(min(gaps), 2)


def _pace(
    run: Run,
    found: Report,
    ids: Mapping[str, str],
    watches: Sequence[tuple[str, str, datetime]],
    states: Sequence[tuple[str, datetime, str]],
) -> None:
    """Freshness, polls per change, and the same of a poller that looks once a minute."""
    since = {key: at for key, _, at in watches}
    believed: dict[str, list[tuple[datetime, str]]] = defaultdict(list)
    for key, at, state in states:
        believed[key].append((at, state))
    fresh: dict[str, list[float]] = defaultdict(list)
    events = fixed = 0
    for name, key in ids.items():
        blog = run.newsroom.site.world.blogs[name]
        seen = _after(sight(blog, run.log, run.end).events, since[key])
        found.changes_seen += sum(event.seen for event in seen)
        events += len(seen)
        for event in seen:
            if (
                event.seen
                and event.not_after
                and event.event.do is Do.POST
                and (last := _state(believed[key], event.at))
            ):
                fresh[last].append((_commit(run, event.not_after) - event.at).total_seconds())
        polls = list(_polls(run, blog, since[key]))
        fixed += len(polls)
        found.fixed_changes_seen += sum(one.seen for one in _after(sight(blog, polls, run.end).events, since[key]))
    found.freshness = {state: spread(seconds) for state, seconds in sorted(fresh.items())}
    found.looks = sum(line.blog in ids for line in run.log)
    found.polls_per_change = round(found.looks / max(found.changes_seen, 1), 3)
    found.recall = round(found.changes_seen / max(events, 1), 4)
    found.fixed_looks = fixed
    found.fixed_polls_per_change = round(fixed / max(found.fixed_changes_seen, 1), 3)
    found.fixed_recall = round(found.fixed_changes_seen / max(events, 1), 4)


def _after(events: Iterable[SeenEvent], since: datetime) -> list[SeenEvent]:
    return [event for event in events if event.at >= since]


def _state(states: Sequence[tuple[datetime, str]], at: datetime) -> str | None:
    """What the blog was believed to be at a moment: None before it was first read."""
    place = bisect_right(states, at, key=lambda pair: pair[0])
    return states[place - 1][1] if place else None


def _commit(run: Run, seen_at: datetime) -> datetime:
    """When what was seen at a moment could be queried."""
    place = bisect_left(run.commits, seen_at)
    return run.commits[place] if place < len(run.commits) else run.end


def _polls(run: Run, blog: Blog, since: datetime) -> Iterator[Access]:
    """The log of a poller that looks once a minute."""
    at, dialect, number = since, DIALECTS[blog.source.dialect], 0
    while at < run.end:
        state = blog.state(at)
        number += 1
        if state is not None:
            yield Access(
                number=number,
                real_at=at,
                at=at,
                method="GET",
                host=host(blog.source.slug),
                source=blog.source.slug,
                path=path_of(state),
                status=200,
                bytes=0,
                complete=True,
                blog=blog.name,
                first=0,
                count=dialect.room(state),
                rendered_at=at,
            )
        at += timedelta(minutes=1)


def spread(seconds: Sequence[float]) -> Spread:
    """Median and 95th percentile."""
    ordered = sorted(seconds)
    return Spread(len(ordered), round(statistics.median(ordered), 1), round(ordered[int(0.95 * (len(ordered) - 1))], 1))


def _late(found: Report, rows: Iterable[tuple[str, float]]) -> None:
    by_source: dict[str, list[float]] = defaultdict(list)
    for source, seconds in rows:
        by_source[source].append(seconds)
    found.late_by = {source: spread(seconds) for source, seconds in sorted(by_source.items())}


def _truth(run: Run, found: Report, ids: Mapping[str, str]) -> None:
    """The record beside the truth."""
    known = run.lake.newest()
    from lake.rewind import rows_of

    rows = rows_of(known, "revisions", known.days("revisions"))
    by_blog: dict[str, list[RevisionRow]] = defaultdict(list)
    for row in rows:
        assert isinstance(row, RevisionRow)
        by_blog[row.blog_id].append(row)
    total = Comparison()
    for name, key in ids.items():
        total += compare(by_blog[key], run.newsroom.site.world.blogs[name], run.log, run.end)
    found.faults = list(total.faults)


def main(arguments: Sequence[str] | None = None) -> int:
    """Play, and print the report."""
    parser = argparse.ArgumentParser(prog="python -m tests.services.hours", description=__doc__.splitlines()[0])
    parser.add_argument("--sources", type=int, default=20)
    parser.add_argument("--blogs", type=int, default=200)
    parser.add_argument("--hours", type=float, default=6.0)
    parser.add_argument("--json", action="store_true", help="one line of JSON")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="liveblog-hours-") as folder:
        found = play(options.sources, options.blogs, options.hours, Path(folder))
    if options.json:
        sys.stdout.write(json.dumps(asdict(found)) + "\n")
    else:
        for name, value in asdict(found).items():
            sys.stdout.write(f"{name:24} {value}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
