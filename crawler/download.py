"""The download handler: fetches over aiohttp and keeps every byte as it was received.

Scrapy's own handlers hand on decoded header objects, and no body where one was cut off; an archive needs the head in
its order and whatever came of the body. Scrapy still decides what is fetched when (scheduler, slots, delays).

Bounds: `timeout_s` from connecting to the last byte, `max_body_bytes` a body, `LARGE_AT_ONCE` of those longer than
`SMALL_BYTES` at a time (the others wait, unread), `MAX_HEADER_BYTES` a header line. Cookies are never kept, proxies of
the environment never used, certificates always verified, redirects never followed here.
"""

import asyncio
import ssl
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from time import monotonic
from typing import Self

import aiohttp
from scrapy import Request
from scrapy.core.downloader.handlers.base import BaseDownloadHandler
from scrapy.crawler import Crawler
from scrapy.http import Response
from yarl import URL

from crawler.addresses import Resolver, guarded_socket
from crawler.answers import Answer, AnswerResponse, Truncation
from crawler.errors import BlogPaused, DomainPaused, NoAnswer, OutOfTime, PrivateAddress
from crawler.memory import Memory
from crawler.pause import Paused
from crawler.politeness import MIN_DELAY_S, Politeness
from crawler.rights import Reservation
from crawler.settings import CrawlSettings

MAX_HEADER_BYTES = 64 * 1024
"""A header line longer than this ends the look; content security policies of real news sites reach 10 KiB."""

KEPT_OF_TOO_LARGE = 64 * 1024
"""Bytes kept of a body that passed the size cap: enough to see what it was."""

SMALL_BYTES = 1024 * 1024
LARGE_AT_ONCE = 8
"""Bodies longer than `SMALL_BYTES` that are read at a time, so that hundreds of endless ones cannot fill the memory."""

RESERVED = (
    "the publisher reserves the rights to text and data mining (tdm-reservation: 1, in its answer or in tdmrep.json)"
)

RESOLVER_THREADS = 64
"""Name servers that do not answer hold a thread each; healthy hosts must not wait for them."""

_Body = tuple[bytes, Truncation | None, str | None]
"""A body, what cut it off if it is not whole, and the reason as a line."""

HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Encoding": "gzip, br, zstd",
}


@dataclass(frozen=True, slots=True)
class _Sent:
    """When a request was sent."""

    at: datetime = field(default_factory=lambda: datetime.now(UTC))
    tick: float = field(default_factory=monotonic)

    @property
    def elapsed_ms(self) -> int:
        return round((monotonic() - self.tick) * 1000)


class ArchivingDownloadHandler(BaseDownloadHandler):
    """Fetches ``http`` and ``https``. Raises PrivateAddress and NoAnswer; everything else is an answer."""

    lazy = True

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._bounds: CrawlSettings = crawler.settings["CRAWL_SETTINGS"]
        self._session = _session(self._bounds)
        self._large = asyncio.Semaphore(LARGE_AT_ONCE)
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(RESOLVER_THREADS, "resolver"))
        self._paused: Paused = crawler.settings["CRAWL_PAUSED"]
        self._memory: Memory = crawler.settings["CRAWL_MEMORY"]
        self._politeness: Politeness = crawler.settings["CRAWL_POLITENESS"]

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way to make one."""
        return cls(crawler)

    async def download_request(self, request: Request) -> Response:
        """Fetch one address, once. With ``request.meta["cut_at"]``, a body is cut to that many bytes and welcome so."""
        host = request.meta["download_slot"]
        await self._admit(request, host)
        sent, answer = _Sent(), None
        try:
            answer = await self._fetch(request, sent)
            return AnswerResponse(answer)
        except (aiohttp.ClientError, OSError, ValueError) as error:
            if private := _private(error):
                raise private from error
            raise NoAnswer(self._reason(error), sent.at, sent.elapsed_ms) from error
        finally:
            self._rest(request, answer, sent)

    async def _admit(self, request: Request, host: str) -> None:
        """Wait until the host may be asked. Raises NotAsked where that would be too late, or is not wanted any more."""
        begins = bool(request.meta.get("begins_look"))
        self._politeness.check(host)
        try:
            self._paused.check(request)
            most_s = self._politeness.turns_s if begins else self._politeness.left_s
            if not await self._memory.hold(host, most_s):
                raise (OutOfTime if begins else DomainPaused)(f"another crawl is at {host}")
            rest = self._memory.rest_of(host, self._politeness.usual_s(host))
            if wait_s := self._politeness.admit(host, rest, begins):
                await asyncio.sleep(wait_s)
                self._paused.check(request)
        except BaseException as error:
            self._memory.let_go(host)
            if isinstance(error, OutOfTime | BlogPaused):
                self._hurry(host)
            raise

    async def close(self) -> None:
        """Close the connections that were kept alive."""
        await self._session.close()

    async def _fetch(self, request: Request, sent: _Sent) -> Answer:
        url = URL(request.url.partition("#")[0], encoded=True)
        headers = {str(name): value for name, value in request.headers.to_unicode_dict().items()}
        async with self._session.get(url, headers=headers, allow_redirects=False) as response:
            body, truncated, problem = await self._read(response, request)
            return Answer(
                url=request.url,
                started_at=sent.at,
                elapsed_ms=sent.elapsed_ms,
                status=response.status,
                request_head=_request_head(response),
                head=_response_head(response),
                headers=_headers(response),
                body=body,
                truncated=truncated,
                problem=problem,
            )

    async def _read(self, response: aiohttp.ClientResponse, request: Request) -> _Body:
        cut_at: int | None = request.meta.get("cut_at")
        limit = cut_at or self._bounds.max_body_bytes
        if self._bounds.respect_tdm and not cut_at and response.status == 200 and _reserved(response, request):
            response.close()
            return b"", Truncation.UNSPECIFIED, RESERVED
        announced = response.content_length or 0
        if announced > limit and not cut_at:
            response.close()
            return b"", Truncation.LENGTH, f"the answer announces {announced} bytes, more than the {limit} allowed"
        body = bytearray()
        try:
            await self._fill(body, response, min(limit, SMALL_BYTES))
            if len(body) > SMALL_BYTES:
                async with asyncio.timeout(self._bounds.timeout_s), self._large:
                    await self._fill(body, response, limit)
            if len(body) > limit:
                response.close()
                return bytes(body[: cut_at or KEPT_OF_TOO_LARGE]), Truncation.LENGTH, f"longer than {limit} bytes"
        except TimeoutError:
            return bytes(body), Truncation.TIME, f"no end of the answer within {self._bounds.timeout_s:g} s"
        except (aiohttp.ClientError, OSError) as error:
            return bytes(body), Truncation.DISCONNECT, f"the answer broke off after {len(body)} bytes: {_line(error)}"
        return bytes(body), None, None

    @staticmethod
    async def _fill(body: bytearray, response: aiohttp.ClientResponse, limit: int) -> None:
        """Read on until the body ends, or is longer than `limit`."""
        while len(body) <= limit and (chunk := await response.content.readany()):
            body += chunk

    def _reason(self, error: Exception) -> str:
        match error:
            case TimeoutError():
                return f"no answer within {self._bounds.timeout_s:g} s"
            case aiohttp.ClientConnectorDNSError():
                return f"cannot resolve {error.host}: {_line(error.os_error)}"
            case aiohttp.ClientConnectorCertificateError():
                return f"TLS failed: {_line(error.certificate_error)}"
            case aiohttp.ClientConnectorSSLError() | ssl.SSLError():
                return f"TLS failed: {_line(error)}"
            case aiohttp.ClientConnectorError():
                return f"cannot connect to {error.host}:{error.port}: {_line(error.os_error)}"
            case aiohttp.InvalidURL() | ValueError():
                return f"not an address that can be fetched: {_line(error)}"
            case aiohttp.ClientResponseError():
                return f"not a valid HTTP answer: {_line(error.message)}"
            case _:
                return f"connection lost before an answer: {_line(error)}"

    def _hurry(self, host: str) -> None:
        """What still waits for this host is refused without being sent: it need not wait for it."""
        if slot := self.crawler.engine.downloader.slots.get(host):
            slot.delay = MIN_DELAY_S

    def _rest(self, request: Request, answer: Answer | None, sent: _Sent) -> None:
        host = request.meta["download_slot"]
        rest_s = 0.0
        try:
            if slot := self.crawler.engine.downloader.slots.get(host):
                rest_s = self._politeness.rest(host, slot, answer, sent.elapsed_ms / 1000)
        finally:
            self._memory.answered(host, rest_s)


def _session(bounds: CrawlSettings) -> aiohttp.ClientSession:
    connector = aiohttp.TCPConnector(
        limit=0,  # Scrapy's slots are the limit
        resolver=Resolver(bounds.allow_private),
        socket_factory=None if bounds.allow_private else guarded_socket,
    )
    return aiohttp.ClientSession(
        connector=connector,
        headers={"User-Agent": bounds.user_agent, **HEADERS},
        timeout=aiohttp.ClientTimeout(total=bounds.timeout_s),
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,
        max_line_size=MAX_HEADER_BYTES,
        max_field_size=MAX_HEADER_BYTES,
    )


def _reserved(response: aiohttp.ClientResponse, request: Request) -> bool:
    """Whether the rights are reserved: by the answer itself or, where it is silent, by the site's tdmrep.json."""
    rule: Reservation | None = request.meta.get("reservation")
    said = response.headers.get("tdm-reservation", "").strip()
    return (said or (rule.reservation if rule else "")) == "1"


def _private(error: Exception) -> PrivateAddress | None:
    cause = getattr(error, "os_error", error)
    return cause if isinstance(cause, PrivateAddress) else None


def _request_head(response: aiohttp.ClientResponse) -> bytes:
    sent = response.request_info
    lines = [
        f"{sent.method} {sent.url.raw_path_qs} HTTP/1.1",
        *(f"{name}: {value}" for name, value in sent.headers.items()),
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("utf-8", "surrogateescape")


def _response_head(response: aiohttp.ClientResponse) -> bytes:
    version = b"HTTP/1.0" if response.version == aiohttp.HttpVersion10 else b"HTTP/1.1"
    status = b"%s %d %s" % (version, response.status, (response.reason or "").encode("utf-8", "surrogateescape"))
    return b"\r\n".join((status, *(b"%s: %s" % pair for pair in response.raw_headers), b"", b""))


def _headers(response: aiohttp.ClientResponse) -> tuple[tuple[str, str], ...]:
    return tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in response.raw_headers)


def _line(error: object) -> str:
    """An error's word as one line of bounded length."""
    return " ".join(str(error).split())[:200] or type(error).__name__
