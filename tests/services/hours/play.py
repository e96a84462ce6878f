"""The program as it is: discovery every ten minutes, recording every minute, the lake in a folder.

Crawls run on the newsroom's clock (`tests.services.warp`); what the program itself needs for planning, reading and
committing passes on it too, as processor time.
"""

import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from tests.services.warp import CLOCK, ForkedChild, serve  # it takes the clock before others do

# isort: split
import liveblog.sources
from crawler.settings import CrawlSettings
from lake.lake import Lake, open_lake
from liveblog import pipeline
from liveblog.discovery import discover
from liveblog.settings import TURN_S, Settings
from tests.newsroom.clock import DEFAULT_START
from tests.newsroom.large import large
from tests.newsroom.messages import Access
from tests.newsroom.newsroom import Newsroom
from tests.newsroom.press import Source
from tests.newsroom.source_file import source_file
from tests.newsroom.world import World

DISCOVER_EVERY = timedelta(minutes=10)
RECORD_EVERY = timedelta(minutes=1)
DELAY_S = 5.0
SURFACES = {"news_sitemaps": ["/sitemap-news.xml.gz"], "feeds": ["/feed.xml"], "sections": ["/live"]}


@dataclass(slots=True)
class Run:
    """One play of some hours."""

    newsroom: Newsroom
    lake: Lake
    settings: Settings
    start: datetime
    end: datetime
    cost_s: float | None = None
    """Seconds that each discovery and recording run needs on the newsroom's clock; None: its processor time."""
    commits: list[datetime] = field(default_factory=list)
    processor_s: float = 0.0
    """What it cost, crawls included."""

    @property
    def log(self) -> list[Access]:
        """What the program asked."""
        return ForkedChild.log

    def play(self) -> None:
        """Discover and record until the end; SIGTERM brings it nearer, and what was played is reported."""
        signal.signal(signal.SIGTERM, lambda *_: setattr(self, "end", CLOCK.now()))
        began, discover_at = time.process_time(), self.start
        while CLOCK.now() < self.end:
            round_at = CLOCK.now()
            if round_at >= discover_at:
                self.discover()
                discover_at += DISCOVER_EVERY
            self.record()
            CLOCK.advance_to(round_at + RECORD_EVERY)
        self.processor_s = time.process_time() - began + ForkedChild.spent_s

    def discover(self) -> None:
        """One discovery."""
        key = f"discover-{CLOCK.now():%d%H%M%S}"
        self._timed(lambda: discover(self.lake, self.settings, run_key=key, clock=CLOCK.now))

    def record(self) -> None:
        """One recording run."""
        self._timed(lambda: pipeline.record(self.lake, self.settings, now=CLOCK.now()))
        self.commits.append(CLOCK.now())

    def _timed(self, work: Callable[[], object]) -> None:
        """Do it, and let the time that it takes pass on the newsroom's clock."""
        began = time.process_time()
        work()
        CLOCK.advance(time.process_time() - began if self.cost_s is None else self.cost_s)


def play(sources: int, blogs: int, hours: float, folder: Path, cost_s: float | None = None) -> Run:
    """Play the large world in a folder."""
    CLOCK.start(DEFAULT_START)
    run = prepared(large(0, DEFAULT_START, sources, blogs), folder, timedelta(hours=hours))
    run.cost_s = cost_s
    run.play()
    return run


def prepared(world: World, folder: Path, span: timedelta) -> Run:
    """A world that is served from now on, its sources, and an empty lake in a folder."""
    newsroom = Newsroom(CLOCK.now(), world=world, host="127.0.0.1")
    serve(newsroom)
    liveblog.sources.shipped = lambda: ()  # type: ignore[assignment]  # the press of Velmark is all there is
    own = folder / "sources"
    own.mkdir(parents=True)
    for source in world.sources.values():
        (own / f"{source.slug}.toml").write_text(entry(source))
    crawl = CrawlSettings(delay_s=DELAY_S, turn_s=TURN_S, memory=str(folder / "hosts"), paging="liveblog.paging:older")
    settings = Settings(str(folder / "lake"), folder / "spool", crawl, sources=own)
    lake = open_lake(settings.lake)
    lake.prepare()
    return Run(newsroom, lake, settings, CLOCK.now(), CLOCK.now() + span)


def entry(source: Source) -> str:
    """A source as the file by which the program knows it."""
    return source_file(source, f"http://{host(source.slug)}", **SURFACES)


def host(slug: str) -> str:
    """Where a source is."""
    return f"{slug}.newsroom.example"
