"""Month and weekday names, "yesterday", "21 mins ago": the words of time in many languages.

The tables are dateparser's (from CLDR, and kept). Its parser is not called: it needs a millisecond and more a string,
and guesses where a live blog's times must not be guessed.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any

LANGUAGES = (
    *("en", "de", "fr", "es", "it", "pt", "nl", "pl", "hu", "sv", "da", "nb", "fi", "tr", "ru", "uk", "cs", "ro", "el"),
    *("ja", "zh", "zh-Hant", "ko", "ar", "he", "hr", "sr", "bs", "sk", "sl", "bg", "lt", "lv", "et", "is", "ca", "gl"),
    *(
        "eu",
        "ga",
        "fa",
        "hi",
        "bn",
        "ta",
        "te",
        "ur",
        "id",
        "ms",
        "vi",
        "th",
        "sw",
        "af",
        "sq",
        "mk",
        "ka",
        "hy",
        "az",
        "kk",
    ),
)
"""Languages whose words are known where a page names none; the first claims a word that two of them use."""

_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400, "week": 604800, "month": 2629800, "year": 31557600}
_SAME = {"no": "nb", "nn": "nb", "zh-hant": "zh-Hant", "zh-tw": "zh-Hant", "zh-hk": "zh-Hant", "iw": "he"}


@dataclass(frozen=True, slots=True)
class CalendarWords:
    """The words of one language, or of all; keys are casefolded, without a final dot."""

    months: Mapping[str, int]
    """Word -> 1 to 12."""
    weekdays: Mapping[str, int]
    """Word -> 0 (Monday) to 6."""
    days: Mapping[str, int]
    """ "yesterday" -> -1, "today" -> 0."""
    halves: Mapping[str, int]
    """ "am" -> 0, "pm" -> 12: hours to add."""
    ago: tuple[tuple[re.Pattern[str], int], ...]
    """Pattern with one number in it -> seconds of its unit."""
    now: frozenset[str]
    month_first: bool
    """05/03 is the 3rd of May."""


@cache
def calendar_words(language: str | None) -> CalendarWords:
    """The words of a BCP 47 tag's language and of English; of all `LANGUAGES` where it is None or unknown."""
    tables = [_table(name) for name in (_name(language), "en") if name] if _name(language) else []
    tables = [table for table in tables if table] or [_table(name) for name in LANGUAGES]
    return CalendarWords(
        months=_numbered(tables, _MONTHS, 1),
        weekdays=_numbered(tables, _WEEKDAYS, 0),
        days=_merged(_relative_days(table) for table in tables),
        halves=_merged(
            {_key(word): hours for key, hours in (("am", 0), ("pm", 12)) for word in table[key]} for table in tables
        ),
        ago=tuple(_ago(tables)),
        now=frozenset(_key(word) for table in tables for word in _now(table)),
        month_first=(language or "").casefold() in {"en-us", "en-ca", "en-ph"},
    )


def _name(language: str | None) -> str | None:
    tag = (language or "").casefold().replace("_", "-")
    name = _SAME.get(tag) or _SAME.get(tag.split("-")[0]) or tag.split("-")[0]
    return name if re.fullmatch(r"[a-z]{2,3}(-Hant)?", name) else None


@cache
def _table(name: str) -> dict[str, Any]:
    try:
        table: dict[str, Any] = import_module(f"dateparser.data.date_translation_data.{name}").info
    except ModuleNotFoundError:
        return {}
    return table


def _numbered(tables: Iterable[Mapping[str, Any]], keys: tuple[str, ...], first: int) -> dict[str, int]:
    return _merged(
        {_key(word): n for n, key in enumerate(keys, first) for word in table.get(key, ())} for table in tables
    )


def _merged(tables: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """One table of several: the first to know a word says what it means."""
    merged: dict[str, int] = {}
    for table in tables:
        for word, value in table.items():
            merged.setdefault(word, value)
    return merged


def _key(word: str) -> str:
    return word.casefold().strip().rstrip(".")


def _relative_days(table: Mapping[str, Any]) -> dict[str, int]:
    relative = table.get("relative-type", {})
    named = {"0 day ago": 0, "1 day ago": -1, "2 day ago": -2, "in 1 day": 1}
    return {_key(word): shift for key, shift in named.items() for word in relative.get(key, ())}


def _now(table: Mapping[str, Any]) -> list[str]:
    relative = table.get("relative-type", {})
    return [word for unit in ("second", "minute") for word in relative.get(f"0 {unit} ago", ())]


def _ago(tables: Iterable[Mapping[str, Any]]) -> Iterable[tuple[re.Pattern[str], int]]:
    """For each unit a pattern of its ages: the phrases that CLDR lists, and those phrases with every form of the unit
    ("5 минут назад", where it lists one and two minutes)."""
    tables = list(tables)
    frames = [_frames(table) for table in tables]
    for unit, seconds in _SECONDS.items():
        listed = {_uncaptured(each) for table in tables for each in _phrases(table, unit)}
        formed = {_formed(table, unit, *frame) for table, found in zip(tables, frames, strict=True) for frame in found}
        patterns = sorted((listed | formed) - {""})
        if patterns:
            yield re.compile(rf"(?<!\w)(?:{'|'.join(patterns)})(?!\w)", re.IGNORECASE), seconds


def _phrases(table: Mapping[str, Any], unit: str) -> list[str]:
    phrases: list[str] = table.get("relative-type-regex", {}).get(f"\\1 {unit} ago", [])
    return phrases


def _frames(table: Mapping[str, Any]) -> set[tuple[str, str, str]]:
    """What stands before the number, between it and the unit, and behind the unit of an age."""
    framed = set()
    for unit in ("minute", "hour"):
        for phrase in _phrases(table, unit):
            before, _, rest = _NUMBER_IN.sub("#", phrase).partition("#")
            found = re.search(rf"(?<!\w)(?:{_unit(table, unit)})(?!\w)", rest)
            if found:
                framed.add((before.strip(), rest[: found.start()].strip(), rest[found.end() :].strip()))
    afters = {after for _, _, after in framed if after}
    befores = afters & {before.partition(" ")[0] for before, _, _ in framed}
    befores |= {word for word in table.get("ago") or () if word not in afters}
    told = {frame for frame in framed if frame[0] or frame[2]}
    return told | {(word, "", "") for word in befores} | {("", "", word) for word in afters}


def _unit(table: Mapping[str, Any], unit: str) -> str:
    """The forms of a unit: those listed, and what alone stands behind the number in a phrase."""
    rests = (_NUMBER_IN.sub("#", phrase).partition("#")[2].strip() for phrase in _phrases(table, unit))
    words = {*(word.casefold() for word in table.get(unit) or ()), *(rest for rest in rests if rest.isalpha())}
    return "|".join(map(re.escape, sorted(words, key=lambda word: (-len(word), word))))


def _formed(table: Mapping[str, Any], unit: str, before: str, between: str, after: str) -> str:
    forms = _unit(table, unit)
    if not forms:
        return ""
    ones = "|".join(map(re.escape, _ones(table)))
    number = rf"(?:\d{{1,4}}\s?|(?:{ones})\s)" if ones else r"\d{1,4}\s?"
    opening, within = (f"{re.escape(part)}\\s" if part else "" for part in (before, between))
    closing = f"\\s{re.escape(after)}" if after else ""
    return rf"{opening}{number}{within}(?:{forms})\.?{closing}"


def _ones(table: Mapping[str, Any]) -> list[str]:
    """The words for one: "einer", "une"."""
    said = (word for entry in table.get("simplifications", ()) for word, number in entry.items() if number == "1")
    return sorted(word for word in said if word.isalpha())


_NUMBER_IN = re.compile(r"\(\\d\+\+\[\.,\]\?\\d\*\+\)\s*(?:\\s\*)?")


def _uncaptured(pattern: str) -> str:
    """The pattern with its number left to be found again: one alternation may hold only so many groups."""
    return _NUMBER_IN.sub(r"\\d{1,4}\\s?", pattern)
