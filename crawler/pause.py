"""Blogs that somebody paused while the crawl was going on: those that were not asked for yet are not asked for.

The parent knows (the watch list is in the lake), the child acts. A line on the child's standard input, after its
requests, replaces what was paused before:

    {"paused": ["<blog_id>", …]}
"""

import json
from collections.abc import Callable, Collection
from dataclasses import dataclass
from threading import Event, Thread
from typing import IO, Self

from crawler.errors import BlogPaused

POLL_S = 2.0
"""Seconds between two questions whether something was paused."""


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


class Teller:
    """The parent's side: asks `paused` for blog ids every `POLL_S`, and writes what changed to the child."""

    def __init__(self, paused: Callable[[], Collection[str]], out: IO[bytes]) -> None:
        self._paused = paused
        self._out = out
        self._told: frozenset[str] = frozenset()
        self._stopped = Event()
        self._thread = Thread(target=self._run, name="paused blogs", daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stopped.wait(POLL_S):
            paused = frozenset(self._paused())
            if paused != self._told and not self._tell(paused):
                return

    def _tell(self, paused: frozenset[str]) -> bool:
        """False if the child is gone."""
        try:
            self._out.write(json.dumps({"paused": sorted(paused)}).encode() + b"\n")
            self._out.flush()
        except OSError:
            return False
        self._told = paused
        return True
