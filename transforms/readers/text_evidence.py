"""Is a text dump a live blog? What it calls itself, and whether its updates look like updates.

Menus and lists of headlines bear times too, and articles bear sub-headings. Updates are told from them by their prose,
their order, and the share of the text that they fill.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from transforms.clocks import Clock
from transforms.cues import cues, live_mark
from transforms.readers.text_entries import Entry
from transforms.readers.text_forms import PAIR, FormKind, TextForm
from transforms.readers.text_head import title_place
from transforms.readers.text_lines import Line, holds_sentence, word_count, words_of
from transforms.reading import Evidence
from transforms.records import Kind

TOP = 20
"""Lines at the top in which a dump says what it is."""
NEAR_TITLE = 3
"""Lines from the title on that are the page's own words about itself: below them begin others."""
HEADED_ENOUGH = 3
"""Headlines with bodies, before bare headlines can be updates at all."""
PROSE_WORDS = 8
"""Words of a paragraph that is prose and no teaser."""
MOSTLY = 0.5
"""Share of the updates that hold prose."""
FILLED = 0.25
"""Share of the text's words that stand between the first and the last stamp."""
IN_ORDER = 0.7
"""Share of the steps from stamp to stamp that go one way."""
_SOURCE = re.compile(r"\w\.[a-z]{2,3}\)?$")
SURE, LIKELY, HARDLY = 4, 2, 1
"""Points of the three strengths; `transforms.decide.ENOUGH` is 4."""


@dataclass(frozen=True, slots=True)
class Told:
    """Where and how plainly a dump calls itself live."""

    points: int
    words: str
    of_itself: bool
    """In its title or right below it, not in a menu."""


def told_live(lines: Sequence[Line]) -> Told | None:
    """The plainest live words at the top of a dump, or None."""
    title = title_place(lines)
    found = [told for place, line in enumerate(lines[:TOP]) if (told := _told(line, place, title))]
    return max(found, key=lambda told: (told.of_itself, told.points), default=None)


def _told(line: Line, place: int, title: int | None) -> Told | None:
    of_itself = title is not None and title <= place < title + NEAR_TITLE
    if line.stamp:
        return None
    if place == title:
        live, newest = live_mark(line.text), latest(line.text)
        word = live or newest
        return Told(LIKELY + bool(live), word, of_itself=True) if word else None
    word = cues("live").find(line.text)
    if word:
        return Told(LIKELY + 1, word, of_itself)
    return Told(HARDLY, line.text, of_itself) if line.is_headline and live_mark(line.text) else None


def latest(title: str) -> str | None:
    """The words of a title that promise the latest, where its first part ends with them."""
    first = title.split(":")[0] if ":" in title else title.rsplit("–", 1)[-1]
    ending = [found.phrase for found in cues("latest").all_in(first) if found.end == len(first.strip())]
    return next(iter(ending), None)


def evidence_of(
    lines: Sequence[Line], form: TextForm | None, entries: Sequence[Entry], told: Told | None
) -> tuple[Evidence, ...]:
    """The reasons for and against, with their points."""
    updates = [entry for entry in entries if entry.kind is Kind.UPDATE]
    if form is None:
        bodied = sum(bool(entry.paragraphs) for entry in updates)
        points = LIKELY if bodied >= HEADED_ENOUGH else HARDLY
        own = (_told_evidence(told),) if told and told.of_itself else ()
        return (*own, Evidence(points, f"{bodied} headlines with bodies below them")) if bodied else own
    said = (_told_evidence(told),) if told else ()
    return (*said, _form_evidence(lines, form, updates))


def _told_evidence(told: Told) -> Evidence:
    return Evidence(told.points, f"the text says {told.words!r}")


def _form_evidence(lines: Sequence[Line], form: TextForm, updates: Sequence[Entry]) -> Evidence:
    prose = sum(map(_holds_prose, updates))
    if len(updates) > PAIR and prose < MOSTLY * len(updates):
        return Evidence(-LIKELY, f"{form.kind} lines, but only {prose} of {len(updates)} hold prose")
    sourced = sum(bool(_SOURCE.search(entry.headline or "")) for entry in updates)
    if sourced >= max(HEADED_ENOUGH, MOSTLY * len(updates)):
        return Evidence(-LIKELY, f"{sourced} headlines end in the name of a site: an index of articles")
    clocks = [entry.stamp.clock for entry in updates if entry.stamp and entry.stamp.clock]
    sure = form.kind is FormKind.STAMPED and _fills(lines, form) and in_order(clocks)
    closing = sum(bool(lines[opening.stamp or 0].closing) for opening in form.openings)
    ago = sum(bool(entry.stamp and entry.stamp.ago) for entry in updates)  # comments are stamped so, too
    points = SURE if sure and not ago and (len(updates) >= HEADED_ENOUGH or closing >= PAIR) else LIKELY
    return Evidence(points, f"{len(updates)} {form.kind} updates")


def _holds_prose(entry: Entry) -> bool:
    return any(map(is_prose, entry.paragraphs))


def is_prose(text: str) -> bool:
    """Whether a paragraph is prose: a sentence of some length."""
    return holds_sentence(text) and word_count(text) >= PROSE_WORDS


def _fills(lines: Sequence[Line], form: TextForm) -> bool:
    first, last = form.openings[0].first, form.openings[-1].first
    return words_of(lines[first:last]) >= FILLED * words_of(lines)


def in_order(clocks: Sequence[Clock]) -> bool:
    """Whether clock times go mostly one way, across midnight or not."""
    minutes = [clock.hour * 60 + clock.minute for clock in clocks]
    steps = [(later - earlier) % 1440 for earlier, later in pairwise(minutes) if later != earlier]
    rising = sum(step < 720 for step in steps)
    return max(rising, len(steps) - rising) >= IN_ORDER * len(steps)
