"""Stamps that open or close an update's text: "12.31 Uhr: …", "Update vom 3. Mai, 16:05 Uhr: …", "… (23:29)".

A stamp is a clock, a day or both, with the words that stand around a time (`cues.toml`, *stamp* and *updated*) and the
marks that set it off. It is *firm* where nothing but a time can be meant: a unit ("Uhr", "pm"), brackets, a mark behind
it, or nothing behind it. A bare "21:14 Rain …" is not firm: only its repetition makes a run of updates.
"""

import re
from dataclasses import dataclass

from transforms.calendar_words import calendar_words
from transforms.clocks import Clock, Day, clock_at, day_at
from transforms.cues import cues
from transforms.times import TimeContext, latin_digits

REACH = 90
"""Characters from the line's beginning (or end) within which a stamp must end (or begin)."""
LONGEST_PHRASE = 40
WORDS = 4
"""Words that may stand around the time in a stamp."""

_MARKS = re.compile(r"[\s•·‣▪▶►●■○*+|\[(【〔［<>\-–—_#\u200b\ufeff]*")
_BETWEEN = re.compile(r"[\s,;.:|/–—\-]*")
_BESIDE = re.compile(r"[\s,.|/]*")
"""What may part a clock from the day behind it: a colon or a dash ends the stamp."""
_AFTER = re.compile(r"\s*(?P<mark>[\])】〕］]+\s*[:|–—\-,.]*|[:|–—>]+|\++|[-,.](?=\s)|$)[\s|:–—]*(?:\++\s*)?")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?\.?")
_TRAILING = re.compile(r"(?:[(\[|–—]|\s-\s)\s*([^()\[\]|–—]{4,60}?)\s*[)\]]?\s*$")


@dataclass(frozen=True, slots=True)
class Stamp:
    """A time that opens or closes a text."""

    clock: Clock | None
    day: Day | None
    raw: str
    start: int
    """Where the stamp begins in the text, marks included."""
    end: int
    """Where it ends, with the marks behind it: what follows is the update's own."""
    firm: bool
    mark: str
    """What sets it off from what follows: ``:``, ``|``, ``]``, empty at the line's end or where nothing does."""
    ago: bool = False
    """It is counted back from the time of fetching: "21 mins ago"; without clock and day."""


def leading_stamp(text: str, context: TimeContext) -> Stamp | None:
    """The stamp with which a text opens, or None."""
    words = calendar_words(context.language)
    text = text if text.isascii() else latin_digits(text)
    opening = _MARKS.match(text)
    start = at = opening.end() if opening else 0
    clock: Clock | None = None
    day: Day | None = None
    end = spoken = 0
    while at < min(len(text), REACH):
        timed = None if clock else clock_at(text, at, words)
        dated = None if day else day_at(text, at, words)
        if dated and not (timed and timed[0].unit and timed[1] >= dated[1]):
            day, at = dated
            end = at
        elif timed:
            clock, at = timed
            end = at
        else:
            words_end = _spoken(text, at) if spoken < WORDS else at
            if words_end == at:
                break
            spoken += 1
            at = words_end
        gap = (_BESIDE if clock else _BETWEEN).match(text, at)
        at = gap.end() if gap and gap.end() < len(text) else at
    return _stamp(text, start, end, clock, day, opening[0] if opening else "") if end else None


def trailing_stamp(text: str, context: TimeContext) -> Stamp | None:
    """The stamp with which a text closes, in brackets or behind a dash or a bar: "… (23:29)"; or None."""
    found = _TRAILING.search(text[-REACH:])
    inner = leading_stamp(found[1], context) if found else None
    if not found or not inner or not inner.clock or inner.end < len(found[1]):
        return None
    start = max(0, len(text) - REACH) + found.start()
    return Stamp(inner.clock, inner.day, found[1], start, len(text), firm=True, mark="")


def _stamp(text: str, start: int, end: int, clock: Clock | None, day: Day | None, opening: str) -> Stamp | None:
    after = _AFTER.match(text, end)
    mark = after["mark"].strip() if after else ""
    rest = after.end() if after else end
    unit = clock is not None and clock.unit and not text[end : end + 2].strip().islower()
    firm = after is not None or unit or bool(opening.strip(" •·*-–—"))
    if clock is None and not (mark or rest >= len(text)):
        return None
    while after is None and rest < len(text) and text[rest].isspace():
        rest += 1
    return Stamp(clock, day, text[start:end].strip(), 0, rest, firm, mark)


def _spoken(text: str, at: int) -> int:
    """Where the words of a stamp end that begin at a place: "Uhr", "last updated"; the place itself where none do."""
    word = _WORD.match(text, at)
    if word is None:
        return at
    if word[0] in cues("stamp") or word[0] in cues("updated"):
        return word.end()
    phrase = cues("updated").opens(text[at : at + LONGEST_PHRASE])
    words = _WORD.finditer(text, at)
    return max((word.end() for word, _ in zip(words, phrase.split(), strict=False)), default=at) if phrase else at
