"""Clock-led rich text: updates that are no elements of their own, only paragraphs and headings that open with a time.

    <h2>12.31 Uhr: Headline</h2> <p>…</p> <p>…</p>           a stamped heading
    <p><b>Update vom 3. Mai, 16:05 Uhr:</b> Text …</p>        a stamped paragraph, a heading above it is its headline
    <p>10 p.m.</p> <p>…</p> <p>___</p>                        a stamp alone; a rule between updates
    <h2>Dienstag, 27. August 2024</h2>                        a day heading, above or below its updates

What stands below a bare "Erstmeldung" or a last day heading belongs to no update.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import chain, pairwise

from transforms.cues import cues
from transforms.days import page_day
from transforms.midnight import Timed, spread_days
from transforms.names import names_in
from transforms.outline import Outline
from transforms.readers.clock_blocks import LEAST, Block, clock_blocks
from transforms.readers.page_facts import PageFacts
from transforms.readers.text_evidence import LIKELY, MOSTLY, SURE, in_order, is_prose, latest
from transforms.readers.text_lines import headline_shaped
from transforms.reading import Evidence, Parsed, Reading
from transforms.records import Kind, Section, TimeSource
from transforms.stamps import Stamp
from transforms.surroundings import surroundings
from transforms.times import TimeContext, read_shown
from transforms.zones import zone_named

POINTS_OF_FEW = 3
"""One update or two: with the page's own word that it is live, enough."""
MAX_BYLINE = 60
"""Characters of a name behind a stamp: "Posted at 15:32 by Ana Ruiz"."""
MAX_DAY_HEADING = 60
"""Characters of a day heading."""


@dataclass(slots=True)
class _Update:
    stamp: Stamp | None
    headline: str | None = None
    paragraphs: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    cards: list[Section] = field(default_factory=list)
    authors: tuple[str, ...] = ()


class ClockLed:
    """Reads rich text with stamps; of use where no reader finds elements that are updates."""

    name = "clock"
    generic = True

    def read(self, parsed: Parsed) -> Reading | None:
        """The updates of the page's stamped text; None where fewer than two blocks open with a time.

        One heading with prose below it is enough on a page that calls itself live: it has just begun.
        """
        outline = parsed.outline
        if outline is None:
            return None
        context = _with_zone(outline, parsed.context)
        single = parsed.live_word is not None
        blocks = clock_blocks(outline, context, parsed.document.url or "", single=single)
        updates, times, first = _updates(blocks, context)
        if not updates or (len(updates) < LEAST and not (single and any(map(is_prose, updates[0].paragraphs)))):
            return None
        return _reading(parsed, context, updates, times, blocks[first].piece.start)


def _updates(blocks: Sequence[Block], context: TimeContext) -> tuple[list[_Update], list[Timed], int]:
    """The updates, the sequence of their stamps and of day headings, and the place where the first opens."""
    updates: list[_Update] = []
    times: list[Timed] = []
    first = taken = 0
    later = sum(block.stamped for block in blocks)
    for place, block in enumerate(blocks):
        later -= block.stamped
        if block.stamped and block.stamp:
            first = first if updates else place - _is_headed_above(blocks, place)
            update, taken = _opened(blocks, place, updates)
            updates.append(update)
            times.append(block.stamp)
        elif place < taken or not updates or block.is_rule:
            continue
        elif block.card:
            updates[-1].cards.append(block.card)
        elif day := _day_heading(block, context):
            times.append(day)
            if not later:
                break
        elif cues("first_report").is_line(block.text):
            break
        else:
            updates[-1].paragraphs.append(block.text)
            updates[-1].links += block.piece.links
    return updates, times, first


def _opened(blocks: Sequence[Block], place: int, before: Sequence[_Update]) -> tuple[_Update, int]:
    """The update that opens at a stamped block, and the place from which its body is read on.

    A heading right above a stamped paragraph is taken out of the update before.
    """
    block = blocks[place]
    headline, text = _headline_and_text(blocks, place)
    links = list(block.piece.links)
    below = blocks[place + 1] if place + 1 < len(blocks) else None
    if headline is None and not text and below and below.piece.is_heading and not (below.stamp or below.card):
        return _Update(block.stamp, below.text, [], links), place + 2
    if headline is None and _is_headed_above(blocks, place):
        if before and before[-1].paragraphs:
            before[-1].paragraphs.pop()
        headline = blocks[place - 1].text
    authors = names_in([text]) if len(text) <= MAX_BYLINE and cues("byline").opens(text) else ()
    return _Update(block.stamp, headline, [text] if text and not authors else [], links, authors=authors), place + 1


def _headline_and_text(blocks: Sequence[Block], place: int) -> tuple[str | None, str]:
    """What stands behind a stamp: a headline where it is set so, is bold, or is shaped so above a paragraph."""
    block = blocks[place]
    below = blocks[place + 1] if place + 1 < len(blocks) else None
    if not block.rest or block.stamp is None:
        return None, ""
    if block.piece.is_heading:
        return block.rest, ""
    bold = block.bold[block.stamp.end :].strip()
    if bold and len(bold) < len(block.rest) and block.rest.startswith(bold) and headline_shaped(bold.rstrip(".:+ ")):
        return bold.rstrip(" +"), block.rest[len(bold) :].strip()
    bodied = below is not None and not below.stamped and not below.piece.is_heading and not below.is_rule
    return (block.rest, "") if bodied and headline_shaped(block.rest) else (None, block.rest)


def _is_headed_above(blocks: Sequence[Block], place: int) -> bool:
    """Whether a heading right above a stamped paragraph is that update's headline."""
    above = blocks[place - 1] if place else None
    heads = above is not None and above.piece.is_heading and above.piece.tag != "h1" and not above.stamp
    return heads and not blocks[place].piece.is_heading


def _day_heading(block: Block, context: TimeContext) -> date | None:
    if block.stamp is None or block.stamp.clock or block.rest or len(block.text) > MAX_DAY_HEADING:
        return None
    return block.stamp.day.resolve(context.near) if block.stamp.day else None


def _with_zone(outline: Outline, context: TimeContext) -> TimeContext:
    """The context with the zone in which the page writes its own time, where it names one ("10:01 pm PST")."""
    if context.timezone:
        return context
    for index in outline.tagged("time")[:4]:
        clock = read_shown(outline.text(index), context).clock
        zone = zone_named(clock.zone, None) if clock and clock.zone else None
        offset = zone.utcoffset(None) if zone else None
        if offset is not None and offset % timedelta(hours=1) == timedelta():
            hours = round(offset / timedelta(hours=1))
            return replace(context, timezone=f"Etc/GMT{-hours:+}")  # POSIX counts west of Greenwich
    return context


def _reading(
    parsed: Parsed, context: TimeContext, updates: Sequence[_Update], times: Sequence[Timed], first: int
) -> Reading | None:
    outline = parsed.outline
    if outline is None:
        return None
    facts = PageFacts().declared(parsed, outline)
    read = [read_shown(update.stamp.raw, context) for update in updates if update.stamp]
    day = page_day(facts.published_at, facts.modified_at, context, read)
    moments = spread_days(times, replace(context, day=day))
    placed = [moment for time, moment in zip(times, moments, strict=True) if isinstance(time, Stamp)]
    around = surroundings(outline, first, [update.headline or "" for update in updates])
    told = [(_section(update, moment), *update.cards) for update, moment in zip(updates, placed, strict=True)]
    sections = (*around.sections, *chain.from_iterable(told))
    return Reading(
        reader=ClockLed.name,
        sections=sections,
        standfirst=around.standfirst,
        evidence=_evidence(updates, facts.title or "", called_live=parsed.live_word is not None),
    )


def _section(update: _Update, at: datetime | None) -> Section:
    return Section(
        section_id="",
        kind=Kind.UPDATE,
        position=0,
        headline=update.headline,
        text="\n\n".join(update.paragraphs),
        published_at=at,
        published_raw=update.stamp.raw if update.stamp else None,
        time_source=TimeSource.CLOCK_AND_DAY if at else None,
        authors=update.authors,
        links=tuple(dict.fromkeys(update.links)),
    )


def _rises(updates: Sequence[_Update]) -> bool:
    """Whether the clocks rise down the page, as those of transcripts and programmes do."""
    clocks = [update.stamp.clock for update in updates if update.stamp and update.stamp.clock]
    minutes = [clock.hour * 60 + clock.minute for clock in clocks]
    return sum(later > earlier for earlier, later in pairwise(minutes)) > len(minutes) / 2


def _evidence(updates: Sequence[_Update], title: str, *, called_live: bool) -> tuple[Evidence, ...]:
    """Three updates of prose in their order are enough; fewer need a title that says live, or promises the latest."""
    prose = sum(any(is_prose(text) for text in update.paragraphs) for update in updates)
    ordered = in_order([update.stamp.clock for update in updates if update.stamp and update.stamp.clock])
    sure = prose >= MOSTLY * len(updates) and ordered and (called_live or not _rises(updates))
    points = SURE if sure and len(updates) > LEAST else POINTS_OF_FEW if sure and called_live else LIKELY
    found = Evidence(points, f"{len(updates)} paragraphs or headings open with a time")
    word = latest(title)
    return (found, Evidence(LIKELY, f"the title promises the {word!r}")) if word and prose else (found,)
