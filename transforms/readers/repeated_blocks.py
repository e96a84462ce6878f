"""The structural reader: finds the repeated update blocks of a live blog that it has never seen.

The weightiest feed of the page (`transforms.feeds`) is read unit by unit (`transforms.unit`) and then judged by what
holds in every language: have the units text of their own, times in an order, headings that do not lead away; is the
feed what the page is about?
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from statistics import median

from transforms.feeds import Feed, find_feeds, id_shape
from transforms.marks import Mark, find_marks
from transforms.outline import Outline
from transforms.reading import Evidence, Parsed, Reading
from transforms.records import Section
from transforms.surroundings import surroundings
from transforms.times import TimeRead, trusted
from transforms.unit import FeedReader, Unit

MAX_FEEDS = 4
"""Candidates that are read in full."""
MAX_UNITS = 20_000
TEASER_SHARE = 0.5
"""A feed with this share of headings that lead to other pages is a list of teasers."""
MIN_WORDS = 8
"""Words that the middle unit of a live blog has at least."""
IN_ORDER = 0.8
DOMINANT = 0.35


class RepeatedBlocks:
    """Updates from repeated elements of the page's tree."""

    name = "dom"
    generic = True

    def read(self, parsed: Parsed) -> Reading | None:
        """The best feed of the page; None where no feed could be a live blog's."""
        outline = parsed.outline
        if outline is None:
            return None
        marks = find_marks(outline)
        feeds = find_feeds(outline, (mark.index for mark in marks))
        total = sum(len(text.strip()) for text in outline.texts)
        readings = (_judged(_units(parsed, outline, marks, feed), feed, total) for feed in feeds[:MAX_FEEDS])
        return next(
            (_framed(reading, outline, feed) for reading, feed in zip(readings, feeds, strict=False) if reading), None
        )


def _units(parsed: Parsed, outline: Outline, marks: Sequence[Mark], feed: Feed) -> list[Unit]:
    return FeedReader(parsed, outline, marks, _completed(outline, feed)[:MAX_UNITS]).read()


def _framed(reading: Reading, outline: Outline, feed: Feed) -> Reading:
    """The reading with what stands above the feed."""
    around = surroundings(outline, feed.units[0], [section.headline or "" for section in reading.updates])
    sections = (*around.sections, *reading.sections)
    placed = tuple(replace(section, position=place) for place, section in enumerate(sections))
    return replace(reading, sections=placed, standfirst=around.standfirst)


def _completed(outline: Outline, feed: Feed) -> list[int]:
    """The feed's units and their siblings that are built alike but carry no seed."""
    first = feed.units[0]
    looks = (outline.tags[first], outline.attribute(first, "class"))
    shape = id_shape(outline.attribute(first, "id"))
    units = set(feed.units)
    for container in sorted({outline.parents[unit] for unit in feed.units}):
        for child in outline.children(container):
            alike = (outline.tags[child], outline.attribute(child, "class")) == looks
            if alike and id_shape(outline.attribute(child, "id")) == shape and (looks[1] or shape):
                units.add(child)
    return sorted(units)


def _judged(units: Sequence[Unit], feed: Feed, page_chars: int) -> Reading | None:
    units = [unit for unit in units if unit.section.headline or unit.section.text or unit.section.media]
    if len(units) < 2:
        return None
    away = sum(unit.links_away for unit in units) / len(units)
    words = median(len(unit.section.text.split()) for unit in units)
    if away >= TEASER_SHARE or words < MIN_WORDS:
        return None
    evidence = [Evidence(1, f"{len(units)} blocks built alike, {words:.0f} words in the middle one")]
    evidence += _time_evidence([unit.time for unit in units])
    share = feed.own_chars / max(page_chars, 1)
    if share >= DOMINANT:
        evidence.append(Evidence(1, f"they hold {share:.0%} of the page's text"))
    sections = _believed([unit.section for unit in units])
    cards = [(place, card) for place, unit in enumerate(units) for card in unit.cards]
    return Reading(reader="dom", sections=_in_place(sections, cards), evidence=tuple(evidence))


def _time_evidence(times: Sequence[TimeRead]) -> list[Evidence]:
    share = sum(bool(time.at or time.clock) for time in times) / len(times)
    if share < TEASER_SHARE:
        return [Evidence(-1, "most of them have no time")]
    evidence = [Evidence(1, f"{share:.0%} of them have a time")]
    moments = [time.at.timestamp() for time in times if time.at]
    if len(moments) < 2:
        moments = [time.clock.hour * 60.0 + time.clock.minute for time in times if time.clock]
    falling, rising = (sum(sign * (b - a) >= 0 for a, b in pairwise(moments)) for sign in (-1, 1))
    steps = max(len(moments) - 1, 1)
    if len(moments) > 1 and max(falling, rising) >= min(IN_ORDER * steps, steps - (steps > 2)):
        evidence.append(Evidence(1, f"their times {'fall' if falling >= rising else 'rise'} down the page"))
    return evidence


def _believed(sections: list[Section]) -> list[Section]:
    if trusted(section.published_at for section in sections):
        return sections
    return [replace(section, published_at=None, time_source=None) for section in sections]


def _in_place(sections: list[Section], cards: list[tuple[int, Section]]) -> tuple[Section, ...]:
    placed: list[Section] = []
    for place, section in enumerate(sections):
        placed.append(section)
        placed += [card for at, card in cards if at == place]
    return tuple(replace(section, position=place) for place, section in enumerate(placed))
