"""The blocks of clock-led rich text: the part of a page in which paragraphs and headings open with a time.

A block is *stamped* where its opening is firmly a time (`transforms.stamps`) or a time alone is set bold:
``<b>20:41</b> The first runner …``. Where there are hardly any of those, bare clocks count too, if several stand in an
order. Stamped blocks stand flat beside the paragraphs that belong to them; where each has an element of its own,
together with its paragraphs (an update, but also a comment, a film in a schedule), `repeated_blocks` judges.
"""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from weakref import WeakKeyDictionary

from transforms.cards import MAX_SUMMARY_WORDS, card_root, card_titled, opens_card, with_line
from transforms.links import joined, lead_away
from transforms.outline import TEXT, Outline, squeeze, word_count
from transforms.pieces import BLOCKS, HEADINGS, Piece, is_sentence, pieces
from transforms.readers.text_evidence import in_order
from transforms.records import Section
from transforms.stamps import Stamp, leading_stamp, trailing_stamp
from transforms.times import TimeContext

LEAST = 2
"""Stamped blocks, before a page is looked at closely …"""
LOOSE = 4
"""… or so many that open with a bare clock."""
BEGINNING, HEARD = 12, 200
"""Nodes and characters of a block in which its stamp stands."""
MAX_HEADINGS = 5000
MAX_NODES = 200_000
"""Text nodes of one page that are looked at."""
RISE = 3
"""Elements that may wrap a stamped block within its container."""
MOST = 0.8
"""Share of the stamped blocks that the container holds: the page's own date may stand outside."""
LINKED = 0.5
"""Share of a block's characters inside links, and of such blocks among the stamped, that makes a list of teasers."""
BOLD = frozenset({"b", "strong"})
_FORMATTING = BOLD | {"span", "em", "i", "u", "font", "a", "mark", "time"}
_LIKELY = re.compile(r"\W*+(?:[^\W\d_]++\W++){0,4}+(?:[午上下오][前後午전후])?\d{1,4}[\s:.hHuU/年月時时시aApP]")
_FIGURE = re.compile(r"\d")
_RULE = re.compile(r"[\s_*\-–—=~•·#]{2,}")


@dataclass(frozen=True, slots=True)
class Block:
    """A heading, paragraph or list item, with the stamp it opens with."""

    piece: Piece
    stamp: Stamp | None
    """A stamp with a day and no clock is a day heading's, or none."""
    stamped: bool
    """The block opens an update."""
    bold: str
    """The text of the bold elements with which it opens, or empty."""
    card: Section | None = None
    """The block is the card of another story, between updates or in one."""

    @property
    def text(self) -> str:
        """The whole text."""
        return self.piece.text

    @property
    def rest(self) -> str:
        """The text behind the stamp, or before one that closes it."""
        if self.stamp is None:
            return self.text
        return (self.text[: self.stamp.start] or self.text[self.stamp.end :]).strip(" +")

    @property
    def is_rule(self) -> bool:
        """Nothing but a line between updates: ``___``."""
        return _RULE.fullmatch(self.text) is not None


def clock_blocks(outline: Outline, context: TimeContext, base: str = "", *, single: bool = False) -> list[Block]:
    """The blocks of the page's clock-led text in order; empty where there is none, or where it is a list of teasers.

    ``base`` is the page's own address: links to other pages tell cards. With ``single`` (the page calls itself live)
    one heading that opens with a time is enough, and headings need not stand flat beside their paragraphs.
    """
    opening = openings(outline, context)
    firm = [block for block, is_firm in opening if is_firm]
    loose = len(firm) < LEAST
    container = _container(outline, [block for block, _ in opening] if loose else firm, LOOSE if loose else LEAST)
    if container is None and single and len(firm) == 1 and outline.tags[firm[0]] in HEADINGS:
        container, loose = outline.parents[firm[0]], False
    if container is None:
        return []
    found = pieces(outline, container, outline.ends[container])
    blocks = [_block(outline, line, context) for piece in found for line in _lines(outline, piece, found)]
    if loose:
        blocks = [replace(block, stamped=bool(block.stamp and block.stamp.clock)) for block in blocks]
        if not in_order([block.stamp.clock for block in blocks if block.stamp and block.stamp.clock]):
            return []
    headed = single and all(block.piece.is_heading for block in blocks if block.stamped)
    if _are_teasers(blocks) or not (headed or _are_flat(outline, container, blocks)):
        return []
    return [block for block in _carded(outline, container, blocks, base) if block.card or not block.piece.is_link]


def _carded(outline: Outline, container: int, blocks: Sequence[Block], base: str) -> list[Block]:
    """The blocks, those of a card joined to one: a linked heading with its summary, in an element of their own."""
    found: list[Block] = []
    end = -1
    for block in blocks:
        piece = block.piece
        if found and found[-1].card and piece.start < end:
            found[-1] = replace(found[-1], card=with_line(found[-1].card, piece))
            continue
        if found and not block.stamp and piece.is_heading and opens_card(piece) and lead_away(base, piece.links):
            root = card_root(outline, container, piece, found[-1].piece)
            if root < piece.start and word_count(outline.text(piece.end, outline.ends[root])) <= MAX_SUMMARY_WORDS:
                end = outline.ends[root]
                card = card_titled(replace(piece, links=[joined(base, link) for link in piece.links]))
                block = replace(block, card=card)
        found.append(block)
    return found


def _are_flat(outline: Outline, container: int, blocks: Sequence[Block]) -> bool:
    """Whether most stamped blocks stand in no element, below the container, that holds other blocks too."""
    homes = sorted({*outline.children(container), *(block.piece.start for block in blocks if _is_line(outline, block))})
    held = Counter(bisect_right(homes, block.piece.start) for block in blocks)
    stamped = [bisect_right(homes, block.piece.start) for block in blocks if block.stamped]
    return sum(held[home] == 1 for home in stamped) >= MOST * len(stamped)


def openings(outline: Outline, context: TimeContext) -> tuple[tuple[int, bool], ...]:
    """Indexes of the elements whose text opens with a clock, or are headings that close with one, and whether it is
    firmly one. Two readers ask this of a page: it is remembered as long as the page is held, and no longer."""
    told = _told.setdefault(outline, {})
    if context not in told:
        closing = (at for tag in sorted(HEADINGS) for at in outline.tagged(tag)[:MAX_HEADINGS])
        ending = ((at, True) for at in closing if _closing_stamp(outline.text(at), context))
        told[context] = (*_opening(outline, context), *ending)
    return told[context]


_told: WeakKeyDictionary[Outline, dict[TimeContext, tuple[tuple[int, bool], ...]]] = WeakKeyDictionary()


def _opening(outline: Outline, context: TimeContext) -> Iterator[tuple[int, bool]]:
    last = -1
    for index, size in enumerate(outline.sizes()[:MAX_NODES]):
        if not size:
            continue
        before, last = last, index
        if not _LIKELY.match(outline.texts[index][:80]):
            continue
        block, line = _block_around(outline, index), _opens_line(outline, index)
        if block >= 0 and (line or before < 0 or block != _block_around(outline, before)):
            stamp = leading_stamp(_beginning(outline, index, outline.ends[block]), context)
            if stamp and stamp.clock:
                yield index if line else block, stamp.firm or _is_stamp_alone(_bold_at(outline, index, block), stamp)


def _closing_stamp(heading: str, context: TimeContext) -> Stamp | None:
    """The time with which a heading closes that opens with none: "Headline (16:42 Uhr)"."""
    text = heading.rstrip(" +")
    if len(text) > HEARD or not _FIGURE.search(text):
        return None
    return None if leading_stamp(text, context) else trailing_stamp(text, context)


def _block_around(outline: Outline, index: int) -> int:
    """The block element around a text node; -1 where none is."""
    return next((at for at in outline.ancestors(index) if outline.tags[at] in BLOCKS), -1)


def _opens_line(outline: Outline, index: int) -> bool:
    """Whether a text node stands right behind a ``<br>``, in formatting elements or not."""
    at = index - 1
    while at > 0 and (outline.tags[at] in _FORMATTING or (outline.tags[at] == TEXT and not outline.texts[at].strip())):
        at -= 1
    return outline.tags[at] == "br"


def _beginning(outline: Outline, index: int, end: int) -> str:
    """The first words from a text node on."""
    return squeeze(" ".join(outline.texts[index : min(end, index + BEGINNING)]))[:HEARD]


def _container(outline: Outline, stamped: Sequence[int], least: int) -> int | None:
    """The smallest element that holds most of the stamped blocks, a few wrappers up at most."""
    votes: Counter[int] = Counter()
    for block in stamped:
        for rise, ancestor in enumerate(outline.ancestors(block)):
            if rise >= RISE:
                break
            votes[ancestor] += 1
    best = max(votes.values(), default=0)
    if best < least:
        return None
    likely = [at for at, count in votes.items() if count >= max(least, MOST * best)]
    return min(likely, key=lambda at: outline.ends[at] - at)


def _lines(outline: Outline, piece: Piece, found: Sequence[Piece]) -> Iterator[Piece]:
    """The piece; or its lines, where ``<br>`` parts it and several of them open with a number."""
    breaks = [at for at in range(piece.start, piece.end) if outline.tags[at] == "br"]
    bounds = list(pairwise([piece.start, *breaks, piece.end]))
    texts = [squeeze(" ".join(outline.texts[start:end])) for start, end in bounds]
    if sum(_LIKELY.match(text) is not None for text in texts) < LEAST:
        yield piece
    elif piece.text == next(other.text for other in found if other.start == piece.start):
        for (start, end), text in zip(bounds, texts, strict=True):
            if text:
                yield replace(piece, text=text, start=start, end=end, linked_chars=_linked(outline, start, end))


def _linked(outline: Outline, start: int, end: int) -> int:
    """Characters inside links that begin between two places."""
    return sum(len(outline.text(at)) for at in range(start, end) if outline.tags[at] == "a")


def _block(outline: Outline, piece: Piece, context: TimeContext) -> Block:
    stamp = leading_stamp(piece.text, context)
    if stamp is None and piece.is_heading:
        stamp = _closing_stamp(piece.text, context)
    first = _first_text(outline, piece)
    bold = _bold_at(outline, first, piece.start - 1) if stamp else ""
    stamped = stamp is not None and stamp.clock is not None and (stamp.firm or _is_stamp_alone(bold, stamp))
    if stamp and _is_stamp_alone(bold, stamp):
        run = _bold_run(outline, first, piece.end)
        bold = run if is_sentence(run) else bold  # a bold name opens many a sentence
    return Block(piece, stamp, stamped, bold)


def _first_text(outline: Outline, piece: Piece) -> int:
    nodes = range(piece.start, piece.end)
    return next((at for at in nodes if outline.tags[at] == TEXT and outline.texts[at].strip()), piece.start)


def _bold_at(outline: Outline, index: int, above: int) -> str:
    """The text of the outermost bold element around a text node, below the element ``above``."""
    bold = ""
    for ancestor in outline.ancestors(index):
        if ancestor <= above or outline.tags[ancestor] in BLOCKS:
            break
        if outline.tags[ancestor] in BOLD:
            bold = _beginning(outline, ancestor, outline.ends[ancestor])
    return bold


def _bold_run(outline: Outline, start: int, end: int) -> str:
    """The text from a place on to where the first words stand that are not bold: "<b>16h42.</b> <b>Title.</b> …"."""
    bold_end = next((outline.ends[at] for at in outline.ancestors(start) if outline.tags[at] in BOLD), start)
    for at in range(bold_end, end):
        if outline.tags[at] in BOLD:
            bold_end = outline.ends[at]
        elif at >= bold_end and any(char.isalnum() for char in outline.texts[at]):
            break
    return _beginning(outline, start, bold_end)


def _is_stamp_alone(bold: str, stamp: Stamp) -> bool:
    return bool(bold) and len(bold) <= stamp.end


def _is_line(outline: Outline, block: Block) -> bool:
    """Whether a block is a line of a paragraph, behind a ``<br>``."""
    return outline.tags[block.piece.start] == "br"


def _are_teasers(blocks: Sequence[Block]) -> bool:
    """Whether the stamped blocks, or the ones below bare stamps, lead to other pages: an index, not a blog."""
    stamped = linked = 0
    for block, below in pairwise(blocks):
        if block.stamped:
            stamped += 1
            leading = block.piece if block.rest else below.piece
            linked += leading.linked_chars >= LINKED * len(leading.text)
    return linked >= LINKED * max(stamped, 1)
