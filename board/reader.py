"""What the pages show, read from the lake: the overview once for each snapshot, a blog's page when it is asked for."""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Lock

from lake.lake import Lake
from lake.query import connect
from lake.snapshots import Snapshot
from liveblog.pipeline import lake_to_read
from liveblog.runs import RunLook, looks_of_run
from liveblog.settings import read_settings
from liveblog.status import BlogStatus, LookLine, Moment, Overview, looks, overview, timeline

PROBE_S = 3.0
"""A newer snapshot is asked for at most this often: many people may have the page open."""


@dataclass(frozen=True, slots=True)
class BlogPage:
    """All that a blog's page shows."""

    about: Overview
    blog: BlogStatus
    moments: tuple[Moment, ...]
    looks: tuple[LookLine, ...]


def open_lake() -> Lake:
    """The lake that the environment names. Raises LakeError; InputError where there is none yet."""
    return lake_to_read(read_settings(os.environ))


def now_utc() -> datetime:
    """The time."""
    return datetime.now(UTC)


class Reader:
    """Reads the lake for any number of threads; one snapshot is read once."""

    def __init__(self, open_lake: Callable[[], Lake] = open_lake, clock: Callable[[], datetime] = now_utc) -> None:
        self.clock = clock
        self._open = open_lake
        self._lock = Lock()
        self._lake: Lake | None = None
        self._snapshot: Snapshot | None = None
        self._probed = 0.0
        self._made: tuple[tuple[int, datetime], Overview] | None = None

    def overview(self) -> Overview:
        """Everything at a glance. Raises LakeError or InputError where the lake cannot be read."""
        with self._lock:
            lake, snapshot, now = *self._newest(), self.clock()
            key = snapshot.number, now.replace(minute=0, second=0, microsecond=0)
            if self._made is None or self._made[0] != key:
                self._made = key, overview(lake, snapshot, now)
            return self._made[1]

    def blog(self, blog_id: str, before: datetime | None = None) -> BlogPage | None:
        """A blog's page, with what happened before a moment (the newest without one); None where none is so called."""
        about = self.overview()
        found = about.blog(blog_id)
        if found is None:
            return None
        with self._lock:
            lake, snapshot = self._newest()
        with connect(lake, snapshot) as connection:
            moments = timeline(connection, blog_id, before=before or self.clock())
            return BlogPage(about, found, tuple(moments), tuple(looks(connection, blog_id)))

    def run(self, run_key: str) -> tuple[Overview, list[RunLook]]:
        """What a run looked at; nothing where it is not known."""
        about = self.overview()
        with self._lock:
            lake, snapshot = self._newest()
        with connect(lake, snapshot) as connection:
            return about, looks_of_run(connection, run_key)

    def _newest(self) -> tuple[Lake, Snapshot]:
        if self._lake is None:
            self._lake = self._open()
        if self._snapshot is None or time.monotonic() - self._probed > PROBE_S:
            self._snapshot, self._probed = self._lake.newest(), time.monotonic()
        return self._lake, self._snapshot
