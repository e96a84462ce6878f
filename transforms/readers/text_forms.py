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

from transforms.readers.text_lines import Line, headline_shaped, is_change_note, is_day_heading, is_label

FEW = 3
"""Updates of one form that make it the dump's form whatever the dump says of itself."""
PAGES_OWN = (True, True)
"""Shape of the stamp of the page itself: alone on its line, with a day."""
PAIR = 2
"""Updates that do where the dump calls itself live."""


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
    stamped = _without_notes(lines, [place for place, line in enumerate(lines) if _clock(line)])
    firm = [place for place in stamped if _firm(lines[place])]
    loose = len(stamped) - len(firm)
    chosen = stamped if loose >= FEW or (loose and firm and live) else firm
    chosen = _without_page_stamp(lines, chosen)
    if not chosen:
        return None
    before = _headline_stands_before(lines, chosen)
    below = not before and _headline_stands_below(lines, chosen)
    openings = (_stamped_opening(lines, place, before=before, below=below) for place in chosen)
    return TextForm(FormKind.STAMPED, tuple(openings))


def _clock(line: Line) -> bool:
    return bool((line.stamp and (line.stamp.clock or line.stamp.ago)) or line.closing)


def _is_ago(line: Line) -> bool:
    return bool(line.stamp and line.stamp.ago)


def _firm(line: Line) -> bool:
    return bool(line.closing or (line.stamp and line.stamp.firm))


def _without_notes(lines: Sequence[Line], stamped: list[int]) -> list[int]:
    """Leave out notes of changes, relative times beside clocks, and stamps that close a line where most open one."""
    clocked = [place for place in stamped if not _is_ago(lines[place])]
    stamped = clocked if len(clocked) >= PAIR else stamped
    opening = [place for place in stamped if lines[place].stamp and not is_change_note(lines[place])]
    return opening if len(opening) >= max(PAIR, sum(bool(lines[place].closing) for place in stamped)) else stamped


def _without_page_stamp(lines: Sequence[Line], chosen: list[int]) -> list[int]:
    """Leave out the first stamps where they alone have lines for themselves and a day: they are the page's own."""
    shapes = Counter(_shape(lines[place]) for place in chosen)
    usual = shapes.most_common(1)[0][0] if shapes else None
    dropped = 0
    while len(chosen) - dropped > 1 and _shape(lines[chosen[dropped]]) == PAGES_OWN != usual:
        dropped += 1
    return chosen[dropped:]


def _shape(line: Line) -> tuple[bool, bool]:
    stamp = line.stamp or line.closing
    return not line.rest, bool(stamp and stamp.day)


def _headline_stands_before(lines: Sequence[Line], chosen: Sequence[int]) -> bool:
    """Whether stamps on lines of their own stand below their headlines (``17:48 , Jane Dalton``), not above."""
    alone = [place for place in chosen if is_alone(lines[place])]
    if len(alone) * 2 < len(chosen) or not alone:
        return False
    above = sum(place > 0 and _may_head(lines[place - 1]) for place in alone)
    below = sum(place + 1 < len(lines) and _may_head(lines[place + 1]) for place in alone)
    return above * 4 >= len(alone) * 3 and above > below


def _headline_stands_below(lines: Sequence[Line], chosen: Sequence[int]) -> bool:
    """Whether stamps on lines of their own mostly have a headline below them, so that any such line is one."""
    alone = [place for place in chosen if is_alone(lines[place]) and place + 1 < len(lines)]
    headed = sum(_may_head(lines[place + 1]) for place in alone)
    return len(alone) >= FEW and headed * 4 >= len(alone) * 3


def _may_head(line: Line) -> bool:
    """Whether a line may be the headline of the stamp beside it: shaped like one, and no time itself."""
    return line.is_headline and not _clock(line) and not is_day_heading(line)


def is_alone(line: Line) -> bool:
    """Whether a stamp's line holds nothing else but, at most, a name."""
    return bool(line.stamp) and not line.rest


def _stamped_opening(lines: Sequence[Line], place: int, *, before: bool, below: bool) -> Opening:
    line = lines[place]
    above = lines[place - 1] if before and place > 0 else None
    if above and is_alone(line) and _may_head(above):
        return Opening(place - 1, place, place - 1)
    if not is_alone(line):
        return Opening(place, place, place if headlines_rest(line) else None)
    following = lines[place + 1] if place + 1 < len(lines) else None
    after = lines[place + 2] if place + 2 < len(lines) else None
    headed = following is not None and _may_head(following)
    bodied = after is not None and not _clock(after) and not after.is_headline
    return Opening(place, place, place + 1 if headed and (bodied or below) else None)


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
