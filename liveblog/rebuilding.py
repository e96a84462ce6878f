"""Rows of a day from its raw looks: what one process does of a replay, for its share of the blogs.

    raw/ of the day and the next ──(looks as they lie in segments: spooled by day and blog)──┐
    packs of the day and the next ──(blog by blog, in time order)────────────────────────────┴─> record ─> rows

A segment lies under the day on which it was closed or begun, so a look's own day is at most one earlier: a day is
complete once the next one was read. What is known of a blog goes from day to day; memory holds one look, the state of
some blogs, and the rows of one day.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from zlib import crc32

from lake.errors import SegmentUnreadable
from lake.lake import Lake, open_lake
from lake.manifest import Manifest
from lake.packs import Pack
from lake.state import state
from liveblog.sources import Contexts
from liveblog.spooling import KnownBlogs, LookSpool, in_time, recorded
from liveblog.strangers import adopted, blog_of
from transforms.records import Capture
from transforms.rows import Changes, KnownBlog, Row


@dataclass(frozen=True, slots=True)
class Share:
    """The work of one process: the looks of some days at one of `of` equal shares of all blogs."""

    lake: str
    start: Manifest
    """What was known before the first day."""
    raw_days: tuple[str, ...]
    first: str
    """The first day (``YYYY-MM-DD``) of which looks count …"""
    last: str
    """… and the last."""
    index: int
    of: int
    sources: Contexts = field(default_factory=dict)

    def holds(self, blog_id: str) -> bool:
        """Whether a blog is in this share."""
        return crc32(blog_id.encode()) % self.of == self.index


@dataclass(frozen=True, slots=True)
class Day:
    """What the looks of one day left."""

    changes: Changes
    damaged: Mapping[str, str]
    """Segments that are damaged, and what is wrong with them; their looks before the damage count."""
    later: tuple[str, ...] = ()
    """Later days of which looks were found."""


class Rebuilder:
    """Goes through the days of a share in order."""

    def __init__(self, share: Share, lake: Lake, folder: Path) -> None:
        self._share, self._lake = share, lake
        for name in ("looks", "known"):
            (folder / name).mkdir()
        self._spool = LookSpool(folder / "looks")
        self._known = KnownBlogs(folder / "known", self._before)
        self._packs: dict[str, list[Pack]] = {}
        self._damaged: dict[str, str] = {}

    def _before(self, blog_ids: Collection[str]) -> Mapping[str, KnownBlog]:
        return state(self._lake.chain.snapshot(self._share.start), blog_ids)

    def day(self, day: str) -> Day:
        """The rows of the next day. Raises SegmentUnreadable where a pack is damaged."""
        after = (date.fromisoformat(day) + timedelta(days=1)).isoformat()
        for raw_day in self._share.raw_days:
            if raw_day <= after and raw_day not in self._packs:
                self._take(raw_day, day)
        packs = [pack for raw_day in (day, after) for pack in self._packs.get(raw_day, ())]
        blogs = self._spool.blogs(day) | {pack.blog_id for pack in packs}
        self._known.expect(blogs)
        rows: dict[str, list[Row]] = defaultdict(list)
        segments: set[str] = set()
        for blog_id in sorted(blogs):
            parts = [self._of_pack(pack, day) for pack in packs if pack.blog_id == blog_id]
            looks = in_time(*parts, self._spool.looks(day, blog_id))
            for one in recorded(self._known.get(blog_id), _noting(looks, segments), self._share.sources):
                self._known.put(one.known)
                for name, new in one.rows.items():
                    rows[name] += new
        self._spool.forget(day)
        damaged, self._damaged = self._damaged, {}
        changes = Changes({name: tuple(some) for name, some in rows.items()}, tuple(sorted(segments)))
        return Day(changes, damaged, tuple(self._spool.days()))

    def _take(self, raw_day: str, today: str) -> None:
        """Note the packs of a day of raw/, and spool the looks of its other segments."""
        keys, packs = self._lake.raw.holding(raw_day)
        self._packs[raw_day] = [pack for pack in packs if self._share.holds(pack.blog_id)]
        for key in keys:
            try:
                for capture in self._lake.raw.read(key):
                    self._keep(capture, today)
            except SegmentUnreadable as error:
                self._damaged[key] = str(error)

    def _keep(self, capture: Capture, today: str) -> None:
        in_range = self._share.first <= own_day(capture) <= self._share.last
        if not in_range or not self._share.holds(blog_of(capture)):
            return
        look = adopted(capture)
        if look is not None:
            self._spool.add(look, max(own_day(capture), today))

    def _of_pack(self, pack: Pack, day: str) -> Iterator[Capture]:
        for capture in self._lake.raw.pack(pack):
            if own_day(capture) > day:
                return
            if own_day(capture) == day:
                yield capture


def _noting(captures: Iterator[Capture], segments: set[str]) -> Iterator[Capture]:
    """The same looks; the segments they came in are added to a set."""
    for capture in captures:
        segments |= {capture.segment} if capture.segment else set()
        yield capture


def own_day(capture: Capture) -> str:
    """The UTC day (``YYYY-MM-DD``) on which a look was made."""
    return capture.look.observed_at.date().isoformat()


Submit = Callable[[str], list[Future[Day]]]
"""Sets all shares to work on a day; a result each."""


@contextmanager
def rebuilders(shares: Sequence[Share], lake: Lake) -> Iterator[Submit]:
    """A process a share for the time of a block; one share alone is worked on here."""
    with ExitStack() as stack:
        if len(shares) == 1:
            folder = Path(stack.enter_context(TemporaryDirectory(prefix="liveblog-replay-")))
            here = Rebuilder(shares[0], lake, folder)
            yield lambda day: [_done(here, day)]
            return
        pools = [
            stack.enter_context(ProcessPoolExecutor(1, get_context("spawn"), _begin, (share,))) for share in shares
        ]
        yield lambda day: [pool.submit(_day, day) for pool in pools]


def _done(rebuilder: Rebuilder, day: str) -> Future[Day]:
    future: Future[Day] = Future()
    future.set_result(rebuilder.day(day))
    return future


_mine: list[Rebuilder] = []
"""The work of this process, where it is one of several."""
_folders = ExitStack()


def _begin(share: Share) -> None:
    folder = Path(_folders.enter_context(TemporaryDirectory(prefix="liveblog-replay-")))
    _mine.append(Rebuilder(share, open_lake(share.lake), folder))


def _day(day: str) -> Day:
    return _mine[0].day(day)
