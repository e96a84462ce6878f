"""The site that `benchmarks.crawl` fetches from: prepared pages of one size, answered from memory on loopback.

/plain/<KiB>/<n>    a page that differs from every other by a stamp at its end; 304 to whoever brings its ETag
/gzip/<KiB>/<n>     the same, gzipped
/same/<KiB>/<n>     the same bytes for everybody, never 304
/mixed/<KiB>/<n>    one page in twenty has a new update on top with each look, one only a new stamp; the others: 304
"""

import asyncio
import gzip
import itertools
import random
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

ETAG = '"seen"'
KIB = 1024
SIZES_KIB = (30, 331)
EVERY = 20
"""Of so many pages under ``/mixed`` one has news."""
BLOCK = """<article id="block-{number}" class="block block--live block--update js-block" data-component="live-update">
<header class="block__header"><a class="block__permalink" href="/live/ferry-strike?page=with:block-{number}#{number}">
<time class="block__time" datetime="2026-11-22T14:05:00Z" data-relative="true">14:05 GMT</time></a></header>
<div class="block__body article-body-commercial-selector"><p class="dcr-update">{text}.</p></div>
<footer class="block__share"><button type="button" data-link-name="share" aria-label="Share">Share</button></footer>
</article>
"""
HEAD = "<!doctype html><title>Live</title>"


class Pages(asyncio.Protocol):
    """Answers from prepared bytes."""

    bodies: dict[tuple[str, int], bytes]
    stamps: Iterator[int]

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way back."""
        self._transport = transport
        self._buffer = b""

    def data_received(self, data: bytes) -> None:
        """Answer each whole request."""
        self._buffer += data
        while b"\r\n\r\n" in self._buffer:
            head, _, self._buffer = self._buffer.partition(b"\r\n\r\n")
            self._transport.write(self._answer(head))  # type: ignore[attr-defined]

    def _answer(self, head: bytes) -> bytes:
        path = head.split(b" ", 2)[1].decode()
        if path.startswith(("/robots.txt", "/.well-known/")):
            return b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
        _, kind, size, number = path.split("/", 3)
        news = int(number) % EVERY if kind == "mixed" else EVERY
        if ETAG.encode() in head and kind != "same" and news > 1:
            return f"HTTP/1.1 304 Not Modified\r\nETag: {ETAG}\r\n\r\n".encode()
        body = self._body(kind, int(size), news)
        fields = ["HTTP/1.1 200 OK", "Content-Type: text/html; charset=utf-8", f"Content-Length: {len(body)}"]
        fields += [f"ETag: {ETAG}"] + ["Content-Encoding: gzip"] * (kind == "gzip")
        return "\r\n".join(fields).encode() + b"\r\n\r\n" + body

    def _body(self, kind: str, size: int, news: int) -> bytes:
        if kind == "same":
            return self.bodies["plain", size]
        number = next(self.stamps)
        stamp = f"<!-- {number} -->".encode()
        if kind == "gzip":
            return self.bodies[kind, size] + gzip.compress(stamp, 1)
        update = BLOCK.format(number=f"new{number}", text=f"News number {number} from the harbour") if not news else ""
        return HEAD.encode() + update.encode() + self.bodies["plain", size][len(HEAD) :] + stamp


def page(size_kib: int) -> bytes:
    """A page of about that size that compresses as pages of live blogs do: to a fifth or sixth, by zlib's level 6."""
    seeded = random.Random(size_kib)
    words = ["".join(seeded.choices("etaoinshrdlu", k=seeded.randint(2, 9))) for _ in range(600)]
    parts: list[str] = [HEAD]
    length = 0
    while length < size_kib * KIB:
        number = f"{seeded.getrandbits(48):x}"
        parts.append(BLOCK.format(number=number, text=" ".join(seeded.choices(words, k=50))))
        length += len(parts[-1])
    return "".join(parts).encode()[: size_kib * KIB]


async def serve() -> None:
    """Serve until killed; prints the port."""
    Pages.bodies = {("plain", size): page(size) for size in SIZES_KIB}
    Pages.bodies |= {("gzip", size): gzip.compress(body, 6) for (_, size), body in Pages.bodies.items()}
    Pages.stamps = itertools.count()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Pages, "0.0.0.0", 0)  # noqa: S104 - all of 127.0.0.0/8, each address a host
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


@contextmanager
def server() -> Iterator[int]:
    """The page server's port."""
    with subprocess.Popen([sys.executable, "-m", "benchmarks.crawl_pages"], stdout=subprocess.PIPE) as process:
        assert process.stdout  # noqa: S101 - a pipe, by construction
        try:
            yield int(process.stdout.readline())
        finally:
            process.kill()


if __name__ == "__main__":
    asyncio.run(serve())
