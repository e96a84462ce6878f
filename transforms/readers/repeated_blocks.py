"""The structural reader: finds the repeated update blocks of a live blog that it has never seen.

The weightiest feed of the page (`transforms.feeds`) is read unit by unit (`transforms.unit`) and then judged by what
holds in every language: have the units text of their own, times in an order, headings that do not lead away; is the
feed what the page is about?
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from statistics import median

from transforms.days import dated, page_day
from transforms.feeds import Feed, find_feeds, id_shape
from transforms.marks import Mark, find_marks
from transforms.outline import Outline
from transforms.readers.json_ld import facts
from transforms.readers.page_facts import live_word
from transforms.reading import Evidence, Parsed, Reading
from transforms.records import Kind, Section
from transforms.surroundings import surroundings
from transforms.times import TimeRead, trusted
from transforms.unit import FeedReader, Unit

MAX_FEEDS = 4
"""Candidates that are read in full."""
MAX_UNITS = 20_000
TEASER_SHARE = 0.5
"""A feed with this share of headings that lead to other pages is a list of teasers."""
MIN_WORDS = 6
"""Words that the middle unit of a live blog has at least, headline included."""
MIN_SIGNED = 4
MOST = 0.7
"""Of at least four signed blocks this share signed, and by different people: a newsroom has fewer reporters."""
_COMMENT = re.compile(r"schema\.org/(?:User)?Comment|\bcomment\b", re.IGNORECASE)
_COMMENTS = re.compile(
    r"(?:^|[\s_-])(?:comments?|disqus|respon[sd]|repl(?:y|ies)|forum|reviews?)(?:$|[\s_-])", re.IGNORECASE
)
MAX_LONE_MARKS = 20
MAX_LONE_NODES = 400
"""A page with more marks, or an element with more nodes, is no blog that has just begun."""
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
        candidates = [_candidate(parsed, outline, marks, feed, total) for feed in _apart(outline, feeds)]
        good = [candidate for candidate in candidates if candidate.sections]
        if good:
            return max(good, key=_points)
        return _lone(parsed, outline, marks) or next(iter(candidates), None)


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
    places = _completed(outline, feed)[:MAX_UNITS]
    units = _dated(parsed, outline, places, FeedReader(parsed, outline, marks, places).read())
    told = [unit for unit in units if unit.section.headline or unit.section.text or unit.section.media]
    share = feed.own_chars / max(page_chars, 1)
    objection = _objection(told) or _others(outline, places, told, generic=parsed.generic)
    if objection:
        return Reading(reader=RepeatedBlocks.name, evidence=(Evidence(-3 if share >= DOMINANT else 0, objection),))
    return _framed(_judged(told, share), outline, places[0])


def _lone(parsed: Parsed, outline: Outline, marks: Sequence[Mark]) -> Reading | None:
    """The first update of a blog that has just begun: the smallest element that holds a time and prose of its own,
    on a page that calls itself live and shows no other such element."""
    word = live_word(parsed)
    places = _lone_places(outline, marks) if word else []
    if len(places) != 1:
        return None
    units = _dated(parsed, outline, places, FeedReader(parsed, outline, marks, places).read())
    unit = units[0]
    if unit.links_away or unit.section.kind is not Kind.UPDATE or not (unit.time.at or unit.time.clock):
        return None
    if len(unit.section.text.split()) < MIN_WORDS:
        return None
    evidence = Evidence(3, f"one timed block on a page that says {word!r}")
    return _framed(Reading("dom", _in_place([unit.section], []), evidence=(evidence,)), outline, places[0])


def _lone_places(outline: Outline, marks: Sequence[Mark]) -> list[int]:
    """For each time after the page's heading the smallest element around it with a paragraph, if it is no article."""
    headings = outline.select("h1")
    places: set[int] = set()
    for mark in marks[:MAX_LONE_MARKS]:
        if mark.modified or (headings and mark.index < headings[-1]):
            continue
        around = (at for at in (mark.index, *outline.ancestors(mark.index)) if _has_prose(outline, at))
        place = next(around, None)
        if place is not None and not any(place <= heading < outline.ends[place] for heading in headings):
            places.add(place)
    return sorted(places)


def _has_prose(outline: Outline, at: int) -> bool:
    """Whether a paragraph with a sentence stands in it."""
    inside = range(at, min(outline.ends[at], at + MAX_LONE_NODES))
    return any(outline.tags[i] == "p" and len(outline.text(i).split()) >= MIN_WORDS for i in inside)


def _dated(parsed: Parsed, outline: Outline, places: Sequence[int], units: list[Unit]) -> list[Unit]:
    """Units with the days that headings between them, or the page, give to their clocks."""
    times = [unit.time for unit in units]
    told = next((facts(thing, parsed.context) for thing in parsed.linked if thing.get("datePublished")), {})
    day = page_day(told.get("published_at"), told.get("modified_at"), parsed.context, times)
    read = dated(outline, places, times, parsed.context, day)
    return [
        replace(unit, time=time, section=replace(unit.section, published_at=time.at, time_source=time.source))
        for unit, time in zip(units, read, strict=True)
    ]


def _framed(reading: Reading, outline: Outline, first: int) -> Reading:
    """The reading with what stands above the feed."""
    around = surroundings(outline, first, [section.headline or "" for section in reading.updates])
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


def _objection(units: Sequence[Unit]) -> str | None:
    """Why blocks built alike are not the updates of a live blog."""
    if sum(unit.section.kind is Kind.UPDATE for unit in units) < 2:
        return "fewer than two blocks have anything of their own to say"
    if sum(unit.links_away for unit in units) >= TEASER_SHARE * len(units):
        return f"{len(units)} blocks open with links to other pages, as teasers do"
    if _median_words(units) < MIN_WORDS:
        return f"{len(units)} blocks hold hardly any text"
    return None


def _others(outline: Outline, places: Sequence[int], units: Sequence[Unit], *, generic: bool) -> str | None:
    """Whether the blocks are what readers wrote: comments."""
    around = [places[0], *outline.ancestors(places[0])]
    for at in around:
        attributes = outline.raw_attributes[at]
        typed = f"{attributes.get('itemtype') or ''} {attributes.get('itemprop') or ''}"
        named = "" if generic else f"{attributes.get('class') or ''} {attributes.get('id') or ''}"
        if _COMMENT.search(typed) or _COMMENTS.search(named):
            return f"{len(units)} blocks are marked up as comments"
    signed = [unit.authors for unit in units if unit.authors]
    if len(signed) >= MIN_SIGNED and len(signed) >= MOST * len(units) and len(set(signed)) >= MOST * len(signed):
        return f"{len(units)} blocks by almost as many authors, as comments are"
    return None


def _median_words(units: Sequence[Unit]) -> float:
    return median(len(f"{unit.section.headline or ''} {unit.section.text}".split()) for unit in units)


def _judged(units: Sequence[Unit], share: float) -> Reading:
    """Units as updates, with what speaks for a live blog; `share` is their part of the page's text."""
    evidence = [
        Evidence(int(len(units) > 2), f"{len(units)} blocks built alike, {_median_words(units):.0f} words each")
    ]
    evidence += _time_evidence([unit.time for unit in units])
    if share >= DOMINANT:
        evidence.append(Evidence(1, f"they hold {share:.0%} of the page's text"))
    sections = _believed([unit.section for unit in units])
    cards = [(place, card) for place, unit in enumerate(units) for card in unit.cards]
    return Reading(reader=RepeatedBlocks.name, sections=_in_place(sections, cards), evidence=tuple(evidence))


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
