"""The parent's side of `crawler.pause`: tells the child which blogs are paused, while the crawl goes on."""

import json
from collections.abc import Callable, Collection
from threading import Event, Thread
from typing import IO

DOMAIN = "//"
"""The name by which a domain is paused begins with this."""
POLL_S = 2.0
"""Seconds between two questions whether something was paused."""


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
