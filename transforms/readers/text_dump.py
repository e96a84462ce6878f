"""A page as plain text, without any markup: what a reader's eye would make of it (docs/readers.md shows the forms).

    text -> lines (`text_lines`) -> form and openings (`text_forms`) -> head (`text_head`) + entries (`text_entries`)

No line is lost and none is used twice. Times are given only where clock and day both stand in the text.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from transforms.calendar_words import calendar_words
from transforms.cues import closing_mark, cues, live_mark
from transforms.midnight import spread_days
from transforms.readers.text_entries import Entry, headed_entries, opened_entries, sections_of
from transforms.readers.text_forms import FormKind, TextForm, form_of
from transforms.readers.text_head import Head, read_head, title_place
from transforms.readers.text_lines import Line, lines_of
from transforms.reading import Evidence, Form, Parsed, Reading
from transforms.records import BlogState, Coverage, Kind
from transforms.times import TimeContext, scan

HEADED_ENOUGH = 3
"""Headlines with bodies, before bare headlines can be updates at all."""
PROSE_WORDS = 5
"""Words an update has at least, as a mean: schedules and score lists have fewer."""
TELLING = 3
"""Paragraphs of the lede in which a dump may call itself live."""


class TextDump:
    """Reads text; gives None for everything else."""

    name = "text"
    generic = True

    def read(self, parsed: Parsed) -> Reading | None:
        """The dump's sections, with the evidence for its being a live blog."""
        if parsed.form is not Form.TEXT:
            return None
        lines = lines_of(parsed.text, parsed.context)
        told = _told_live(lines)
        form = form_of(lines, live=told is not None)
        head, entries = _headed(lines) if form is None else _opened(lines, form)
        evidence = _evidence(form, entries, told)
        day = _day(head, lines, parsed.context)
        _set_times(entries, replace(parsed.context, day=day))
        ended = next((mark for entry in entries if (mark := _closing(entry))), None)
        return Reading(
            reader=self.name,
            sections=tuple(sections_of([*head.entries, *entries])),
            title=head.title,
            standfirst=head.standfirst,
            authors=head.authors,
            coverage=Coverage(state=BlogState.CLOSED, evidence=ended) if ended else Coverage(),
            evidence=evidence,
        )


def _told_live(lines: Sequence[Line]) -> tuple[int, str] | None:
    """How plainly the dump calls itself live, in points, and in which words."""
    top = [line for line in lines[:40] if not line.stamp][:20]
    for line in top:
        word = live_mark(line.text) if line.is_headline or line.boilerplate else cues("live").find(line.text)
        if word:
            return 3, word
    title = title_place(lines)
    word = _latest(lines[title].text) if title is not None else None
    return (2, word) if word else None


def _latest(title: str) -> str | None:
    """The words of a title that promise the latest, where its first part ends with them."""
    first = title.split(":")[0] if ":" in title else title.rsplit("–", 1)[-1]
    found = cues("latest").all_in(first)
    return found[-1].phrase if found and found[-1].end == len(first.strip()) else None


def _headed(lines: Sequence[Line]) -> tuple[Head, list[Entry]]:
    start = _first_headed(lines)
    return read_head(lines[:start]), headed_entries(lines[start:])


def _first_headed(lines: Sequence[Line]) -> int:
    """Where bare headlines begin to be updates: after title, standfirst and the paragraphs below them."""
    title = title_place(lines)
    place = 0 if title is None else title + 1
    while place < len(lines) and (lines[place].boilerplate or lines[place].is_headline):
        place += 1
    while place < len(lines) and not lines[place].is_headline:
        place += 1
    return place


def _opened(lines: Sequence[Line], form: TextForm) -> tuple[Head, list[Entry]]:
    return read_head(lines[: form.openings[0].first]), opened_entries(lines, form)


def _evidence(form: TextForm | None, entries: Sequence[Entry], told: tuple[int, str] | None) -> tuple[Evidence, ...]:
    updates = [entry for entry in entries if entry.kind is Kind.UPDATE]
    bodied = [entry for entry in updates if entry.paragraphs]
    evidence = [Evidence(told[0], f"the text says {told[1]!r}")] if told else []
    if form is None:
        if len(bodied) >= HEADED_ENOUGH:
            evidence.append(Evidence(2, f"{len(bodied)} headlines with bodies below them"))
        return tuple(evidence)
    words = sum(len(f"{entry.headline or ''} {' '.join(entry.paragraphs)}".split()) for entry in updates)
    if words < PROSE_WORDS * len(updates):
        return (*evidence, Evidence(-3, "stamped lines are too short for updates"))
    points = 4 if form.kind is FormKind.STAMPED and len(updates) >= HEADED_ENOUGH else 2
    return (*evidence, Evidence(points, f"{len(updates)} {form.kind} updates"))


def _day(head: Head, lines: Sequence[Line], context: TimeContext) -> date | None:
    """The day that the dump's top names, for updates that name none."""
    words = calendar_words(context.language)
    top = [line.text for line in lines[:LOOK_FOR_DAY] if line.is_headline]
    for text in (*top, head.title or "", head.standfirst or ""):
        day, _ = scan(text[:200], words)
        resolved = day.resolve(context.near) if day and day.month else None
        if resolved:
            return resolved
    return None


LOOK_FOR_DAY = 14
"""Lines at the top in which the page's day may stand."""


def _set_times(entries: Sequence[Entry], context: TimeContext) -> None:
    moments = spread_days([entry.stamp for entry in entries], context)
    for entry, moment in zip(entries, moments, strict=True):
        entry.at = moment


def _closing(entry: Entry) -> str | None:
    return next((mark for text in (entry.headline or "", *entry.paragraphs) if (mark := closing_mark(text))), None)
