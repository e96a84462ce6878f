"""What a publisher says about the use of its pages beside robots.txt's allow and disallow: signals that are recorded.

    /.well-known/tdmrep.json    rights to text and data mining reserved by path (W3C TDMRep, section 6.1)
    Content-Usage in robots.txt preferences such as train-ai=n, by path (IETF AIPREF, draft-ietf-aipref-attach)

The file's reservation holds for a page whose own answer does not say otherwise (header ``tdm-reservation``). It is
asked for once a day for each origin, so only where something is kept between crawls.
"""

import asyncio
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler

from crawler.answers import CUT_OFF
from crawler.errors import CrawlerError
from crawler.memory import Kept, Memory
from crawler.settings import CrawlSettings
from crawler.site_files import site_file, text_of

MAX_BYTES = 256 * 1024
MAX_RULES = 1000
TDMREP = "tdmrep.json"


@dataclass(frozen=True, slots=True)
class Reservation:
    """A rule of tdmrep.json."""

    location: str
    reservation: str
    """``1``: reserved; ``0``: not."""
    policy: str | None = None


class RightsMiddleware:
    """Asks for an origin's tdmrep.json; ``request.meta["reservation"]`` is the rule that fits a page."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._memory: Memory = crawler.settings["CRAWL_MEMORY"]
        settings: CrawlSettings = crawler.settings["CRAWL_SETTINGS"]
        self._wanted = settings.respect_tdm and self._memory.lasting
        self._rules: dict[str, asyncio.Task[tuple[Reservation, ...]]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way to make one."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Note the reservation that fits the request's path."""
        if not self._wanted or request.meta.get("is_robots_txt"):
            return
        parts = urlsplit(request.url)
        origin = f"{parts.scheme}://{parts.netloc}"
        if origin not in self._rules:
            self._rules[origin] = asyncio.ensure_future(self._read(origin))
        rules = await asyncio.shield(self._rules[origin])
        request.meta["reservation"] = reservation_of(rules, parts.path or "/")

    async def _read(self, origin: str) -> tuple[Reservation, ...]:
        kept = self._memory.recall(origin, TDMREP)
        if kept is None:
            try:
                kept = await self._ask(f"{origin}/.well-known/{TDMREP}")
            except (CrawlerError, ValueError):
                kept = None
            if kept is None:
                return ()  # the page's own answer speaks; the file is asked for again with the next crawl
            self._memory.remember(origin, TDMREP, kept)
        return reservations(kept.text) if kept.status == 200 else ()

    async def _ask(self, url: str) -> Kept | None:
        """The file or that there is none, to be kept; None where its server could not say."""
        answer = await site_file(self._crawler, url, MAX_BYTES)
        if answer is None:
            return Kept(404, "")
        if answer.status == 429 or answer.status >= 500 or answer.truncated in CUT_OFF:
            return None
        return Kept(answer.status, text_of(answer, MAX_BYTES))


def reservations(text: str) -> tuple[Reservation, ...]:
    """The rules of a tdmrep.json, in order; none where it is no such file."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return ()
    rules = data if isinstance(data, list) else [data]
    return tuple(rule for one in rules[:MAX_RULES] if (rule := _reservation(one)))


def _reservation(said: object) -> Reservation | None:
    if not isinstance(said, Mapping) or not isinstance(said.get("location"), str):
        return None
    policy: Any = said.get("tdm-policy")
    reserved = str(said.get("tdm-reservation", "")).strip()
    return Reservation(said["location"], reserved, policy if isinstance(policy, str) else None)


def reservation_of(rules: Sequence[Reservation], path: str) -> Reservation | None:
    """The first rule that fits a path."""
    return next((rule for rule in rules if fits(rule.location, path)), None)


def fits(pattern: str, path: str) -> bool:
    """Whether a pattern of robots.txt or tdmrep.json fits a path: a prefix, ``*`` for anything, ``$`` for its end."""
    ends = pattern.endswith("$")
    parts = [re.escape(part) for part in re.split(r"\*+", pattern.removesuffix("$"))[:20]]
    return re.match(".*?".join(parts) + ("$" if ends else ""), path[:2000], re.DOTALL) is not None


def usage_of(robots: str, token: str, path: str) -> str | None:
    """The Content-Usage that a robots.txt states for a path: our own group's, else everybody's; the longest wins."""
    ours, everybodys = [], []
    for agents, value in _usages(robots):
        where, _, preference = value.partition(" ") if value.startswith("/") else ("/", "", value)
        if preference.strip() and fits(where, path):
            rule = (len(where), preference.strip()[:200])
            if token.lower() in agents:
                ours.append(rule)
            elif "*" in agents:
                everybodys.append(rule)
    found = ours or everybodys
    return max(found)[1] if found else None


def _usages(robots: str) -> Iterator[tuple[set[str], str]]:
    """(agents of the group, value) of each Content-Usage line."""
    agents: set[str] = set()
    in_names = False
    for line in robots.splitlines():
        name, colon, value = line.partition("#")[0].partition(":")
        match name.strip().lower(), value.strip():
            case "user-agent", agent:
                agents = {*agents, agent.lower()} if in_names else {agent.lower()}
                in_names = True
            case "content-usage", usage:
                in_names = False
                yield agents, usage
            case _ if colon:
                in_names = False
