"""Clock-led rich text: updates that are no elements of their own, only paragraphs and headings that open with a time.

    <h2>12.31 Uhr: Headline</h2> <p>…</p> <p>…</p>           a stamped heading
    <p><b>Update vom 3. Mai, 16:05 Uhr:</b> Text …</p>        a stamped paragraph, a heading above it is its headline
    <p>10 p.m.</p> <p>…</p> <p>___</p>                        a stamp alone; a rule between updates
    <h2>Dienstag, 27. August 2024</h2>                        a day heading, above or below its updates

What stands below a bare "Erstmeldung" or a last day heading belongs to no update.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import pairwise

from transforms.cues import cues
from transforms.days import page_day
from transforms.midnight import Timed, spread_days
from transforms.outline import TEXT, Outline, squeeze
from transforms.pieces import BLOCKS, Piece, pieces
from transforms.readers.page_facts import PageFacts
from transforms.readers.text_evidence import LIKELY, MOSTLY, SURE, in_order, is_prose, latest
from transforms.readers.text_lines import headline_shaped
from transforms.reading import Evidence, Parsed, Reading
from transforms.records import Kind, Section, TimeSource
from transforms.stamps import Stamp, leading_stamp
from transforms.surroundings import surroundings
from transforms.times import TimeContext, read_shown
from transforms.zones import zone_named

LEAST = 2
"""Stamped blocks, before a page is looked at closely."""
BEGINNING, HEARD = 12, 200
"""Nodes and characters of a block in which its stamp stands."""
MAX_BLOCKS = 50_000
"""Blocks of one page that are looked at."""
RISE = 3
"""Elements that may wrap a stamped block within its container."""
MOST = 0.8
"""Share of the stamped blocks that the container holds: the page's own date may stand outside."""
LINKED = 0.5
"""Share of a block's characters inside links, and of such blocks among the stamped, that makes a list of teasers."""
MAX_DAY_HEADING = 60
_LIKELY = re.compile(r"\W*(?:[^\W\d_]+\W+){0,4}\d{1,4}[\s:.hHuU/年月時时시aApP]")
_RULE = re.compile(r"[\s_*\-–—=~•·#]{2,}")


@dataclass(slots=True)
class _Update:
    stamp: Stamp
    headline: str | None = None
    paragraphs: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)


class ClockLed:
    """Reads rich text with stamps; of use where no reader finds elements that are updates."""

    name = "clock"
    generic = True

    def read(self, parsed: Parsed) -> Reading | None:
        """The updates of the page's stamped text; None where fewer than two blocks open with a time."""
        outline = parsed.outline
        if outline is None:
            return None
        context = _with_zone(outline, parsed.context)
        container = _container(outline, list(_stamped_blocks(outline, context)))
        if container is None:
            return None
        found = pieces(outline, container, outline.ends[container])
        if _are_teasers(found, context):
            return None
        blocks = [piece for piece in found if not piece.is_link]
        stamps = [leading_stamp(piece.text, context) for piece in blocks]
        updates, times, first = _updates(blocks, stamps, context)
        if len(updates) < LEAST:
            return None
        return _reading(parsed, context, updates, times, blocks[first])


def _stamped_blocks(outline: Outline, context: TimeContext) -> Iterator[int]:
    """Indexes of the blocks whose text opens with a firm stamp."""
    last = -1
    for index, text in enumerate(outline.texts[:MAX_BLOCKS]):
        if outline.tags[index] != TEXT or not text or text.isspace():
            continue
        block = next((at for at in outline.ancestors(index) if outline.tags[at] in BLOCKS), -1)
        opens, last = block != last, block
        if opens and block >= 0 and _LIKELY.match(text[:80]):
            stamp = leading_stamp(_beginning(outline, index, outline.ends[block]), context)
            if stamp and stamp.clock and stamp.firm:
                yield block


def _beginning(outline: Outline, index: int, end: int) -> str:
    """The first words from a text node on."""
    return squeeze(" ".join(outline.texts[index : min(end, index + BEGINNING)]))[:HEARD]


def _container(outline: Outline, stamped: Sequence[int]) -> int | None:
    """The smallest element that holds most of the stamped blocks, a few wrappers up at most."""
    votes: Counter[int] = Counter()
    for block in stamped:
        for rise, ancestor in enumerate(outline.ancestors(block)):
            if rise >= RISE:
                break
            votes[ancestor] += 1
    best = max(votes.values(), default=0)
    if best < LEAST:
        return None
    likely = [at for at, count in votes.items() if count >= max(LEAST, MOST * best)]
    return min(likely, key=lambda at: outline.ends[at] - at)


def _are_teasers(found: Sequence[Piece], context: TimeContext) -> bool:
    """Whether the stamped blocks, or the ones below bare stamps, lead to other pages: an index, not a blog."""
    stamped = linked = 0
    for piece, below in pairwise(found):
        stamp = leading_stamp(piece.text, context)
        if stamp and stamp.firm:
            stamped += 1
            leading = below if stamp.end >= len(piece.text) else piece
            linked += leading.linked_chars >= LINKED * len(leading.text)
    return linked >= LINKED * max(stamped, 1)


def _updates(
    blocks: Sequence[Piece], stamps: Sequence[Stamp | None], context: TimeContext
) -> tuple[list[_Update], list[Timed], int]:
    """The updates, the sequence of their stamps and of day headings, and where the first opens."""
    updates: list[_Update] = []
    times: list[Timed] = []
    first = 0
    for place, piece in enumerate(blocks):
        stamp = stamps[place]
        if stamp and stamp.clock and stamp.firm:
            first = first if updates else place - _is_headline_above(blocks, stamps, place)
            updates.append(_opened(blocks, stamps, place, updates))
            times.append(stamp)
        elif updates and (day := _day_heading(piece, stamp, context)):
            times.append(day)
            if not any(later and later.clock and later.firm for later in stamps[place:]):
                break
        elif updates and _ends_feed(piece):
            break
        elif updates and not _RULE.fullmatch(piece.text):
            updates[-1].paragraphs.append(piece.text)
            updates[-1].links += piece.links
    return updates, times, first


def _opened(blocks: Sequence[Piece], stamps: Sequence[Stamp | None], place: int, before: Sequence[_Update]) -> _Update:
    """The update that opens at a stamped block; a heading right above it is taken out of the update before."""
    stamp, piece = stamps[place], blocks[place]
    if stamp is None:
        raise ValueError("an update opens with a stamp")
    rest = piece.text[stamp.end :].rstrip(" +").strip()
    below = blocks[place + 1] if place + 1 < len(blocks) else None
    bodied = below is not None and not _is_stamped(stamps[place + 1]) and not below.is_heading
    if rest and (piece.is_heading or (bodied and headline_shaped(rest))):
        return _Update(stamp, rest, links=list(piece.links))
    if _is_headline_above(blocks, stamps, place):
        if before and before[-1].paragraphs:
            before[-1].paragraphs.pop()
        return _Update(stamp, blocks[place - 1].text, [rest] if rest else [], list(piece.links))
    return _Update(stamp, None, [rest] if rest else [], list(piece.links))


def _is_headline_above(blocks: Sequence[Piece], stamps: Sequence[Stamp | None], place: int) -> bool:
    """Whether a heading right above a stamped paragraph is that update's headline."""
    above = blocks[place - 1] if place else None
    return (
        above is not None and above.is_heading and not blocks[place].is_heading and not _is_stamped(stamps[place - 1])
    )


def _is_stamped(stamp: Stamp | None) -> bool:
    return bool(stamp and stamp.firm)


def _day_heading(piece: Piece, stamp: Stamp | None, context: TimeContext) -> date | None:
    if stamp is None or stamp.clock or len(piece.text) > MAX_DAY_HEADING or stamp.end < len(piece.text):
        return None
    return stamp.day.resolve(context.near) if stamp.day else None


def _ends_feed(piece: Piece) -> bool:
    """A line that is nothing but "Erstmeldung": the article that was there before the updates."""
    return cues("first_report").is_line(piece.text)


def _with_zone(outline: Outline, context: TimeContext) -> TimeContext:
    """The context with the zone in which the page writes its own time, where it names one ("10:01 pm PST")."""
    if context.timezone:
        return context
    for index in outline.select("time")[:4]:
        clock = read_shown(outline.text(index), context).clock
        zone = zone_named(clock.zone, None) if clock and clock.zone else None
        offset = zone.utcoffset(None) if zone else None
        if offset is not None and offset % timedelta(hours=1) == timedelta():
            hours = round(offset / timedelta(hours=1))
            return replace(context, timezone=f"Etc/GMT{-hours:+}")  # POSIX counts west of Greenwich
    return context


def _reading(
    parsed: Parsed, context: TimeContext, updates: Sequence[_Update], times: Sequence[Timed], first: Piece
) -> Reading | None:
    outline = parsed.outline
    facts = PageFacts().read(parsed)
    if outline is None or facts is None:
        return None
    read = [read_shown(update.stamp.raw, context) for update in updates]
    day = page_day(facts.published_at, facts.modified_at, context, read)
    moments = spread_days(times, replace(context, day=day))
    placed = [moment for time, moment in zip(times, moments, strict=True) if isinstance(time, Stamp)]
    around = surroundings(outline, first.start, [update.headline or "" for update in updates])
    told = [_section(update, moment) for update, moment in zip(updates, placed, strict=True)]
    sections = (*around.sections, *told)
    return Reading(
        reader=ClockLed.name,
        sections=tuple(replace(section, position=at) for at, section in enumerate(sections)),
        standfirst=around.standfirst,
        evidence=_evidence(updates, facts.title or ""),
    )


def _section(update: _Update, at: datetime | None) -> Section:
    return Section(
        section_id="",
        kind=Kind.UPDATE,
        position=0,
        headline=update.headline,
        text="\n\n".join(update.paragraphs),
        published_at=at,
        published_raw=update.stamp.raw,
        time_source=TimeSource.CLOCK_AND_DAY if at else None,
        links=tuple(dict.fromkeys(update.links)),
    )


def _evidence(updates: Sequence[_Update], title: str) -> tuple[Evidence, ...]:
    """Three updates of prose in their order are enough; two need a title that promises the latest."""
    prose = sum(any(is_prose(text) for text in update.paragraphs) for update in updates)
    ordered = in_order([update.stamp.clock for update in updates if update.stamp.clock])
    sure = len(updates) > LEAST and prose >= MOSTLY * len(updates) and ordered
    found = Evidence(SURE if sure else LIKELY, f"{len(updates)} paragraphs or headings open with a time")
    word = latest(title)
    return (found, Evidence(LIKELY, f"the title promises the {word!r}")) if word and prose else (found,)
