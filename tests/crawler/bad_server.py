"""A server that misbehaves on request: ``python tests/crawler/bad_server.py`` prints where it is, as a line of JSON.

The first part of a path names the behaviour (`RESOURCES`), the first label of the host name that of robots.txt
(`ROBOTS`). ``/log`` is the access log. Raw sockets, since no HTTP library would send what some real servers do.
"""

import asyncio
import contextlib
import gzip
import json
import ssl
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from http import HTTPStatus
from urllib.parse import unquote

PAGE = "<!doctype html><title>Ferry strike: live</title>" + "<p>The 14:05 sails.</p>" * 200
ETAG, LAST_MODIFIED = '"v1"', "Sun, 22 Nov 2026 10:00:00 GMT"
DRIP_S = 0.05
DENIED = "User-agent: *\nDisallow: /page\n"


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it arrived."""

    host: str
    path: str
    headers: dict[str, str]
    at: float

    @property
    def argument(self) -> str:
        return self.path.split("/", 2)[2] if self.path.count("/") > 1 else ""


def answer(body: bytes | str = PAGE, status: int = 200, /, **headers: str) -> bytes:
    body = body.encode() if isinstance(body, str) else body
    fields = {"Content_Type": "text/html; charset=utf-8", "Content_Length": str(len(body)), **headers}
    lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in fields.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def page(asked: Asked) -> bytes:
    """A well-behaved page with validators."""
    facts = {"ETag": ETAG, "Last_Modified": LAST_MODIFIED, "Cache_Control": "max-age=30", "Age": "7"}
    if asked.headers.get("if-none-match") == ETAG:
        return b"HTTP/1.1 304 Not Modified\r\nETag: " + ETAG.encode() + b"\r\n\r\n"
    return answer(PAGE, X_Robots_Tag="noarchive", **facts)


def surfaces() -> dict[str, Callable[[Asked], bytes]]:
    """What a publisher announces; ``here`` is its own origin."""
    entry = (
        "<url><loc>http://{host}/live/{n}</loc><news:news><news:publication_date>{when}</news:publication_date>"
        "<news:title>{title}</news:title></news:news></url>"
    )
    space = (
        'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news"'
    )

    def sitemap(asked: Asked) -> str:
        ferry = entry.format(host=asked.host, n=1, when="2026-11-22T10:00:00Z", title="Ferry strike – live")
        old = entry.format(host=asked.host, n=2, when="2020-01-01", title="An old story")
        away = entry.format(host="elsewhere.example", n=3, when="2026-11-22", title="Not ours")
        return f"<urlset {space}>{ferry}{old}{away}</urlset>"

    def index(asked: Asked) -> str:
        one = "<sitemap><loc>http://{host}/{path}</loc><lastmod>{when}</lastmod></sitemap>"
        new = one.format(host=asked.host, path="sitemap.gz", when="2026-11-22")
        again = one.format(host=asked.host, path="sitemap-index", when="2026-11-22")
        old = one.format(host=asked.host, path="status/500", when="2019-01-01")
        return f"<sitemapindex {space}>{new}{again}{old}</sitemapindex>"

    def feed(asked: Asked) -> str:
        item = "<item><title>{}</title><link>/live/{}</link><pubDate>Sun, 22 Nov 2026 11:00:00 +0100</pubDate></item>"
        items = item.format("Budget day, live", 4) + item.format("A recipe", 5)
        return f"<rss version='2.0'><channel><title>T</title>{items}</channel></rss>"

    def section(asked: Asked) -> str:
        return (
            "<a href='/live/6?at=7#top'>The   match,\n minute by minute</a><a href='mailto:desk@example.org'>us</a>"
            "<a href='http://elsewhere.example/live/9'>away</a><a href='/logo.png'><img></a>"
        )

    def bomb(asked: Asked) -> bytes:
        return answer(gzip.compress(b"<urlset>" + bytes(40_000_000), mtime=0), Content_Type="application/gzip")

    def laughs(asked: Asked) -> str:
        layers = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 9))
        return f'<!DOCTYPE z [<!ENTITY l0 "ha">{layers}]><urlset {space}><url><loc>&l8;</loc></url></urlset>'

    return {
        "sitemap.xml": lambda asked: answer(sitemap(asked), Content_Type="application/xml"),
        "sitemap.gz": lambda asked: answer(gzip.compress(sitemap(asked).encode(), mtime=0)),
        "sitemap-index": lambda asked: answer(index(asked)),
        "feed.xml": lambda asked: answer(feed(asked), Content_Type="application/rss+xml"),
        "section": lambda asked: answer(section(asked)),
        "sitemap-bomb": bomb,
        "heavy-feed": lambda asked: answer(b"<rss version='2.0'><channel> " + b"<a>" * 5_000_000),
        "sitemap-laughs": lambda asked: answer(laughs(asked)),
    }


def status(asked: Asked) -> bytes:
    return answer("<p>sorry</p>", int(asked.argument.partition("?")[0]), Retry_After="120")


def redirect(asked: Asked) -> bytes:
    """``/redirect/3`` needs three steps to the page."""
    left = int(asked.argument)
    return answer("", 302, Location=f"/redirect/{left - 1}" if left > 1 else "/page")


def to_host(asked: Asked) -> bytes:
    """``/to-host/other`` leads to the page of another host of this server."""
    return answer("", 302, Location=f"http://{asked.argument}.localhost:{asked.host.partition(':')[2]}/page")


def walk(asked: Asked) -> bytes:
    """Page ``/walk/1`` of a blog; each names the next older one in a header, the fifth goes back to the first."""
    number = int(asked.argument)
    facts = {"ETag": f'"page {number}"', "X_Older": f"/walk/{number + 1 if number < 5 else 1}"}
    return answer(f"<p>Update {9 - number}</p>", **facts)


def broken_walk(asked: Asked) -> bytes:
    """A blog whose third page is down."""
    number = int(asked.argument)
    return answer("", 500) if number == 3 else answer("<p>Update</p>", X_Older=f"/broken-walk/{number + 1}")


def packed(asked: Asked) -> bytes:
    return answer(gzip.compress(PAGE.encode(), mtime=0), Content_Encoding="gzip")


def bomb(asked: Asked) -> bytes:
    return answer(gzip.compress(bytes(50_000_000), mtime=0), Content_Encoding="gzip")


def http10(asked: Asked) -> bytes:
    return b"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n" + PAGE.encode()


def chunked(asked: Asked) -> bytes:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n"
    return head + b"5\r\n<p>12\r\n" + b"7\r\n345</p>\r\n0\r\n\r\n"


PLAIN: dict[str, Callable[[Asked], bytes]] = {
    "page": page,
    **surfaces(),
    "status": status,
    "redirect": redirect,
    "to-host": to_host,
    "busy": lambda asked: answer("", 429, Retry_After=unquote(asked.argument)),
    "rights": lambda asked: answer("<p>", 200, tdm_reservation="1", tdm_policy="/tdm.json", Content_Usage="train-ai=n"),
    "to-place": lambda asked: b"HTTP/1.1 302 Found\r\nLocation: /status/404?Z\xc3\xbcrich\r\nContent-Length: 0\r\n\r\n",
    "to": lambda asked: answer("", 301, Location=asked.argument),
    "cookie-wall": lambda asked: answer("", 302, Location=asked.path, Set_Cookie="seen=1; Path=/"),
    "redirect-loop": lambda asked: answer("", 302, Location=asked.path),
    "redirect-nowhere": lambda asked: answer("", 302),
    "redirect-file": lambda asked: answer("", 302, Location="file:///etc/passwd"),
    "walk": walk,
    "broken-walk": broken_walk,
    "gzip": packed,
    "bomb": bomb,
    "chunked": chunked,
    "http10": http10,
    "empty": lambda asked: answer(b""),
    "pdf": lambda asked: answer(b"%PDF-1.7 \x00\xff", Content_Type="application/pdf"),
    "partial": lambda asked: answer("<p>a part</p>", 206, Content_Range="bytes 0-11/99"),
    "unasked-304": lambda asked: b"HTTP/1.1 304 Not Modified\r\n\r\n",
    "cookie": lambda asked: answer(asked.headers.get("cookie", "none"), Set_Cookie="id=7; Path=/"),
    "drop": lambda asked: b"",
    "drop-body": lambda asked: b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n<p>only this",
    "bad-chunks": lambda asked: b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n<p>\r\n",
    "garbage": lambda asked: b"\x16\x03\x01 SSH-2.0-nothing like HTTP\r\n\r\n",
    "long-header": lambda asked: answer(PAGE, X_Long="x" * 200_000),
    "fat-headers": lambda asked: answer(PAGE, ETag="e" * 60_000, X_Robots_Tag="r" * 60_000, Cache_Control="c" * 60_000),
    "latin-header": lambda asked: b"HTTP/1.1 200 OK\r\nX-Place: Z\xfcrich\r\nContent-Length: 2\r\n\r\nok",
    "big": lambda asked: answer(b"x" * int(asked.argument)),
}


async def silent(asked: Asked, writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(60)


async def drip(asked: Asked, writer: asyncio.StreamWriter) -> None:
    """One byte at a time, without end."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
    while True:
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(DRIP_S)


async def endless(asked: Asked, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
    while True:
        writer.write(b"<p>more</p>" * 1000)
        await writer.drain()


async def endless_headers(asked: Asked, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        writer.write(b"X-More: and more\r\n" * 100)
        await writer.drain()


async def late(asked: Asked, writer: asyncio.StreamWriter) -> None:
    """The page, after so many seconds."""
    await asyncio.sleep(float(asked.argument))
    writer.write(answer())


STREAMS: dict[str, Callable[[Asked, asyncio.StreamWriter], Awaitable[None]]] = {
    "silent": silent,
    "drip": drip,
    "endless": endless,
    "endless-headers": endless_headers,
    "late": late,
}

PLAIN[".well-known"] = lambda asked: TDMREP if asked.host.startswith("tdmrep") else answer("", 404)

TDMREP = answer(json.dumps([
    {"location": "/gzip", "tdm-reservation": 0},
    {"location": "/page*", "tdm-reservation": 1, "tdm-policy": "https://example.org/tdm"},
]))  # fmt: skip

RESOURCES = (*PLAIN, *STREAMS)

ROBOTS: dict[str, Callable[[Asked], bytes]] = {
    "deny": lambda asked: answer("User-agent: *\nDisallow: /status\n", Content_Type="text/plain"),
    "deny-us": lambda asked: answer("User-agent: AsItHappened\nDisallow: /\n\nUser-agent: *\nAllow: /\n"),
    "deny-word": lambda asked: answer("User-agent: recorder\nDisallow: /\n"),
    "bom": lambda asked: answer("\ufeffUser-agent: *\nDisallow: /page\n"),
    "delay": lambda asked: answer("User-agent: *\nCrawl-delay: 0.7\n"),
    "hour": lambda asked: answer("User-agent: *\nCrawl-delay: 3600\n"),
    "packed": lambda asked: answer(gzip.compress(DENIED.encode(), mtime=0), Content_Encoding="gzip"),
    "packed-long": lambda asked: answer(gzip.compress(DENIED.encode() + b"#" * 9_000_000), Content_Encoding="gzip"),
    "strange-coding": lambda asked: answer(b"\x0b\x02\x80", Content_Encoding="br"),
    "strange-404": lambda asked: answer(b"\x0b\x02\x80", 404, Content_Encoding="br"),
    "to-file": lambda asked: answer("", 301, Location="file:///etc/passwd"),
    "broken": lambda asked: answer("", 503),
    "busy": lambda asked: answer("", 429),
    "forbidden": lambda asked: answer("", 403),
    "hop": lambda asked: answer("", 301, Location="/real-robots/hop") if asked.path == "/robots.txt" else denied(),
    "loop": lambda asked: answer("", 301, Location="/robots.txt"),
    "huge": lambda asked: answer("User-agent: *\nDisallow: /page\n" + "# padding\n" * 60_000 + "Disallow: /gzip\n"),
    "cut": lambda asked: b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\nUser-agent: *\n",
    "gone": lambda asked: b"",
    "usage": lambda asked: answer("User-agent: *\nContent-Usage: train-ai=n\nContent-Usage: /page search=y\n"),
}


for steps in (5, 6):
    ROBOTS[f"hops{steps}"] = lambda asked, steps=steps: hops(asked, steps)


def hops(asked: Asked, steps: int) -> bytes:
    """A robots.txt behind so many redirects, that denies the page."""
    number = int(asked.argument or 0)
    return answer("", 301, Location=f"/real-robots/{number + 1}") if number < steps else denied()


def denied() -> bytes:
    return answer(DENIED)


class BadServer:
    """Remembers what it was asked."""

    def __init__(self) -> None:
        self.log: list[Asked] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, ssl.SSLError):
            while await self._answer(_asked(await reader.readuntil(b"\r\n\r\n")), writer):
                pass
        writer.close()

    async def _answer(self, asked: Asked, writer: asyncio.StreamWriter) -> bool:
        """Whether the connection stays open."""
        if asked.path == "/log":
            writer.write(answer(json.dumps([asdict(entry) for entry in self.log])))
            return False
        self.log.append(asked)
        name = asked.path.split("/")[1].partition("?")[0]
        if name in STREAMS:
            await STREAMS[name](asked, writer)
            await writer.drain()
            return False
        content = _robots(asked) if name in ("robots.txt", "real-robots") else PLAIN[name](asked)
        writer.write(content)
        await writer.drain()
        return b"Content-Length" in content and name not in ("drop-body",) and b"900\r\n" not in content


def _robots(asked: Asked) -> bytes:
    behaviour = ROBOTS.get(asked.host.split(".")[0])
    return behaviour(asked) if behaviour else answer("", 404)


def _asked(head: bytes) -> Asked:
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if line)}
    return Asked(headers.get("host", ""), first.split(" ")[1], headers, time.monotonic())


async def main(certificate: str) -> None:
    """Serve HTTP, and HTTPS with a certificate that nobody trusts."""
    server = BadServer()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    plain = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    port = plain.sockets[0].getsockname()[1]
    other = await asyncio.start_server(server.serve, "127.0.0.2", port)  # where a test needs a second address
    secure = await asyncio.start_server(server.serve, "127.0.0.1", 0, ssl=context)
    facts = {
        "http": port,
        "https": secure.sockets[0].getsockname()[1],
        "page": PAGE,
        "etag": ETAG,
        "last_modified": LAST_MODIFIED,
    }
    sys.stdout.write(json.dumps(facts) + "\n")
    sys.stdout.flush()
    await asyncio.gather(plain.serve_forever(), other.serve_forever(), secure.serve_forever())


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
