"""Where a page's tree carries times: the marks from which the structural reader finds the updates.

A mark is an element that holds a time for machines (``<time datetime>``, an ISO or epoch value in any attribute) or a
short text that is little more than a clock ("14:46", "12.50 BST", "22 min ago" inside ``<time>``), or a minute of a
match ("77'", "45'+2"; "90.+3" and with it "77.").
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from transforms.calendar_words import calendar_words
from transforms.cues import cues
from transforms.outline import Outline, squeeze
from transforms.times import latin_digits

MAX_MARKS = 50_000
"""More marks than any page needs (the longest live blog seen has 428 updates); bounds time on hostile pages."""
MAX_LABEL = 64
"""Characters of a text that may still be a time with its label."""
_ISO = r"(?:19|20)\d\d-[01]\d-[0-3]\d[T ][0-2]\d:\d\d"
_EPOCH = r"1[0-9]{9}(?:[0-9]{3})?(?:\.\d+)?"
_ISO_VALUE = re.compile(rf"\s*{_ISO}")
_EPOCH_VALUE = re.compile(rf"\s*{_EPOCH}\s*$")
_TIMELY = re.compile(r"time|date|stamp|publish|creat|updat|modif|posted|sort|(?:^|[-_])ts$", re.IGNORECASE)
_MODIFIED = re.compile(r"modif|updat|edit|changed", re.IGNORECASE)
_OTHER = re.compile(r"expir|valid|until|end|upload|sort|start|server|now", re.IGNORECASE)
_CLOCK = re.compile(
    r"(?=\d)(?:(?<![\d.,:])(?:[01]?\d|2[0-4])\s?[:.hH]\s?[0-5]\d(?![\d%]|[.,:]\d\d\d|\s?min|\.\s*(?:[–—-]|$))|\b\d{1,2}\s?(?:[ap]\.?m\b|uhr\b|h\b)"
    r"|(?:[01]?\d|2[0-4])\s?[時时点點시](?:\s?[0-5]?\d\s?[分분]|(?!\w)))",
    re.IGNORECASE,
)
_MINUTE = re.compile(
    r"(\d{1,3})\s?(?:['’′]\s?(?:\+\s?(\d{1,2})\s?['’′]?)?|\+\s?(\d{1,2})\s?['’′]|\.\s?(?:\+\s?(\d{1,2})\.?)?)"
)
MINUTE_CHARS = 10
_FIRST = frozenset("0123456789 ")
"""What a time begins with; most values are passed over after one look."""
_MAX_NUMBER = 3
"""Characters of an attribute's value that is no time yet: a width, a rank; "9:05" has four."""
_MAX_RAW_LABEL = 200
"""The same with the white space of pretty-printed markup around it."""
_DIGIT = re.compile(r"\d")
_WORDS = re.compile(r"[^\W\d_]{2,}")
MAX_WORDS = 8
MAX_OTHER_WORDS = 1
"""Words beside a clock that are not of time: with more, it is a sentence or a headline."""
MAX_BRACKETED = 4
MAX_ZONE = 5
_HALVES = frozenset({"am", "pm", "ago", "noon", "midnight"})
_TIME_TAGS = frozenset({"time", "amp-timeago", "relative-time", "time-ago", "local-time"})
"""Elements made for times: HTML's own, and the web components in common use."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One time on the page."""

    index: int
    """The element that carries it."""
    machine: str | None = None
    """The value made for machines, as it stands."""
    shown: str | None = None
    """The text shown."""
    modified: bool = False
    """Says of itself that it is the time of a change."""
    weak: bool = False
    """A time of something else: of sorting, expiry, an upload; used where nothing better is at hand."""
    is_time_element: bool = False


def find_marks(outline: Outline) -> list[Mark]:
    """Every mark of the page in document order, `MAX_MARKS` at most."""
    marks: list[Mark] = []
    texts, attributes = outline.texts, outline.raw_attributes
    for at, size in enumerate(outline.sizes()):
        if size:
            if size <= _MAX_RAW_LABEL and _DIGIT.search(texts[at]):
                _add_shown(outline, at, marks)
        elif outline.tags[at] in _TIME_TAGS or (attributes[at] and _may_hold_time(attributes[at])):
            _add_machine(outline, at, marks)
        if len(marks) >= MAX_MARKS:
            break
    return sorted(_without_numbers(marks), key=lambda mark: mark.index)


def minute_of(text: str) -> float | None:
    """The minute of a match that a text is, added time as its fraction: "45'+2" is 45.02; None where it is none."""
    found = _MINUTE.fullmatch(text)
    return int(found[1]) + int(found[2] or found[3] or found[4] or 0) / 100 if found else None


def _without_numbers(marks: list[Mark]) -> list[Mark]:
    """The marks without "1.", "2.", "3.", unless a "90.+3" among them says that these are minutes."""
    dotted = [mark for mark in marks if mark.shown and mark.machine is None and _is_dotted(mark.shown)]
    if not dotted or any("+" in (mark.shown or "") for mark in dotted):
        return marks
    numbers = {id(mark) for mark in dotted}
    return [mark for mark in marks if id(mark) not in numbers]


def _is_dotted(text: str) -> bool:
    return "." in text and len(text) <= MINUTE_CHARS and _MINUTE.fullmatch(text) is not None


def _may_hold_time(attributes: Mapping[str, str | None]) -> bool:
    for value in attributes.values():  # noqa: SIM110 - a generator costs more, and this runs for every element
        if value and value[0] in _FIRST and len(value) > _MAX_NUMBER:
            return True
    return False


def is_clock_label(text: str) -> bool:
    """A short text that is little more than a clock time: "14:46", "12.50 BST", "19:02 (IST), Oct 02".

    In brackets more words may follow the clock, on whose time it is: "(16:42 по местному времени)".
    """
    if len(text) > MAX_LABEL:
        return False
    bracketed = text[0] in "([" and text[-1] in ")]" and _CLOCK.match(text, 1)
    return bool(bracketed or _CLOCK.search(text)) and says_time(text, MAX_BRACKETED if bracketed else MAX_OTHER_WORDS)


def says_time(text: str, others: int) -> bool:
    """Whether the words of a short text are words of time, but for so many others."""
    words = _WORDS.findall(text)
    return len(words) <= MAX_WORDS and sum(not _is_of_time(word) for word in words) <= others


@lru_cache(maxsize=4096)
def _is_of_time(word: str) -> bool:
    """A month, a weekday, a zone, or a word that stands around clocks ("updated", "Uhr", "at")."""
    folded = word.casefold()
    words = calendar_words(None)
    if folded in words.months or folded in words.weekdays or (word.isupper() and len(word) <= MAX_ZONE):
        return True
    return any(cues(kind).opens(word) for kind in ("stamp", "updated", "byline")) or folded in _HALVES


def _add_machine(outline: Outline, at: int, marks: list[Mark]) -> None:
    """Marks of one element, for each of its attributes that holds a time."""
    attributes = outline.raw_attributes[at]
    timed = outline.tags[at] in _TIME_TAGS
    before = len(marks)
    for name, value in attributes.items():
        if value and value[0] in _FIRST and _is_time(name, value):
            shown = outline.text(at)[:MAX_LABEL] if timed else None
            modified = _says(_MODIFIED, name) or _says(_MODIFIED, attributes.get("itemprop") or "")
            marks.append(Mark(at, value.strip(), shown, modified, _says(_OTHER, name), is_time_element=timed))
    title = attributes.get("title") or ""
    says_clock = _MAX_NUMBER < len(title) <= MAX_LABEL and is_clock_label(squeeze(title))  # "14:46" behind a shown "2h"
    if len(marks) == before and (timed or says_clock):
        text = outline.text(at)
        if 0 < len(text) <= MAX_LABEL:
            marks.append(Mark(at, shown=squeeze(title) if says_clock else text, is_time_element=timed))


def _is_time(name: str, value: str) -> bool:
    if _ISO_VALUE.match(value):
        return True
    return len(value) < MAX_LABEL and bool(_EPOCH_VALUE.match(value)) and _says(_TIMELY, name)


@lru_cache(maxsize=1024)
def _says(pattern: re.Pattern[str], name: str) -> bool:
    """Whether an attribute's name, of which few are in use, says something."""
    return pattern.search(name[:MAX_LABEL]) is not None


def _add_shown(outline: Outline, at: int, marks: list[Mark]) -> None:
    """A mark for a text node that is a clock, unless its element is known to hold that time."""
    text = outline.texts[at]
    text = text if text.isascii() else latin_digits(text)
    if len(text) <= MINUTE_CHARS and _MINUTE.fullmatch(text.strip()):
        marks.append(Mark(outline.parents[at], shown=text.strip()))
        return
    if not _CLOCK.search(text):
        return
    label, parent = squeeze(text), outline.parents[at]
    known = outline.tags[parent] in _TIME_TAGS or (marks and marks[-1].index == parent and marks[-1].shown)
    if not known and is_clock_label(label):
        marks.append(Mark(parent, shown=label))
