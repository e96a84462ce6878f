"""From lines and their form to the sections of a text dump; every line goes into exactly one of them.

headline line          update's (or card's) headline
the same line again    counted in ``headline_repeats``: a teaser card; the one line below it is its text
appeal lines           boilerplate, runs of them together
other lines            paragraphs of the update above
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from transforms.readers.text_forms import Opening, TextForm
from transforms.readers.text_lines import Line, ends_sentence, is_change_note, is_day_heading
from transforms.records import Kind, Section, TimeSource
from transforms.stamps import Stamp

MIXED = 2
"""A stamped line shaped like a headline is one if a body follows it, or follows one in so many others."""


@dataclass(slots=True)
class Entry:
    """A section in the making."""

    kind: Kind
    headline: str | None = None
    paragraphs: list[str] = field(default_factory=list)
    repeats: int = 1
    stamp: Stamp | None = None
    changed: Stamp | None = None
    """The stamp of its last change."""
    author: str | None = None
    key_event: bool = False
    at: datetime | None = None

    def section(self, position: int) -> Section:
        """The section, without an id."""
        return Section(
            section_id="",
            kind=self.kind,
            position=position,
            headline=self.headline,
            text="\n\n".join(self.paragraphs),
            published_at=self.at,
            published_raw=self.stamp.raw if self.stamp else None,
            time_source=self._source() if self.at else None,
            authors=(self.author,) if self.author else (),
            key_event=self.key_event,
            headline_repeats=self.repeats,
        )

    def _source(self) -> TimeSource:
        return TimeSource.RELATIVE if self.stamp and self.stamp.ago else TimeSource.CLOCK_AND_DAY


def headed_entries(lines: Sequence[Line]) -> list[Entry]:
    """Entries of the form *headed*: each headline line opens one, the lines that follow are its body."""
    entries: list[Entry] = []
    place = 0
    while place < len(lines):
        line = lines[place]
        if line.boilerplate:
            _add_boilerplate(entries, line)
            place += 1
        elif line.is_headline and not line.bullet:
            entry, place = _headed_entry(lines, place)
            entries.append(entry)
        else:
            _add_paragraph(entries, line.text)
            place += 1
    return entries


def _headed_entry(lines: Sequence[Line], place: int) -> tuple[Entry, int]:
    headline = lines[place].text
    repeats = 1
    while place + repeats < len(lines) and lines[place + repeats].text == headline:
        repeats += 1
    place += repeats
    if repeats == 1:
        return Entry(Kind.UPDATE, headline), place
    if place < len(lines) and _is_summary(lines, place):
        return Entry(Kind.CARD, headline, [lines[place].text], repeats), place + 1
    return Entry(Kind.CARD, headline, [], repeats), place


def _is_summary(lines: Sequence[Line], place: int) -> bool:
    """Whether a line below a doubled headline is the card's text: not where it heads a body or a card of its own."""
    line = lines[place]
    following = lines[place + 1] if place + 1 < len(lines) else None
    if line.boilerplate or not line.is_headline or following is None:
        return not line.boilerplate
    return following.boilerplate or (following.is_headline and following.text != line.text)


def opened_entries(lines: Sequence[Line], form: TextForm) -> list[Entry]:
    """Entries of the other forms, from their openings; lines before the first opening are not looked at."""
    ends = [opening.first for opening in form.openings[1:]] + [len(lines)]
    bodied = sum(_has_body(lines, opening, end) for opening, end in zip(form.openings, ends, strict=True))
    titled = bodied * MIXED >= len(form.openings)
    entries: list[Entry] = []
    for opening, end in zip(form.openings, ends, strict=True):
        _open(entries, lines, opening, headed=titled or _has_body(lines, opening, end))
        own = {opening.first, opening.stamp, opening.headline}
        for place in range(opening.first, end):
            if place not in own:
                _continue(entries, lines[place])
    return _with_key_events([_worded(entry) for entry in entries])


def _worded(entry: Entry) -> Entry:
    """The entry; a stamp without a word to it is no update."""
    if entry.kind is not Kind.UPDATE or entry.headline or entry.paragraphs or not entry.stamp:
        return entry
    words = " ".join(filter(None, (entry.stamp.raw, entry.author)))
    return Entry(Kind.BOILERPLATE, None, [words])


def _with_key_events(entries: list[Entry]) -> list[Entry]:
    """Entries without prose at the top, some of which head later ones too, are a list of key events."""
    first = next((place for place, entry in enumerate(entries) if any(map(ends_sentence, entry.paragraphs))), 0)
    listed = [entry for entry in entries[:first] if entry.kind is Kind.UPDATE]
    heads = {entry.headline or entry.paragraphs[0] for entry in entries[first:] if entry.headline or entry.paragraphs}
    if not any(_words(entry) in heads for entry in listed):
        return entries
    lines = [" ".join(filter(None, (entry.stamp.raw if entry.stamp else "", _words(entry)))) for entry in listed]
    others = [entry for entry in entries[:first] if entry.kind is not Kind.UPDATE]
    return [Entry(Kind.KEY_EVENTS, None, lines), *others, *entries[first:]]


def _words(entry: Entry) -> str:
    return " ".join(filter(None, (entry.headline, *entry.paragraphs, entry.author)))


def _has_body(lines: Sequence[Line], opening: Opening, end: int) -> bool:
    last = max(place for place in (opening.first, opening.stamp, opening.headline) if place is not None)
    return any(not lines[place].boilerplate for place in range(last + 1, end))


def _open(entries: list[Entry], lines: Sequence[Line], opening: Opening, *, headed: bool) -> None:
    bearer = lines[opening.stamp] if opening.stamp is not None else None
    title = _title(lines, opening)
    rest = bearer.rest if bearer and opening.headline != opening.stamp else ""
    entry = Entry(Kind.UPDATE, title if headed and title else None)
    if bearer:
        entry.stamp, entry.author, entry.key_event = bearer.stamp or bearer.closing, bearer.author, bearer.key_event
    text = rest or (title if not headed else "") or (lines[opening.first].text if not bearer and not title else "")
    entry.paragraphs += [text] if text else []
    entries.append(entry)


def _title(lines: Sequence[Line], opening: Opening) -> str:
    if opening.headline is None:
        return ""
    line = lines[opening.headline]
    return line.rest if opening.headline == opening.stamp else line.text


def _continue(entries: list[Entry], line: Line) -> None:
    if line.boilerplate:
        _add_boilerplate(entries, line)
    elif is_day_heading(line):
        entries.append(Entry(Kind.BOILERPLATE, None, [line.text], stamp=line.stamp))
    elif is_change_note(line):
        entries[-1].changed = line.stamp
        _add_boilerplate(entries, line)
    elif entries[-1].kind is Kind.BOILERPLATE:
        above = next((entry for entry in reversed(entries) if entry.kind is not Kind.BOILERPLATE), entries[-1])
        above.paragraphs.append(line.text)
    else:
        _add_paragraph(entries, line.text)


def _add_boilerplate(entries: list[Entry], line: Line) -> None:
    if not entries or entries[-1].kind is not Kind.BOILERPLATE or entries[-1].stamp:
        entries.append(Entry(Kind.BOILERPLATE))
    entries[-1].paragraphs.append(line.text)


def _add_paragraph(entries: list[Entry], text: str) -> None:
    if not entries or entries[-1].kind is Kind.BOILERPLATE:
        entries.append(Entry(Kind.UPDATE))
    entries[-1].paragraphs.append(text)


def sections_of(entries: Sequence[Entry]) -> Iterator[Section]:
    """The entries as sections, positions from 0: the lede first, then as they stand."""
    ordered = sorted(entries, key=lambda entry: entry.kind is not Kind.LEDE)
    yield from (entry.section(position) for position, entry in enumerate(ordered))
