"""What is kept of a host between crawls, on this machine: when it was last asked, and its files about rights.

    <memory>/<host>.lock            locked (flock) while a request is under way; holds the time of the last answer, and
                                    the time before which the host is to be left alone, in seconds of the epoch
    <memory>/<origin>.<name>        a file of that origin (robots.txt, tdmrep.json) as it was answered, for 24 hours

A domain's delay so holds between one crawl and the next, and between processes that know nothing of each other; its
rules are not asked for with every look. It is a cache: losing it costs a request a host.
"""

import asyncio
import fcntl
import hashlib
import json
import os
import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from time import time
from typing import Self

KEPT_S = 24 * 60 * 60
"""How long rules may be used (RFC 9309, section 2.4)."""
TRY_AGAIN_S = 0.1
_UNSAFE = re.compile(r"[^A-Za-z0-9.-]+")


@dataclass(frozen=True, slots=True)
class Kept:
    """A file of an origin, as it was answered."""

    status: int
    text: str
    age_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Rest:
    """Seconds for which a host is still to be left alone; none of it where they are not above 0."""

    delay_s: float = 0.0
    """By the delay between two requests."""
    asked_s: float = 0.0
    """Because it said so, or was busy, or slow; 0 where that is no longer than the delay."""


class Memory:
    """Remembers hosts in a folder; without one, nothing."""

    def __init__(self, folder: str | None) -> None:
        self._folder = Path(folder) if folder else None
        self._held: dict[str, int] = {}
        if self._folder:
            self._folder.mkdir(parents=True, exist_ok=True)

    @property
    def lasting(self) -> bool:
        """Whether anything outlives this crawl."""
        return self._folder is not None

    async def hold(self, host: str, most_s: float) -> bool:
        """Keep other processes from asking this host until `answered` or `let_go`; False if one is at it for too long.

        That is for more than `most_s` seconds.
        """
        if self._folder is None:
            return True
        descriptor = os.open(self._folder / f"{_name(host)}.lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        held = False
        try:
            held = await _lock(descriptor, most_s)
        finally:
            if not held:
                os.close(descriptor)
        if held:
            self._held[host] = descriptor
        return held

    def rest_of(self, host: str, delay_s: float) -> Rest:
        """For how long a host that is held is still to be left alone, at so many seconds between two requests."""
        descriptor = self._held.get(host)
        last, free = _times(descriptor) if descriptor is not None else (0.0, 0.0)
        now, asked = time(), free > last + delay_s
        return Rest(min(last + delay_s - now, KEPT_S), min(free - now, KEPT_S) if asked else 0.0)

    def answered(self, host: str, rest_s: float) -> None:
        """The request has ended: the host is to be left alone for so many seconds."""
        if (descriptor := self._held.get(host)) is not None:
            now = time()
            os.pwrite(descriptor, b"%17.6f %17.6f" % (now, now + rest_s), 0)
        self.let_go(host)

    def let_go(self, host: str) -> None:
        """Nothing was asked: the next one may."""
        if (descriptor := self._held.pop(host, None)) is not None:
            os.close(descriptor)

    def __deepcopy__(self, memo: object) -> Self:
        """Scrapy copies its settings, and what is in them; there is one of these in a crawl."""
        return self

    def recall(self, origin: str, name: str) -> Kept | None:
        """A file of an origin, if it was answered within `KEPT_S`."""
        if self._folder is None:
            return None
        with suppress(OSError, ValueError, KeyError, TypeError):
            data = json.loads((self._folder / f"{_name(origin)}.{name}").read_text("utf-8"))
            age_s = time() - float(data["at"])
            if data["origin"] == origin and 0 <= age_s < KEPT_S:
                return Kept(int(data["status"]), str(data["text"]), age_s)
        return None

    def remember(self, origin: str, name: str, kept: Kept) -> None:
        """Keep a file of an origin. A full disk costs the cache, not the crawl."""
        if self._folder is None:
            return
        path = self._folder / f"{_name(origin)}.{name}"
        said = {"origin": origin, "at": time(), "status": kept.status, "text": kept.text}
        with suppress(OSError):
            fresh = path.with_suffix(f".{os.getpid()}")
            fresh.write_text(json.dumps(said), "utf-8")
            fresh.replace(path)


async def _lock(descriptor: int, most_s: float) -> bool:
    """Whether the lock was had within so many seconds."""
    until = time() + most_s
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time() > until:
                return False
            await asyncio.sleep(TRY_AGAIN_S)
        else:
            return True


def _times(descriptor: int) -> tuple[float, float]:
    """When the host last answered, and when it is free; a file just made says nothing yet, nor does the future."""
    try:
        last, free = map(float, os.pread(descriptor, 64, 0).split())
    except ValueError:
        return 0.0, 0.0
    return (last, free) if last <= time() else (0.0, 0.0)


def _name(host: str) -> str:
    """A file's name: readable, safe, and one for each."""
    digest = hashlib.blake2b(host.encode(), digest_size=4).hexdigest()
    return f"{_UNSAFE.sub('_', host)[:80]}-{digest}"
