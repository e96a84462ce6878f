"""What stands above a feed: standfirst, lede, and the list of key events that repeats the feed's headlines."""

from collections.abc import Sequence
from dataclasses import dataclass

from transforms.cues import cues
from transforms.outline import Outline, word_count
from transforms.pieces import Piece, pieces
from transforms.records import Kind, Section

MIN_LEDE_WORDS = 5
MAX_STANDFIRST_WORDS = 80
MAX_LEDE = 40
"""Paragraphs above a feed that are kept: more is another article."""
MAX_LABEL_WORDS = 6
MAX_TIME_CHARS = 30


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Sections around the feed, and the standfirst where the page shows one."""

    standfirst: str | None
    sections: tuple[Section, ...]


def surroundings(
    outline: Outline, first_unit: int, headlines: Sequence[str], beside: frozenset[int] = frozenset()
) -> Surroundings:
    """Read what stands between the page's heading and the feed's first unit, without the elements in `beside`."""
    headings = [at for at in outline.tagged("h1") if at < first_unit and outline.text(at)]
    start = outline.ends[headings[-1]] if headings else 0
    before = pieces(outline, start, first_unit, beside)
    events = _key_events(before, headlines)
    taken = {id(piece) for piece in events}
    prose = [piece for piece in before if id(piece) not in taken and _is_prose(piece)][:MAX_LEDE]
    opening = prose[0].text if headings and prose and word_count(prose[0].text) <= MAX_STANDFIRST_WORDS else None
    sections = []
    if prose[opening is not None :]:
        sections.append(_section(Kind.LEDE, prose[opening is not None :]))
    if events:
        sections.append(_section(Kind.KEY_EVENTS, events))
    return Surroundings(opening, tuple(sections))


def _is_prose(piece: Piece) -> bool:
    words = word_count(piece.text)
    return piece.tag == "p" and not piece.marginal and not piece.is_link and words >= MIN_LEDE_WORDS


def _key_events(before: Sequence[Piece], headlines: Sequence[str]) -> list[Piece]:
    """Lines that repeat a headline of the feed, and those of the list under a label such as "Key events"."""
    known = [_folded(headline) for headline in headlines if len(headline.split()) > 2]
    events: list[Piece] = []
    labelled = False
    for piece in before:
        text = _folded(piece.text)
        if len(piece.text.split()) <= MAX_LABEL_WORDS and cues("key_events").is_line(piece.text):
            labelled = True
        elif _repeats(text, known) or (labelled and piece.tag == "li"):
            events.append(piece)
        elif piece.tag == "p" or piece.is_heading:
            labelled = False
    return events


def _repeats(text: str, known: Sequence[str]) -> bool:
    """A headline with no more than a time beside it."""
    return any(headline in text and len(text) <= len(headline) + MAX_TIME_CHARS for headline in known)


def _section(kind: Kind, found: Sequence[Piece]) -> Section:
    links = dict.fromkeys(link for piece in found for link in piece.links if not link.startswith("#"))
    return Section("", kind, 0, text="\n\n".join(piece.text for piece in found), links=tuple(links))


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())
