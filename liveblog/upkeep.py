"""The lake's daily upkeep: what came in is folded, days that are over are closed, and their raw files are packed; then
what no snapshot names any more is removed.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from lake.lake import Lake
from lake.packing import PackedDay
from lake.schemas import tables
from lake.snapshots import Snapshot
from lake.vacuum import GRACE, Removal, vacuum
from liveblog.turns import in_turn

OnDay = Callable[[str, int, int], None]
"""Called before a day is packed: the day, its number from 0, how many there are."""

SWEEP_S = 3600.0
"""From one renewal of the lease to the next …"""
RENEW_EVERY = 1000
"""… which comes after so many removals."""
PATIENCE_S = 60.0
"""A fold takes seconds; a packing or a takedown that is under way is not waited for."""


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


def sweep(lake: Lake, *, run_key: str = "vacuum", grace: timedelta = GRACE, dry_run: bool = False) -> Iterator[Removal]:
    """Remove what retention no longer asks for (`lake.vacuum`), while nobody folds, packs or takes down.

    A dry run writes nothing, not even a lease. Raises LeaseHeld where another is at it for longer than a minute.
    """
    if dry_run:
        yield from vacuum(lake.chain, grace, dry_run=True)
        return
    with in_turn(lake, run_key, SWEEP_S, PATIENCE_S, "compact") as lease:
        for count, removal in enumerate(vacuum(lake.chain, grace), 1):
            yield removal
            if count % RENEW_EVERY == 0:
                lease.renew()


def _files(snapshot: Snapshot) -> int:
    return sum(len(snapshot.files(name)) for name in tables())
