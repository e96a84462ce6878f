"""Finds the feeds of a page: runs of sibling elements built alike, each with a time or an id of its own.

From every seed (a mark of a time, or an id that holds a number) the way leads up; where several children of one
element carry seeds at the same place within them, they may be the updates of a live blog. Nothing here knows an
outlet, a class or an id: names are only compared with each other.
"""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import accumulate

from transforms.outline import TEXT, Outline
from transforms.pieces import HEADINGS

MIN_UNITS = 2
MAX_PATH = 12
"""Levels between a unit and its seed that are compared."""
MAX_LOOKS = 20
"""In a run with more kinds of looks than this, or almost as many as units, classes tell nothing: each has its own."""
UNIT_CHARS = 3000
"""Characters of one unit that count: a feed of many units outweighs one long article."""
OPENING_CHARS = 40
"""Characters of an element that opens an update which is no element: a clock, with a name or label at most …"""
OPENING_NODES = 40
"""… beside the update's heading, which stands among so many nodes."""
HEADED = 0.7
_NUMBER = re.compile(r"[0-9a-f]{8,}|\d+")
_DIGITS = re.compile(r"\d{2,}|[0-9a-f]*\d[0-9a-f]{7,}")


@dataclass(frozen=True, slots=True)
class Feed:
    """Units built alike, in document order."""

    units: tuple[int, ...]
    """Indexes of the units' elements, or of the first element of each, where a unit is a run of siblings."""
    ends: tuple[int, ...]
    """For each unit the index after its last node."""
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
    found: list[Feed] = []
    for units in _runs(outline, seeds):
        found.append(_feed(volume, units, [outline.ends[unit] for unit in units], True))
        opened = _unwrapped(outline, volume, units)
        if opened:
            found.append(_feed(volume, *opened, True))
    numbered = _runs(outline, _numbered(outline))
    found += [_feed(volume, units, [outline.ends[unit] for unit in units], False) for units in numbered]
    return sorted((feed for feed in found if feed.own_chars), key=lambda feed: (-feed.weight, feed.units[0]))


def _unwrapped(outline: Outline, volume: "_Volume", units: list[int]) -> tuple[list[int], list[int]] | None:
    """Runs of siblings, each opened by a small element with a time: updates that are no elements of their own.

    A heading that stands right before each of those elements belongs to the run that it opens.
    """
    container = outline.parents[units[0]]
    if len(units) <= MIN_UNITS or any(outline.parents[unit] != container for unit in units):
        return None
    small = all(volume.own_in(unit) - _headings_in(outline, volume, unit) <= OPENING_CHARS for unit in units)
    if not small or any(outline.tags[unit] in HEADINGS for unit in units):  # "12.31 Uhr: …" is read elsewhere
        return None
    siblings = [at for at in outline.children(container) if outline.tags[at] != TEXT]
    place = {at: number for number, at in enumerate(siblings)}
    before = [siblings[place[unit] - 1] if place[unit] else -1 for unit in units]
    headed = sum(at >= 0 and outline.tags[at] in HEADINGS for at in before) > HEADED * len(units)
    starts = [
        at if headed and at >= 0 and outline.tags[at] in HEADINGS else unit
        for at, unit in zip(before, units, strict=True)
    ]
    ends = [*starts[1:], outline.ends[container]]
    gaps = sum(volume.text[end] - volume.text[outline.ends[unit]] > 0 for unit, end in zip(units, ends, strict=True))
    return (starts, ends) if gaps > HEADED * len(units) else None


def _headings_in(outline: Outline, volume: "_Volume", unit: int) -> int:
    """Characters of the headings in an element that opens an update."""
    inside = range(unit, min(outline.ends[unit], unit + OPENING_NODES))
    return sum(volume.own_in(at) for at in inside if outline.tags[at] in HEADINGS)


def id_shape(identifier: str) -> str:
    """An id with its number taken out: "post-1288914" -> "post-#"."""
    return _NUMBER.sub("#", identifier)


class _Volume:
    """Characters of text and of links before each index, so that any subtree is measured at once."""

    def __init__(self, outline: Outline) -> None:
        self.ends = outline.ends
        sizes = outline.sizes()
        linked = [0] * len(sizes)
        link_end = -1
        for at, tag in enumerate(outline.tags):
            if tag == "a" and at >= link_end:
                link_end = outline.ends[at]
                linked[at:link_end] = sizes[at:link_end]
        self.text = [0, *accumulate(sizes)]
        self.linked = [0, *accumulate(linked)]

    def linked_between(self, start: int, end: int) -> int:
        return self.linked[end] - self.linked[start]

    def own_between(self, start: int, end: int) -> int:
        return self.text[end] - self.text[start] - self.linked_between(start, end)

    def own_in(self, at: int) -> int:
        return self.own_between(at, self.ends[at])


def _feed(volume: _Volume, units: list[int], ends: list[int], by_time: bool) -> Feed:
    spans = list(zip(units, ends, strict=True))
    own = sum(min(volume.own_between(start, end), UNIT_CHARS) for start, end in spans)
    return Feed(tuple(units), tuple(ends), by_time, own, sum(volume.linked_between(*span) for span in spans))


def _numbered(outline: Outline) -> list[int]:
    """Elements whose id holds a number."""
    found: list[int] = []
    for at, attributes in enumerate(outline.raw_attributes):
        name = attributes and (attributes.get("id") or attributes.get("data-id"))
        if name and len(name) < 200 and _DIGITS.search(name):
            found.append(at)
    return found


def _runs(outline: Outline, seeds: list[int]) -> list[list[int]]:
    """Units by their shape; runs of one shape in neighbouring containers that look alike (days of a blog) are one."""
    runs: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for container, units in _branches(outline, seeds).items():
        place = (outline.parents[container], *_looks(outline, container))
        for unit in units:
            runs[(*place, outline.tags[unit], _path(outline, unit, seeds))].append(unit)
    several = (run for run in runs.values() if len(run) >= MIN_UNITS)
    alike = [units for run in several for units in _by_looks(outline, run)]
    return [sorted(units) for units in alike if len(units) >= MIN_UNITS]


def _by_looks(outline: Outline, run: list[int]) -> list[list[int]]:
    """A run split where elements share neither a class nor what they say they are; without any of it all are alike."""
    groups: list[tuple[set[str], list[int]]] = []
    for unit in run:
        tokens = _tokens(outline.raw_attributes[unit])
        home = next((group for group in groups if group[0] & tokens or not (group[0] or tokens)), None)
        if home is None:
            groups.append((tokens, [unit]))
        else:
            home[0].update(tokens)
            home[1].append(unit)
        if len(groups) > MAX_LOOKS:
            return [run]
    return [run] if 2 * len(groups) > len(run) else [units for _, units in groups]


def _tokens(attributes: Mapping[str, str | None]) -> set[str]:
    """What an element has in common with others built alike: classes, its role or type, an id with a number taken out.

    Generated class names differ between the kinds of one feed's posts; their role, or the shape of their ids, does not.
    """
    tokens = set((attributes.get("class") or "").split())
    tokens.update(f"{name}={value}" for name in ("role", "itemprop", "itemtype") if (value := attributes.get(name)))
    shape = id_shape((attributes.get("id") or "")[:200])
    return tokens | {f"id={shape}"} if "#" in shape else tokens


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
