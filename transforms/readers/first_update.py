"""The first update of a blog that has just begun: nothing repeats yet, so that no feed can be found.

On a page that calls itself live: the one element after the heading that holds a time and prose of its own.
"""

from collections.abc import Sequence

from transforms.marks import Mark, find_marks
from transforms.outline import Outline, word_count
from transforms.readers.repeated_blocks import RepeatedBlocks, dated_units, framed, in_place
from transforms.reading import Evidence, Parsed, Reading
from transforms.records import Kind
from transforms.unit import FeedReader
from transforms.weigh import MIN_WORDS

POINTS = 3
"""With the page's own word for it, enough."""
MAX_MARKS = 20
MAX_NODES = 400
"""A page with more marks, or an element with more nodes, is no blog that has just begun."""


class FirstUpdate:
    """Reads a single update."""

    name = RepeatedBlocks.name
    generic = True

    def read(self, parsed: Parsed) -> Reading | None:
        """The update; None where the page does not call itself live, or shows none or several such elements."""
        outline, word = parsed.outline, parsed.live_word
        if outline is None or word is None:
            return None
        marks = find_marks(outline)
        places = _places(outline, marks)
        if len(places) != 1:
            return None
        ends = [outline.ends[place] for place in places]
        units = dated_units(parsed, outline, places, ends, FeedReader(parsed, outline, marks, places).read())
        section, time = units[0].section, units[0].time
        if units[0].links_away or section.kind is not Kind.UPDATE or not (time.at or time.clock):
            return None
        if word_count(section.text) < MIN_WORDS:
            return None
        evidence = Evidence(POINTS, f"one timed block on a page that says {word!r}")
        return framed(Reading(self.name, in_place([section], units), evidence=(evidence,)), outline, places[0])


def _places(outline: Outline, marks: Sequence[Mark]) -> list[int]:
    """For each time after the page's heading the smallest element around it with a paragraph, if it is no article."""
    headings = outline.tagged("h1")
    places: set[int] = set()
    for mark in marks[:MAX_MARKS]:
        if mark.modified or (headings and mark.index < headings[-1]):
            continue
        around = (at for at in (mark.index, *outline.ancestors(mark.index)) if _has_prose(outline, at))
        place = next(around, None)
        if place is not None and not any(place <= heading < outline.ends[place] for heading in headings):
            places.add(place)
    return sorted(places)


def _has_prose(outline: Outline, at: int) -> bool:
    """Whether a paragraph with a sentence stands in it."""
    inside = range(at, min(outline.ends[at], at + MAX_NODES))
    return any(outline.tags[i] == "p" and word_count(outline.text(i)) >= MIN_WORDS for i in inside)
