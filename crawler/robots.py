"""May this address be fetched? The Robots Exclusion Protocol (RFC 9309) as a downloader middleware.

    2xx                   the rules of the file, its first 500 KiB (section 2.5)
    3xx                   followed, five in a row at most, then as if there were none (section 2.3.1.2)
    4xx                   no rules: everything is allowed (2.3.1.3), save 429, which says "not now"
    5xx, 429, no answer   nothing is allowed (2.3.1.4)

The rules of an origin are kept for 24 hours (2.4), across crawls too (`crawler.memory`); a failure to get them for a
minute. A Crawl-delay larger than our own delay becomes the domain's delay.
"""

import asyncio
import re
from dataclasses import dataclass
from time import monotonic
from typing import Self
from urllib.parse import urlsplit

from protego import Protego
from scrapy import Request
from scrapy.crawler import Crawler

from crawler.answers import CUT_OFF, Answer
from crawler.errors import Disallowed, NoAnswer, NotAsked, Unreachable
from crawler.memory import Kept, Memory
from crawler.pause import Paused
from crawler.politeness import Politeness
from crawler.rights import usage_of
from crawler.settings import CrawlSettings
from crawler.site_files import site_file, text_of

NAME = "robots.txt"
MAX_BYTES = 500 * 1024
KEPT_S = 24 * 60 * 60
FAILURE_KEPT_S = 60

_AGENT = re.compile(
    r"(?:^|(?<=[\r\n]))([ \t]*user-agent[ \t]*:)[ \t]*(\*(?=[ \t]*(?:#|[\r\n]|$))|[A-Za-z_-]*)[^\r\n]*",
    re.IGNORECASE,
)
"""A line that says whom the next rules are for; a product token ends where its letters do (section 2.2.1)."""
NOBODY = ":"


@dataclass(frozen=True, slots=True)
class Rules:
    """What an origin's robots.txt says."""

    read_at: float
    """Seconds of the monotonic clock."""
    parsed: Protego | None = None
    """None: everything is allowed, or, with `failure`, nothing."""
    failure: NotAsked | Unreachable | None = None
    """Why the file could not be read."""
    usages: str = ""
    """The file, where it states Content-Usage."""

    @property
    def stale(self) -> bool:
        """Whether the file must be read again."""
        return monotonic() - self.read_at > (FAILURE_KEPT_S if self.failure else KEPT_S)

    def check(self, url: str, token: str) -> None:
        """Raise NotAsked or Unreachable if the address may not be fetched."""
        if self.failure:
            raise self.failure.with_traceback(None)
        if self.parsed and not self.parsed.can_fetch(url, token):
            raise Disallowed("robots.txt disallows this address", "disallowed")

    def usage(self, url: str, token: str) -> str | None:
        """The Content-Usage that the file states for an address."""
        return usage_of(self.usages, token, urlsplit(url).path or "/") if self.usages else None

    def delay_s(self, token: str) -> float:
        """Seconds that the file asks for between two requests."""
        return (self.parsed.crawl_delay(token) if self.parsed else None) or 0.0


class RobotsMiddleware:
    """Asks an origin's robots.txt before anything else; ``request.meta["robots"]`` says what came of it."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._politeness: Politeness = crawler.settings["CRAWL_POLITENESS"]
        self._memory: Memory = crawler.settings["CRAWL_MEMORY"]
        self._paused: Paused = crawler.settings["CRAWL_PAUSED"]
        self._settings: CrawlSettings = crawler.settings["CRAWL_SETTINGS"]
        self._token = _product_token(self._settings.user_agent)
        self._rules: dict[str, asyncio.Task[Rules]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way to make one."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Let the request pass, or raise NotAsked or Unreachable."""
        if request.meta.get("is_robots_txt"):
            return
        self._paused.check(request)
        if not self._settings.obey_robots:
            request.meta["robots"] = "off"
            return
        rules = await self._rules_for(request.url)
        rules.check(request.url, self._token)
        request.meta["robots"] = "allowed"
        request.meta["usage"] = rules.usage(request.url, self._token)

    async def _rules_for(self, url: str) -> Rules:
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        task = self._rules.get(origin)
        if task is None or (task.done() and task.result().stale):
            task = self._rules[origin] = asyncio.ensure_future(self._read(origin, parts.hostname or ""))
        return await asyncio.shield(task)

    async def _read(self, origin: str, host: str) -> Rules:
        if rules := self._recalled(origin):
            self._slow_down(host, rules.delay_s(self._token))
            return rules
        try:
            answer = await site_file(self._crawler, f"{origin}/{NAME}", MAX_BYTES)
            rules = _rules(answer, self._token)
            if not rules.failure:
                self._memory.remember(origin, NAME, _kept(answer))
        except NotAsked as error:
            rules = Rules(monotonic(), failure=error)
        except (NoAnswer, ValueError) as error:
            rules = Rules(monotonic(), failure=Unreachable(f"robots.txt was not reached, nothing is fetched: {error}"))
        self._slow_down(host, rules.delay_s(self._token))
        return rules

    def _recalled(self, origin: str) -> "Rules | None":
        kept = self._memory.recall(origin, NAME)
        return rules_of(kept.status, kept.text, monotonic() - kept.age_s, self._token) if kept else None

    def _slow_down(self, host: str, delay_s: float) -> None:
        """Raise the domain's delay, also for what waits already."""
        self._politeness.slow_down(host, delay_s)
        if slot := self._crawler.engine.downloader.slots.get(host):
            slot.delay = self._politeness.slot_delay_s(host)


def rules_of(status: int, text: str, read_at: float, token: str) -> Rules:
    """The rules that a robots.txt, answered by 2xx or 4xx, holds for us, whose product token is `token`."""
    if not 200 <= status < 300:
        return Rules(read_at)
    parsed = Protego.parse(_AGENT.sub(lambda line: f"{line[1]} {_spoken_to(line[2], token)}", text))
    return Rules(read_at, parsed=parsed, usages=text if "content-usage" in text.lower() else "")


def _spoken_to(name: str, token: str) -> str:
    """Us, everybody or nobody of interest: Protego would take "AsIt" for us, and "AsItHappened/2" for somebody else."""
    return name if name == "*" else token if name.lower() == token.lower() else NOBODY


def _kept(answer: Answer | None) -> Kept:
    """What is remembered of an answer that holds rules, or says that there are none."""
    return Kept(200, text_of(answer, MAX_BYTES)) if answer and answer.status < 300 else Kept(404, "")


def _rules(answer: Answer | None, token: str) -> Rules:
    now = monotonic()
    if answer is None or (400 <= answer.status < 500 and answer.status != 429):
        return Rules(now)
    if answer.truncated in CUT_OFF:
        return Rules(now, failure=Unreachable(f"robots.txt was not read, nothing is fetched: {answer.problem}"))
    if 200 <= answer.status < 300:
        return rules_of(answer.status, text_of(answer, MAX_BYTES), now, token)
    refusal = Disallowed(f"robots.txt was answered by status {answer.status}, nothing is fetched", "unreachable")
    return Rules(now, failure=refusal)


def _product_token(user_agent: str) -> str:
    """The name by which a robots.txt speaks to us (RFC 9309, section 2.2.1)."""
    return user_agent.partition("/")[0].strip()
