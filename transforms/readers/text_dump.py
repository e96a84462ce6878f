"""A page as plain text, without any markup: what a reader's eye would make of it (docs/readers.md shows the forms).

    text -> lines (`text_lines`) -> form and openings (`text_forms`) -> head (`text_head`) + entries (`text_entries`)

No line is lost and none is used twice. Times are given only where clock and day both stand in the text.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from transforms.calendar_words import calendar_words
from transforms.clocks import Day
from transforms.cues import closing_mark, cues
from transforms.midnight import newest_first, spread_days
from transforms.readers.text_entries import Entry, headed_entries, opened_entries, sections_of
from transforms.readers.text_evidence import TOP, evidence_of, told_live
from transforms.readers.text_forms import TextForm, form_of
from transforms.readers.text_head import TITLE_WORDS, Head, read_head, title_place
from transforms.readers.text_lines import Line, is_label, lines_of
from transforms.reading import Form, Parsed, Reading
from transforms.records import BlogState, Coverage
from transforms.stamps import Stamp
from transforms.times import TimeContext, read_shown, scan

TITLE_CHARS = 300
"""Characters of a title in which its day is looked for."""


class TextDump:
    """Reads text; gives None for everything else."""

    name = "text"
    generic = True

    def read(self, parsed: Parsed) -> Reading | None:
        """The dump's sections, with the evidence for its being a live blog."""
        if parsed.form is not Form.TEXT:
            return None
        lines = lines_of(parsed.text, parsed.context)
        told = told_live(lines)
        form = form_of(lines, live=told is not None)
        head, entries = _headed(lines) if form is None else _opened(lines, form)
        evidence = evidence_of(lines, form, entries, told)
        top = lines if form is None else lines[: form.openings[0].first]
        _set_times(head, entries, top, parsed.context)
        ended = next(
            (mark for entry in (*head.entries, *entries[:2], *entries[-2:]) if (mark := _closing(entry))), None
        )
        return Reading(
            reader=self.name,
            sections=tuple(sections_of([*head.entries, *entries])),
            title=head.title,
            standfirst=head.standfirst,
            authors=head.authors,
            coverage=Coverage(state=BlogState.CLOSED, evidence=ended) if ended else Coverage(),
            evidence=evidence,
        )


def _headed(lines: Sequence[Line]) -> tuple[Head, list[Entry]]:
    start = _first_headed(lines)
    return read_head(lines[:start]), headed_entries(lines[start:])


def _first_headed(lines: Sequence[Line]) -> int:
    """Where bare headlines begin to be updates: after title, standfirst and the paragraphs below them."""
    title = title_place(lines)
    place = 0 if title is None else title + 1
    while place < len(lines) and (lines[place].boilerplate or lines[place].is_headline):
        if _heads_summary(lines, place):
            return place
        place += 1
    while place < len(lines) and not lines[place].is_headline:
        place += 1
    return place


def _heads_summary(lines: Sequence[Line], place: int) -> bool:
    """Whether a line is the headline of a summary posted as an update, right below the title."""
    line = lines[place]
    told = not is_label(line) and len(line.text.split()) < TITLE_WORDS and cues("key_events").find(line.text)
    return bool(told) and place + 1 < len(lines) and not lines[place + 1].is_headline


def _opened(lines: Sequence[Line], form: TextForm) -> tuple[Head, list[Entry]]:
    return read_head(lines[: form.openings[0].first]), opened_entries(lines, form)


def _set_times(head: Head, entries: Sequence[Entry], lines: Sequence[Line], context: TimeContext) -> None:
    """Give the updates their moments: by their own days, by day headings, or by a day that the dump's top names.

    The time that a page shows for itself is that of its newest update; the day in a title is the one it began on.
    """
    stamped = [*head.entries, *entries]
    shown = next((line.stamp for line in lines[:TOP] if line.stamp and line.stamp.day and not line.rest), None)
    newest = shown.day.resolve(context.near) if shown and shown.day else None
    first = None if newest else _day_told(head, lines, context)
    stamps = [_dated(entry) for entry in stamped]
    clocks = [place for place, stamp in enumerate(stamps) if stamp and stamp.clock]
    if first and clocks and not any(stamp.day for stamp in stamps if stamp):
        oldest = clocks[-1 if newest_first(stamps, context) else 0]
        bearer = stamps[oldest]
        day = Day(first.year, first.month, first.day)
        stamps[oldest] = replace(bearer, day=day) if bearer else None
    for entry, moment in zip(stamped, spread_days(stamps, replace(context, day=newest)), strict=True):
        entry.at = read_shown(entry.stamp.raw, context).at if entry.stamp and entry.stamp.ago else moment


def _dated(entry: Entry) -> Stamp | None:
    """The entry's stamp, on the day of its last change where it names none itself."""
    stamp, changed = entry.stamp, entry.changed
    if stamp is None or stamp.day or not stamp.clock or not (changed and changed.day and changed.clock):
        return stamp
    later = (stamp.clock.hour, stamp.clock.minute) > (changed.clock.hour, changed.clock.minute)
    return stamp if later else replace(stamp, day=changed.day)


def _day_told(head: Head, lines: Sequence[Line], context: TimeContext) -> date | None:
    words = calendar_words(context.language)
    for text in (head.title or "", head.standfirst or "", *(line.text for line in lines[:TOP] if line.is_headline)):
        day, _ = scan(text[:TITLE_CHARS], words)
        resolved = day.resolve(context.near) if day and day.month else None
        if resolved:
            return resolved
    return None


def _closing(entry: Entry) -> str | None:
    return next((mark for text in (entry.headline or "", *entry.paragraphs) if (mark := closing_mark(text))), None)
