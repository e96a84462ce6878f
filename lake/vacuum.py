"""Retention: which snapshots are kept, and the removal of what none of them names (rule L3).

    for 48 hours   every snapshot, and the last `UNTOUCHED` in any case
    for 30 days    the last one of each hour
    for ever       the last one of each day, pinned ones, every number that is a multiple of `CELL`, and the newest

Manifests go first, then what only they named; an object younger than the grace period is never touched, since it may
belong to a commit or a packing under way. Raw segments, packs that an index names, and closed days of the newest
generation are never removed here.
"""

import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from lake.errors import SnapshotMissing
from lake.inventory import named_by
from lake.packs import all_packings
from lake.snapshots import CELL, UNTOUCHED, Chain
from lake.store import ObjectInfo
from lake.verify import is_generation

KEEP_ALL = timedelta(hours=48)
KEEP_HOURLY = timedelta(days=30)
GRACE = timedelta(hours=24)
PINS = "pins/"


@dataclass(frozen=True, slots=True)
class Removal:
    """An object that vacuum removes."""

    key: str
    bytes: int
    why: str


def kept(snapshots: Iterable[tuple[int, datetime]], now: datetime, pinned: Collection[int]) -> set[int]:
    """The numbers to keep, of snapshots given with the times at which they were committed."""
    newest_first = sorted(snapshots, reverse=True)
    if not newest_first:
        return set()
    newest = newest_first[0][0]
    keep, hours, days = set(), set(), set()
    for number, moment in newest_first:
        hour, day, age = moment.replace(minute=0, second=0, microsecond=0), moment.date(), now - moment
        recent = number > newest - UNTOUCHED or age <= KEEP_ALL or (age <= KEEP_HOURLY and hour not in hours)
        if recent or day not in days or number in pinned or number % CELL == 0:
            keep.add(number)
        hours.add(hour)
        days.add(day)
    return keep


def pin(chain: Chain, number: int, why: str) -> None:
    """Keep a snapshot for ever. Raises SnapshotMissing; pinning again changes nothing."""
    chain.at(number)
    said = {"why": why, "pinned_at": chain.store.now().isoformat()}
    chain.store.put_if_absent(_pin_key(number), json.dumps(said).encode())


def pins(chain: Chain) -> set[int]:
    """The numbers that are pinned."""
    return {int(info.key.removeprefix(PINS).removesuffix(".json")) for info in chain.store.list(PINS)}


def pin_reasons(chain: Chain) -> dict[int, str]:
    """What each pinned snapshot is kept for; empty where that was not said."""
    return {number: json.loads(chain.store.get(_pin_key(number)))["why"] for number in sorted(pins(chain))}


def _pin_key(number: int) -> str:
    return f"{PINS}{number:012d}.json"


def vacuum(chain: Chain, grace: timedelta = GRACE, dry_run: bool = False) -> Iterator[Removal]:
    """Remove what retention no longer asks for, telling of each object; a dry run only tells.

    Interrupted, it may simply be run again.
    """
    now = chain.store.now()
    listed = {_number(info): info for info in chain.store.list("snapshots/")}
    keep = kept(((number, info.modified_at) for number, info in listed.items()), now, pins(chain))
    named = set(named_by((chain.at(number).manifest for number in sorted(keep)), chain.parts))
    named |= {pack.key for packing in all_packings(chain.store) for pack in packing.packs}
    expired = [Removal(info.key, info.size, "expired") for number, info in listed.items() if number not in keep]
    generation = chain.newest().generation
    unnamed = [
        Removal(info.key, info.size, "unnamed")
        for info in chain.store.list("")
        if info.key not in named and now - info.modified_at > grace and _removable(info.key, generation)
    ]
    for removal in (*expired, *unnamed):
        if not dry_run:
            chain.store.delete(removal.key)
        yield removal


def _removable(key: str, generation: int) -> bool:
    top, _, rest = key.partition("/")
    if is_generation(top):
        return top != f"g{generation}" or not rest.startswith("days/")
    return top in {"parts", "probes"} or (top == "packs" and "/index-" not in key)


def _number(info: ObjectInfo) -> int:
    return int(info.key.removeprefix("snapshots/").removesuffix(".json"))


def unpin(chain: Chain, number: int) -> None:
    """Let a snapshot expire like any other. Raises SnapshotMissing if it is not pinned."""
    if number not in pins(chain):
        raise SnapshotMissing(f"{chain.store.root}: snapshot {number} is not pinned.")
    chain.store.delete(_pin_key(number))
