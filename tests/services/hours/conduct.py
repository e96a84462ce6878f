"""What is to hold of every run: found in time, allowed, at a distance, let go, and as in the truth."""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from crawler.hosts import host_of
from lake.rewind import rows_of
from tests.newsroom.compare import compare
from tests.newsroom.large import PRIVATE
from tests.newsroom.messages import Access
from tests.newsroom.press import Blog
from tests.services.hours.play import DISCOVER_EVERY, RECORD_EVERY, Run
from transforms.lagging import LAG
from transforms.rows import RevisionRow

_TOO_WIDE = re.compile(r"interval too wide: withdraw \S+ at (?P<at>[\d: ]+)")


def blog_at(run: Run, url: str) -> Blog | None:
    """The blog at an address."""
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


def discoveries(run: Run, known: Mapping[str, datetime]) -> tuple[int, list[str]]:
    """How many blogs had to be found before the end, and those found later than an interval, or never."""
    world = run.newsroom.site.world
    until = run.end - DISCOVER_EVERY
    wanted = [blog for blog in world.blogs.values() if may_be_fetched(blog) and blog.starts_at < until]
    late = []
    for blog in wanted:
        at = known.get(blog.name)
        took = (at - max(blog.starts_at, run.start)) if at else None
        if took is None or took > DISCOVER_EVERY + RECORD_EVERY:
            late.append(f"{blog.name}: {'never' if took is None else f'after {took.total_seconds():.0f} s'}")
    return len(wanted), late


def forbidden(run: Run) -> list[str]:
    """Requests that robots.txt or a reservation of rights forbids."""
    found = []
    for line in run.log:
        if line.source is None or line.path in ("/robots.txt", "/.well-known/tdmrep.json"):
            continue
        source = run.newsroom.site.world.sources[line.source]
        closed = source.robots_status == 503 or "Disallow: /\n" in source.robots
        private = PRIVATE in source.robots and line.path.startswith(f"/live/{PRIVATE}")
        if closed or private:
            found.append(f"{line.source}{line.path}")
    return found


def requests(run: Run) -> dict[str, int]:
    """Requests by kind."""
    blogs = run.newsroom.site.world.blogs
    return dict(Counter(_kind(line, blogs) for line in run.log))


def _kind(line: Access, blogs: Mapping[str, Blog]) -> str:
    if line.blog in blogs:
        return "not modified" if line.status == 304 else "blog pages"
    return "rules" if "robots" in line.path or "well-known" in line.path else "discovery"


def let_go(run: Run, ids: Mapping[str, str], looks: Sequence[tuple[str, datetime, datetime]]) -> tuple[int, list[str]]:
    """How many blogs closed an hour before the end or earlier, and those still looked at more often than hourly."""
    last = {key: (next_at, at) for key, next_at, at in looks}
    closed, kept = 0, []
    for name, key in ids.items():
        state = run.newsroom.site.world.blogs[name].state(run.end - timedelta(hours=1))
        if state is None or state.closed_at is None or key not in last:
            continue
        closed += 1
        next_at, at = last[key]
        if next_at is not None and next_at - at < timedelta(minutes=59):
            kept.append(f"{name}: closed {state.closed_at:%H:%M}, looked at {at:%H:%M}, next {next_at:%H:%M}")
    return closed, kept


def shortest_gaps_s(run: Run) -> dict[str, float]:
    """The shortest time between the beginnings of two requests, by source."""
    by_source: dict[str, list[datetime]] = defaultdict(list)
    for line in run.log:
        by_source[line.source or ""].append(line.at)
    gaps = {
        source: [(later - earlier).total_seconds() for earlier, later in pairwise(sorted(times))]
        for source, times in sorted(by_source.items())
    }
    return {source: round(min(found), 2) for source, found in gaps.items() if found}


def faults(run: Run, ids: Mapping[str, str], doubts: Collection[tuple[str, datetime]]) -> tuple[list[str], list[str]]:
    """Where the record differs from what could be seen; and of these the withdrawals that were dated late in doubt.

    A page that tells nothing of its time and lacks its newest update may have come from a lagging cache
    (`transforms.lagging`): such looks (blog id, moment) prove nothing yet; what they showed is dated by a later one.
    """
    known = run.lake.newest()
    by_blog: dict[str, list[RevisionRow]] = defaultdict(list)
    for row in rows_of(known, "revisions", known.days("revisions")):
        if isinstance(row, RevisionRow):
            by_blog[row.blog_id].append(row)
    found: list[str] = []
    doubted: list[str] = []
    for name, key in ids.items():
        for fault in compare(by_blog[key], run.newsroom.site.world.blogs[name], run.log, run.end).faults:
            moments = [at for blog, at in doubts if blog == key]
            (doubted if _is_doubted(fault, moments) else found).append(fault)
    return found, doubted


def _is_doubted(fault: str, moments: Iterable[datetime]) -> bool:
    """Whether a fault is an interval that is too wide by looks in doubt soon after the event."""
    told = _TOO_WIDE.search(fault)
    if told is None:
        return False
    first = next((at for at in moments if f"{at:%d %H:%M:%S}" > told["at"]), None)
    return first is not None and f"{first - LAG:%d %H:%M:%S}" < told["at"]
