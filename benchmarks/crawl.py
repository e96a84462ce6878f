"""Looks per second of one core: ours, archiving included, beside bare Scrapy and, as the limit, aiohttp alone.

    python -m benchmarks.crawl [--looks N] [--only NAME]

A server in its own process answers on loopback with pages of 30 KB and 331 KB, all different, plain or gzipped, and
with 304. Every program fetches the same addresses, twenty hosts, one request at a time to each. What counts is looks
for each second of processor time (user and system) of all processes of the program, the parent of our crawl included;
the server's are not counted. Processor time, unlike time on the clock, hardly depends on what else the machine does.

Bare Scrapy downloads and decodes, and drops what it got. Ours also asks robots.txt, takes digests and writes WARC.
"""

import argparse
import asyncio
import gzip
import itertools
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from crawler.items import CrawlRequest
from crawler.run import crawl
from crawler.settings import CrawlSettings

HOSTS = 20
ETAG = '"seen"'
KIB = 1024
BLOCK = """<article id="block-{number}" class="block block--live block--update js-block" data-component="live-update">
<header class="block__header"><a class="block__permalink" href="/live/ferry-strike?page=with:block-{number}#{number}">
<time class="block__time" datetime="2026-11-22T14:05:00Z" data-relative="true">14:05 GMT</time></a></header>
<div class="block__body article-body-commercial-selector"><p class="dcr-update">{text}.</p></div>
<footer class="block__share"><button type="button" data-link-name="share" aria-label="Share">Share</button></footer>
</article>
"""


@dataclass(frozen=True, slots=True)
class Scenario:
    """What is fetched."""

    name: str
    path: str
    share: float
    """Of the looks asked for on the command line, how many this scenario makes."""
    changed: float = 1.0
    """Share of looks that bring a body; the others are answered by 304."""


SCENARIOS = (
    Scenario("30 KB, all changed", "/plain/30", 1.0),
    Scenario("30 KB, all changed, gzip", "/gzip/30", 1.0),
    Scenario("331 KB, all changed", "/plain/331", 0.3),
    Scenario("331 KB, all changed, gzip", "/gzip/331", 0.3),
    Scenario("30 KB, 95 % answered by 304", "/plain/30", 1.0, changed=0.05),
    Scenario("304 only", "/plain/30", 1.0, changed=0.0),
)


class Pages(asyncio.Protocol):
    """Answers from prepared bytes: each page differs from every other by a stamp at its end."""

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
        if path == "/robots.txt":
            return b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
        if ETAG.encode() in head:
            return f"HTTP/1.1 304 Not Modified\r\nETag: {ETAG}\r\n\r\n".encode()
        _, coding, size, _ = path.split("/", 3)
        stamp = f"<!-- {next(self.stamps)} -->".encode()
        body = self.bodies[coding, int(size)] + (gzip.compress(stamp, 1) if coding == "gzip" else stamp)
        fields = ["HTTP/1.1 200 OK", "Content-Type: text/html; charset=utf-8", f"Content-Length: {len(body)}"]
        fields += [f"ETag: {ETAG}"] + ["Content-Encoding: gzip"] * (coding == "gzip")
        return "\r\n".join(fields).encode() + b"\r\n\r\n" + body


def page(size_kib: int) -> bytes:
    """A page of about that size that compresses as pages of live blogs do: to a fifth or sixth, by zlib's level 6."""
    seeded = random.Random(size_kib)
    words = ["".join(seeded.choices("etaoinshrdlu", k=seeded.randint(2, 9))) for _ in range(600)]
    parts: list[str] = ["<!doctype html><title>Live</title>"]
    length = 0
    while length < size_kib * KIB:
        number = f"{seeded.getrandbits(48):x}"
        parts.append(BLOCK.format(number=number, text=" ".join(seeded.choices(words, k=50))))
        length += len(parts[-1])
    return "".join(parts).encode()[: size_kib * KIB]


async def serve() -> None:
    """Serve until killed; prints the port."""
    Pages.bodies = {("plain", size): page(size) for size in (30, 331)}
    Pages.bodies |= {("gzip", size): gzip.compress(body, 6) for (_, size), body in Pages.bodies.items()}
    Pages.stamps = itertools.count()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Pages, "0.0.0.0", 0)  # noqa: S104 - all of 127.0.0.0/8, each address a host
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


def requests(scenario: Scenario, port: int, looks: int) -> list[CrawlRequest]:
    """The looks of a scenario, spread over the hosts."""
    changed = round(looks * scenario.changed)
    urls = (f"http://127.0.0.{n % HOSTS + 1}:{port}{scenario.path}/{n}" for n in range(looks))
    return [CrawlRequest(f"b{n}", url, "bench", etag=None if n < changed else ETAG) for n, url in enumerate(urls)]


def ours(asked: list[CrawlRequest]) -> int:
    """Our crawl, child process and all."""
    settings = CrawlSettings(delay_s=0, allow_private=True, budget_s=3600)
    with tempfile.TemporaryDirectory() as spool:
        report = crawl(
            asked,
            spool=Path(spool),
            run_key="r",
            batch_id="b",
            settings=settings,
            on_segment=lambda path: path.unlink(),
        )
    return report.outcomes.get("fetched", 0) + report.outcomes.get("not_modified", 0)


def bare_scrapy(asked: list[CrawlRequest]) -> int:
    """Scrapy as it comes: its download handler, its middlewares; bodies are dropped."""
    from scrapy import Request, Spider
    from scrapy.crawler import AsyncCrawlerProcess
    from scrapy.http import Response

    got = []

    class Bare(Spider):
        name = "bare"

        async def start(self):  # type: ignore[no-untyped-def]  # noqa: ANN202
            for one in asked:
                yield Request(one.url, headers={"If-None-Match": one.etag} if one.etag else None, dont_filter=True)

        def parse(self, response: Response) -> None:
            got.append(len(response.body))

    settings = {
        "CONCURRENT_REQUESTS": HOSTS,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
        "HTTPERROR_ALLOWED_CODES": [304],
        "TELNETCONSOLE_ENABLED": False,
        "LOG_LEVEL": "ERROR",
    }
    process = AsyncCrawlerProcess(settings)
    process.crawl(Bare)
    process.start()
    return len(got)


def aiohttp_alone(asked: list[CrawlRequest]) -> int:
    """Nothing but the HTTP client: the limit."""
    import aiohttp

    async def fetch_all() -> int:
        async with aiohttp.ClientSession(auto_decompress=False) as session:

            async def fetch(host: int) -> int:
                for one in asked[host::HOSTS]:
                    headers = {"If-None-Match": one.etag} if one.etag else {}
                    async with session.get(one.url, headers=headers) as answer:
                        await answer.read()
                return len(asked[host::HOSTS])

            return sum(await asyncio.gather(*(fetch(host) for host in range(HOSTS))))

    return asyncio.run(fetch_all())


PROGRAMS = {"ours": ours, "bare Scrapy": bare_scrapy, "aiohttp alone": aiohttp_alone}


def run_program(name: str, scenario: str, port: int, looks: int) -> None:
    """Run one program in this process; print looks, processor seconds and peak memory as JSON."""
    (found,) = (one for one in SCENARIOS if one.name == scenario)
    got = PROGRAMS[name](requests(found, port, looks))
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    seconds = sum(one.ru_utime + one.ru_stime for one in used)
    print(json.dumps({"looks": got, "cpu_s": seconds, "peak_mib": max(one.ru_maxrss for one in used) / KIB}))


@contextmanager
def server() -> Iterator[int]:
    """The page server's port."""
    with subprocess.Popen([sys.executable, "-m", "benchmarks.crawl", "--serve"], stdout=subprocess.PIPE) as process:
        assert process.stdout  # noqa: S101 - a pipe, by construction
        try:
            yield int(process.stdout.readline())
        finally:
            process.kill()


def compare(looks: int, only: str | None) -> None:
    """Print a table: looks per processor second, and ours as a share of bare Scrapy's."""
    print(f"{'':30}{'program':15}{'looks':>8}{'CPU s':>9}{'looks/CPU s':>13}{'peak MiB':>10}{'of Scrapy':>11}")
    with server() as port:
        for scenario in SCENARIOS:
            if only and only not in scenario.name:
                continue
            rates: dict[str, float] = {}
            for name in ("bare Scrapy", "ours", "aiohttp alone"):
                count = max(HOSTS, round(looks * scenario.share))
                command = [sys.executable, "-m", "benchmarks.crawl", "--program", name, "--scenario", scenario.name]
                command += ["--port", str(port), "--looks", str(count)]
                got = json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True, env=os.environ).stdout)
                if got["looks"] != count:
                    raise SystemExit(f"{name} made {got['looks']} of {count} looks")
                rates[name] = count / got["cpu_s"]
                share = rates[name] / rates["bare Scrapy"]
                print(f"{scenario.name:30}{name:15}{count:8}{got['cpu_s']:9.1f}{rates[name]:13.0f}", end="")
                print(f"{got['peak_mib']:10.0f}{share:11.2f}", flush=True)


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.crawl", description=__doc__.splitlines()[0])
    parser.add_argument("--looks", type=int, default=10_000, help="looks of a scenario (331 KB: 0.3 of it)")
    parser.add_argument("--only", help="scenarios whose name holds this")
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    for name in ("--program", "--scenario", "--port"):
        parser.add_argument(name, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        asyncio.run(serve())
    elif options.program:
        run_program(options.program, options.scenario, int(options.port), options.looks)
    else:
        compare(options.looks, options.only)


if __name__ == "__main__":
    main()
