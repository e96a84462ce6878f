"""Blogs that somebody paused while the crawl was going on: those that were not asked for yet are not asked for.

The parent knows (the watch list is in the lake), the child acts. A line on the child's standard input, after its
requests, replaces what was paused before:

    {"paused": ["<blog_id>", …]}

The parent's side stands in `crawler.teller`, which loads no Scrapy.
"""

import json
from dataclasses import dataclass
from typing import Self

from crawler.errors import BlogPaused


@dataclass(slots=True)
class Paused:
    """The child's side."""

    blogs: frozenset[str] = frozenset()

    def __deepcopy__(self, memo: object) -> Self:
        """Scrapy copies its settings, and what is in them; there is one of these in a process."""
        return self

    def hear(self, line: bytes) -> None:
        """Take a line of standard input. Raises ValueError if it is not such a line."""
        self.blogs = frozenset(json.loads(line)["paused"])

    def check(self, blog_id: str | None) -> None:
        """Raise BlogPaused if that blog is paused."""
        if blog_id in self.blogs:
            raise BlogPaused("paused while the crawl went on")
