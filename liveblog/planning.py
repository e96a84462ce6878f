"""What is due, and what the crawler is to ask: from what the lake knows to requests.

watched blogs ──(due, not paused)──> Plan: batches, each domain whole in one ──> CrawlRequest a blog
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from crawler.items import CrawlRequest
from lake.lake import Lake
from liveblog.addresses import domain_of
from liveblog.paging import is_walk_due
from liveblog.sources import Sources
from liveblog.watching import WatchList, watch_list
from transforms.records import BlogState
from transforms.rows import CaptureRow, KnownBlog
from transforms.schedule import max_age_s

EARLY = timedelta(seconds=30)
"""Half of the time between two recording runs: what falls due before the middle of two is looked at in the first.

Without it a blog looked at 20 s into one run is not due when the next is planned, and every other look is left out.
"""


LONGEST_VALIDATOR = 1024
ASKED_WHOLE_AFTER = timedelta(hours=1)
"""A server that says "not modified" for so long is asked for the whole page once: some always say so."""


@dataclass(frozen=True, slots=True)
class Batch:
    """All due blogs of some domains; what one crawl task is given."""

    batch_id: str
    blogs: tuple[str, ...]
    """blog ids; those of one domain never stand in two batches, so that its delay holds (one crawl a batch)."""
    domains: tuple[str, ...]
    asked: Mapping[str, str] = field(default_factory=dict)
    """blog id -> address, for those that are not on the watch list: their looks say whether they go there."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What one recording run will look at."""

    run_key: str
    batches: tuple[Batch, ...]
    addresses: Mapping[str, str]
    """blog id -> address, for people to read."""


def plan(
    lake: Lake,
    *,
    run_key: str,
    now: datetime,
    only: Mapping[str, str] | None = None,
    most_batches: int = 1,
    every_s: float = 0.0,
) -> Plan:
    """What is due at `now`, the longest due first; `only` (blog id -> address) takes these, due or not, watched or not.

    With `every_s` a blog that runs is due so many seconds after its last look at the latest, whatever its rhythm.
    """
    watches = watch_list(lake, lake.newest())
    due = [known for known in watches.blogs.values() if is_due(watches, known, now, only, every_s)]
    due.sort(key=due_since)
    asked = {key: address for key, address in (only or {}).items() if key not in watches.watched}
    addresses = {**asked, **{known.blog_id: address_of(known) for known in due if known.blog_id not in asked}}
    return Plan(run_key, batches_of(addresses, most_batches, asked), addresses)


def batches_of(addresses: Mapping[str, str], most: int, asked: Collection[str] = ()) -> tuple[Batch, ...]:
    """Blogs (id -> address) in at most so many batches of about equal size, each domain whole in one of them."""
    domains: dict[str, list[str]] = {}
    for blog, address in addresses.items():
        domains.setdefault(domain_of(address), []).append(blog)
    filled: list[list[str]] = [[] for _ in range(min(most, len(domains)))]
    for domain in sorted(domains, key=lambda name: -len(domains[name])):
        min(filled, key=lambda names: sum(len(domains[name]) for name in names)).append(domain)
    return tuple(_batch(str(number), addresses, names, asked) for number, names in enumerate(filled, 1))


def _batch(batch_id: str, addresses: Mapping[str, str], domains: Collection[str], asked: Collection[str]) -> Batch:
    blogs = tuple(blog for blog, address in addresses.items() if domain_of(address) in domains)
    return Batch(batch_id, blogs, tuple(domains), {blog: addresses[blog] for blog in blogs if blog in asked})


def is_due(
    watches: WatchList, known: KnownBlog, now: datetime, only: Collection[str] | None = None, every_s: float = 0.0
) -> bool:
    """Whether a blog is to be looked at now: asked for by its id, or watched, not paused, and at its time."""
    if only is not None:
        return known.blog_id in only
    if watches.is_paused(known):
        return False
    look = known.last_look
    if look is None or look.next_look_at is None:
        return look is None
    often = bool(every_s) and runs(known) and look.failures == 0
    due = look.observed_at + timedelta(seconds=max(every_s, _asked_s(look))) if often else look.next_look_at
    return soonest(look, min(due, look.next_look_at)) <= now


def runs(known: KnownBlog) -> bool:
    """Whether a blog is live, as far as is known."""
    return known.blog is not None and known.blog.state == BlogState.LIVE


def soonest(look: CaptureRow, due: datetime) -> datetime:
    """From when on a run takes a blog that is due at `due`: a little early rather than a whole run too late.

    Never before half of the wait is over, nor before the page's own max-age or Retry-After is.
    """
    asked = timedelta(seconds=_asked_s(look))
    return min(due, max(due - EARLY, look.observed_at + (due - look.observed_at) / 2, look.observed_at + asked))


def _asked_s(look: CaptureRow) -> int:
    """How long the answer asks to be left alone."""
    return max(max_age_s(look.cache_control), look.retry_after_s or 0)


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


def request_of(known: KnownBlog, sources: Sources, max_pages: int) -> CrawlRequest:
    """What the crawler is to ask, at the pace of the blog's source; `max_pages` where the source says none."""
    source = sources.of(address_of(known))
    request = request_for(known, (source and source.max_pages) or max_pages)
    return replace(request, source=sources.name_of(request.url), delay_s=source.delay_s if source else None)


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
    asked_whole = known.last_look is not None and known.last_look.observed_at - body.observed_at >= ASKED_WHOLE_AFTER
    return CrawlRequest(
        known.blog_id,
        address_of(known),
        source,
        etag=None if asked_whole else validator(body.etag),
        last_modified=None if asked_whole else validator(body.last_modified),
        payload_digest=body.payload_digest,
        refers_to_record_id=body.response_record_id,
        refers_to_url=body.final_url or body.url,
        refers_to_date=body.response_date,
    )


def validator(value: str | None) -> str | None:
    """A validator that can be sent back as it came: not one for whose length the server would refuse the request."""
    return value if value and len(value) <= LONGEST_VALIDATOR and value.isascii() and value.isprintable() else None
