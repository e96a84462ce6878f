"""How the updates of a feed are headed: by headings, else by a line that the feed sets apart in some other way.

heading   <h3>Title</h3> <p>…</p>
bold      <p><strong>Title</strong></p> <p>…</p>           where many units open so
          <p><strong>Title.</strong> Text …</p>             where most do
line      <div>Title</div> <p>…</p>                        a line outside paragraphs, another one in most units
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from enum import Enum

from transforms.cues import cues
from transforms.margin import MAX_BESIDE, MAX_TITLE, Parted
from transforms.marks import Mark
from transforms.names import looks_like_name
from transforms.outline import Outline, word_count
from transforms.pieces import BOLD, Piece

ENOUGH = 0.4
"""Share of a feed's units that must be headed in the same way; others may have no headline."""
MOST = 0.6
LEAST_UNITS = 3
_CLOSED = tuple(".:!?…。：！？।؟۔")
LEAST_WORDS = 3
"""Words of a line that may be a headline: fewer are a label, a place, a name. One fewer where the feed is headed so."""


class Style(Enum):
    """What heads the units of a feed where no heading does."""

    NONE = "none"
    BOLD = "bold"
    LINE = "line"


def style_of(units: Sequence[Parted]) -> Style:
    """The way in which units without headings are headed; NONE where few are headed alike."""
    told = [unit for unit in units if unit.body]
    if len(told) < LEAST_UNITS or any(piece.is_heading for unit in told for piece in unit.body):
        return Style.NONE
    if sum(_bold(unit) is not None for unit in told) >= ENOUGH * len(told):
        return Style.BOLD
    lines = Counter(line.text for unit in told if (line := _line(unit, LEAST_WORDS)))
    return Style.LINE if sum(count == 1 for count in lines.values()) >= ENOUGH * len(told) else Style.NONE


def headline_of(unit: Parted, style: Style) -> tuple[Piece | None, list[Piece]]:
    """The headline of a unit, and the rest, which is its text.

    The first heading, where no prose stands before it; a first line that is bold throughout and stands apart from the
    prose; else what heads the units of this feed.
    """
    body = list(unit.body)
    if len(body) > 1 and body[0].parent != body[1].parent and _bold(unit):
        return body[0], body[1:]
    for at, piece in enumerate(body):
        if piece.is_heading:
            return piece, [*body[:at], *body[at + 1 :]]
        if not piece.is_loose:
            break
    found = _bold(unit) if style is Style.BOLD else _line(unit, LEAST_WORDS - 1) if style is Style.LINE else None
    return (found, [piece for piece in body if piece is not found]) if found else (None, body)


def parted_openings(outline: Outline, units: Sequence[Parted]) -> list[Parted]:
    """The units, the bold words with which the stories of most open set apart: "<b>Road closed.</b> Two lorries …"."""
    told = [unit for unit in units if unit.body]
    headed = any(piece.is_heading for unit in told for piece in unit.body)
    found = sum(_opening(outline, unit.body[0], LEAST_WORDS) is not None for unit in told)
    few = headed or len(told) < LEAST_UNITS or found < MOST * len(told)
    return list(units) if few else [parted_opening(outline, unit) for unit in units]


def parted_opening(outline: Outline, unit: Parted) -> Parted:
    """The unit with the bold words apart that open it; itself where none do."""
    opening = _opening(outline, unit.body[0], LEAST_WORDS - 1) if unit.body else None
    return replace(unit, body=(*opening, *unit.body[1:])) if opening else unit


def _opening(outline: Outline, piece: Piece, least: int) -> tuple[Piece, Piece] | None:
    """The bold words that open a piece, so many or more and closed by a mark, and the rest; None where none do."""
    if not 0 < piece.bold_chars < len(piece.text):
        return None
    first = next((at for at in range(piece.start, piece.end) if outline.texts[at].strip()), piece.start)
    bold = next((at for at in outline.ancestors(first) if at >= piece.start and outline.tags[at] in BOLD), None)
    title = outline.text(bold) if bold is not None else ""
    rest = piece.text[len(title) :].lstrip(" .:。：।–—-")
    marked = title.endswith(_CLOSED) or piece.text[len(title) :].lstrip()[:1] in _CLOSED
    if not title or not marked or len(title) > MAX_TITLE or not piece.text.startswith(title):
        return None
    if word_count(title) < least or word_count(rest) < LEAST_WORDS or looks_like_name(title.rstrip(" .:。：।")):
        return None
    headline = title.rstrip(" .:。：।")
    apart = replace(piece, text=headline, bold_chars=len(headline), linked_chars=0)
    return apart, replace(piece, text=rest, bold_chars=max(0, piece.bold_chars - len(title)))


def parted_titles(outline: Outline, piece: Piece, marks: Sequence[Mark]) -> list[Piece]:
    """A heading without the time that stands in it; a bold line above a line break, and what is below it, as two."""
    if piece.is_heading:
        return _without_time(outline, piece, marks)
    if not 0 < piece.bold_chars < len(piece.text):
        return [piece]
    at = next((at for at in range(piece.start, piece.end) if outline.tags[at] == "br"), None)
    title = outline.text(piece.start, at) if at else ""
    bold = sum(len(outline.text(i)) for i in range(piece.start, at or 0) if outline.tags[i] in BOLD)
    if at is None or not title or bold < len(title) or not piece.text.startswith(title):
        return [piece]
    rest = replace(piece, text=piece.text[len(title) :].strip(), start=at, bold_chars=piece.bold_chars - len(title))
    return [replace(piece, text=title, end=at, bold_chars=len(title)), rest]


def _without_time(outline: Outline, piece: Piece, marks: Sequence[Mark]) -> list[Piece]:
    times = [mark.index for mark in marks if mark.is_time_element and piece.start <= mark.index < piece.end]
    if not times:
        return [piece]
    before, after = outline.text(piece.start, times[0]), outline.text(outline.ends[times[-1]], piece.end)
    text = after if len(before) <= MAX_BESIDE and after else before
    return [replace(piece, text=text)] if text else [piece]


def _bold(unit: Parted) -> Piece | None:
    """A short first piece that is bold throughout, above one that is not."""
    if len(unit.body) < 2:
        return None
    first, second = unit.body[:2]
    short = len(first.text) <= MAX_TITLE and not first.text.endswith(".")
    return first if short and first.is_bold and not second.is_bold and not first.is_heading else None


def _line(unit: Parted, least: int) -> Piece | None:
    """A line outside paragraphs right above the first paragraph: no name, no label, no sentence."""
    body = unit.body
    first = body[0] if body and not body[0].tag else None
    if first and (len(body) < 2 or body[1].tag != "p" or first.text.endswith(".")):
        several = len(body) > 1 and not body[1].tag and body[1].start != first.start
        if first.is_loose or (several and not unit.above):
            return None
        first = None  # it is prose itself
    lines = [line for line in ((first,) if first else unit.above[::-1]) if not line.tag]
    fitting = (line for line in lines if len(line.text) <= MAX_TITLE and word_count(line.text) >= least)
    told = (line for line in fitting if not (looks_like_name(line.text) or cues("byline").opens(line.text)))
    return next(told, None)
