"""What a lake costs: bytes, and objects written, by layer and day. Each object was one put request."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from lake.store import ObjectInfo, ObjectStore
from lake.verify import is_generation


@dataclass(frozen=True, slots=True)
class Usage:
    """One layer on one day."""

    layer: str
    """raw, packs, hot, days, checkpoints, snapshots, parts, or another top folder."""
    day: str
    """``YYYY-MM-DD``, the UTC day on which the objects were written."""
    objects: int
    bytes: int


def usage(store: ObjectStore) -> list[Usage]:
    """What stands in a lake now, by layer and day of writing, in that order."""
    return _summed(store.list(""))


def over_budget(used: Iterable[Usage], bytes_a_day: int, objects_a_day: int) -> list[Usage]:
    """The days on which the layers together passed a limit, each as one usage of the layer ``all``."""
    days: dict[str, Counter[str]] = {}
    for item in used:
        days.setdefault(item.day, Counter()).update(objects=item.objects, bytes=item.bytes)
    sums = [Usage("all", day, count["objects"], count["bytes"]) for day, count in sorted(days.items())]
    return [day for day in sums if day.bytes > bytes_a_day or day.objects > objects_a_day]


def _summed(objects: Iterable[ObjectInfo]) -> list[Usage]:
    counts: Counter[tuple[str, str]] = Counter()
    sizes: Counter[tuple[str, str]] = Counter()
    for info in objects:
        where = _layer(info.key), info.modified_at.date().isoformat()
        counts[where] += 1
        sizes[where] += info.size
    return [Usage(layer, day, counts[layer, day], sizes[layer, day]) for layer, day in sorted(counts)]


def _layer(key: str) -> str:
    folders = key.split("/")
    return folders[1] if is_generation(folders[0]) and len(folders) > 2 else folders[0]
