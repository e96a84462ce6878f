"""The item pipeline that archives looks, and what the child process tells its parent about them.

Standard output, a line of JSON each; the last one when the crawl has come to its own end:

    {"segment": "/spool/…-00001.warc.gz", "outcomes": {"fetched": 3, "not_modified": 9}}     a closed segment
    {"left": "<blog_id>"}                                                                    its turn did not come
    {"candidate": {…}}, {"searched": {…}}                                                    of a discovery
    {"stats": {"downloader/request_count": 12, …}}                                           what Scrapy counted
    {"finished": true}
"""

import asyncio
import json
import logging
import os
import sys
from collections import Counter
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Self

from scrapy.crawler import Crawler
from scrapy.utils.asyncio import create_looping_call

from crawler.candidates import Candidate, Searched
from crawler.errors import SpoolError
from crawler.visits import FinishedLook, LeftOut
from crawler.warc import SegmentWriter

CHECK_S = 0.5
"""Seconds between two checks whether a segment has come of age."""

logger = logging.getLogger(__name__)


class ArchivePipeline:
    """Writes each look to the spool as soon as it is made."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._writer = SegmentWriter(crawler.settings["CRAWL_JOB"], announce)
        self._closing: asyncio.Task[None] | None = None
        self._ageing = create_looping_call(self._writer.close_if_due)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way to make one."""
        return cls(crawler)

    def open_spider(self) -> None:
        """Begin to watch the age of segments."""
        self._ageing.start(CHECK_S, now=False)

    def process_item(self, item: FinishedLook | LeftOut) -> FinishedLook | LeftOut:
        """Archive a look; a spool that cannot be written ends the crawl, since nothing could be kept any more."""
        if isinstance(item, LeftOut):
            say({"left": item.blog_id})
            return item
        try:
            self._writer.write(item)
        except SpoolError as error:
            logger.error("%s", error)
            self._end_crawl()
        return item

    def close_spider(self) -> None:
        """Close the last segment."""
        self._ageing.stop()
        self._writer.close()

    def _end_crawl(self) -> None:
        engine = self._crawler.engine
        if engine and self._closing is None:
            self._closing = asyncio.ensure_future(engine.close_spider_async(reason="spool"))


class TellPipeline:
    """Hands on what a discovery finds."""

    def process_item(self, item: Candidate | Searched) -> Candidate | Searched:
        """Tell the parent."""
        say({type(item).__name__.lower(): asdict(item)})
        return item


def announce(segment: Path, outcomes: Counter[str]) -> None:
    """Tell the parent of a closed segment."""
    say({"segment": os.fspath(segment), "outcomes": dict(outcomes)})


def say(event: dict[str, object]) -> None:
    """Write one line to the parent."""
    sys.stdout.write(json.dumps(event, default=datetime.isoformat) + "\n")
    sys.stdout.flush()
