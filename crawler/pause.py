"""What somebody paused, before the crawl or while it goes on: what was not asked for yet is not asked for.

    blogs      or, in a discovery, sources: ``request.meta["part_of"]`` names the one that a request is made for
    domains    named ``//www.example.org``, with their port where addresses name one: no redirect into them, no sitemap
               or older page there. Not what is asked for by its address (``request.meta["asked_at"]``): that domain's
               blogs are paused by name

The parent knows (the watch list is in the lake), the child acts. Domains stand in the job; a line on the child's
standard input, after its requests, replaces what was paused before:

    {"paused": ["<blog_id, slug or //domain>", …]}

The parent's side stands in `crawler.teller`, which loads no Scrapy.
"""

import json
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit

from scrapy import Request

from crawler.errors import BlogPaused
from crawler.teller import DOMAIN

USUAL_PORTS = {"http": 80, "https": 443}


@dataclass(slots=True)
class Paused:
    """The child's side."""

    names: frozenset[str] = frozenset()

    def __deepcopy__(self, memo: object) -> Self:
        """Scrapy copies its settings, and what is in them; there is one of these in a process."""
        return self

    def hear(self, line: bytes) -> None:
        """Take a line of standard input. Raises ValueError if it is not such a line."""
        self.names = frozenset(json.loads(line)["paused"])

    def check(self, request: Request) -> None:
        """Raise BlogPaused if what the request is made for is paused, or the domain that it was led to."""
        if request.meta.get("part_of") in self.names:
            raise BlogPaused("paused while the crawl went on")
        domain = urlsplit(request.url).netloc
        if domain != urlsplit(request.meta.get("asked_at", "")).netloc and not self.names.isdisjoint(
            _named(request.url)
        ):
            raise BlogPaused(f"it leads to {domain[:200]}, which is paused")


def _named(url: str) -> tuple[str, ...]:
    """The names that the domain of an address may be paused by: its usual port may be named or not."""
    parts = urlsplit(url)
    usual = USUAL_PORTS.get(parts.scheme)
    port = parts.port or usual
    with_port = f"{DOMAIN}{parts.hostname}:{port}"
    return (with_port, f"{DOMAIN}{parts.hostname}") if port == usual else (with_port,)
