"""Crawls on a clock of our own: Scrapy, its delays and its budget as they are, hours of them in seconds.

Time stands still while the program works, and leaps to the next timer when nothing is left to do. Import this module
before anything that asks for the time; it is for a process of its own (`tests.services.hours`).

A crawl's child process is forked instead of started, and its requests are answered by a newsroom in that process,
without a socket. Its access log and its clock come back with what it has to say.
"""

import asyncio
import base64
import json
import os
import pickle
import selectors
import sys
import time
from collections.abc import Callable, Collection, Generator, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar

import time_machine

LATENCY_S = 0.2
"""From a request to the last byte of its answer."""
START_S = 1.5
"""What the start of a crawl's process takes, on the clock of the newsroom."""


class Clock:
    """Simulated time, for the whole process."""

    def __init__(self) -> None:
        self._ticks = 1_000_000.0
        self._travel: Any = None
        self._at: Any = None

    def start(self, at: datetime) -> None:
        """Time stands still at a moment."""
        self._travel = time_machine.travel(at, tick=False)
        self._at = self._travel.start()

    def now(self) -> datetime:
        """The simulated time, aware UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """In the place of `time.monotonic`."""
        return self._ticks

    def advance(self, seconds: float) -> None:
        """Leap forwards."""
        self._ticks += seconds
        self._at.shift(timedelta(seconds=seconds))

    def advance_to(self, moment: datetime) -> None:
        """Leap to a moment, unless it has passed."""
        self.advance(max((moment - self.now()).total_seconds(), 0.0))


CLOCK = Clock()
time.monotonic = CLOCK.monotonic  # type: ignore[assignment]  # before anybody takes a name of their own for it

from scrapy.crawler import AsyncCrawlerProcess  # noqa: E402 - the clock comes first
from scrapy.utils.misc import load_object  # noqa: E402

import crawler.discover  # noqa: E402
import crawler.run  # noqa: E402
from crawler.__main__ import SPIDERS, _finished, scrapy_settings  # noqa: E402
from crawler.answers import Answer, Truncation  # noqa: E402
from crawler.archive import say  # noqa: E402
from crawler.download import RESERVED, ArchivingDownloadHandler, _reserved  # noqa: E402
from crawler.settings import CrawlJob  # noqa: E402
from tests.newsroom.messages import Access, Request  # noqa: E402
from tests.newsroom.newsroom import Newsroom  # noqa: E402
from tests.newsroom.server import access  # noqa: E402


class WarpLoop(asyncio.SelectorEventLoop):
    """An event loop that leaps to its next timer."""

    def __init__(self) -> None:
        super().__init__(_Selector())

    def run_in_executor(self, executor: Any, func: Callable[..., Any], *args: Any) -> asyncio.Future[Any]:
        """Done at once: while a thread works the loop would leap to whatever bounds its time."""
        done = self.create_future()
        try:
            done.set_result(func(*args))
        except Exception as error:  # noqa: BLE001 - as an executor does
            done.set_exception(error)
        return done


class _Selector(selectors.SelectSelector):
    def select(self, timeout: float | None = None) -> list[Any]:
        ready = super().select(0 if timeout is None or timeout > 0 else timeout)
        if not ready and timeout:
            CLOCK.advance(timeout)
        return ready


class NewsroomHandler(ArchivingDownloadHandler):
    """The download handler, answered by the newsroom of this process instead of the network."""

    newsroom: ClassVar[Newsroom]

    async def _fetch(self, request: Any, sent: Any) -> Answer:
        await asyncio.sleep(LATENCY_S)
        host, _, target = request.url.partition("://")[2].partition("/")
        headers = {str(name).lower(): value for name, value in request.headers.to_unicode_dict().items()}
        asked = Request("GET", f"/{target}", {"host": host, "user-agent": self._bounds.user_agent, **headers})
        site, now = self.newsroom.site, CLOCK.now()
        reply = site.answer(asked, now)
        site.log.add(access(site, asked, reply, now))
        fields = tuple((str(name), str(value)) for name, value in reply.headers)
        body, truncated, problem = self._body(reply.sent, reply.status, fields, request)
        head = "".join(f"{name}: {value}\r\n" for name, value in fields)
        return Answer(
            url=request.url,
            started_at=sent.at,
            elapsed_ms=sent.elapsed_ms,
            status=reply.status,
            request_head=f"GET /{target} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode(),
            head=f"HTTP/1.1 {reply.status} \r\n{head}\r\n".encode(),
            headers=fields,
            body=body,
            truncated=truncated,
            problem=problem,
        )

    def _body(
        self, body: bytes, status: int, fields: Iterable[tuple[str, str]], request: Any
    ) -> tuple[bytes, Truncation | None, str | None]:
        cut_at = request.meta.get("cut_at")
        response: Any = SimpleNamespace(headers={name.lower(): value for name, value in fields})
        if self._bounds.respect_tdm and not cut_at and status == 200 and _reserved(response, request):
            return b"", Truncation.UNSPECIFIED, RESERVED
        return body[:cut_at], None, None


class ForkedChild:
    """In the place of `crawler.child.Child`: the same events, from a fork of this process."""

    log: ClassVar[list[Access]] = []
    """What all children asked the newsroom."""
    spent_s: ClassVar[float] = 0.0
    """Processor seconds of all children."""

    def __init__(
        self,
        job: CrawlJob,
        lines: Iterable[str],
        log: Path,
        lock: int | None = None,
        paused: Callable[[], Collection[str]] | None = None,
    ) -> None:
        self._job, self._lines, self._errors = job, list(lines), log
        self.finished = False
        self.why_not_finished = "the crawl process ended early"

    def events(self) -> Generator[Mapping[str, Any]]:
        """Fork, and yield what the child says until it is gone."""
        CLOCK.advance(START_S)
        heard, told = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(heard)
            self._run(told)
        os.close(told)
        self._errors.touch()
        with os.fdopen(heard, "rb") as lines:
            for line in lines:
                event = json.loads(line)
                if "finished" in event:
                    self.finished = True
                elif "log" in event:
                    type(self).log.extend(pickle.loads(base64.b64decode(event["log"])))  # noqa: S301 - our own child
                    CLOCK.advance(event["took_s"])
                    type(self).spent_s += event["cpu_s"]
                else:
                    yield event
        os.waitpid(child, 0)

    def _run(self, told: int) -> None:
        status = 1
        try:
            sys.stdout = os.fdopen(told, "w")
            began, known = CLOCK.monotonic(), len(NewsroomHandler.newsroom.site.log.lines())
            _crawl(self._job, self._lines)
            lines = NewsroomHandler.newsroom.site.log.lines()[known:]
            packed = base64.b64encode(pickle.dumps(lines)).decode()
            say({"log": packed, "took_s": CLOCK.monotonic() - began, "cpu_s": time.process_time()})
            status = 0
        finally:
            sys.stdout.flush()
            os._exit(status)


def _crawl(job: CrawlJob, lines: list[str]) -> None:
    """What `crawler.__main__.main` does, on the clock of this process."""
    spider, kind, pipeline = SPIDERS[job.spider]
    requests = [kind.from_json(line) for line in lines]
    settings = scrapy_settings(job, requests, pipeline)
    settings["DOWNLOAD_HANDLERS"] = {**settings["DOWNLOAD_HANDLERS"], **dict.fromkeys(("http", "https"), HANDLER)}  # type: ignore[dict-item]
    settings["ASYNCIO_EVENT_LOOP"] = "tests.services.warp.WarpLoop"
    process = AsyncCrawlerProcess(settings)
    crawl = process.create_crawler(load_object(spider))
    from scrapy import signals

    crawl.signals.connect(_finished, signals.spider_closed)
    process.crawl(crawl, job=job, requests=requests)
    process.start(install_signal_handlers=False)


HANDLER = "tests.services.warp.NewsroomHandler"


def serve(newsroom: Newsroom) -> None:
    """Answer all crawls of this process from a newsroom."""
    NewsroomHandler.newsroom = newsroom
    crawler.run.Child = ForkedChild  # type: ignore[misc,assignment]
    crawler.discover.Child = ForkedChild  # type: ignore[misc,assignment]
