"""Files that speak for a whole site, robots.txt and tdmrep.json: how they are asked for and read.

Redirects are followed, five in a row at most and across hosts (RFC 9309, section 2.3.1.2); what leads further is as if
there were no file. Of a long file the beginning is read.
"""

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http.request import NO_CALLBACK

from crawler.answers import Answer, AnswerResponse
from crawler.packing import PackingError, unpacked

MAX_REDIRECTS = 5
HEADERS = {"Accept": "*/*", "Accept-Encoding": "gzip"}
"""Of the codings gzip alone: it tells itself by its content, and `crawler.packing` undoes it within a bound."""
UNDONE = frozenset({"", "identity", "gzip", "x-gzip"})


async def site_file(crawler: Crawler, url: str, limit: int) -> Answer | None:
    """A file of a site, its first `limit` bytes as received; None where six redirects lead to none.

    Raises NotAsked and NoAnswer; ValueError for a redirect to what is no address.
    """
    asked_at = url
    for _ in range(MAX_REDIRECTS + 1):
        if not url.lower().startswith(("http://", "https://")):
            raise ValueError(f"it leads to {url[:200]!r}: only http and https addresses are fetched")
        meta = {"is_robots_txt": True, "cut_at": limit, "asked_at": asked_at}
        request = Request(url, headers=HEADERS, meta=meta, callback=NO_CALLBACK)
        assert crawler.engine  # noqa: S101 - middlewares are asked while it runs
        response = await crawler.engine.download_async(request)
        assert isinstance(response, AnswerResponse)  # noqa: S101 - the only handler there is
        if response.answer.target is None:
            return response.answer
        url = response.answer.target
    return None


def text_of(answer: Answer, limit: int) -> str:
    """The first `limit` bytes of a file as text. Raises PackingError where it came in a coding nobody asked for."""
    coding = (answer.header("Content-Encoding") or "").strip().lower()
    if coding not in UNDONE:
        raise PackingError(f"it came as {coding[:40]!r}, which was not asked for")
    return unpacked(answer.body, limit, cut=True).decode("utf-8-sig", "replace")
