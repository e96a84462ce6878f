"""The discovery spider: searches what publishers announce for addresses that may be live blogs.

It yields a `Candidate` for each and, for every address it searched, one `Searched` that says what came of it.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urldefrag

from scrapy import Request, Spider
from scrapy.http import Response
from twisted.python.failure import Failure
from w3lib.url import safe_url_string

from crawler.answers import Answer, AnswerResponse
from crawler.candidates import Candidate, DiscoveryRequest, Searched
from crawler.hints import Hints
from crawler.hosts import host_of
from crawler.items import Outcome
from crawler.settings import CrawlJob
from crawler.sources import owned_by
from crawler.surfaces import MAX_ENTRIES, Entry, SurfaceError, joined, read_surface
from crawler.visits import judge, judge_error

MAX_DEPTH = 2
"""An index file names sitemaps, and may name further index files: so deep they are followed."""
MAX_SITEMAPS = 10
"""Sitemaps followed from one index file, those that changed last first."""
READ_S = 10.0
"""Seconds for reading an answer: a feed of 2 MB takes 3, and one that is made to take hours costs no other address."""

logger = logging.getLogger(__name__)

Found = Request | Candidate | Searched


@dataclass(frozen=True, slots=True)
class Search:
    """An address that is being searched."""

    asked: DiscoveryRequest
    depth: int = 0
    redirects: int = 0


class DiscoverySpider(Spider):
    """Searches the addresses of one job."""

    name = "discovery"

    def __init__(self, job: CrawlJob, requests: Sequence[DiscoveryRequest]) -> None:
        super().__init__()
        self._settings = job.settings
        self._requests = requests
        self._seen: set[str] = set()
        self._reading = asyncio.Lock()
        self._lists = {_plain(url) for request in requests for url in (request.url, request.home)}

    async def start(self) -> AsyncIterator[Found]:
        """One request an address."""
        for request in self._requests:
            yield self._ask(Search(request), request.url)

    async def answered(self, response: Response, search: Search) -> AsyncIterator[Found]:
        """Read what came, or follow where it points to."""
        assert isinstance(response, AnswerResponse)  # noqa: S101 - the only download handler there is
        answer = response.answer
        verdict = judge(answer, conditional=False)
        try:
            target = answer.target
        except ValueError as error:
            yield _searched(search, f"redirected to what is no address: {error}")
            return
        if target is not None and search.redirects >= self._settings.max_redirects:
            yield _searched(search, f"more than {self._settings.max_redirects} redirects; the last to {target[:200]}")
        elif target is not None:
            yield self._ask(replace(search, redirects=search.redirects + 1), target)
        elif verdict.outcome is not Outcome.FETCHED:
            yield _searched(search, verdict.reason)
        else:
            for found in await self._read(search, answer):
                yield found

    def failed(self, failure: Failure) -> Iterator[Found]:
        """No answer came, or the request was not sent."""
        request: Request = failure.request  # type: ignore[attr-defined]
        yield _searched(request.cb_kwargs["search"], judge_error(failure.value or failure, request.url).reason)

    async def _read(self, search: Search, answer: Answer) -> Iterable[Found]:
        """What an answer announces; read beside the other requests, one at a time and not for ever."""
        surface, content_type = search.asked.surface, answer.header("Content-Type")
        try:
            async with self._reading, asyncio.timeout(READ_S):
                read = await asyncio.to_thread(read_surface, surface, answer.body, answer.url, content_type)
        except SurfaceError as error:
            return [_searched(search, str(error))]
        except TimeoutError:
            return [_searched(search, f"not read within {READ_S:g} s: {len(answer.body)} bytes")]
        except Exception as error:  # a defect in a parser of strangers' bytes must not cost the other addresses
            logger.exception("cannot read %s", answer.url)
            return [_searched(search, f"the reader failed: {type(error).__name__}")]
        if read.sitemaps:
            told = replace(_searched(search, None), sitemaps=len(read.sitemaps))
            return [*self._descend(search, answer.url, read.sitemaps), told]
        return self._candidates(search, answer.url, read.entries)

    def _descend(self, search: Search, url: str, sitemaps: Sequence[Entry]) -> Iterator[Found]:
        if search.depth >= MAX_DEPTH:
            return
        newest = sorted(sitemaps, key=lambda one: one.published_at.timestamp() if one.published_at else 0, reverse=True)
        for sitemap in newest[:MAX_SITEMAPS]:
            address = joined(url, sitemap.url)
            if address and address not in self._seen and not _too_old(sitemap, search.asked):
                self._seen.add(address)
                yield self._ask(Search(replace(search.asked, url=address), search.depth + 1), address)

    def _candidates(self, search: Search, url: str, entries: Sequence[Entry]) -> Iterator[Found]:
        asked = search.asked
        wanted = [one for one in entries[:MAX_ENTRIES] if self._may_be_blog(one, asked)]
        hints = Hints(asked.hints)
        for entry in wanted:
            hinted = hints.fit(f"{entry.url}\n{entry.title or ''}")
            yield Candidate(
                asked.source, urldefrag(entry.url).url, entry.title, entry.published_at, asked.surface, url, hinted
            )
        yield replace(_searched(search, None), candidates=len(wanted), left_out=len(entries) - len(wanted))

    def _may_be_blog(self, entry: Entry, asked: DiscoveryRequest) -> bool:
        """Not old, not on another site, and not one of the lists that are searched."""
        return owned_by(asked.home, entry.url) and not _too_old(entry, asked) and _plain(entry.url) not in self._lists

    def _ask(self, search: Search, url: str) -> Found:
        try:
            url = safe_url_string(urldefrag(url).url)
            if not url.lower().startswith(("http://", "https://")) or not host_of(url):
                raise ValueError("only http and https addresses are fetched")
            return Request(
                url,
                callback=self.answered,
                errback=self.failed,
                headers={"Accept": "*/*", "Accept-Encoding": "gzip"},
                meta={"part_of": search.asked.source},
                cb_kwargs={"search": search},
                dont_filter=True,
            )
        except ValueError as error:
            return _searched(search, f"cannot fetch {url[:200]!r}: {error}")


def _too_old(entry: Entry, asked: DiscoveryRequest) -> bool:
    return bool(asked.since and entry.published_at and entry.published_at < asked.since)


def _plain(url: str) -> str:
    return urldefrag(url).url.rstrip("/")


def _searched(search: Search, problem: str | None) -> Searched:
    return Searched(search.asked.source, search.asked.url, search.asked.surface, problem=problem)
