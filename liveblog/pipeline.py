"""The pipeline: composes the rooms. The command line and the DAGs call these functions, and nothing below them.

    watch     addresses                      -> rows of the watch list
    plan      what is due                    -> Plan(batches), each domain whole in one batch
    crawl     one batch                      -> raw segments in the lake
    publish   segments no snapshot names yet -> rows -> snapshot n+1

Every step can be run again after a crash: segments are archived under names of their own, a segment that no snapshot
names is picked up by the next commit, and looks and commits are known by their keys (rules L1, L2, L4).
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from crawler.items import CrawlReport, CrawlRequest
from crawler.run import crawl as run_crawl
from crawler.spool import leftovers
from lake.errors import SegmentUnreadable
from lake.headlines import headlines_with
from lake.lake import Lake, open_lake
from lake.leases import Lease
from lake.snapshots import Snapshot
from liveblog.addresses import checked_address, domain_of
from liveblog.archiving import Archive
from liveblog.errors import InputError
from liveblog.paging import is_walk_due
from liveblog.settings import Settings
from liveblog.strangers import looks_of
from transforms.identity import blog_id
from transforms.near import WINDOW, query_keys, relate
from transforms.read import READER_VERSION
from transforms.record import record_all
from transforms.records import Capture, CaptureRow, Changes, HeadlineRow, KnownBlog, WatchRow

LEASE = "record"
LEASE_SPARE_S = 180.0
"""Seconds that the recording lease outlives the longest crawl, for archiving and committing."""
ADOPT_DAYS = 2
"""A segment that no snapshot names is looked for in today's and yesterday's raw/ (a run may cross midnight)."""
NO_PAGE = frozenset({"failed", "blocked", "too_large", "unreadable"})
"""Outcomes of looks that brought no live blog."""


@dataclass(frozen=True, slots=True)
class Batch:
    """All due blogs of some domains; what one crawl task is given."""

    batch_id: str
    blogs: tuple[str, ...]
    """blog ids; those of one domain never stand in two batches, so that its delay holds (one crawl a batch)."""
    domains: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """What one recording run will look at."""

    run_key: str
    batches: tuple[Batch, ...]
    addresses: Mapping[str, str]
    """blog id -> address, for people to read."""


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


@dataclass(frozen=True, slots=True)
class Published:
    """What one commit brought."""

    snapshot: int
    committed: bool
    """False where there was nothing to commit, or where this run had committed before."""
    outcomes: Mapping[str, int]
    """Looks by outcome."""
    changes: Mapping[str, int]
    """Revisions by change."""
    troubles: Mapping[str, str]
    """Address -> reason, for looks that brought no live blog; key -> what is wrong, for segments that are damaged."""

    @property
    def looks(self) -> int:
        """Looks recorded."""
        return sum(self.outcomes.values())


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


def watch(lake: Lake, addresses: Sequence[str], *, run_key: str, now: datetime, why: str) -> dict[str, str]:
    """Put addresses on the watch list where they are not yet; blog id -> address. Raises InputError for a bad one."""
    wanted = {blog_id(address): address for address in map(checked_address, addresses)}

    def build(snapshot: Snapshot) -> Changes:
        known = lake.watched(snapshot)
        return Changes(
            rows={
                "watches": tuple(
                    WatchRow(key, now, address, domain_of(address), why, paused=False)
                    for key, address in wanted.items()
                    if key not in known
                )
            }
        )

    if wanted.keys() - lake.watched(lake.newest()).keys():
        lake.commit(f"{run_key}/watch", build, run=run_key)
    return wanted


def plan(
    lake: Lake, *, run_key: str, now: datetime, only: Collection[str] | None = None, most_batches: int = 1
) -> Plan:
    """What is due at `now`, the longest due first; `only` (blog ids) takes these, due or not."""
    watched = lake.watched(lake.newest()).values()
    due = sorted((known for known in watched if is_due(known, now, only)), key=due_since)
    addresses = {known.blog_id: address_of(known) for known in due}
    return Plan(run_key, batches_of(addresses, most_batches), addresses)


def batches_of(addresses: Mapping[str, str], most: int) -> tuple[Batch, ...]:
    """Blogs (id -> address) in at most so many batches of about equal size, each domain whole in one of them."""
    domains: dict[str, list[str]] = {}
    for blog, address in addresses.items():
        domains.setdefault(domain_of(address), []).append(blog)
    filled: list[list[str]] = [[] for _ in range(min(most, len(domains)))]
    for domain in sorted(domains, key=lambda name: -len(domains[name])):
        min(filled, key=lambda names: sum(len(domains[name]) for name in names)).append(domain)
    return tuple(
        Batch(str(number), tuple(blog for blog in addresses if domain_of(addresses[blog]) in names), tuple(names))
        for number, names in enumerate(filled, 1)
    )


def is_due(known: KnownBlog, now: datetime, only: Collection[str] | None = None) -> bool:
    """Whether a blog is to be looked at now: asked for by its id, or watched, not paused, and at its time."""
    if only is not None:
        return known.blog_id in only
    if known.watch is None or known.watch.paused:
        return False
    return known.last_look is None or (known.last_look.next_look_at is not None and known.last_look.next_look_at <= now)


def due_since(known: KnownBlog) -> datetime:
    """When a blog became due; one never looked at, when it was put on the watch list."""
    if known.last_look is not None and known.last_look.next_look_at is not None:
        return known.last_look.next_look_at
    return known.watch.observed_at if known.watch is not None else datetime.max.replace(tzinfo=UTC)


def address_of(known: KnownBlog) -> str:
    """The address at which a blog is looked at."""
    if known.watch is None:
        raise LookupError(f"blog {known.blog_id} is not on the watch list")
    return known.watch.url


def request_for(known: KnownBlog, max_pages: int = 1) -> CrawlRequest:
    """What the crawler is to ask, with the validators of the last page that could be read.

    Where older pages are to be walked through (`liveblog.paging`), nothing is asked conditionally: "not modified" would
    end the walk at its first page.
    """
    source = known.watch.source if known.watch is not None else ""
    body = known.last_body
    if max_pages > 1 and is_walk_due(known):
        return CrawlRequest(known.blog_id, address_of(known), source, max_pages=max_pages)
    if body is None:
        return CrawlRequest(known.blog_id, address_of(known), source)
    return CrawlRequest(
        known.blog_id,
        address_of(known),
        source,
        etag=body.etag,
        last_modified=body.last_modified,
        payload_digest=body.payload_digest,
        refers_to_record_id=body.response_record_id,
        refers_to_url=body.final_url or body.url,
        refers_to_date=body.response_date,
    )


def crawl(lake: Lake, settings: Settings, batch: Batch, *, run_key: str) -> Crawled:
    """Look at the blogs of a batch; what comes is archived in raw/ while the crawl goes on."""
    known = lake.state(lake.newest(), set(batch.blogs))
    requests = [request_for(known[key], settings.max_pages) for key in batch.blogs if key in known]
    archive = Archive(lake)
    report = run_crawl(
        requests,
        spool=settings.spool,
        run_key=run_key,
        batch_id=batch.batch_id,
        settings=settings.crawl,
        on_segment=archive,
    )
    archive.finish()
    return _crawled(batch, report, archive)


def _crawled(batch: Batch, report: CrawlReport, archive: Archive) -> Crawled:
    return Crawled(
        batch.batch_id, tuple(archive.keys), report.requested, dict(report.outcomes), report.missing, report.reason
    )


def recover(lake: Lake, settings: Settings) -> tuple[str, ...]:
    """Archive what a broken-off run left in the spool; the keys of its segments."""
    archive = Archive(lake)
    settings.spool.mkdir(parents=True, exist_ok=True)
    for segment in leftovers(settings.spool):
        archive(segment)
    archive.finish()
    return tuple(archive.keys)


def publish(lake: Lake, *, run_key: str, segments: Collection[str], lease: Lease | None = None) -> Published:
    """Read the looks of these segments, and of any that no snapshot names yet, and commit what they changed."""
    built: list[Changes] = []
    damaged: dict[str, str] = {}
    today = lake.store.now().date()
    days = [(today - timedelta(days=age)).isoformat() for age in range(ADOPT_DAYS)]

    def build(snapshot: Snapshot) -> Changes:
        taken = {entry.key for entry in snapshot.segments()}
        waiting = {*segments, *lake.raw.unrecorded(snapshot, days)}
        built.append(transform(lake, snapshot, sorted(waiting - taken), damaged))
        return built[-1]

    before = lake.newest()
    after = lake.commit(f"{run_key}/publish", build, run=run_key, guard=lease.check if lease is not None else None)
    return _published(after.number, after.number != before.number, built[-1] if built else Changes(), damaged)


def transform(lake: Lake, snapshot: Snapshot, segments: Sequence[str], damaged: dict[str, str]) -> Changes:
    """The rows that these raw segments add to a snapshot.

    Of a damaged segment the looks before the damage count; it is noted in `damaged` (key -> what is wrong), and named
    in the snapshot like any other, so that it does not stand in the way of every later run.
    """
    captures = [capture for key in segments for capture in _readable(lake, key, damaged)]
    known = lake.state(snapshot, {capture.look.blog_id for capture in captures})
    changes = record_all(known, captures, reader_version=READER_VERSION)
    return Changes(rows=related(snapshot, changes).rows, segments=tuple(segments))


def _readable(lake: Lake, key: str, damaged: dict[str, str]) -> Iterator[Capture]:
    try:
        yield from looks_of(lake, key)
    except SegmentUnreadable as error:
        damaged[key] = str(error)


def related(snapshot: Snapshot, changes: Changes) -> Changes:
    """The changes, with links from new headlines to those that they nearly repeat, in any blog of the lake."""
    new = [row.observed_at for row in changes.rows.get("headlines", ()) if isinstance(row, HeadlineRow)]
    if not new:
        return changes
    return relate(changes, headlines_with(snapshot, query_keys(changes), min(new) - WINDOW, max(new)))


def _published(number: int, committed: bool, changes: Changes, damaged: Mapping[str, str]) -> Published:
    looks = [row for row in changes.rows.get("captures", ()) if isinstance(row, CaptureRow)]
    revisions = Counter(str(row.change) for row in changes.rows.get("revisions", ()))  # type: ignore[union-attr]
    troubles = {row.url: row.reason or row.outcome for row in looks if row.outcome in NO_PAGE}
    outcomes = Counter(str(row.outcome) for row in looks)
    return Published(number, committed, outcomes, revisions, {**troubles, **damaged})


def plan_dry(lake: Lake, *, run_key: str, now: datetime, addresses: Sequence[str], most_batches: int = 1) -> Plan:
    """The plan that a run would make, with nothing written: not even these addresses to the watch list."""
    wanted = {blog_id(address): address for address in map(checked_address, addresses)}
    found = plan(lake, run_key=run_key, now=now, only=set(wanted) if wanted else None)
    every = {**wanted, **found.addresses}
    return Plan(run_key, batches_of(every, most_batches), every)


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
) -> Recorded:
    """One round under the recording lease: what is due, or these addresses, is looked at, transformed, committed."""
    run_key = new_run_key(now)
    with lake.lease(LEASE, run_key, settings.crawl.budget_s + LEASE_SPARE_S) as lease:
        only = watch(lake, addresses, run_key=run_key, now=now, why="asked for") if addresses else None
        recover(lake, settings)
        todo = plan(lake, run_key=run_key, now=now, only=only)
        crawled = []
        for batch in todo.batches:
            if on_batch is not None:
                on_batch(batch)
            crawled.append(crawl(lake, settings, batch, run_key=run_key))
        segments = [key for one in crawled for key in one.segments]
        published = publish(lake, run_key=run_key, segments=segments, lease=lease)
    return Recorded(todo, tuple(crawled), published)
