"""The live-blog spider: looks once at every blog it is given, and leaves reading to others.

Where more than one page of a blog is wanted, `crawler.paging` is asked for the address of the next older one.

Every request ends in exactly one `FinishedLook`, whatever happens to it, or in a `LeftOut` where its turn did not come.

Of each host Scrapy holds a few blogs at a time, the next one when a look has ended: memory then follows the number of
hosts, not that of blogs.
"""

import logging
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Iterator, Sequence
from urllib.parse import urldefrag

from scrapy import Request, Spider
from scrapy.http import Response
from twisted.python.failure import Failure
from w3lib.url import safe_url_string

from crawler.answers import Answer, AnswerResponse
from crawler.errors import OutOfTime
from crawler.hosts import host_of
from crawler.items import CrawlRequest, Outcome
from crawler.paging import Pages
from crawler.settings import CrawlJob
from crawler.visits import FinishedLook, LeftOut, LookMaker, Verdict, Visit, judge, judge_error

SCHEMES = ("http://", "https://")

AHEAD = 16
"""Blogs of a host that Scrapy holds: their first pages go out before the walks through older ones hold up the rest."""

logger = logging.getLogger(__name__)

Step = Request | FinishedLook


class LiveBlogsSpider(Spider):
    """Looks at the blogs of one job."""

    name = "live_blogs"

    def __init__(self, job: CrawlJob, requests: Sequence[CrawlRequest]) -> None:
        super().__init__()
        self._job = job
        self._looks = LookMaker(job)
        self._pages = Pages(job.settings.paging if any(one.max_pages > 1 for one in requests) else None)
        self._waiting: dict[str, deque[CrawlRequest]] = defaultdict(deque)
        for request in requests:
            self._waiting[host_of(request.url)].append(request)

    async def start(self) -> AsyncIterator[Step]:
        """The first blogs of each host, in the order given."""
        for _ in range(AHEAD):
            for host in tuple(self._waiting):
                for step in self._next_of(host):
                    yield step

    def answered(self, response: Response, visit: Visit) -> Iterator[Step]:
        """An answer came: follow where it points to, or finish the look and go on to the host's next blog."""
        assert isinstance(response, AnswerResponse)  # noqa: S101 - the only download handler there is
        try:
            step = self._step(response, visit)
        except Exception as error:  # a defect of ours must cost neither the look nor the other blogs of the host
            logger.exception("cannot judge the answer of %s", response.url)
            step = self._failed(visit, f"a defect in the crawler: {type(error).__name__}")
        yield step
        if isinstance(step, FinishedLook):
            yield from self._next_of(host_of(visit.request.url))

    def failed(self, failure: Failure) -> Iterator[Step | LeftOut]:
        """No answer came, or the request was not sent."""
        request: Request = failure.request  # type: ignore[attr-defined]
        visit: Visit = request.cb_kwargs["visit"]
        if isinstance(failure.value, OutOfTime):
            yield LeftOut(visit.request.blog_id)
        else:
            yield self._looks.finish(visit, judge_error(failure.value or failure, request.url))
        yield from self._next_of(host_of(visit.request.url))

    def _next_of(self, host: str) -> Iterator[Step]:
        """The host's next blog; one whose address cannot be asked for is finished at once, and the next taken."""
        waiting = self._waiting[host]
        while waiting:
            request = waiting.popleft()
            step = self._ask(Visit(request), request.url)
            yield step
            if isinstance(step, Request):
                return

    def _step(self, response: AnswerResponse, visit: Visit) -> Step:
        answer = response.answer
        visit.answers.append(answer)
        visit.robots = response.meta.get("robots")
        visit.reservation = response.meta.get("reservation") or visit.reservation
        visit.usage = response.meta.get("usage") or visit.usage
        try:
            target = answer.target
        except ValueError as error:
            return self._failed(visit, f"redirected to what is no address: {error}")
        if target is None:
            return self._turn_or_finish(visit, answer)
        if visit.redirects > self._job.settings.max_redirects:
            wish = "; it wants a cookie back, and none is kept" if visit.wants_cookie else ""
            most = self._job.settings.max_redirects
            return self._failed(visit, f"more than {most} redirects{wish}; the last to {target}")
        return self._ask(visit, target)

    def _turn_or_finish(self, visit: Visit, answer: Answer) -> Step:
        verdict = judge(answer, bool(visit.validators(answer.url)))
        older = self._pages.older(visit, answer) if verdict.outcome is Outcome.FETCHED else None
        if older is None:
            return self._looks.finish(visit, verdict)
        visit.turn_page()
        return self._ask(visit, older)

    def _ask(self, visit: Visit, url: str) -> Step:
        try:
            url = safe_url_string(urldefrag(url).url)
            if not url.lower().startswith(SCHEMES) or not host_of(url):
                raise ValueError("only http and https addresses are fetched")
            return Request(
                url,
                callback=self.answered,
                errback=self.failed,
                headers=visit.validators(url),
                meta={
                    "part_of": visit.request.blog_id,
                    "asked_at": visit.request.url,
                    "begins_look": not visit.answers,
                },
                cb_kwargs={"visit": visit},
                dont_filter=True,
            )
        except ValueError as error:
            return self._failed(visit, f"cannot fetch {url[:200]!r}: {error}")

    def _failed(self, visit: Visit, reason: str) -> FinishedLook:
        return self._looks.finish(visit, Verdict(Outcome.FAILED, reason))
