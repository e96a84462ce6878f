"""Retention: which snapshots are kept, and the removal of what none of them names (rule L3).

    for 48 hours   every snapshot, and the last `UNTOUCHED` in any case
    for 30 days    the last one of each hour
    for ever       the last one of each day, pinned ones, every number that is a multiple of `CELL`, and the newest

The time that counts is the commit's, which a copy of the lake keeps; a store's own times are those of the copying.
Manifests go first, then what only they named; an object younger than the grace period is never touched, since it may
belong to a commit under way, nor is a generation that is being built. Raw segments, packs that stand for some, and
closed days of the newest generation are never removed here.

Hold the lease ``compact``: a fold, a packing or a takedown that begins again takes up what an earlier one left.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from lake.errors import SnapshotMissing
from lake.inventory import Named, named_by
from lake.manifest import number_in
from lake.moves import first_name
from lake.packs import Packing, all_packings
from lake.parts import segment_day
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
    return {number for info in chain.store.list(PINS) if (number := number_in(info.key)) is not None}


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
    listed = {number: info for info in chain.store.list("snapshots/") if (number := number_in(info.key)) is not None}
    keep = kept(((number, chain.at(number).committed_at) for number in listed), now, pins(chain))
    named = named_by((chain.at(number).manifest for number in sorted(keep)), chain.parts)
    expired = [Removal(info.key, info.size, "expired") for number, info in listed.items() if number not in keep]
    for removal in (*expired, *_unnamed(chain, named, now - grace)):
        if not dry_run:
            chain.store.delete(removal.key)
        yield removal


def _unnamed(chain: Chain, named: Mapping[str, Named], before: datetime) -> list[Removal]:
    """Objects last written before a moment that nothing names, and that may go."""
    generation, packed = chain.newest().generation, all_packings(chain.store)
    packs = {pack.key for packing in packed for pack in packing.packs}
    objects = [info for info in chain.store.list("") if info.key not in packs]
    spared = tuple(_growing(objects, generation, before) | _lacking(named, packed, objects))
    return [
        Removal(info.key, info.size, "unnamed")
        for info in objects
        if info.key not in named
        and info.modified_at < before
        and _removable(info.key, generation)
        and not info.key.startswith(spared)
    ]


def _growing(objects: Iterable[ObjectInfo], generation: int, before: datetime) -> set[str]:
    """Folders of generations not switched to yet to which something came since a moment: a replay may take days."""
    tops = {info.key.partition("/")[0] for info in objects if info.modified_at >= before}
    return {f"{top}/" for top in tops if is_generation(top) and int(top[1:]) > generation}


def _lacking(named: Mapping[str, Named], packed: Iterable[Packing], objects: Iterable[ObjectInfo]) -> set[str]:
    """Folders of packs of days that lack a segment: their index may be what was lost, and they all there is of it."""
    there = {first_name(info.key) for info in objects}
    there |= {first_name(entry.key) for packing in packed for entry in packing.segments}
    lost = (item.key for item in named.values() if item.what == "segment" and first_name(item.key) not in there)
    return {f"packs/dt={segment_day(key)}/" for key in lost}


def _removable(key: str, generation: int) -> bool:
    top, _, rest = key.partition("/")
    if is_generation(top):
        return top != f"g{generation}" or not rest.startswith("days/")
    return top in {"parts", "probes"} or (top == "packs" and "/index-" not in key)


def unpin(chain: Chain, number: int) -> None:
    """Let a snapshot expire like any other. Raises SnapshotMissing if it is not pinned."""
    if number not in pins(chain):
        raise SnapshotMissing(f"{chain.store.root}: snapshot {number} is not pinned.")
    chain.store.delete(_pin_key(number))
