"""The lake's daily upkeep: what came in is folded, days that are over are closed, and their raw files are packed."""

from collections.abc import Callable
from dataclasses import dataclass

from lake.lake import Lake
from lake.packing import PackedDay
from lake.schemas import tables
from lake.snapshots import Snapshot

OnDay = Callable[[str, int, int], None]
"""Called before a day is packed: the day, its number from 0, how many there are."""


@dataclass(frozen=True, slots=True)
class Closed:
    """What one round of upkeep did."""

    snapshot: int
    changed: bool
    """False where there was nothing to fold."""
    before: int
    """Parquet files that the newest snapshot named before."""
    files: int
    """And after."""
    packed: tuple[PackedDay, ...]
    """Days of raw/ that were packed or indexed."""


def close_days(
    lake: Lake, *, run_key: str = "compact", pack: bool = True, pack_after_days: int = 0, on_day: OnDay | None = None
) -> Closed:
    """Fold, close the days that are over for an hour, and pack their raw files (`pack_after_days` days later).

    Safe beside readers and a running recorder; run again, after any crash, it completes what it had begun.
    """
    before = lake.newest()
    after = lake.compact(run_key)
    days = tuple(lake.pack(run_key, pack_after_days, on_day)) if pack else ()
    return Closed(after.number, after.number != before.number, _files(before), _files(after), days)


def _files(snapshot: Snapshot) -> int:
    return sum(len(snapshot.files(name)) for name in tables())
