"""The tables rebuilt from raw/ (rule L8): the same code gives the same rows, better readers give better ones.

    raw/, packs/ ──(day by day; a process a share of the blogs, `liveblog.rebuilding`)──> rows of the day ──(headlines
    linked in time order)──> a new generation ──> differences, and one commit that switches to it

A range starts from the state before it, and earlier days come along as they are. What no look stands behind, the watch
list and incidents, is carried over. Memory holds a day, whatever the history.
"""

from bisect import insort
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from lake.differences import Difference
from lake.errors import ObjectMissing, SnapshotDamaged
from lake.generations import Generation
from lake.headlines import headlines_with
from lake.inventory import CARRIED
from lake.lake import Lake
from lake.parquet import values_of
from lake.parts import segment_day
from lake.rewind import before, rows_of
from lake.snapshots import Snapshot
from lake.state import LOOKS, state
from liveblog.errors import InputError
from liveblog.rebuilding import Day, Share, rebuilders
from liveblog.sources import Contexts
from liveblog.turns import LEASE
from transforms.near import WINDOW, query_keys, relate
from transforms.rows import Changes, HeadlineRow, Row

COMPARING = "compare"
LEASES = {False: LEASE, True: COMPARING}
"""What a replay is done under, by whether it only compares: recording goes on then, takedowns wait."""


@dataclass(frozen=True, slots=True)
class Replayed:
    """What a replay made, and how it differs from what was there."""

    days: tuple[str, ...]
    differences: Mapping[str, Difference]
    snapshot: int | None
    """None where it was only compared."""
    damaged: Mapping[str, str]
    """What is wrong with segments (their looks before the damage count), and with files of the old tables (their rows
    count as none, so that they come anew)."""


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
    on_day: Callable[[str, int, int], None] | None = None,
) -> Replayed:
    """Rebuild the days from `since` to `until` (all by default) and switch to them, or only `compare`.

    `sources` are the time zone and language of each source, as in recording; `on_day` hears of each day beforehand,
    with its number from 0 and how many there are. Hold the lease of `LEASES`. Raises InputError where the range ends
    before the newest look and is to be switched to: later days stand on it; or where raw/ holds what a takedown had
    removed.
    """
    lake.prepare()
    _refuse_returned(lake)
    new = Generation.begin(lake.chain)
    days = replay_days(lake, new, since, until)
    if not days:
        raise InputError(f"{lake.root}: no looks in that range: leave --from and --to away")
    if not compare and until is not None and until.isoformat() < max(new.days(), default=""):
        raise InputError("--to leaves out later days, which stand on those replayed: leave it away, or add --compare")
    start = before(lake.chain, new.base, days[0])
    damaged: dict[str, str] = {}
    done: list[str] = []
    for day, rows in rebuilt(lake, start, new.base, days, until, processes, sources or {}):
        if on_day is not None:
            on_day(day, len(done), len({*days, day}))
        new.write(rows.changes)
        damaged |= rows.damaged
        done.append(day)
    new.write(Changes({name: rows_of(new.base, name, done) for name in CARRIED}))
    if compare:
        differences = new.differences(done)
        new.discard()
        return Replayed(tuple(done), differences, None, damaged | new.damaged)
    new.carry([day for day in new.days() if day < days[0]])
    differences = new.differences(done)
    switched = new.publish(run_key, guard, lake.raw.entry)
    return Replayed(tuple(done), differences, switched.number, damaged | new.damaged)


def titles(lake: Lake, differences: Mapping[str, Difference]) -> dict[str, str]:
    """What the blogs that differ are called: title and address, by id."""
    blogs = {blog for one in differences.values() for blog in one.blogs() if blog}
    known = state(lake.newest(), blogs, LOOKS) if blogs else {}
    told = {blog: (one.blog and one.blog.title, one.last_look and one.last_look.url) for blog, one in known.items()}
    return {blog: "  ".join(word for word in words if word) for blog, words in told.items()}


def _refuse_returned(lake: Lake) -> None:
    """Segments from a copy older than a takedown are not read."""
    lake.chain.newest()
    moved = lake.chain.moves.segments
    back = next((info.key for info in lake.store.list("raw/") if info.key in moved), None) if moved else None
    if back is not None:
        raise InputError(f"{back}: a takedown had removed it and it is back: liveblog redact --again, then replay")


def replay_days(lake: Lake, new: Generation, since: date | None, until: date | None) -> list[str]:
    """The days to rebuild: those with rows, or with raw segments, in the range."""
    held = _raw_days(lake, new.base) | set(new.days())
    first, last = (since or date.min).isoformat(), (until or date.max).isoformat()
    return sorted(day for day in held if first <= day <= last)


def rebuilt(
    lake: Lake,
    start: Snapshot,
    base: Snapshot,
    days: list[str],
    until: date | None,
    processes: int,
    sources: Contexts,
) -> Iterator[tuple[str, Day]]:
    """The days in order, each with its rows, near-repeats linked; days that only raw/ knows come as they are found."""
    raw_days = tuple(raw_days_of(lake, base, days))
    last = (until or date.max).isoformat()
    shares = [
        Share(lake.root, start.manifest, raw_days, days[0], last, index, processes, sources)
        for index in range(processes)
    ]
    headlines: list[HeadlineRow] = []
    waiting = list(days)
    with rebuilders(shares, lake) as submit:
        while waiting:
            day = waiting.pop(0)
            parts = [future.result() for future in submit(day)]
            for found in sorted({later for part in parts for later in part.later} - set(waiting)):
                insort(waiting, found)
            changes = linked(start, _joined([part.changes for part in parts]), headlines)
            oldest = date.fromisoformat(day) - WINDOW
            headlines = [row for row in (*headlines, *_headlines(changes)) if row.observed_at.date() >= oldest]
            yield day, Day(changes, {key: why for part in parts for key, why in part.damaged.items()})


def raw_days_of(lake: Lake, base: Snapshot, days: list[str]) -> list[str]:
    """Where looks of these days lie in raw/: under the same days, the next one, or where their rows say."""
    after, held = (date.fromisoformat(days[-1]) + timedelta(days=1)).isoformat(), _raw_days(lake, base)
    try:
        told = {segment_day(segment) for segment in values_of(lake.store, base.files("captures", days), "segment")}
    except (SnapshotDamaged, ObjectMissing):  # what is damaged is to be rebuilt: look everywhere
        return sorted(held)
    return sorted({day for day in held if days[0] <= day <= after} | told)


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
