"""Boilerplate: appeals for money, prompts to bookmark, subscribe, comment, share; whole paragraphs and parts of a line.

News must never be cut, so a paragraph or a sentence goes only where it *says* what an appeal says (`cues.toml`):

    furniture     a line that is nothing but a label ("Comments", "Share")
    appeal        a sentence with an appeal's words outside quotation marks, or opening with an appeal's imperative
    publisher     a paragraph beside an appeal in which the publisher speaks of itself ("we need reporters …");
                  alone it is kept: only `mark` sees the neighbours

Whatever is cut is handed back.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from transforms.cues import Phrases, cues, fold

NEAR = 3
"""Paragraphs of the publisher's voice in a row that one appeal may draw along, on either side."""
MOST_SENTENCES = 40
"""Sentences of a paragraph that are looked at: appeals are short."""
VOICES = 2
"""Phrases of the publisher's voice that such a paragraph must hold: one may be a reporter's."""

_ARROWS = " \u00a0›»>→▶►▸•●■★*|+–—-"
"""Signs that stand before a link to another story: "» Lire aussi"."""
_SENTENCE_END = re.compile(
    r"""(?<!\b\d)(?<!\b\d\d)[.!?…]["'”’»)\]]*\s+(?=["'“‘«„(\[¿¡]*[^\W_a-zß-öø-ÿ])"""  # a space, then no small letter
    r"""|(?<=[^\W\d_]{2})[.!?]["”’»)]*(?=[^\W\d_a-zß-öø-ÿ][^\W\d_]*\s)"""  # glued: "the difference.Ukrainian forces"
    r"""|[。！？]["'”’」』）]*\s*"""
)
_OPEN, _CLOSE = "“„«「『", "”»」』"


@dataclass(frozen=True, slots=True)
class Cut:
    """A text and what was cut out of it."""

    kept: str
    """What is left, stripped; empty where all was boilerplate."""
    removed: tuple[str, ...] = ()
    """The pieces cut out, in order."""


def sentences(text: str) -> list[str]:
    """The text in pieces that end where sentences end; joined they give the text back."""
    ends = [match.end() for match in _SENTENCE_END.finditer(text)]
    bounds = [0, *ends, len(text)]
    return [text[a:b] for a, b in pairwise(bounds) if a < b]


def appeal_cue(sentence: str, before: str = "") -> str | None:
    """The words that make a sentence an appeal, or None. Words between quotation marks are the news's, not ours;
    ``before`` is what stands before the sentence in its paragraph, where a quotation may have opened."""
    opening = cues("appeal_open").opens(sentence.lstrip(_ARROWS))
    if opening and not _quoted(fold(before)):
        return opening
    return next(iter(_outside_quotes(cues("appeal"), sentence, before)), None)


def boilerplate_cue(paragraph: str) -> str | None:
    """What makes a whole paragraph boilerplate on its own, or None: it is furniture, or every sentence of it is an
    appeal or speaks as the publisher beside one."""
    if cues("furniture").is_line(paragraph):
        return paragraph.strip()
    if not _may_appeal(paragraph):
        return None
    told = _told(paragraph)
    if not any(cue for _, _, cue in told):
        return None
    found = [cue or next(iter(_outside_quotes(cues("voice"), piece, before)), None) for piece, before, cue in told]
    return found[0] if all(found) else None


def cut(paragraph: str) -> Cut:
    """Cut a paragraph: all of it where it is boilerplate, else the appeals' sentences, also where no space parts them
    from the news ("…makes all the difference.Ukrainian forces …")."""
    if cues("furniture").is_line(paragraph):
        return Cut("", (paragraph.strip(),))
    if not _may_appeal(paragraph):
        return Cut(paragraph)
    kept: list[str] = []
    removed: list[str] = []
    for piece, _, cue in _told(paragraph):
        (removed if cue else kept).append(piece)
    if not removed:
        return Cut(paragraph)
    return Cut("".join(kept).strip(), tuple(piece.strip() for piece in removed))


def cut_text(text: str) -> Cut:
    """`cut` for paragraphs joined by blank lines; neighbours count (`mark`)."""
    if not (_may_appeal(text) or _has_furniture(text)):
        return Cut(text)
    paragraphs = text.split("\n\n")
    kept: list[str] = []
    removed: list[str] = []
    for paragraph, boilerplate in zip(paragraphs, mark(paragraphs), strict=True):
        done = Cut("", (paragraph,)) if boilerplate else cut(paragraph)
        kept += [done.kept] if done.kept else []
        removed += done.removed
    return Cut("\n\n".join(kept), tuple(removed)) if removed else Cut(text)


def mark(paragraphs: Sequence[str]) -> list[bool]:
    """Which paragraphs are boilerplate as a whole. An appeal draws along its neighbours in the publisher's voice;
    a paragraph that only ends or begins with an appeal (the rest is news) draws too, but is not marked: `cut` it."""
    own = [boilerplate_cue(paragraph) is not None for paragraph in paragraphs]
    draws = [_may_appeal(paragraph) and any(cue for _, _, cue in _told(paragraph)) for paragraph in paragraphs]
    marked = own[:]
    for at, source in enumerate(draws):
        if source:
            for places in (range(at + 1, min(at + 1 + NEAR, len(own))), range(at - 1, max(at - 1 - NEAR, -1), -1)):
                _draw(paragraphs, places, marked, draws)
    return marked


def _draw(paragraphs: Sequence[str], places: Sequence[int], marked: list[bool], draws: Sequence[bool]) -> None:
    for place in places:
        if draws[place] or marked[place] or len(_outside_quotes(cues("voice"), paragraphs[place])) < VOICES:
            return
        marked[place] = True


def _may_appeal(text: str) -> bool:
    return cues("appeal", "appeal_open").find(text) is not None


def _has_furniture(text: str) -> bool:
    furniture = cues("furniture")
    return any(furniture.is_line(line) for line in text.split("\n\n") if len(line) < 60)


def _told(paragraph: str) -> list[tuple[str, str, str | None]]:
    """Each sentence, what stands before it, and the words that make it an appeal."""
    told: list[tuple[str, str, str | None]] = []
    end = 0
    for piece in sentences(paragraph)[:MOST_SENTENCES]:
        before = paragraph[:end]
        told.append((piece, before, appeal_cue(piece, before)))
        end += len(piece)
    return [*told, *([(paragraph[end:], "", None)] if end < len(paragraph) else [])]


def _outside_quotes(phrases: Phrases, sentence: str, before: str = "") -> tuple[str, ...]:
    """The phrases that stand in the sentence, less those inside quotation marks and those within another."""
    told: list[str] = []
    end = 0
    folded, opened = fold(sentence), fold(before)
    for found in phrases.all_in(sentence):
        if found.start >= end and not _quoted(opened + folded[: found.start]):
            told.append(found.phrase)
            end = found.end
    return tuple(told)


def _quoted(before: str) -> bool:
    """Whether a quotation that opened in this folded text is still open at its end."""
    return sum(map(before.count, _OPEN)) != sum(map(before.count, _CLOSE)) or before.count('"') % 2 == 1
