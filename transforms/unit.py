"""Reads one unit of a feed (the element of one update) into a section: headline, text, time, author, id, cards.

What stands around the story (clocks, names, share buttons, labels that every unit repeats) is told apart by its place
and shape: it is loose text (outside paragraphs), short, and before or after the prose, not within it.
"""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from urllib.parse import urljoin, urlsplit

from transforms.cues import cues
from transforms.marks import MAX_LABEL, Mark
from transforms.outline import TEXT, Outline
from transforms.pieces import Piece, pieces
from transforms.reading import Parsed
from transforms.records import Kind, Section, TimeSource
from transforms.times import TimeRead, at_clock, read_machine, read_shown

LABEL_SHARE = 0.4
"""A loose text that stands in this share of a feed's units is a label."""
MAX_LOOSE = 60
"""Characters of a loose text that may be a label or a name."""
SAME_MINUTE = timedelta(minutes=1)
MAX_STAMP = 24
"""Characters of a relative time that stands where a paragraph could."""
MIN_CARD_WORDS = 3
MAX_CARD_WORDS = 50
PARTICLES = frozenset(
    {"de", "la", "le", "da", "do", "dos", "das", "del", "della", "di", "du", "van", "von", "der", "den", "ten", "ter"}
    | {"zu", "zur", "af", "av", "el", "al", "bin", "ibn", "y", "e", "i", "und", "and", "et"}
)
"""Small words that may stand within a name."""
_FIGURES = re.compile(r"\d+")
_SENTENCE_END = re.compile(r"[.!?…:。！？]['\"”’»)]?$")
_NAME_WORD = re.compile(r"[^\W\d_]+(?:['’.-][^\W\d_]+)*\.?$")
_ID_NUMBER = re.compile(r"\d{2,}|[0-9a-f]*\d[0-9a-f]{7,}")
_ID_ATTRIBUTES = (
    "id",
    "data-id",
    "data-post-id",
    "data-entry-id",
    "data-update-id",
    "data-block-id",
    "data-item-id",
    "name",
)
_BETWEEN_NAMES = re.compile(r"\s*(?:,|;|&|\||/|·|•)\s*")


@dataclass(frozen=True, slots=True)
class Unit:
    """One update as read, with the cards that stood in it."""

    section: Section
    time: TimeRead
    cards: tuple[Section, ...]
    links_away: bool
    """It opens with a link to another page: the mark of a teaser."""
    authors: tuple[str, ...]


class FeedReader:
    """Reads all units of one feed, so that what they repeat is known."""

    def __init__(self, parsed: Parsed, outline: Outline, marks: Sequence[Mark], units: Sequence[int]) -> None:
        self.parsed = parsed
        self.outline = outline
        self.marks = marks
        self.mark_indexes = [mark.index for mark in marks]
        self.units = units
        self.base = parsed.document.url or ""
        self._raw = [pieces(outline, unit, outline.ends[unit]) for unit in units]
        self.labels = self._labels()

    def read(self) -> list[Unit]:
        """Every unit in the page's order."""
        return [self._unit(unit, found) for unit, found in zip(self.units, self._raw, strict=True)]

    def _labels(self) -> frozenset[str]:
        """Short texts that many units repeat, figures aside, and that are no names: "Share", "22 min ago"."""
        counts = Counter(text for found in self._raw for text in {pattern_of(p.text) for p in _edges(found)})
        enough = max(3, LABEL_SHARE * len(self.units))
        return frozenset(text for text, count in counts.items() if count >= enough and not looks_like_name(text))

    def _unit(self, unit: int, found: list[Piece]) -> Unit:
        marks = self._marks_of(unit)
        cards, found = self._cards(unit, found)
        margin, body = self._parted(unit, found, marks)
        signed, body = _signed(body)
        margin += signed
        headline, paragraphs = _headline_and_text(body)
        published, modified = self._times(unit, marks, margin, body)
        authors = _authors(margin, headline.text if headline else "")
        section = Section(
            section_id="",
            kind=Kind.UPDATE,
            position=0,
            headline=headline.text if headline else None,
            text="\n\n".join(piece.text for piece in paragraphs),
            published_at=published.at,
            published_raw=published.raw or None,
            time_source=published.source,
            modified_at=modified.at if modified else None,
            authors=authors,
            permalink=self._permalink(unit),
            key_event=any(cues("key_events").is_line(piece.text) for piece in margin),
            links=self._resolved(href for piece in paragraphs for href in piece.links),
            media=self._media(unit),
            publisher_id=self._identifier(unit),
        )
        if self._is_card(headline, paragraphs, cards):
            section = replace(section, kind=Kind.CARD)
        return Unit(section, published, cards, self._opens_with_link(body), authors)

    # --- parts ---------------------------------------------------------------------------------------------------

    def _parted(self, unit: int, found: list[Piece], marks: Sequence[Mark]) -> tuple[list[Piece], list[Piece]]:
        """What stands around the story, and the story."""
        timed = [piece for piece in found if self._is_time(unit, piece, marks)]
        rest = [piece for piece in found if piece not in timed]
        prose = [
            at
            for at, piece in enumerate(rest)
            if not _is_loose(piece) and not (piece.marginal and not piece.is_heading)
        ]
        margin = list(timed)
        body: list[Piece] = []
        for at, piece in enumerate(rest):
            around = not prose or at < prose[0] or at > prose[-1]
            is_margin = (
                (piece.marginal and not piece.is_heading)
                or (len(piece.text) <= MAX_LOOSE and pattern_of(piece.text) in self.labels and not piece.is_heading)
                or cues("furniture").is_line(piece.text)
                or (_is_loose(piece) and around and (bool(prose) or looks_like_name(piece.text)))
            )
            (margin if is_margin else body).append(piece)
        return margin, body

    def _is_time(self, unit: int, piece: Piece, marks: Sequence[Mark]) -> bool:
        """A short piece that a mark of time fills, or nearly."""
        if len(piece.text) > MAX_LABEL + 32 or piece.is_heading:
            return False
        for mark in marks:
            if mark.index == unit or not (mark.shown or mark.is_time_element):
                inside = mark.index != unit and mark.index <= piece.start < self.outline.ends[mark.index]
                if not inside:
                    continue
            ends = self.outline.ends[mark.index]
            covers = mark.index <= piece.start and piece.end <= ends
            within = piece.start <= mark.index < piece.end
            if (covers or within) and len(piece.text) <= len(mark.shown or self.outline.text(mark.index)) + 32:
                return True
        return False

    def _cards(self, unit: int, found: list[Piece]) -> tuple[tuple[Section, ...], list[Piece]]:
        """Teasers of other stories inside an update: a heading that is a link, after the update's own text."""
        cards: list[Section] = []
        kept: list[Piece] = []
        card_end = -1
        for piece in found:
            if piece.start < card_end:
                cards[-1] = _with_line(cards[-1], piece)
                continue
            own = [p for p in kept if not _is_loose(p)]
            if own and self._opens_card(piece):
                root = self._card_root(unit, piece, own[-1])
                card_end = self.outline.ends[root]
                kept = [p for p in kept if p.start < root]
                link = self._resolved(piece.links)
                title, times = _undoubled(piece.text)
                cards.append(Section("", Kind.CARD, 0, title, permalink=link[0], links=link, headline_repeats=times))
            else:
                kept.append(piece)
        return tuple(cards), kept

    def _opens_card(self, piece: Piece) -> bool:
        """A heading, or a loose line, that is all link and leads to another page."""
        titled = piece.is_heading or (not piece.tag and len(piece.text.split()) >= MIN_CARD_WORDS)
        return titled and piece.is_link and self._leads_away(piece.links)

    def _card_root(self, unit: int, heading: Piece, before: Piece) -> int:
        """The largest element around a card's heading that holds nothing of the update itself."""
        root = heading.start
        for above in self.outline.ancestors(heading.start):
            if above <= unit or above <= before.start:
                break
            root = above
        return root

    # --- facts ---------------------------------------------------------------------------------------------------

    def _marks_of(self, unit: int) -> Sequence[Mark]:
        start = bisect_left(self.mark_indexes, unit)
        return self.marks[start : bisect_left(self.mark_indexes, self.outline.ends[unit])]

    def _times(
        self, unit: int, marks: Sequence[Mark], margin: list[Piece], body: list[Piece]
    ) -> tuple[TimeRead, TimeRead | None]:
        """When it was published and changed, by the unit's own marks; those within its prose are not its own."""
        prose = [(piece.start, piece.end) for piece in body]
        own = [mark for mark in marks if not any(a <= mark.index < b for a, b in prose) or mark.index == unit]
        reads = [(mark, self._read(mark)) for mark in own]
        changed = [(m, r) for m, r in reads if m.modified or _says_updated(m)]
        fresh = [(m, r) for m, r in reads if (m, r) not in changed]
        published = min(fresh or changed, key=_rank, default=(None, TimeRead(None, "")))[1]
        published = self._with_day(published, [read for _, read in changed])
        modified = next((read for _, read in changed if read.at and fresh), None)
        return published, modified

    def _with_day(self, published: TimeRead, changed: list[TimeRead]) -> TimeRead:
        """A bare clock takes day and zone from the time of the last change, where that has them."""
        known = next((read for read in changed if read.day and read.clock), None)
        if published.at or not published.clock or not known or not known.day or not known.clock:
            return published
        clock = replace(published.clock, zone=published.clock.zone or known.clock.zone)
        at = at_clock(published.day or known.day, clock, self.parsed.context)
        if at and known.at and at > known.at + SAME_MINUTE:
            at -= timedelta(days=1)
        return replace(published, at=at, source=TimeSource.CLOCK_AND_DAY if at else None)

    def _read(self, mark: Mark) -> TimeRead:
        if mark.machine is not None:
            read = read_machine(mark.machine, self.parsed.context)
            if read.at or not mark.shown:
                return read
        return read_shown(mark.shown or "", self.parsed.context)

    def _identifier(self, unit: int) -> str | None:
        attributes = self.outline.raw_attributes[unit]
        for name in _ID_ATTRIBUTES:
            value = (attributes.get(name) or "").strip()
            if value and len(value) < 200 and _ID_NUMBER.search(value):
                return value
        return None

    def _permalink(self, unit: int) -> str | None:
        identifier = self._identifier(unit)
        for at in range(unit, self.outline.ends[unit]):
            href = self.outline.attribute(at, "href") if self.outline.tags[at] == "a" else ""
            if "#" in href and not self._leads_away([href]) and _ID_NUMBER.search(href.partition("#")[2]):
                return urljoin(self.base, href)
        return urljoin(self.base, f"#{identifier}") if identifier and self.base else None

    def _media(self, unit: int) -> tuple[str, ...]:
        found = []
        for at in range(unit, self.outline.ends[unit]):
            if self.outline.tags[at] in ("img", "amp-img", "video", "amp-video", "iframe", "source"):
                source = self.outline.attribute(at, "src") or self.outline.attribute(at, "data-src")
                if source and not source.startswith("data:"):
                    found.append(source)
        return self._resolved(found)

    def _is_card(self, headline: Piece | None, paragraphs: list[Piece], cards: tuple[Section, ...]) -> bool:
        """Nothing of its own: a linked headline that leads to another story, with a line of summary at most."""
        if headline is None or cards or not headline.is_link or not self._leads_away(headline.links):
            return False
        return sum(len(piece.text.split()) for piece in paragraphs) <= MAX_CARD_WORDS

    def _opens_with_link(self, body: list[Piece]) -> bool:
        """The first thing it says is a link to another page."""
        return bool(body) and body[0].is_link and self._leads_away(body[0].links)

    def _leads_away(self, links: Iterable[str]) -> bool:
        """Whether a link leads to another page than this one."""
        for link in links:
            if link.startswith("#") or not link:
                continue
            try:
                target, own = urlsplit(urljoin(self.base, link)), urlsplit(self.base)
            except ValueError:
                continue
            if target.path.rstrip("/") != own.path.rstrip("/") and not (target.fragment and not self.base):
                return True
        return False

    def _resolved(self, links: Iterable[str]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(_joined(self.base, link) for link in links if link and not link.startswith("#")))


def looks_like_name(text: str) -> bool:
    """Two to four words, each with a capital and no figures: "Jamie Braidwood", "Ana de la Torre"."""
    words = text.split()
    if (
        not 2 <= len(words) <= 5
        or len(text) > 40
        or cues("furniture").is_line(text)
        or cues("key_events").is_line(text)
    ):
        return False
    small = [word for word in words if word.islower() and word not in PARTICLES]
    return (
        all(_NAME_WORD.match(word) for word in words)
        and not small
        and words[0][0].isupper()
        and words[-1][0].isupper()
        and not text.isupper()
    )


def pattern_of(text: str) -> str:
    """A short text with its figures taken out, so that "22m ago" and "3m ago" are one label."""
    return _FIGURES.sub("#", text)


def _edges(found: list[Piece]) -> list[Piece]:
    """Pieces that may be labels: the loose ones, and short first and last ones that hold figures."""
    ends = [
        piece for piece in (*found[:1], *found[-1:]) if len(piece.text) <= MAX_STAMP and _FIGURES.search(piece.text)
    ]
    return [piece for piece in found if _is_loose(piece)] + [piece for piece in ends if not piece.is_heading]


def _joined(base: str, link: str) -> str:
    try:
        return urljoin(base, link)
    except ValueError:
        return link


def _is_loose(piece: Piece) -> bool:
    return not piece.tag and len(piece.text) <= MAX_LOOSE and not _SENTENCE_END.search(piece.text)


def _signed(body: list[Piece]) -> tuple[list[Piece], list[Piece]]:
    """A name alone in the first paragraph signs the update; prose must follow."""
    if len(body) > 1 and body[0].tag == "p" and looks_like_name(body[0].text) and not body[1].is_heading:
        return body[:1], body[1:]
    return [], body


def _headline_and_text(body: list[Piece]) -> tuple[Piece | None, list[Piece]]:
    """The first heading, where no prose stands before it; the rest is text."""
    for at, piece in enumerate(body):
        if piece.is_heading:
            return piece, body[:at] + body[at + 1 :]
        if not _is_loose(piece):
            break
    return None, body


def _authors(margin: list[Piece], headline: str) -> tuple[str, ...]:
    names: list[str] = []
    for piece in margin:
        opening = cues("byline").opens(piece.text)
        text = piece.text[len(opening) :].strip(" :") if opening else piece.text
        names += [part for part in _BETWEEN_NAMES.split(text) if looks_like_name(part) and part != headline]
    return tuple(dict.fromkeys(names))


def _says_updated(mark: Mark) -> bool:
    return bool(mark.shown and cues("updated").opens(mark.shown)) and mark.machine is None


def _rank(pair: tuple[Mark, TimeRead]) -> tuple[bool, bool, bool, bool]:
    """Best first: read, meant as the time, in an element made for times, made for machines."""
    mark, read = pair
    return (read.at is None, mark.weak, not mark.is_time_element, mark.machine is None)


def _undoubled(text: str) -> tuple[str, int]:
    """A title that stands twice in a row, as on a card whose picture bears it too, once; and how often it stood."""
    half = len(text) // 2
    for cut in (half, half + 1):
        if half and text[:half].strip() == text[cut:].strip():
            return text[:half].strip(), 2
    return text, 1


def _with_line(card: Section, piece: Piece) -> Section:
    if card.headline == piece.text:
        return replace(card, headline_repeats=card.headline_repeats + 1)
    return replace(card, text=f"{card.text}\n\n{piece.text}" if card.text else piece.text)


__all__ = ["TEXT", "FeedReader", "Unit", "looks_like_name"]
