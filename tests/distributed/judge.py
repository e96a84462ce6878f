"""What the lake says beside what the newsroom knows: its access log, and its truth."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from lake.lake import open_lake
from lake.query import connect, run_sql
from tests.distributed.drama import SPEED
from tests.newsroom.compare import PROOF_S, Comparison, Recorded, compare
from tests.newsroom.messages import Access
from tests.newsroom.press import Blog
from tests.newsroom.world import World

SLACK_S = 10.0
"""Of the newsroom's seconds; its clock runs so fast that they are one and a half of ours."""
_CLOCK = timedelta(milliseconds=50)
"""Between the moment at which the crawler says that it asks, and that at which the newsroom hears it."""
_LOOKS = (
    "SELECT blog_id, run_key, batch_id, outcome, observed_at - to_milliseconds(elapsed_ms), observed_at, late_by_s "
    "FROM captures"
)
_REVISIONS = (
    "SELECT blog_id, section_id, change, headline, text, observed_at, not_before, not_after, publisher_id, "
    "published_at, kind, reason FROM revisions ORDER BY observed_at, rank"
)


@dataclass(frozen=True, slots=True)
class Look:
    """A row of `captures`."""

    blog_id: str
    run_key: str
    batch_id: str
    outcome: str
    started_at: datetime
    observed_at: datetime
    late_by_s: float | None

    @property
    def length_s(self) -> float:
        """How long it took; a look that walks through older pages waits before each."""
        return (self.observed_at - self.started_at).total_seconds()


@dataclass(frozen=True, slots=True)
class Record:
    """What the lake holds at one snapshot."""

    looks: tuple[Look, ...]
    revisions: Mapping[str, tuple[Recorded, ...]]
    """By blog id."""


def rows(lake: str, query: str) -> list[tuple[Any, ...]]:
    """Ask the lake's newest snapshot, as an analyst would."""
    opened = open_lake(lake)
    with connect(opened, opened.newest()) as connection:
        return list(run_sql(connection, query).rows)


def read_record(lake: str) -> Record:
    """All looks and revisions of the newest snapshot."""
    revisions: dict[str, list[Recorded]] = defaultdict(list)
    for blog, *values in rows(lake, _REVISIONS):
        revisions[blog].append(Recorded(*values))
    looks = tuple(Look(*values) for values in rows(lake, _LOOKS))
    return Record(looks, {blog: tuple(found) for blog, found in revisions.items()})


def recorded_lines(log: Iterable[Access], looks: Iterable[Look], blogs: Mapping[str, str]) -> list[Access]:
    """The lines of the access log that one of these looks tells of; `blogs` gives the blog id for a blog's name."""
    spans: dict[str, list[Look]] = defaultdict(list)
    for look in looks:
        spans[look.blog_id].append(look)
    return [line for line in log if line.blog and any(_tells_of(look, line) for look in spans[blogs[line.blog]])]


def _tells_of(look: Look, line: Access) -> bool:
    return look.started_at - _CLOCK <= line.real_at <= look.observed_at + _CLOCK


def compared(
    world: World, record: Record, log: Sequence[Access], blogs: Mapping[str, str], until: datetime
) -> dict[str, Comparison]:
    """Each dialect's blogs beside the truth that the recorded looks could see."""
    told = recorded_lines(log, [look for look in record.looks if look.outcome != "late"], blogs)
    lines: dict[str | None, list[Access]] = defaultdict(list)
    for line in told:
        lines[line.blog].append(line)
    simulated = newsroom_time(log)
    found: dict[str, Comparison] = defaultdict(Comparison)
    for name, blog in world.blogs.items():
        revisions = record.revisions.get(blogs[name], ())
        walk_s = SPEED * max((look.length_s for look in record.looks if look.blog_id == blogs[name]), default=0.0)
        found[blog.source.dialect] += compare(
            revisions, _slower(blog), lines[name], until, simulated, SLACK_S, walk_s=walk_s
        )
    return dict(sorted(found.items()))


def newsroom_time(log: Iterable[Access]) -> Callable[[datetime], datetime]:
    """Real moments as the newsroom's: its clock goes at one speed, also while nobody asks for anything."""
    first = min(log, key=lambda line: line.real_at)
    return lambda when: first.at + SPEED * (when - first.real_at)


def _slower(blog: Blog) -> Blog:
    """A blog whose removals are proved by looks a minute of ours apart (rule R4), as the recorder's are.

    The newsroom's clock runs faster than ours; `compare` measures that minute, or the max-age if it is longer, by it.
    """
    return replace(blog, source=replace(blog.source, max_age_s=round(PROOF_S * SPEED)))


def hurried(log: Iterable[Access], delay_s: float) -> list[str]:
    """Requests to one publisher that came sooner than its delay after the one before, in words."""
    by_host: dict[str, list[datetime]] = defaultdict(list)
    for line in log:
        by_host[line.host].append(line.real_at)
    return [
        f"{host}: {(later - earlier).total_seconds():.2f} s at {later:%H:%M:%S}"
        for host, moments in by_host.items()
        for earlier, later in pairwise(sorted(moments))
        if (later - earlier).total_seconds() < delay_s
    ]
