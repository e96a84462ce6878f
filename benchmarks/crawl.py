"""Looks per second of one core: ours, archiving and fingerprints included, beside bare Scrapy and aiohttp alone.

    python -m benchmarks.crawl [--looks N] [--only NAME]

A server in its own process (`benchmarks.crawl_pages`) answers on loopback with pages of 30 KB and 331 KB. Every program
fetches the same addresses, twenty hosts, one request at a time to each. What counts is looks for each second of
processor time (user and system) of all processes of the program, the parent of our crawl included; the server's are not
counted. Processor time, unlike time on the clock, hardly depends on what else the machine does.

Bare Scrapy downloads, decodes and drops what it got; aiohttp alone, the limit, does not even decode. Ours is a crawl
as `liveblog record` makes it: it asks robots.txt and tdmrep.json, locks each host, takes digests and writes WARC.
The last row is a whole round of recording: what is due is planned, crawled, read, compared and committed to a lake.

Prints whether what is asked of it holds, and ends with 1 where it does not.
"""

import argparse
import asyncio
import json
import os
import resource
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.crawl_pages import ETAG, EVERY, KIB, page, server
from crawler.items import CrawlRequest
from crawler.run import crawl
from crawler.visits import digest
from liveblog.settings import Settings, read_settings

HOSTS = 20
FLAT = 1.25
"""Peak memory of ours, ten times as many blogs due: at most so many times as much."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """What is fetched."""

    name: str
    path: str
    share: float
    """Of the looks asked for on the command line, how many this scenario makes."""
    least: float
    """Ours, as a share of bare Scrapy's looks a second: at least this."""
    changed: float = 1.0
    """Share of looks that bring a body that is not known."""
    same: str | None = None
    """Where the others are fetched: the same bytes again; None: the same place, answered by 304."""


SCENARIOS = (
    Scenario("30 KB, 95 % answered by 304", "/plain/30", 1.0, 0.8, changed=0.05),
    Scenario("30 KB, 95 % the same again", "/plain/30", 1.0, 0.8, changed=0.05, same="/same/30"),
    Scenario("30 KB, all changed", "/plain/30", 0.3, 0.8),
    Scenario("30 KB, all changed, gzip", "/gzip/30", 0.3, 0.8),
    Scenario("331 KB, all changed", "/plain/331", 0.1, 0.4),
    Scenario("331 KB, all changed, gzip", "/gzip/331", 0.1, 0.4),
)
ROUND = "a whole round, 5 % changed"
ROUND_SHARE = 0.2


def requests(scenario: Scenario, port: int, looks: int) -> list[CrawlRequest]:
    """The looks of a scenario, spread over the hosts; those that change lie evenly among the others."""
    every = round(1 / scenario.changed)
    known = digest(page(30))
    asked = []
    for number in range(looks):
        new = number % every == 0
        path = scenario.path if new or scenario.same is None else scenario.same
        url = f"http://127.0.0.{number // every % HOSTS + 1}:{port}{path}/{number}"
        validators = (None, None) if new else (None, known) if scenario.same else (ETAG, None)
        refers = () if new else ("<urn:uuid:0c6b6d2e-4f6a-5d55-8e0f-7a6c2b0d8f11>", url, "2026-11-22T14:05:00Z")
        asked.append(CrawlRequest(f"b{number}", url, "bench", validators[0], None, validators[1], *refers))
    return asked


def settings_in(folder: str) -> Settings:
    """As a user has them, but for the delay, which would be all that is measured."""
    given = {"DELAY_S": "0", "ALLOW_PRIVATE": "1", "BUDGET_S": "3600", "TURN_S": "3600"}
    given |= {"SPOOL": f"{folder}/spool", "LAKE": f"{folder}/lake"}
    return read_settings({f"LIVEBLOG_{name}": value for name, value in given.items()})


def ours(asked: list[CrawlRequest]) -> int:
    """Our crawl, child process and all."""
    with tempfile.TemporaryDirectory() as folder:
        settings = settings_in(folder)
        report = crawl(
            asked,
            spool=settings.spool,
            run_key="r",
            batch_id="b",
            settings=settings.crawl,
            on_segment=Path.unlink,
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


PROGRAMS = {"bare Scrapy": bare_scrapy, "ours": ours, "aiohttp alone": aiohttp_alone}


def run_program(name: str, scenario: str, port: int, looks: int) -> None:
    """Run one program in this process; print looks, processor seconds and peak memory as JSON."""
    (found,) = (one for one in SCENARIOS if one.name == scenario)
    got = PROGRAMS[name](requests(found, port, looks))
    peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    print(json.dumps({"looks": got, "cpu_s": _cpu_s(), "peak_mib": peak / KIB}))


def run_round(port: int, looks: int) -> None:
    """Two rounds of recording in this process; print the second's figures as JSON."""
    from liveblog.pipeline import lake_to_write, record

    addresses = [f"http://127.0.0.{number // EVERY % HOSTS + 1}:{port}/mixed/30/{number}" for number in range(looks)]
    with tempfile.TemporaryDirectory() as folder:
        settings = settings_in(folder)
        lake = lake_to_write(settings)
        record(lake, settings, now=datetime.now(UTC), addresses=addresses)
        began = _cpu_s()
        outcomes = record(lake, settings, now=datetime.now(UTC), addresses=addresses).published.outcomes
        taken = _cpu_s() - began
    wanted = {"changed": -(-looks // EVERY), "unchanged": -(-(looks - 1) // EVERY)}
    wanted["not_modified"] = looks - sum(wanted.values())
    if dict(outcomes) != wanted:
        raise SystemExit(f"the round brought {dict(outcomes)}, not {wanted}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / KIB
    print(json.dumps({"looks": looks, "cpu_s": taken, "peak_mib": peak}))


def _cpu_s() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def measured(name: str, scenario: str, port: int, looks: int) -> tuple[float, float]:
    """(looks a processor second, peak MiB) of a program in a process of its own; prints its row."""
    command = [sys.executable, "-m", "benchmarks.crawl", "--program", name, "--scenario", scenario]
    command += ["--port", str(port), "--looks", str(looks)]
    got = json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True, env=os.environ).stdout)
    if got["looks"] != looks:
        raise SystemExit(f"{name} made {got['looks']} of {looks} looks")
    rate: float = looks / got["cpu_s"]
    print(f"{scenario:30}{name:15}{looks:8}{got['cpu_s']:9.1f}{rate:13.0f}{got['peak_mib']:10.0f}", end="", flush=True)
    return rate, got["peak_mib"]


def compare(looks: int, only: str | None) -> bool:
    """Print a table: looks per processor second, ours as a share of bare Scrapy's; whether all holds that is asked."""
    print(f"{'':30}{'program':15}{'looks':>8}{'CPU s':>9}{'looks/CPU s':>13}{'peak MiB':>10}{'of Scrapy':>11}")
    holds = True
    with server() as port:
        for scenario in SCENARIOS:
            if only and only not in scenario.name:
                continue
            rates: dict[str, float] = {}
            for name in PROGRAMS:
                rates[name], _ = measured(name, scenario.name, port, max(HOSTS, round(looks * scenario.share)))
                share = rates[name] / rates["bare Scrapy"]
                asked = f"   asked {scenario.least}: {_word(share >= scenario.least)}" if name == "ours" else ""
                print(f"{share:11.2f}{asked}", flush=True)
                holds &= name != "ours" or share >= scenario.least
        if not only or only in ROUND:
            measured("ours", ROUND, port, max(EVERY, round(looks * ROUND_SHARE)))
            print()
        return holds & (bool(only) or _flat(port, looks))


def _flat(port: int, looks: int) -> bool:
    """Whether a crawl's memory stays the same with ten times as many blogs due."""
    name = SCENARIOS[0].name
    peaks = []
    for count in (max(HOSTS, looks // 10), looks):
        peaks.append(measured("ours", name, port, count)[1])
        print()
    flat = peaks[1] <= FLAT * peaks[0]
    print(f"memory from {looks // 10} to {looks} blogs: {peaks[1] / peaks[0]:.2f} times, asked {FLAT}: {_word(flat)}")
    return flat


def _word(holds: bool) -> str:
    return "holds" if holds else "MISSED"


def main() -> int:
    """Read the command line; the exit status."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.crawl", description=__doc__.splitlines()[0])
    parser.add_argument(
        "--looks", type=int, default=10_000, help="blogs due (all changed: 0.3 of them, 331 KB: 0.1, a round: 0.2)"
    )
    parser.add_argument("--only", help="scenarios whose name holds this")
    for name in ("--program", "--scenario", "--port"):
        parser.add_argument(name, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.scenario == ROUND:
        run_round(int(options.port), options.looks)
    elif options.program:
        run_program(options.program, options.scenario, int(options.port), options.looks)
    else:
        return 0 if compare(options.looks, options.only) else 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
