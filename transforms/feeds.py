"""Finds the feeds of a page: runs of sibling elements built alike, each with a time or an id of its own.

From every seed (a mark of a time, or an id that holds a number) the way leads up; where several children of one
element carry seeds at the same place within them, they may be the updates of a live blog. Nothing here knows an
outlet, a class or an id: names are only compared with each other.
"""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate

from transforms.outline import Outline

MIN_UNITS = 2
MAX_PATH = 12
"""Levels between a unit and its seed that are compared."""
MAX_LOOKS = 20
"""A run with more kinds of looks than this styles every element on its own: classes tell nothing."""
UNIT_CHARS = 3000
"""Characters of one unit that count: a feed of many units outweighs one long article."""
_NUMBER = re.compile(r"[0-9a-f]{8,}|\d+")
_DIGITS = re.compile(r"\d{2,}|[0-9a-f]*\d[0-9a-f]{7,}")


@dataclass(frozen=True, slots=True)
class Feed:
    """Units built alike, in document order."""

    units: tuple[int, ...]
    """Indexes of the units' elements."""
    by_time: bool
    """Found by times; else by ids."""
    own_chars: int
    """Characters of text outside links, at most `UNIT_CHARS` a unit."""
    linked_chars: int

    @property
    def weight(self) -> float:
        """How much of a feed it is: its text, and the more the more units share it."""
        return self.own_chars * (1 - 1 / len(self.units)) ** 2


def find_feeds(outline: Outline, timed: Iterable[int]) -> list[Feed]:
    """Every run of units on the page, the weightiest first; `timed` are the indexes of elements with times."""
    volume = _Volume(outline)
    seeds = sorted(set(timed))
    found = [_feed(volume, units, True) for units in _runs(outline, seeds)]
    found += [_feed(volume, units, False) for units in _runs(outline, _numbered(outline))]
    return sorted((feed for feed in found if feed.own_chars), key=lambda feed: (-feed.weight, feed.units[0]))


def id_shape(identifier: str) -> str:
    """An id with its number taken out: "post-1288914" -> "post-#"."""
    return _NUMBER.sub("#", identifier)


class _Volume:
    """Characters of text and of links before each index, so that any subtree is measured at once."""

    def __init__(self, outline: Outline) -> None:
        self.ends = outline.ends
        sizes = [len(text.strip()) if text else 0 for text in outline.texts]
        linked = [0] * len(sizes)
        link_end = -1
        for at, tag in enumerate(outline.tags):
            if tag == "a" and at >= link_end:
                link_end = outline.ends[at]
                linked[at:link_end] = sizes[at:link_end]
        self.text = [0, *accumulate(sizes)]
        self.linked = [0, *accumulate(linked)]

    def linked_in(self, at: int) -> int:
        return self.linked[self.ends[at]] - self.linked[at]

    def own_in(self, at: int) -> int:
        return self.text[self.ends[at]] - self.text[at] - self.linked_in(at)


def _feed(volume: _Volume, units: list[int], by_time: bool) -> Feed:
    own = sum(min(volume.own_in(unit), UNIT_CHARS) for unit in units)
    return Feed(tuple(units), by_time, own, sum(volume.linked_in(unit) for unit in units))


def _numbered(outline: Outline) -> list[int]:
    """Elements whose id holds a number."""
    return [
        at
        for at, attributes in enumerate(outline.raw_attributes)
        if (name := attributes.get("id") or attributes.get("data-id")) and len(name) < 200 and _DIGITS.search(name)
    ]


def _runs(outline: Outline, seeds: list[int]) -> list[list[int]]:
    """Units by their shape; runs of one shape in neighbouring containers that look alike (days of a blog) are one."""
    runs: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for container, units in _branches(outline, seeds).items():
        place = (outline.parents[container], *_looks(outline, container))
        for unit in units:
            runs[(*place, outline.tags[unit], _path(outline, unit, seeds))].append(unit)
    alike = [units for run in runs.values() for units in _by_looks(outline, run)]
    return [sorted(units) for units in alike if len(units) >= MIN_UNITS]


def _by_looks(outline: Outline, run: list[int]) -> list[list[int]]:
    """A run split where elements share no class at all; without classes all are alike."""
    groups: list[tuple[set[str], list[int]]] = []
    for unit in run:
        tokens = set((outline.raw_attributes[unit].get("class") or "").split())
        home = next((group for group in groups if group[0] & tokens or not (group[0] or tokens)), None)
        if home is None:
            groups.append((tokens, [unit]))
        else:
            home[0].update(tokens)
            home[1].append(unit)
        if len(groups) > MAX_LOOKS:
            return [run]
    return [units for _, units in groups]


def _branches(outline: Outline, seeds: list[int]) -> dict[int, list[int]]:
    """Of every element, the children through which a seed is reached."""
    branches: dict[int, list[int]] = defaultdict(list)
    seen: set[int] = set()
    for seed in seeds:
        child = seed
        while child > 0 and child not in seen:
            seen.add(child)
            parent = outline.parents[child]
            branches[parent].append(child)
            child = parent
    return branches


def _looks(outline: Outline, at: int) -> tuple[str, str, str]:
    attributes = outline.raw_attributes[at]
    return outline.tags[at], attributes.get("class") or "", id_shape((attributes.get("id") or "")[:200])


def _path(outline: Outline, unit: int, seeds: list[int]) -> str:
    """The tags from a unit down to its first seed."""
    at = seeds[bisect_left(seeds, unit)]
    path: list[str] = []
    while at != unit and len(path) < MAX_PATH:
        path.append(outline.tags[at])
        at = outline.parents[at]
    return ">".join(reversed(path))
