"""Parts one update's pieces: the story, and what stands around it (clocks, names, labels, share buttons).

Told by place and shape: it is loose text (outside paragraphs), short, and before or after the prose, not within it; or
it is a text that many units of the feed repeat, figures aside ("22 min ago").
"""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from transforms.cues import cues
from transforms.marks import MAX_LABEL, Mark
from transforms.names import looks_like_name, name_before, names_in
from transforms.outline import Outline, squeeze, word_count
from transforms.pieces import BOLD, MAX_LOOSE, Piece

LABEL_SHARE = 0.4
"""A short text that stands in this share of a feed's units is a label."""
MIN_REPEATS = 3
MAX_STAMP = 24
"""Characters of a relative time that stands where a paragraph could."""
MAX_BESIDE = 32
"""Characters that may stand beside a time in one piece: a name, a label."""
MAX_SIGNATURE = 100
"""Characters of a name with a line below it on who that is: "Ana Ruiz / Reporting from Penrock"."""
MAX_TITLE = 160
"""Characters of a bold line that may be a headline."""
MIN_TITLE_WORDS = 3
MAX_MARK_WORDS = 3
"""Words of a mark such as "Key event"; "What we know so far" may be a headline."""
_SENTENCE = re.compile(r"[.!?…。！？।؟۔:]['\"”’»)]?$")
_FIGURES = re.compile(r"\d+")
_OPENING = frozenset("([{")


@dataclass(frozen=True, slots=True)
class Parted:
    """The pieces of one update."""

    margin: tuple[str, ...]
    """Texts around the story, times taken out."""
    stamps: tuple[str, ...]
    """Texts around the story as they stand, for times that no mark tells."""
    body: tuple[Piece, ...]
    above: tuple[Piece, ...] = ()
    """The loose texts before the story that are no labels: one may be its headline."""
    times: int = 0
    """Pieces that a mark of time fills."""


def labels_of(units: Sequence[Sequence[Piece]]) -> frozenset[str]:
    """Short texts that many units repeat, with "#" for figures, and that are no names: "Share", "# min ago".

    So are the names with which many units end, each in a paragraph of its own.
    """
    counts = Counter(text for found in units for text in {pattern_of(piece.text) for piece in _edges(found)})
    enough = max(MIN_REPEATS, LABEL_SHARE * len(units))
    labels = frozenset(text for text, count in counts.items() if count >= enough and not looks_like_name(text))
    signed = [found[-1].text for found in units if len(found) > 1 and _is_name_alone(found[-1])]
    return labels.union(signed) if len(signed) >= enough else labels


def part(outline: Outline, found: Sequence[Piece], marks: Sequence[Mark], labels: frozenset[str]) -> Parted:
    """Part the pieces of one unit; `marks` are those within it, but for the time of the whole unit."""
    timed = [piece for piece in found if not piece.is_heading and _filled_by_time(outline, piece, marks)]
    rest = [
        piece for each in found for piece in ([each] if each not in timed else _headline_beside(outline, each, marks))
    ]
    prose = [at for at, piece in enumerate(rest) if not (piece.is_loose or piece.is_heading or piece.marginal)]
    around: list[Piece] = []
    above: list[Piece] = []
    body: list[Piece] = []
    told = prose[1] if len(prose) > 1 and rest[prose[0]].is_bold else prose[0] if prose else 0  # below a bold headline
    for at, piece in enumerate(rest):
        outside = not prose or at < prose[0] or at > prose[-1] or (at < told and looks_like_name(piece.text))
        loose = piece.is_loose and outside and (bool(prose) or looks_like_name(piece.text))
        opens = piece.tag == "p" and name_before(piece.text) and not (piece is rest[-1] and _is_name_alone(piece))
        label = _is_marginal(piece) or (_is_label(piece, labels) and not opens)
        (around if loose or label else body).append(piece)
        lines = loose or (piece.marginal and len(piece.text) <= MAX_TITLE)
        if lines and prose and at < prose[0] and not _is_label(piece, labels):
            above.append(replace(piece, tag="" if not piece.is_heading else piece.tag))
    signed, body = _signed(outline, body, labels)
    beside = [rest_text for piece in timed if (rest_text := _beside_times(outline, piece, marks))]
    texts = [line for piece in (*around, *signed) if not piece.quoted for line in lines_of(outline, piece)]
    return Parted((*beside, *texts), tuple(texts), tuple(body), tuple(above), len(timed))


def lines_of(outline: Outline, piece: Piece) -> list[str]:
    """A loose text's lines: a break parts them, and so do elements side by side without a blank between their words
    ("<i>Ana Ruiz</i><i>3 min ago</i>"), which only style sets apart."""
    if piece.tag:
        return [piece.text]
    lines = [""]
    for at in range(piece.start, piece.end):
        text = outline.texts[at]
        if outline.tags[at] == "br" or (text and _touch(lines[-1], text)):
            lines.append("")
        lines[-1] += text
    told = [line for text in lines if (line := squeeze(text))]
    return told if _without_blanks("".join(told)) == _without_blanks(piece.text) else [piece.text]


def _touch(before: str, after: str) -> bool:
    """Whether two texts that follow each other would be read as one word."""
    return before[-1:].isalnum() and (after[:1].isalnum() or after[:1] in _OPENING)


def _without_blanks(text: str) -> str:
    return "".join(text.split())


def pattern_of(text: str) -> str:
    """A short text with its figures taken out, so that "22m ago" and "3m ago" are one label."""
    return _FIGURES.sub("#", text)


def _edges(found: Sequence[Piece]) -> Iterable[Piece]:
    """Pieces that may be labels: loose or listed ones ("Share", "Copied!"), short first and last ones with figures."""
    short = (piece for piece in found if len(piece.text) <= MAX_STAMP and piece.tag in ("", "li"))
    ends = (piece for piece in (*found[:1], *found[-1:]) if len(piece.text) <= MAX_STAMP)
    dated = (piece for piece in ends if _FIGURES.search(piece.text) and not piece.is_heading)
    opening = (piece for piece in _openers(found) if len(piece.text) <= MAX_LOOSE)
    return (*(piece for piece in found if piece.is_loose), *short, *dated, *opening)


def _openers(found: Sequence[Piece]) -> Iterable[Piece]:
    """The first paragraph: where most units have the same one, it says who writes and from where."""
    first = next((piece for piece in found if not (piece.is_loose or piece.is_heading)), None)
    if first is None or _SENTENCE.search(first.text) or (first.is_bold and not name_before(first.text)):
        return ()  # a sentence; a headline, which may well be the same all day
    return (first,)


def _is_byline(text: str) -> bool:
    short = len(text) <= MAX_SIGNATURE and not _SENTENCE.search(text)
    return short and cues("byline").opens(text) is not None and bool(names_in([text]))


def _is_name_alone(piece: Piece) -> bool:
    return piece.tag == "p" and looks_like_name(piece.text)


def _is_marginal(piece: Piece) -> bool:
    return piece.marginal and not piece.is_heading


def _is_label(piece: Piece, labels: frozenset[str]) -> bool:
    if piece.is_heading or len(piece.text) > MAX_LOOSE:
        return False
    if piece.is_loose and cues("key_events").is_line(piece.text) and word_count(piece.text) <= MAX_MARK_WORDS:
        return True
    return pattern_of(piece.text) in labels or cues("furniture").is_line(piece.text)


def _signed(outline: Outline, body: list[Piece], labels: frozenset[str]) -> tuple[list[Piece], list[Piece]]:
    """A name alone in the first paragraph signs the update, with "By" or a line on who it is; prose must follow.

    So does a first paragraph that many units share and that opens with a name: "Sam Poole in London".
    """
    at = 1 if body and body[0].is_heading else 0
    if len(body) < at + 2 or body[at].tag != "p":
        return [], body
    first, rest = body[at], [*body[:at], *body[at + 1 :]]
    if _is_byline(first.text) or (
        looks_like_name(first.text) and (first.is_link or (at == 0 and not body[1].is_heading))
    ):
        return [first], rest
    breaks = [place for place in range(first.start, first.end) if outline.tags[place] == "br"]
    if not breaks and pattern_of(first.text) in labels:
        return [replace(first, text=name_before(first.text))], rest
    if len(breaks) != 1 or len(first.text) > MAX_SIGNATURE or first.text.endswith("."):
        return [], body
    name = squeeze(" ".join(outline.texts[first.start : breaks[0]]))
    return ([replace(first, text=name)], rest) if looks_like_name(name) else ([], body)


def _filled_by_time(outline: Outline, piece: Piece, marks: Sequence[Mark]) -> bool:
    """A short piece that a mark of time fills, or nearly."""
    if len(piece.text) > MAX_LABEL + MAX_BESIDE:
        return False
    for mark in marks:
        end = outline.ends[mark.index]
        if mark.index <= piece.start and piece.start < end:
            return True
        shown = mark.shown or (outline.text(mark.index) if mark.is_time_element else "")
        if shown and piece.start <= mark.index < piece.end and len(piece.text) <= len(shown) + MAX_BESIDE:
            return True
    return False


def _headline_beside(outline: Outline, piece: Piece, marks: Sequence[Mark]) -> list[Piece]:
    """The bold line that stands behind a time in one piece with it: "10:25 **Trains halted**"."""
    end = max(
        (outline.ends[mark.index] for mark in marks if piece.start <= mark.index < piece.end), default=piece.start
    )
    start = next((at for at in range(end, piece.end) if outline.tags[at] in BOLD), None)
    if start is None or outline.text(outline.ends[start], piece.end):
        return []
    text = outline.text(start)
    if word_count(text) < MIN_TITLE_WORDS or looks_like_name(text):
        return []
    return [replace(piece, tag="", text=text, start=start, bold_chars=len(text), linked_chars=0)]


def _beside_times(outline: Outline, piece: Piece, marks: Sequence[Mark]) -> str:
    """What stands in a piece beside its times: "21:00" + "Ana Ruiz" -> "Ana Ruiz"."""
    timed = [(mark.index, outline.ends[mark.index]) for mark in marks]
    starts = [start for start, _ in timed]
    texts: list[str] = []
    for at in range(piece.start, min([piece.end, *(each.start for each in _headline_beside(outline, piece, marks))])):
        near = bisect_left(starts, at + 1) - 1
        if outline.texts[at] and not (near >= 0 and at < timed[near][1]):
            texts.append(outline.texts[at])
    return squeeze(" ".join(texts))
