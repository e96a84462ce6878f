"""The live-blog spider: looks once at every blog it is given, and leaves reading to others.

Where more than one page of a blog is wanted, `crawler.paging` is asked for the address of the next older one.

Every request ends in exactly one `FinishedLook`, whatever happens to it, or in a `LeftOut` where its turn did not come.
"""

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


class LiveBlogsSpider(Spider):
    """Looks at the blogs of one job."""

    name = "live_blogs"

    def __init__(self, job: CrawlJob, requests: Sequence[CrawlRequest]) -> None:
        super().__init__()
        self._job = job
        self._requests = requests
        self._looks = LookMaker(job)
        self._pages = Pages(job.settings.paging if any(one.max_pages > 1 for one in requests) else None)

    async def start(self) -> AsyncIterator[Request | FinishedLook]:
        """One request a blog, in the order given."""
        for request in self._requests:
            yield self._ask(Visit(request), request.url)

    def answered(self, response: Response, visit: Visit) -> Iterator[Request | FinishedLook]:
        """An answer came: follow where it points to, or finish the look."""
        assert isinstance(response, AnswerResponse)  # noqa: S101 - the only download handler there is
        answer = response.answer
        visit.answers.append(answer)
        visit.robots = response.meta.get("robots")
        visit.reservation = response.meta.get("reservation") or visit.reservation
        visit.usage = response.meta.get("usage") or visit.usage
        try:
            target = answer.target
        except ValueError as error:
            yield self._failed(visit, f"redirected to what is no address: {error}")
            return
        if target is None:
            yield self._turn_or_finish(visit, answer)
        elif visit.redirects > self._job.settings.max_redirects:
            yield self._failed(visit, f"more than {self._job.settings.max_redirects} redirects, the last to {target}")
        else:
            yield self._ask(visit, target)

    def failed(self, failure: Failure) -> Iterator[FinishedLook | LeftOut]:
        """No answer came, or the request was not sent."""
        request: Request = failure.request  # type: ignore[attr-defined]
        visit: Visit = request.cb_kwargs["visit"]
        if isinstance(failure.value, OutOfTime):
            yield LeftOut(visit.request.blog_id)
            return
        yield self._looks.finish(visit, judge_error(failure.value or failure, request.url))

    def _turn_or_finish(self, visit: Visit, answer: Answer) -> Request | FinishedLook:
        verdict = judge(answer, bool(visit.validators(answer.url)))
        older = self._pages.older(visit, answer) if verdict.outcome is Outcome.FETCHED else None
        if older is None:
            return self._looks.finish(visit, verdict)
        visit.turn_page()
        return self._ask(visit, older)

    def _ask(self, visit: Visit, url: str) -> Request | FinishedLook:
        try:
            url = safe_url_string(urldefrag(url).url)
            if not url.lower().startswith(SCHEMES) or not host_of(url):
                raise ValueError("only http and https addresses are fetched")
            return Request(
                url,
                callback=self.answered,
                errback=self.failed,
                headers=visit.validators(url),
                meta={"blog_id": visit.request.blog_id, "begins_look": not visit.answers},
                cb_kwargs={"visit": visit},
                dont_filter=True,
            )
        except ValueError as error:
            return self._failed(visit, f"cannot fetch {url[:200]!r}: {error}")

    def _failed(self, visit: Visit, reason: str) -> FinishedLook:
        return self._looks.finish(visit, Verdict(Outcome.FAILED, reason))
