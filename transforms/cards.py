"""Cards: teasers of other stories that stand inside an update, after its own text.

<div><figure/><h3><a href="/other">Title</a></h3><p>Summary</p></div>
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from transforms.cues import cues
from transforms.outline import Outline, word_count
from transforms.pieces import Piece
from transforms.records import Kind, Section

MIN_WORDS = 3
MAX_LABEL = 30
MAX_SUMMARY_WORDS = 50
"""A linked headline with more text below it is an update of its own."""


def split_cards(
    outline: Outline, unit: int, found: Sequence[Piece], leads_away: Callable[[Sequence[str]], bool]
) -> tuple[tuple[Section, ...], list[Piece]]:
    """The cards among an update's pieces, and the pieces that are its own."""
    cards: list[Section] = []
    kept: list[Piece] = []
    card_end = -1
    related = False
    for piece in found:
        if piece.start < card_end:
            cards[-1] = with_line(cards[-1], piece)
            continue
        if related and piece.tag in ("li", "p") and piece.is_link and leads_away(piece.links):
            cards.append(card_titled(piece))
            continue
        related = _is_related_label(piece.text)
        if kept and _is_labelled(piece) and leads_away(piece.links):
            cards.append(card_titled(replace(piece, text=piece.text.partition(":")[2].strip())))
            continue
        own = next((other for other in reversed(kept) if not other.is_loose), None) if opens_card(piece) else None
        if own and leads_away(piece.links):
            root = card_root(outline, unit, piece, own)
            card_end = outline.ends[root]
            kept = [other for other in kept if other.start < root]
            cards.append(card_titled(piece))
        else:
            kept.append(piece)
    return tuple(cards), kept


def lone_card(found: Sequence[Piece], leads_away: Callable[[Sequence[str]], bool]) -> Section | None:
    """The card that an element between two updates is, if it is nothing else."""
    if not found or not opens_card(found[0]) or not leads_away(found[0].links):
        return None
    card = card_titled(found[0])
    for line in found[1:]:
        card = with_line(card, line)
    return card if word_count(card.text) <= MAX_SUMMARY_WORDS else None


def card_titled(piece: Piece) -> Section:
    """A card with no more than the title that a piece gives it."""
    title, times = _undoubled(piece.text)
    links = tuple(dict.fromkeys(piece.links))
    return Section("", Kind.CARD, 0, title, permalink=links[0], links=links, headline_repeats=times)


def is_card(headline: Piece | None, paragraphs: Sequence[Piece], leads_away: Callable[[Sequence[str]], bool]) -> bool:
    """A whole unit that is nothing but a card: a linked headline to another story, a line of summary at most."""
    if headline is None or not headline.is_link or not leads_away(headline.links):
        return False
    return sum(word_count(piece.text) for piece in paragraphs) <= MAX_SUMMARY_WORDS


def _is_related_label(text: str) -> bool:
    """A line such as "Read more", below which links to other stories stand."""
    return cues("furniture").is_line(text) or cues("appeal_open").is_line(text)


def _is_labelled(piece: Piece) -> bool:
    """A paragraph that is a link behind a label: "Read more: The story of the pier"."""
    label, colon, title = piece.text.partition(":")
    if piece.tag not in ("p", "li") or not colon or len(label) > MAX_LABEL or word_count(title) < MIN_WORDS:
        return False
    return len(title.strip()) <= piece.linked_chars + 1 and piece.linked_chars < len(piece.text)


def opens_card(piece: Piece) -> bool:
    """A heading, or a loose line, that is all link."""
    titled = piece.is_heading or (not piece.tag and word_count(piece.text) >= MIN_WORDS)
    return titled and piece.is_link and bool(piece.links)


def card_root(outline: Outline, unit: int, heading: Piece, before: Piece) -> int:
    """The largest element around a card's heading that holds nothing of the update itself."""
    root = heading.start
    for above in outline.ancestors(heading.start):
        if above <= unit or above <= before.start:
            break
        root = above
    return root


def _undoubled(text: str) -> tuple[str, int]:
    """A title that stands twice in a row, as on a card whose picture bears it too, once; and how often it stood."""
    half = len(text) // 2
    for cut in (half, half + 1):
        if half and text[:half].strip() == text[cut:].strip():
            return text[:half].strip(), 2
    return text, 1


def with_line(card: Section, piece: Piece) -> Section:
    """A card with one more line of its summary, or its title once more."""
    if card.headline == piece.text:
        return replace(card, headline_repeats=card.headline_repeats + 1)
    return replace(card, text=f"{card.text}\n\n{piece.text}" if card.text else piece.text)
