"""The child process of a crawl: ``python -m crawler``, started by `crawler.run` (a reactor cannot be started twice).

Standard input: the job, then its requests, one JSON object a line, then an empty line; it stays open for
`crawler.pause`, and its end means that the parent is gone. Standard output: see `crawler.archive`. Standard error:
Scrapy's log.
"""

import ctypes
import logging
import os
import signal
import sys
from collections.abc import Sequence
from threading import Thread
from typing import BinaryIO

from scrapy import Spider, signals
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.settings import default_settings
from scrapy.utils.misc import load_object

from crawler.archive import say
from crawler.candidates import DiscoveryRequest
from crawler.hosts import host_of
from crawler.items import CrawlRequest
from crawler.memory import Memory
from crawler.pause import Paused
from crawler.politeness import Politeness
from crawler.settings import CrawlJob

PR_SET_PDEATHSIG = 1
"""prctl(2): be sent a signal when the parent dies. Linux only; elsewhere the end of standard input says the same."""

MIN_REQUESTS, MAX_REQUESTS = 16, 256
"""Requests in the downloader at once, those that wait for their domain's delay included: about one a domain."""

Asked = CrawlRequest | DiscoveryRequest

SPIDERS: dict[str, tuple[str, type[Asked], str]] = {
    "live_blogs": ("crawler.spiders.live_blogs.LiveBlogsSpider", CrawlRequest, "crawler.archive.ArchivePipeline"),
    "discovery": ("crawler.spiders.discovery.DiscoverySpider", DiscoveryRequest, "crawler.archive.TellPipeline"),
}
"""A job's spider, what its request lines are, and where its items go; loaded when wanted, to start quickly."""


def main() -> None:
    """Run one crawl, described on standard input."""
    _die_with_parent()
    told = os.fdopen(os.dup(sys.stdin.fileno()), "rb")  # the interpreter's own would be locked by `_listen` at its end
    lines = iter(told.readline, b"")
    job = CrawlJob.from_json(next(lines))
    spider, kind, pipeline = SPIDERS[job.spider]
    requests = [kind.from_json(line) for line in iter(lambda: next(lines, b"\n"), b"\n")]
    process = AsyncCrawlerProcess(scrapy_settings(job, requests, pipeline))
    logging.getLogger("scrapy").setLevel(logging.WARNING)  # LOG_LEVEL alone makes every record, then drops it
    crawler = process.create_crawler(load_object(spider))
    Thread(target=_listen, args=(told, crawler.settings["CRAWL_PAUSED"]), daemon=True).start()
    crawler.signals.connect(_finished, signals.spider_closed)
    process.crawl(crawler, job=job, requests=requests)
    process.start()


def scrapy_settings(job: CrawlJob, requests: Sequence[Asked], pipeline: str) -> dict[str, object]:
    """Scrapy reduced to what a look needs: no cookies, retries, proxies, redirects or decoding behind our back."""
    hosts = {host_of(one.url) for one in requests}
    politeness = Politeness(job.settings)
    for one in requests:
        politeness.slow_down(host_of(one.url), one.delay_s or 0.0)
    handler = "crawler.download.ArchivingDownloadHandler"
    return {
        "CRAWL_JOB": job,
        "CRAWL_SETTINGS": job.settings,
        "CRAWL_POLITENESS": politeness,
        "CRAWL_PAUSED": Paused(frozenset(job.paused)),
        "CRAWL_MEMORY": Memory(job.settings.memory),
        "CONCURRENT_REQUESTS": min(max(len(hosts), MIN_REQUESTS), MAX_REQUESTS),
        "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
        "CONCURRENT_ITEMS": 1,  # tasks that Scrapy makes for each answer; an answer brings one item
        "DOWNLOAD_DELAY": politeness.delay_s,
        "DOWNLOAD_DELAY_JITTER": 0,
        "DOWNLOAD_HANDLERS": {
            **dict.fromkeys(default_settings.DOWNLOAD_HANDLERS_BASE),
            "http": handler,
            "https": handler,
        },
        "DOWNLOADER_MIDDLEWARES": {
            **dict.fromkeys(default_settings.DOWNLOADER_MIDDLEWARES_BASE),
            "scrapy.downloadermiddlewares.stats.DownloaderStats": 850,
            "crawler.robots.RobotsMiddleware": 100,
            "crawler.rights.RightsMiddleware": 200,
        },
        "SPIDER_MIDDLEWARES": {
            **dict.fromkeys(default_settings.SPIDER_MIDDLEWARES_BASE),
            "scrapy.spidermiddlewares.start.StartSpiderMiddleware": 25,
        },
        "EXTENSIONS": {
            **dict.fromkeys(default_settings.EXTENSIONS_BASE),
            "scrapy.extensions.corestats.CoreStats": 0,
        },
        "ITEM_PIPELINES": {pipeline: 100},
        "USER_AGENT": job.settings.user_agent,
        "LOG_LEVEL": "WARNING",
        "LOG_VERSIONS": [],
        "STATS_DUMP": False,
        "WARN_ON_GENERATOR_RETURN_VALUE": False,
    }


def _finished(spider: Spider, reason: str) -> None:
    counted = spider.crawler.stats.get_stats() if spider.crawler.stats else {}
    say({"stats": {name: value for name, value in counted.items() if isinstance(value, int | float)}})
    if reason == "finished":
        say({"finished": True})


def _die_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def _listen(told: BinaryIO, paused: Paused) -> None:
    """Hear of paused blogs; at the end of input the parent is gone."""
    for line in iter(told.readline, b""):
        paused.hear(line)
    os._exit(1)


if __name__ == "__main__":
    main()
