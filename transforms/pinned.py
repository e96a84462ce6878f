"""Pinned updates above a feed: a second copy of an update below (one update, marked pinned), or its only place.

<div><article class="block">…</article></div>             above the feed, built like its units, often without id
<div><article class="block" id="block-17">…</article>…    the feed; the original may stand in it, or on another page
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from transforms.outline import Outline, word_count
from transforms.records import Kind
from transforms.unit import FeedReader, Unit
from transforms.weigh import MIN_WORDS

MAX_PINNED = 3
"""More elements above the feed that look like its units are something else."""
MAX_RISE = 2
"""Elements around a pinned update that may be its frame."""
_PINNED = re.compile(r"(?:^|[^a-z])pinned", re.IGNORECASE)
_SEMANTIC = frozenset({"article", "li"})
"""Elements that stand for an entry by themselves, so that one class in common is enough."""


@dataclass(frozen=True, slots=True)
class Pin:
    """An element above the feed."""

    place: int
    unit: Unit
    original: int | None
    """Index of the unit that it repeats; None where this is the update's only place on the page."""


def find_pins(outline: Outline, reader: FeedReader, units: Sequence[Unit]) -> list[Pin]:
    """The pinned updates above the feed, in page order."""
    places = list(_alike(outline, reader.units))
    known = {_words(unit): number for number, unit in reversed(list(enumerate(units)))} if places else {}
    pins: list[Pin] = []
    for place in places:
        unit = reader.unit_at(place)
        original = known.get(_words(unit))
        if original is not None or _is_update(outline, reader.units, place, unit):
            pins.append(Pin(place, unit, original))
        if len(pins) > MAX_PINNED:
            return []
    return pins


def with_pins(units: Sequence[Unit], pins: Sequence[Pin]) -> list[Unit]:
    """The units, originals of copies marked pinned, after the pinned updates that stand above the feed only."""
    originals = {pin.original for pin in pins}
    alone = [_pinned(replace(pin.unit, cards=())) for pin in pins if pin.original is None]
    return [*alone, *(_pinned(unit) if number in originals else unit for number, unit in enumerate(units))]


def _pinned(unit: Unit) -> Unit:
    return replace(unit, section=replace(unit.section, pinned=True))


def _alike(outline: Outline, units: Sequence[int]) -> Iterator[int]:
    """Elements between the page's heading and the feed that share a class with the first unit, outermost ones."""
    first = units[0]
    tokens = _tokens(outline, first)
    heading = max((at for at in outline.tagged("h1") if at < first), default=0)
    at = outline.ends[heading] if heading else 0
    while tokens and at < first:
        if outline.raw_attributes[at] and outline.ends[at] <= first and tokens & _tokens(outline, at):
            yield at
            at = outline.ends[at]
        else:
            at += 1


def _tokens(outline: Outline, at: int) -> set[str]:
    return set((outline.raw_attributes[at].get("class") or "").split())


def _is_update(outline: Outline, units: Sequence[int], place: int, unit: Unit) -> bool:
    """Built like the feed's units, with prose, and with an id or a time of its own or a word that says it is pinned."""
    section = unit.section
    named = section.publisher_id or unit.time.at or unit.time.clock or _says_pinned(outline, place)
    if section.kind is not Kind.UPDATE or unit.links_away or not named or word_count(section.text) < MIN_WORDS:
        return False
    if outline.tags[place] in _SEMANTIC and outline.tags[place] == outline.tags[units[0]]:
        return True
    common = set.intersection(*(_tokens(outline, at) for at in units))
    return bool(common) and common <= _tokens(outline, place)


def _says_pinned(outline: Outline, place: int) -> bool:
    """Whether the element, or one right around it, is marked up as pinned."""
    homes = (outline.raw_attributes[at] for at in (place, *islice(outline.ancestors(place), MAX_RISE)))
    return any(_PINNED.search(f"{home.get('class') or ''} {home.get('id') or ''}") for home in homes)


def _words(unit: Unit) -> str:
    return " ".join(f"{unit.section.headline or ''} {unit.section.text}".casefold().split())
