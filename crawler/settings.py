"""How a crawl behaves: politeness and bounds. Standard library only; the values come from `liveblog.settings`."""

import json
from dataclasses import asdict, dataclass
from typing import Self

from crawler.items import CrawlRequest

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class CrawlSettings:
    """Bounds and manners of one crawl. Frozen: a crawl is shaped once, and its looks say by what."""

    user_agent: str = "AsItHappened/0.1 (live-blog recorder; set LIVEBLOG_CONTACT)"
    """Truthful: says what this is and whom to ask."""
    delay_s: float = 5.0
    """Seconds between two requests to one domain; a larger Crawl-delay of its robots.txt wins."""
    timeout_s: float = 30.0
    """Seconds for one answer, from connecting to its last byte."""
    budget_s: float = 300.0
    """Seconds for the whole crawl; the child process is ended after that."""
    turn_s: float | None = None
    """Seconds after which blogs that were not asked for yet are left for the next crawl: one slow domain then holds
    up no other. None: they are asked for until the budget is spent."""
    max_body_bytes: int = 20 * MIB
    """An answer longer than this is cut off and recorded as too large."""
    max_redirects: int = 5
    obey_robots: bool = True
    allow_private: bool = False
    """Fetch from loopback and private addresses too: for tests and the demo only."""
    segment_bytes: int = 8 * MIB
    """A spool segment is closed after this many bytes …"""
    segment_s: float = 15.0
    """… or this many seconds, whichever comes first."""
    pause_s: float = 30.0
    """Seconds for which a domain is left alone after status 429, or as long as its Retry-After says."""
    respect_tdm: bool = True
    """Leave a page whose answer reserves the rights to text and data mining (header ``tdm-reservation: 1``, W3C TDMRep)
    unread: its look is blocked."""
    memory: str | None = None
    """Folder for what is kept of hosts between crawls (`crawler.memory`): their delays then hold across crawls, and
    their robots.txt is asked for once a day. None: nothing is kept."""
    paging: str | None = None
    """``module:function`` that is given two pages as `crawler.items.Payload`, the one that came last and the first of
    the walk, and gives the absolute address of the page with the next older updates, or None; called in the crawl's
    process for requests with `max_pages` above 1."""


@dataclass(frozen=True, slots=True)
class CrawlJob:
    """What the child process is told on its standard input: the job, then its requests, one JSON object a line."""

    run_key: str
    batch_id: str
    spool: str
    """Folder for the segments; exists."""
    settings: CrawlSettings
    crawl: str = "crawl"
    """Common beginning of the names of this crawl's segments (`crawler.spool.crawl_name`)."""
    spider: str = "live_blogs"
    """Which spider runs: ``live_blogs`` or ``discovery``; the latter has requests of its own and no spool."""
    paused: tuple[str, ...] = ()
    """Domains that are paused when it begins (`crawler.pause`)."""

    def to_json(self) -> str:
        """One line of JSON."""
        return json.dumps(asdict(self), sort_keys=True)

    @classmethod
    def from_json(cls, line: str | bytes) -> Self:
        """Read the line back. Raises ValueError if it is not such a line."""
        try:
            data = json.loads(line)
            return cls(**{**data, "settings": CrawlSettings(**data["settings"])})
        except (TypeError, KeyError) as error:
            raise ValueError(f"not a crawl job: {error}") from error


__all__ = ["CrawlJob", "CrawlRequest", "CrawlSettings"]
