"""What somebody paused while the crawl was going on: what was not asked for yet is not asked for.

That is blogs or, in a discovery, sources: ``request.meta["part_of"]`` names the one that a request is made for. The
parent knows (the watch list is in the lake), the child acts. A line on the child's standard input, after its requests,
replaces what was paused before:

    {"paused": ["<blog_id or slug>", …]}

The parent's side stands in `crawler.teller`, which loads no Scrapy.
"""

import json
from dataclasses import dataclass
from typing import Self

from scrapy import Request

from crawler.errors import BlogPaused


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
        """Raise BlogPaused if what the request is made for is paused."""
        if request.meta.get("part_of") in self.names:
            raise BlogPaused("paused while the crawl went on")
