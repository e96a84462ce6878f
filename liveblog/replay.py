"""The tables rebuilt from raw/ (rule L8): the same code gives the same rows, better readers give better ones.

    raw/ ──(a process a share of the blogs: each blog's looks in time order)──> rows by day ──(headlines linked in time
    order)──> a new generation ──> differences, and one commit that switches to it

A range starts from the state before it, and earlier days come along as they are. What no look stands behind, the watch
list and incidents, is carried over. A segment lies under the day on which it was closed or begun, so a look's own day
is at most one earlier: a day is complete once the next one was read.
"""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import date, timedelta
from multiprocessing import get_context

from lake.generations import Difference, Generation
from lake.headlines import headlines_with
from lake.lake import Lake, open_lake
from lake.parts import segment_day
from lake.rewind import before, rows_of
from lake.snapshots import Snapshot
from lake.state import state
from liveblog.errors import InputError
from liveblog.sources import Contexts
from liveblog.strangers import adopted
from transforms.near import WINDOW, query_keys, relate
from transforms.read import READER_VERSION
from transforms.record import record
from transforms.records import Capture, CaptureRow, Changes, HeadlineRow, KnownBlog, Row

CARRIED = ("watches", "candidates", "incidents")
"""Tables that raw/ does not hold: decisions about what is looked at, and incidents."""


@dataclass(frozen=True, slots=True)
class Replayed:
    """What a replay made, and how it differs from what was there."""

    days: tuple[str, ...]
    differences: Mapping[str, Difference]
    snapshot: int | None
    """None where it was only compared."""


def replay(
    lake: Lake,
    *,
    run_key: str,
    guard: Callable[[], None],
    since: date | None = None,
    until: date | None = None,
    compare: bool = False,
    processes: int = 1,
    sources: Contexts | None = None,
) -> Replayed:
    """Rebuild the days from `since` to `until` (all by default) and switch to them, or only `compare`.

    `sources` are the time zone and language of each source, as in recording. Hold the recording lease. Raises
    InputError where the range ends before the newest look and is to be switched to: later days stand on it.
    """
    new = Generation.begin(lake.chain)
    days = replay_days(lake, new, since, until)
    if not days:
        raise InputError(f"{lake.root}: no looks in that range: leave --from and --to away")
    if not compare and until is not None and until.isoformat() < max(new.days(), default=""):
        raise InputError("--to leaves out later days, which stand on those replayed: leave it away, or add --compare")
    start = before(lake.chain, new.base, days[0])
    new.carry([day for day in new.days() if day < days[0]])
    for changes in rebuilt(lake, start, new.base, days, processes, sources):
        new.write(changes)
    new.write(Changes({name: rows_of(new.base, name, days) for name in CARRIED}))
    if compare:
        new.carry([day for day in new.days() if day > days[-1]])
    differences = new.differences()
    snapshot = None if compare else new.publish(run_key, guard, lake.raw.entry).number
    return Replayed(tuple(days), differences, snapshot)


def replay_days(lake: Lake, new: Generation, since: date | None, until: date | None) -> list[str]:
    """The days to rebuild: those with rows, or with raw segments, in the range."""
    held = _raw_days(lake, new.base) | set(new.days())
    first, last = (since or date.min).isoformat(), (until or date.max).isoformat()
    return sorted(day for day in held if first <= day <= last)


def rebuilt(
    lake: Lake, start: Snapshot, base: Snapshot, days: list[str], processes: int, sources: Contexts | None = None
) -> Iterator[Changes]:
    """The rows of each day in turn, near-repeats linked."""
    told = sources or {}
    raw_days = raw_days_of(lake, base, days)
    shares = [Share(lake.root, tuple(raw_days), tuple(days), index, processes, told) for index in range(processes)]
    known = state(start)
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        parts = list(pool.map(recorded, shares, [share.known(known) for share in shares]))
    headlines: list[HeadlineRow] = []
    for day in days:
        changes = _joined([part[day] for part in parts if day in part])
        yield linked(start, changes, headlines)
        headlines += _headlines(changes)


def raw_days_of(lake: Lake, base: Snapshot, days: list[str]) -> list[str]:
    """Where looks of these days lie in raw/: under the same days, the next one, or where their rows say."""
    after = (date.fromisoformat(days[-1]) + timedelta(days=1)).isoformat()
    named = {row.segment for row in rows_of(base, "captures", days) if isinstance(row, CaptureRow)}
    told = {segment_day(segment) for segment in named if segment}
    return sorted({day for day in _raw_days(lake, base) if days[0] <= day <= after} | told)


def _raw_days(lake: Lake, base: Snapshot) -> set[str]:
    """Days of raw segments: of those that lie there, and of those that were packed."""
    there = (info.key for info in lake.store.list("raw/"))
    return {segment_day(key) for key in (*there, *(entry.key for entry in base.segments()))}


def linked(start: Snapshot, changes: Changes, since_then: list[HeadlineRow]) -> Changes:
    """The changes of a day, with links from new headlines to those that they nearly repeat, in any blog."""
    new = [row.observed_at for row in _headlines(changes)]
    if not new:
        return changes
    oldest = min(new) - WINDOW
    earlier = headlines_with(start, query_keys(changes), oldest, max(new))
    return relate(changes, [*earlier, *(row for row in since_then if row.observed_at >= oldest)])


def _headlines(changes: Changes) -> list[HeadlineRow]:
    return [row for row in changes.rows.get("headlines", ()) if isinstance(row, HeadlineRow)]


def _joined(parts: list[Changes]) -> Changes:
    rows: dict[str, tuple[Row, ...]] = {}
    for part in parts:
        for name, some in part.rows.items():
            rows[name] = (*rows.get(name, ()), *some)
    return Changes(rows, tuple(sorted({segment for part in parts for segment in part.segments})))


@dataclass(frozen=True, slots=True)
class Share:
    """The work of one process: the looks of some days at one of `of` equal shares of all blogs."""

    lake: str
    raw_days: tuple[str, ...]
    days: tuple[str, ...]
    index: int
    of: int
    sources: Contexts = field(default_factory=dict)

    def holds(self, blog_id: str) -> bool:
        """Whether a blog is in this share."""
        return int(blog_id, 16) % self.of == self.index

    def known(self, blogs: Mapping[str, KnownBlog]) -> dict[str, KnownBlog]:
        """What is known of the blogs of this share."""
        return {blog_id: known for blog_id, known in blogs.items() if self.holds(blog_id)}

    def looks(self) -> Iterator[Capture]:
        """The looks of this share, each blog's in the order of time, each once."""
        lake, held, seen = open_lake(self.lake), list[Capture](), set[str]()
        for raw_day in self.raw_days:
            for capture in lake.raw.looks(raw_day):
                look = self._ours(capture)
                if look is not None and look.look.capture_id not in seen:
                    seen.add(look.look.capture_id)
                    held.append(look)
            held.sort(key=lambda item: (item.look.observed_at, item.look.capture_id))
            complete = sum(_day(item) < raw_day for item in held)
            yield from held[:complete]
            del held[:complete]
        yield from held

    def _ours(self, capture: Capture) -> Capture | None:
        if _day(capture) not in self.days or (capture.look.blog_id and not self.holds(capture.look.blog_id)):
            return None
        look = adopted(capture)
        return look if look is not None and self.holds(look.look.blog_id) else None


def recorded(share: Share, known: dict[str, KnownBlog]) -> dict[str, Changes]:
    """The looks of a share recorded one after the other: their rows by the day on which they were observed."""
    rows: dict[str, dict[str, list[Row]]] = {}
    segments: dict[str, set[str]] = {}
    for capture in share.looks():
        blog_id, day = capture.look.blog_id, _day(capture)
        timezone, language = share.sources.get(capture.look.source, (None, None))
        earlier = known.get(blog_id, KnownBlog(blog_id))
        result = record(earlier, capture, timezone=timezone, language=language, reader_version=READER_VERSION)
        known[blog_id] = result.known
        of_day = rows.setdefault(day, {})
        for name, new in result.rows.items():
            of_day.setdefault(name, []).extend(new)
        if capture.segment:
            segments.setdefault(day, set()).add(capture.segment)
    return {
        day: Changes({name: tuple(some) for name, some in found.items()}, tuple(sorted(segments.get(day, ()))))
        for day, found in rows.items()
    }


def _day(capture: Capture) -> str:
    return capture.look.observed_at.date().isoformat()
