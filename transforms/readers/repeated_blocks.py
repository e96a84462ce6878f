"""The structural reader: finds the repeated update blocks of a live blog that it has never seen.

The weightiest feed of the page (`transforms.feeds`) is read unit by unit (`transforms.unit`) and then judged by what
holds in every language: have the units text of their own, times in an order, headings that do not lead away; is the
feed what the page is about?
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from transforms.days import dated, page_day, shown_days
from transforms.feeds import MIN_UNITS, Feed, find_feeds, id_shape
from transforms.marks import Mark, find_marks
from transforms.outline import Outline
from transforms.pinned import find_pins, with_pins
from transforms.reading import Evidence, Parsed, Reading
from transforms.records import Section
from transforms.stamps import leading_stamp
from transforms.surroundings import surroundings
from transforms.times import read_machine, trusted
from transforms.titles import stated_dates
from transforms.unit import FeedReader, Unit
from transforms.weigh import DOMINANT, FULL_POINTS, comments_objection, evidence_for, median_words, objection_to

MAX_FEEDS = 4
"""Candidates that are read in full."""
MAX_UNITS = 20_000
LEAST_CHARS = 1000
LEAST_SHARE = 0.08
"""A feed with fewer characters, that are also less of the page's text, is not what the page is about."""


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
        return best_feed(parsed, outline, marks, (mark.index for mark in marks))


def best_feed(parsed: Parsed, outline: Outline, marks: Sequence[Mark], seeds: Iterable[int]) -> Reading | None:
    """The best of the feeds whose units hold `seeds`, indexes of elements; without sections where none is a live
    blog's, and None where there is no feed."""
    feeds = find_feeds(outline, seeds)
    total = sum(outline.sizes())
    weighty = [feed for feed in feeds if feed.own_chars >= min(LEAST_CHARS, LEAST_SHARE * total)]
    candidates: list[Reading] = []
    for feed in _apart(outline, weighty):
        candidates.append(_candidate(parsed, outline, marks, feed, total))
        if candidates[-1].sections and _points(candidates[-1]) == FULL_POINTS:
            break  # no other feed can be better
    good = [candidate for candidate in candidates if candidate.sections]
    if good:
        return max(good, key=_points)
    return next(iter(candidates), None)


def _points(reading: Reading) -> int:
    return sum(evidence.points for evidence in reading.evidence)


def _apart(outline: Outline, feeds: Sequence[Feed]) -> list[Feed]:
    """The weightiest feeds, without those that are parts of a weightier one's units."""
    chosen: list[Feed] = []
    for feed in feeds:
        first = feed.units[0]
        if not any(unit <= first < outline.ends[unit] for other in chosen for unit in other.units):
            chosen.append(feed)
        if len(chosen) >= MAX_FEEDS:
            break
    return chosen


def _candidate(parsed: Parsed, outline: Outline, marks: Sequence[Mark], feed: Feed, page_chars: int) -> Reading:
    """One feed as a reading; without sections where it is no live blog's, and then with the reason as evidence."""
    places, ends = _completed(outline, feed)
    reader = FeedReader(parsed, outline, marks, places, ends)
    units = _with_cards_between(outline, reader, dated_units(parsed, outline, places, ends, reader.read()))
    if _hides_stamps(parsed, reader):
        return Reading(reader=RepeatedBlocks.name, evidence=(Evidence(0, "more times stand in the blocks' prose"),))
    told = [unit for unit in units if unit.section.headline or unit.section.text or unit.section.media]
    share = feed.own_chars / max(page_chars, 1)
    live = parsed.told_live
    words = median_words(told)
    against = comments_objection(outline, places[0], told, generic=parsed.generic, live=live)
    objection = objection_to(told, words) or against
    if objection:
        return Reading(reader=RepeatedBlocks.name, evidence=(Evidence(-3 if share >= DOMINANT else 0, objection),))
    evidence = tuple(evidence_for(told, words, share, live=live))
    pins = find_pins(outline, reader, told)
    told = with_pins(told, pins)
    sections = in_place(_believed([unit.section for unit in told]), told)
    beside = frozenset(pin.place for pin in pins)
    return framed(Reading(RepeatedBlocks.name, sections, evidence=evidence), outline, places[0], beside)


def _hides_stamps(parsed: Parsed, reader: FeedReader) -> bool:
    """Whether runs of siblings hold paragraphs that open with a time as well: a part of rich text led by clocks."""
    runs = [unit for unit in reader.units if reader.end_of[unit] != reader.outline.ends[unit]]
    if not runs:
        return False
    stamps = (leading_stamp(text, parsed.context) for text in reader.inner_texts())
    return sum(stamp is not None and stamp.clock is not None and stamp.firm for stamp in stamps) >= MIN_UNITS


def dated_units(
    parsed: Parsed, outline: Outline, places: Sequence[int], ends: Sequence[int], units: list[Unit]
) -> list[Unit]:
    """Units with the days that headings between them, or the page, give to their clocks."""
    times = [unit.time for unit in units]
    if all(time.at or not time.clock for time in times):
        return units
    said = [read_machine(value, parsed.context).at for value in stated_dates(outline, parsed.linked)]
    day = page_day(said[0], said[1], parsed.context, times, shown_days(outline, places[0], parsed.context))
    read = dated(outline, list(zip(places, ends, strict=True)), times, parsed.context, day)
    return [
        replace(unit, time=time, section=replace(unit.section, published_at=time.at, time_source=time.source))
        for unit, time in zip(units, read, strict=True)
    ]


def framed(reading: Reading, outline: Outline, first: int, beside: frozenset[int] = frozenset()) -> Reading:
    """The reading with what stands above the feed, but for the elements `beside`, which are updates themselves."""
    around = surroundings(outline, first, [section.headline or "" for section in reading.updates], beside)
    return replace(reading, sections=(*around.sections, *reading.sections), standfirst=around.standfirst)


def _completed(outline: Outline, feed: Feed) -> tuple[list[int], list[int]]:
    """The feed's units and their siblings that are built alike but carry no seed; and where each ends."""
    if any(end != outline.ends[unit] for unit, end in zip(feed.units, feed.ends, strict=True)):
        return list(feed.units[:MAX_UNITS]), list(feed.ends[:MAX_UNITS])
    first = feed.units[0]
    looks = (outline.tags[first], outline.attribute(first, "class"))
    shape = id_shape(outline.attribute(first, "id"))
    units = set(feed.units)
    for container in sorted({outline.parents[unit] for unit in feed.units}):
        for child in outline.children(container):
            alike = (outline.tags[child], outline.attribute(child, "class")) == looks
            if alike and id_shape(outline.attribute(child, "id")) == shape and (looks[1] or shape):
                units.add(child)
    places = sorted(units)[:MAX_UNITS]
    return places, [outline.ends[place] for place in places]


def _with_cards_between(outline: Outline, reader: FeedReader, units: Sequence[Unit]) -> list[Unit]:
    """The units, each with the cards that stand between it and the next one, in elements of their own."""
    places = reader.units
    found = []
    for unit, place, following in zip(units, places, (*places[1:], 0), strict=True):
        end = min(following, outline.ends[outline.parents[place]])
        between = (
            at for at in _siblings(outline, reader.end_of[place], end) if outline.tags[at] == outline.tags[place]
        )
        cards = tuple(card for at in between if (card := reader.card_at(at)))
        found.append(replace(unit, cards=(*unit.cards, *cards)) if cards else unit)
    return found


def _siblings(outline: Outline, at: int, end: int) -> Iterator[int]:
    while at < end:
        yield at
        at = outline.ends[at]


def _believed(sections: list[Section]) -> list[Section]:
    if trusted(section.published_at for section in sections):
        return sections
    return [replace(section, published_at=None, time_source=None) for section in sections]


def in_place(sections: Sequence[Section], units: Sequence[Unit]) -> tuple[Section, ...]:
    """Sections of units, each followed by its cards."""
    return tuple(part for section, unit in zip(sections, units, strict=True) for part in (section, *unit.cards))
