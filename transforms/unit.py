"""Reads the units of a feed (the elements of its updates) into sections: headline, text, time, author, id, cards."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from transforms.cards import is_card, lone_card, split_cards
from transforms.cues import cues
from transforms.heading import Style, headline_of, parted_opening, parted_openings, parted_titles, style_of
from transforms.links import joined, lead_away
from transforms.margin import MAX_TITLE, Parted, labels_of, part
from transforms.marks import Mark
from transforms.names import looks_like_name, names_in
from transforms.outline import Outline
from transforms.pieces import HEADINGS, Piece, is_sentence, pieces
from transforms.reading import Parsed
from transforms.records import Kind, Section, TimeSource
from transforms.stamps import Stamp, leading_stamp
from transforms.times import TimeContext, TimeRead, at_clock, read_machine, read_shown
from transforms.titles import canonical_address
from transforms.zones import zone_named

SAME_MINUTE = timedelta(minutes=1)
INNER_SHARE = 0.6
"""An element inside the unit that holds this share of its nodes may carry the unit's id."""
MAX_INNER = 4
"""Levels down to such an element."""
STAMPED = 0.7
"""Share of a feed's units that open with a clock, for that to be their time."""
MAX_AGE = 40
"""Characters of a line that tells an age or a day."""
AGE_NODES = 60
"""Nodes of a unit, from its beginning, among which an age stands."""
_FIGURE = re.compile(r"\d")
NO_TIME = TimeRead(None, "")
_ID_NUMBER = re.compile(r"\d{2,}|[0-9a-f]*\d[0-9a-f]{7,}")
_ID_ATTRIBUTES = (
    "id", "data-id", "data-post-id", "data-entry-id", "data-update-id", "data-block-id", "data-item-id", "name",
)  # fmt: skip
_MEDIA = frozenset({"img", "amp-img", "video", "amp-video", "iframe", "source"})


@dataclass(frozen=True, slots=True)
class Unit:
    """One update as read, with the cards that stood in it."""

    section: Section
    time: TimeRead
    cards: tuple[Section, ...]
    links_away: bool
    """It opens with a link to another page: the mark of a teaser."""
    margin: tuple[str, ...] = ()
    """Texts around the story."""


class FeedReader:
    """Reads all units of one feed, so that what they repeat is known."""

    def __init__(
        self,
        parsed: Parsed,
        outline: Outline,
        marks: Sequence[Mark],
        units: Sequence[int],
        ends: Sequence[int] | None = None,
    ) -> None:
        self.parsed = parsed
        self.outline = outline
        self.marks = marks
        self.mark_indexes = [mark.index for mark in marks]
        self.units = units
        self.end_of = dict(zip(units, ends or [outline.ends[unit] for unit in units], strict=True))
        self.base = parsed.document.url or canonical_address(outline) or ""
        self._pieces = [pieces(outline, unit, self.end_of[unit]) for unit in units]
        self.labels = labels_of(self._pieces)
        self.style = Style.NONE
        self.stamped = False
        self.bold_openings = False

    def read(self) -> list[Unit]:
        """Every unit in the page's order."""
        parts = [self._part(unit, found) for unit, found in zip(self.units, self._pieces, strict=True)]
        told = parted_openings(self.outline, [parted for _, parted in parts])
        self.bold_openings = any(after is not before for after, (_, before) in zip(told, parts, strict=True))
        self.style = style_of(told)
        self.stamped = self._are_stamped(told)
        cards = [cards for cards, _ in parts]
        return [self._unit(*found) for found in zip(self.units, cards, told, strict=True)]

    def _part(self, unit: int, found: list[Piece]) -> tuple[tuple[Section, ...], Parted]:
        """The cards of a unit, and the pieces that are its own, parted."""
        cards, own = split_cards(self.outline, unit, found, self._lead_away)
        marks = [mark for mark in self._marks_of(unit) if not self._is_whole(unit, mark.index)]
        own = [line for piece in own for line in parted_titles(self.outline, piece, marks)]
        return cards, part(self.outline, own, marks, self.labels)

    def _are_stamped(self, units: Sequence[Parted]) -> bool:
        """Whether the units' times are the words with which their stories open: no mark tells them.

        Units that are paragraphs or headings themselves are rich text led by clocks, which has a reader of its own.
        """
        flat = {"p", *HEADINGS}
        if any(unit.times for unit in units) or any(self.outline.tags[unit] in flat for unit in self.units):
            return False
        stamps = (_stamp_of(unit, self.parsed.context) for unit in units)
        return sum(stamp is not None for stamp in stamps) >= STAMPED * len(units)

    def _unit(self, unit: int, cards: tuple[Section, ...], parted: Parted) -> Unit:
        marks = self._marks_of(unit)
        stamp = _stamp_of(parted, self.parsed.context) if self.stamped else None
        if stamp:
            parted = replace(parted, stamps=(stamp.raw,), body=_without(stamp, parted.body))
        headline, paragraphs = headline_of(parted, self.style)
        published, modified = self._times(unit, marks, parted)
        section = Section(
            section_id="",
            kind=Kind.CARD if not cards and is_card(headline, paragraphs, self._lead_away) else Kind.UPDATE,
            position=0,
            headline=headline.text if headline else None,
            text="\n\n".join(piece.text for piece in paragraphs),
            published_at=published.at,
            published_raw=published.raw or None,
            time_source=published.source,
            modified_at=modified.at if modified else None,
            authors=names_in(_without_age(published, parted.margin), headline.text if headline else None),
            permalink=self._permalink(unit),
            pinned=any(cues("pinned").is_line(text) for text in parted.margin),
            key_event=any(cues("key_events").is_line(text) for text in parted.margin),
            links=self._resolved(href for piece in paragraphs for href in piece.links),
            media=self._media(unit),
            publisher_id=self._identifier(unit),
        )
        cards = tuple(map(self._resolved_card, cards))
        if cards and not (section.headline or section.text):  # nothing but a card
            section, cards = _as_update(cards[0], section), cards[1:]
        return Unit(section, published, cards, self._opens_with_link(parted.body), parted.margin)

    def inner_texts(self) -> Iterator[str]:
        """Paragraphs and headings of the units, but for what each opens with."""
        return (piece.text for found in self._pieces for piece in found[2:] if piece.tag == "p" or piece.is_heading)

    def unit_at(self, place: int) -> Unit:
        """An element outside the feed, read as if it were a unit of it."""
        self.end_of[place] = self.outline.ends[place]
        cards, parted = self._part(place, pieces(self.outline, place, self.outline.ends[place]))
        return self._unit(place, cards, parted_opening(self.outline, parted) if self.bold_openings else parted)

    def card_at(self, place: int) -> Section | None:
        """The card that an element between two units is; None where it is something else."""
        card = lone_card(pieces(self.outline, place, self.outline.ends[place]), self._lead_away)
        return self._resolved_card(card) if card else None

    # --- times ---------------------------------------------------------------------------------------------------

    def _marks_of(self, unit: int) -> Sequence[Mark]:
        start = bisect_left(self.mark_indexes, unit)
        return self.marks[start : bisect_left(self.mark_indexes, self.end_of[unit])]

    def _is_whole(self, unit: int, at: int) -> bool:
        """Whether an element is the whole unit: its time says nothing about the text in it."""
        return at == unit and self.outline.ends[at] == self.end_of[unit]

    def _times(self, unit: int, marks: Sequence[Mark], parted: Parted) -> tuple[TimeRead, TimeRead | None]:
        """When it was published and changed, by the unit's own marks; those within its prose are not its own."""
        prose = [(piece.start, piece.end) for piece in parted.body if not piece.is_heading]
        own = [mark for mark in marks if mark.index == unit or not any(a <= mark.index < b for a, b in prose)]
        reads = [(mark, self._read(mark)) for mark in own]
        changed = [pair for pair in reads if pair[0].modified or _says_updated(pair[0])]
        fresh = [pair for pair in reads if pair not in changed]
        if not fresh and not changed:
            return self._told(unit, parted), None
        published = min(fresh or changed, key=_rank)[1]
        published = self._with_day(published, [read for _, read in changed])
        if published.clock and not published.at:
            published = self._with_day_beside(published, parted, [read for _, read in reads])
        return published, next((read for _, read in changed if read.at and fresh), None)

    def _told(self, unit: int, parted: Parted) -> TimeRead:
        """The time that words around the story tell, where no mark does: an age ("vor 5 Minuten"), or its stamp."""
        lines = [text for text in parted.stamps if len(text) <= MAX_AGE]
        nodes = [text for text in self.outline.texts[unit : unit + AGE_NODES] if _FIGURE.search(text)]
        read = (read_shown(text, self.parsed.context) for text in (*lines, *(n for n in nodes if len(n) <= MAX_AGE)))
        wanted = (time for time in read if time.is_age or (self.stamped and time.clock))
        return next(wanted, NO_TIME)

    def _with_day_beside(self, published: TimeRead, parted: Parted, reads: Sequence[TimeRead]) -> TimeRead:
        """A clock with the day that stands beside it ("11 Mar 2025"), or the one that an age beside it tells."""
        context = self.parsed.context
        beside = (text for text in parted.margin if len(text) <= MAX_AGE and _FIGURE.search(text))
        day = next((day for text in beside if (day := read_shown(text, context).day)), None)
        age = next((read.at for read in reads if read.source is TimeSource.RELATIVE and read.at), None)
        if published.clock is None or not (day or age):
            return published
        clock = replace(published.clock, zone=published.clock.zone or _zone_in(parted.margin, context))
        days = [day] if day else [age.date() + timedelta(days=step) for step in (-1, 0, 1)] if age else []
        moments = [moment for each in days if (moment := at_clock(each, clock, context))]
        at = min(moments, key=lambda moment: abs(moment - age) if age else timedelta(), default=None)
        return replace(published, at=at, source=TimeSource.CLOCK_AND_DAY if at else None)

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

    # --- ids, addresses, media -----------------------------------------------------------------------------------

    def _identifier(self, unit: int) -> str | None:
        """The id of the unit, or of the element inside it that is nearly all of it."""
        at, end = unit, self.end_of[unit]
        for _ in range(MAX_INNER):
            attributes = self.outline.raw_attributes[at]
            values = ((attributes.get(name) or "").strip() for name in _ID_ATTRIBUTES)
            found = next((value for value in values if 0 < len(value) < 200 and _ID_NUMBER.search(value)), None)
            if found:
                return found
            inner = max(self.outline.children(at), key=lambda child: self.outline.ends[child] - child, default=at)
            if self.outline.ends[inner] - inner < INNER_SHARE * (end - unit):
                break
            at = inner
        return None

    def _permalink(self, unit: int) -> str | None:
        for at in range(unit, self.end_of[unit]):
            href = self.outline.attribute(at, "href") if self.outline.tags[at] == "a" else ""
            if "#" in href and not self._lead_away([href]) and _ID_NUMBER.search(href.partition("#")[2]):
                return joined(self.base, href)
        identifier = self._identifier(unit)
        return joined(self.base, f"#{identifier}") if identifier and self.base else None

    def _media(self, unit: int) -> tuple[str, ...]:
        places = (at for at in range(unit, self.end_of[unit]) if self.outline.tags[at] in _MEDIA)
        found = (self.outline.attribute(at, "src") or self.outline.attribute(at, "data-src") for at in places)
        return self._resolved(source for source in found if not source.startswith("data:"))

    def _opens_with_link(self, body: Sequence[Piece]) -> bool:
        """The first thing it says is a link to another page."""
        return bool(body) and body[0].is_link and self._lead_away(body[0].links) and not looks_like_name(body[0].text)

    def _lead_away(self, links: Iterable[str]) -> bool:
        return lead_away(self.base, links, live=self.parsed.live_word is not None)

    def _resolved(self, links: Iterable[str]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(joined(self.base, link) for link in links if link and not link.startswith("#")))

    def _resolved_card(self, card: Section) -> Section:
        links = self._resolved(card.links)
        return replace(card, links=links, permalink=next(iter(links), None))


def _as_update(card: Section, unit: Section) -> Section:
    """A card that stands where an update could, with that unit's time and id."""
    return replace(
        card,
        published_at=unit.published_at,
        published_raw=unit.published_raw,
        time_source=unit.time_source,
        modified_at=unit.modified_at,
        publisher_id=unit.publisher_id,
        permalink=unit.permalink or card.permalink,
    )


def _zone_in(texts: Sequence[str], context: TimeContext) -> str | None:
    """A zone that stands beside a clock in an element of its own: "CET"."""
    names = (name for text in texts if len(text) <= MAX_AGE for name in text.split() if name.isupper())
    return next((name for name in names if zone_named(name, context.timezone)), None)


def _says_updated(mark: Mark) -> bool:
    return mark.machine is None and bool(mark.shown) and cues("updated").opens(mark.shown or "") is not None


def _without_age(published: TimeRead, texts: Sequence[str]) -> Sequence[str]:
    """Texts around a story without the age that stands in them: "Sam Poole 4 minutes ago" is a name."""
    if published.source is not TimeSource.RELATIVE:
        return texts
    return [text.replace(published.raw, " ").strip() for text in texts]


def _stamp_of(unit: Parted, context: TimeContext) -> Stamp | None:
    """The clock with which a unit's story opens."""
    stamp = leading_stamp(unit.body[0].text, context) if unit.body else None
    return stamp if stamp and stamp.clock else None


def _without(stamp: Stamp, body: Sequence[Piece]) -> tuple[Piece, ...]:
    """The story without its stamp; a line behind it, above the prose, that is no sentence is a heading."""
    rest = body[0].text[stamp.end :].strip()
    if not rest:
        return tuple(body[1:])
    first = replace(body[0], text=rest)
    if len(body) > 1 and len(rest) <= MAX_TITLE and not is_sentence(rest):
        first = replace(first, tag=first.tag if first.is_heading else "h3")
    return first, *body[1:]


def _rank(pair: tuple[Mark, TimeRead]) -> tuple[bool, bool, bool, bool, bool]:
    """Best first: a time, read whole, meant as the time, in an element made for times, made for machines.

    An age ("1h ago") is rough: a clock beside it is better.
    """
    mark, read = pair
    rough = read.source is TimeSource.RELATIVE or not (read.at or read.clock)
    return (rough, read.at is None, mark.weak, not mark.is_time_element, mark.machine is None)
