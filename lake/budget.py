"""What a lake costs: bytes and objects that stand there, and requests that were made, by layer and day."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from lake.requests import layer_of
from lake.snapshots import Chain
from lake.store import ObjectInfo, ObjectStore


@dataclass(frozen=True, slots=True)
class Usage:
    """One layer on one day."""

    layer: str
    """raw, packs, hot, days, checkpoints, snapshots, parts, or another top folder."""
    day: str
    """``YYYY-MM-DD``, the UTC day on which the objects were written."""
    objects: int
    bytes: int
    requests: int = 0
    """Of processes that committed, and of crawl tasks (`lake.requests`), on that day."""


def usage(store: ObjectStore) -> list[Usage]:
    """What stands in a lake now, by layer and day of writing, in that order."""
    return _summed(store.list(""), {})


def spent(chain: Chain, days: int | None = None) -> list[Usage]:
    """The same with the requests of each day; of the last few days only, where that is asked for."""
    return _summed(chain.store.list(""), requests_of(chain, days))


def requests_of(chain: Chain, days: int | None = None) -> dict[tuple[str, str], int]:
    """Requests by layer and day, as the last manifest of each day says; older days take longer to find."""
    newest = chain.newest()
    found: dict[tuple[str, str], int] = {}
    day, first = newest.committed_at.date(), None if days is None else newest.committed_at.date() - timedelta(days)
    while newest.number and (first is None or day > first):
        for name, count in newest.manifest.requests.items():
            where = name.split(" ")[1], newest.committed_at.date().isoformat()
            found[where] = found.get(where, 0) + count
        midnight = newest.committed_at.replace(hour=0, minute=0, second=0, microsecond=0)
        newest = chain.as_of(midnight - timedelta(microseconds=1))
        day = newest.committed_at.date()
    return found


def by_day(used: Iterable[Usage]) -> list[Usage]:
    """All layers together, each day as one usage of the layer ``all``."""
    days: dict[str, Counter[str]] = {}
    for item in used:
        counted = days.setdefault(item.day, Counter())
        counted.update(objects=item.objects, bytes=item.bytes, requests=item.requests)
    return [Usage("all", day, one["objects"], one["bytes"], one["requests"]) for day, one in sorted(days.items())]


def over_budget(used: Iterable[Usage], bytes_a_day: float, requests_a_day: float) -> list[Usage]:
    """The days on which the layers together passed a limit, as `by_day` gives them."""
    return [day for day in by_day(used) if day.bytes > bytes_a_day or day.requests > requests_a_day]


def _summed(objects: Iterable[ObjectInfo], requests: dict[tuple[str, str], int]) -> list[Usage]:
    counts: Counter[tuple[str, str]] = Counter()
    sizes: Counter[tuple[str, str]] = Counter()
    for info in objects:
        where = layer_of(info.key), info.modified_at.date().isoformat()
        counts[where] += 1
        sizes[where] += info.size
    return [
        Usage(*where, counts[where], sizes[where], requests.get(where, 0)) for where in sorted({*counts, *requests})
    ]
