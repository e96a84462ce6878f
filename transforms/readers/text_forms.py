"""Where the updates of a text dump open. A dump has one form:

    stamped    every update opens (or its headline closes) with a time
    numbered   "  1. headline", "  2. headline" …
    bulleted   "• headline" with paragraphs below
    headed     bare headline lines: a line that ends no sentence before lines that do

The first form that fits is taken: a time says more than a number, a number more than a bullet.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from transforms.readers.text_lines import Line, headline_shaped, is_day_heading, is_label

FEW = 3
"""Updates of one form that make it the dump's form whatever the dump says of itself."""
PAIR = 2
"""Updates that do where the dump calls itself live."""
BYLINE_WORDS = 6


class FormKind(StrEnum):
    """How the updates of a dump open."""

    STAMPED = "stamped"
    NUMBERED = "numbered"
    BULLETED = "bulleted"
    HEADED = "headed"


@dataclass(frozen=True, slots=True)
class Opening:
    """Where an update opens: the lines before ``body`` are its headline and stamp."""

    first: int
    """Index of its first line."""
    stamp: int | None
    """Index of the line that bears its stamp."""
    headline: int | None
    """Index of the line that is its headline, where that is a line of its own or the stamp's."""


@dataclass(frozen=True, slots=True)
class TextForm:
    """A dump's form and its updates' openings, in order."""

    kind: FormKind
    openings: tuple[Opening, ...]


def form_of(lines: Sequence[Line], *, live: bool) -> TextForm | None:
    """The form of a dump that has one of the first three, or None: then only its headlines can tell.

    ``live``: the dump calls itself live, so that fewer updates are enough.
    """
    least = PAIR if live else FEW
    for find in (_stamped, _numbered, _bulleted):
        form = find(lines, live=live)
        if form and len(form.openings) >= (least - 1 if form.kind is FormKind.STAMPED else least):
            return form
    return None


def _stamped(lines: Sequence[Line], *, live: bool) -> TextForm | None:
    stamped = [place for place, line in enumerate(lines) if _clock(line)]
    firm = [place for place in stamped if _firm(lines[place])]
    loose = len(stamped) - len(firm)
    chosen = stamped if loose >= FEW or (loose and firm and live) else firm
    chosen = _without_page_stamp(lines, chosen)
    if not chosen:
        return None
    before = _headline_stands_before(lines, chosen)
    return TextForm(FormKind.STAMPED, tuple(_stamped_opening(lines, place, chosen, before=before) for place in chosen))


def _clock(line: Line) -> bool:
    return bool((line.stamp and line.stamp.clock) or line.closing)


def _firm(line: Line) -> bool:
    return bool(line.closing or (line.stamp and line.stamp.firm))


def _without_page_stamp(lines: Sequence[Line], chosen: list[int]) -> list[int]:
    """Leave out the first stamp where it alone has a line for itself and a day: that is the page's own."""
    shapes = Counter(_shape(lines[place]) for place in chosen)
    first = lines[chosen[0]] if len(chosen) > 1 else None
    if first and first.stamp and first.stamp.day and shapes[_shape(first)] == 1 and not first.rest:
        return chosen[1:]
    return chosen


def _shape(line: Line) -> tuple[bool, bool]:
    stamp = line.stamp or line.closing
    return not line.rest, bool(stamp and stamp.day)


def _headline_stands_before(lines: Sequence[Line], chosen: Sequence[int]) -> bool:
    """Whether stamps on lines of their own stand below their headlines (``17:48 , Jane Dalton``), not above."""
    alone = [place for place in chosen if is_alone(lines[place])]
    if len(alone) * 2 < len(chosen) or not alone:
        return False
    taken = set(chosen)
    above = sum(place > 0 and place - 1 not in taken and lines[place - 1].is_headline for place in alone)
    below = sum(place + 1 < len(lines) and place + 1 not in taken and lines[place + 1].is_headline for place in alone)
    return above * 4 >= len(alone) * 3 and above > below


def is_alone(line: Line) -> bool:
    """Whether a stamp's line holds nothing else but, at most, a name."""
    return bool(line.stamp) and (not line.rest or name_of(line) is not None)


def name_of(line: Line) -> str | None:
    """The author's name behind a stamp and a comma, or None."""
    if not line.stamp or line.stamp.mark != "," or not line.rest:
        return None
    words = line.rest.split()
    named = [word for word in words if word[:1].isupper()]
    return line.rest if len(words) <= BYLINE_WORDS and len(named) * 2 >= len(words) and line.rest[-1] != "." else None


def _stamped_opening(lines: Sequence[Line], place: int, chosen: Sequence[int], *, before: bool) -> Opening:
    line = lines[place]
    above = lines[place - 1] if before and place > 0 else None
    if above and is_alone(line) and above.is_headline and not _clock(above) and not is_day_heading(above):
        return Opening(place - 1, place, place - 1)
    if not is_alone(line):
        return Opening(place, place, place if headlines_rest(line) else None)
    following = lines[place + 1] if place + 1 < len(lines) else None
    after = lines[place + 2] if place + 2 < len(lines) else None
    headed = following is not None and following.is_headline and not _clock(following) and not is_day_heading(following)
    bodied = after is not None and not _clock(after) and not after.is_headline
    return Opening(place, place, place + 1 if headed and bodied else None)


def headlines_rest(line: Line) -> bool:
    """Whether what stands beside the stamp is shaped like a headline."""
    return bool(line.rest) and headline_shaped(line.rest)


def _numbered(lines: Sequence[Line], *, live: bool) -> TextForm | None:
    numbered = [place for place, line in enumerate(lines) if line.number is not None and not line.boilerplate]
    chosen: list[int] = []
    for place in numbered:
        number = lines[place].number
        if number == (lines[chosen[-1]].number or 0) + 1 if chosen else number == 1 or live:
            chosen.append(place)
    bodies = sum(second - first > 1 for first, second in pairwise([*chosen, len(lines)]))
    if bodies * 2 < len(chosen) or not chosen:
        return None
    return TextForm(FormKind.NUMBERED, tuple(_own_line(lines, place) for place in chosen))


def _bulleted(lines: Sequence[Line], *, live: bool) -> TextForm | None:
    bullets = [place for place, line in enumerate(lines) if line.bullet and not line.boilerplate]
    headed = [place for place in bullets if place + 1 < len(lines) and _is_body_below(lines, place)]
    if len(headed) * 2 < len(bullets) or len(headed) < PAIR or not live:
        return None
    return TextForm(FormKind.BULLETED, tuple(_own_line(lines, place) for place in bullets if place >= headed[0]))


def _is_body_below(lines: Sequence[Line], place: int) -> bool:
    below = lines[place + 1]
    return lines[place].is_headline and not below.bullet and not below.boilerplate and not is_label(below)


def _own_line(lines: Sequence[Line], place: int) -> Opening:
    return Opening(place, None, place if lines[place].is_headline else None)
