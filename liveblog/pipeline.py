"""The pipeline: composes the rooms. The command line and the DAGs call these functions, and nothing below them.

    discover  what publishers announce       -> rows of the watch list                     liveblog.discovery
    watch     addresses                      -> rows of the watch list                     liveblog.watching
    plan      what is due                    -> Plan(batches), each domain whole in one    liveblog.planning
    crawl     one batch                      -> raw segments in the lake                   here
    publish   segments no snapshot names yet -> rows -> snapshot n+1                       liveblog.publishing

Every step can be run again after a crash: segments are archived under names of their own, a segment that no snapshot
names is picked up by the next commit, and looks and commits are known by their keys (rules L1, L2, L4).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import chain

from crawler.items import CrawlReport, CrawlRequest
from crawler.run import crawl as run_crawl
from crawler.spool import leftovers
from lake.lake import Lake, open_lake
from lake.leases import Lease
from lake.snapshots import Snapshot
from liveblog.archiving import Archive
from liveblog.errors import InputError
from liveblog.metrics import count_not_made
from liveblog.planning import Batch as Batch
from liveblog.planning import Plan as Plan
from liveblog.planning import batches_of as batches_of
from liveblog.planning import is_due as is_due
from liveblog.planning import plan as plan
from liveblog.planning import request_for as request_for
from liveblog.planning import request_of as request_of
from liveblog.publishing import Published as Published
from liveblog.publishing import publish as publish
from liveblog.publishing import transform as transform
from liveblog.publishing import unpublished as unpublished
from liveblog.settings import Settings
from liveblog.sources import known_sources
from liveblog.spooling import LOADED_BLOGS
from liveblog.turns import LEASE as LEASE
from liveblog.turns import in_turn
from liveblog.watching import Pauses, decisions, paused_of
from liveblog.watching import wanted as wanted
from liveblog.watching import watch as watch
from transforms.rows import KnownBlog

ASKED_FOR = "asked for"
LEASE_SPARE_S = 180.0
"""Seconds that the recording lease outlives the longest crawl, for archiving and committing."""


@dataclass(frozen=True, slots=True)
class Crawled:
    """What the crawl of one batch brought."""

    batch_id: str
    segments: tuple[str, ...]
    """Keys of the raw segments in the lake."""
    requested: int
    outcomes: Mapping[str, int]
    missing: int
    """Blogs of the batch that left no look."""
    reason: str | None
    """Why the crawl did not finish, where it did not."""
    left: tuple[str, ...] = ()
    """Ids of blogs whose turn did not come within `CrawlSettings.turn_s`: they stay due."""
    stats: Mapping[str, float] = field(default_factory=dict)
    """What Scrapy counted, by its own names."""


def lake_to_write(settings: Settings) -> Lake:
    """The lake that the settings name, made ready for writing. Raises LakeError where it is out of reach or unsafe."""
    lake = open_lake(settings.lake)
    lake.prepare()
    return lake


def lake_to_read(settings: Settings) -> Lake:
    """The lake that the settings name. Raises LakeError; InputError where there is none yet."""
    lake = open_lake(settings.lake)
    if not lake.exists:
        raise InputError(
            f"{lake.root}: no lake here yet: liveblog record --once URL makes one, or name another (--lake)"
        )
    return lake


def lake_to_rebuild(settings: Settings) -> Lake:
    """The lake that the settings name, or a new one around a raw archive that stands alone there. Raises as above."""
    lake = open_lake(settings.lake)
    if not lake.exists and next(chain(lake.store.list("raw/"), lake.store.list("packs/")), None) is not None:
        lake.prepare()
    return lake if lake.exists else lake_to_read(settings)


def choose_snapshot(lake: Lake, *, number: int | None = None, as_of: datetime | None = None) -> Snapshot:
    """The snapshot of that number, or the newest at that time, or the newest of all. Raises SnapshotMissing."""
    if number is not None:
        return lake.snapshot(number)
    return lake.newest() if as_of is None else lake.as_of(as_of)


def recording_lease(lake: Lake, settings: Settings, run_key: str) -> Lease:
    """The right to record, one run at a time: shared by all processes of that run. Not taken yet."""
    return lake.shared_lease(LEASE, run_key, settings.crawl.budget_s + LEASE_SPARE_S)


def new_run_key(now: datetime) -> str:
    """A run's key where no scheduler gives one."""
    return f"cli-{now.astimezone(UTC):%Y%m%dT%H%M%S.%fZ}"


def crawl(lake: Lake, settings: Settings, batch: Batch, *, run_key: str) -> Crawled:
    """Look at the blogs of a batch; what comes is archived in raw/ while the crawl goes on.

    A blog that is paused meanwhile is not asked for any more.
    """
    archive, requests = Archive(lake), _requests(lake, settings, batch)
    asked = {one.blog_id: (one.source, one.url) for one in requests if one.blog_id in batch.asked}
    report = run_crawl(
        requests,
        spool=settings.spool,
        run_key=run_key,
        batch_id=batch.batch_id,
        settings=settings.crawl,
        on_segment=archive,
        paused=Pauses(settings.lake, paused_of(batch.blogs, asked)),
    )
    archive.finish()
    count_not_made(len(report.left), report.missing)
    return _crawled(batch, report, archive)


def _requests(lake: Lake, settings: Settings, batch: Batch) -> list[CrawlRequest]:
    """What the crawler is to ask: the state of some blogs at a time is read, since it holds all their sections."""
    snapshot, sources = lake.newest(), known_sources(settings)
    requests = []
    for start in range(0, len(batch.blogs), LOADED_BLOGS):
        some = batch.blogs[start : start + LOADED_BLOGS]
        known = dict(lake.state(snapshot, set(some)))
        new = {key: batch.asked[key] for key in some if key in batch.asked}
        for row in decisions(new, now=lake.store.now(), why=ASKED_FOR):
            known[row.blog_id] = replace(known.get(row.blog_id, KnownBlog(row.blog_id)), watch=row)
        requests += [request_of(known[key], sources, settings.max_pages) for key in some if key in known]
    return requests


def _crawled(batch: Batch, report: CrawlReport, archive: Archive) -> Crawled:
    return Crawled(
        batch.batch_id,
        tuple(archive.keys),
        report.requested,
        dict(report.outcomes),
        report.missing,
        report.reason,
        report.left,
        dict(report.stats),
    )


def recover(lake: Lake, settings: Settings) -> tuple[str, ...]:
    """Archive what a broken-off run left in the spool; the keys of its segments."""
    archive = Archive(lake)
    settings.spool.mkdir(parents=True, exist_ok=True)
    for segment in leftovers(settings.spool):
        archive(segment)
    archive.finish()
    return tuple(archive.keys)


@dataclass(frozen=True, slots=True)
class Recorded:
    """What one round of recording brought."""

    plan: Plan
    crawled: tuple[Crawled, ...]
    published: Published


def record(
    lake: Lake,
    settings: Settings,
    *,
    now: datetime,
    addresses: Sequence[str] = (),
    on_batch: Callable[[Batch], None] | None = None,
    patience_s: float = 0.0,
    insist: bool = False,
) -> Recorded:
    """One round under the recording lease: what is due, or these addresses, is looked at, transformed, committed.

    Addresses go on the watch list, beforehand where somebody insists, else unless they turn out to bring no page.
    Raises LeaseHeld where another run or a discovery holds the lease for longer than `patience_s`.
    """
    run_key = new_run_key(now)
    sources = known_sources(settings)
    with in_turn(lake, run_key, settings.crawl.budget_s + LEASE_SPARE_S, patience_s) as lease:
        only = wanted(addresses) or None
        if only and insist:
            watch(lake, addresses, run_key=run_key, now=now, why=ASKED_FOR, sources=sources)
        recover(lake, settings)
        todo = plan(lake, run_key=run_key, now=now, only=only, every_s=settings.every_s)
        crawled = []
        for batch in todo.batches:
            if on_batch is not None:
                on_batch(batch)
            crawled.append(crawl(lake, settings, batch, run_key=run_key))
        segments = [key for one in crawled for key in one.segments]
        new = {key: address for batch in todo.batches for key, address in batch.asked.items()}
        asked = decisions(new, now=now, why=ASKED_FOR, sources=sources)
        published = publish(
            lake, run_key=run_key, segments=segments, lease=lease, sources=sources.contexts, asked=asked
        )
    return Recorded(todo, tuple(crawled), published)
