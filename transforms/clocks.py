"""Clock times and days as pages write them, read where they stand in a text.

    clock_at   "12.31 Uhr" "22h45" "9:05 pm" "21:00 BST" "ORE 19:12" "午後9時5分" "14 Uhr" "23.15"
    day_at     "14 August 2023" "Oct 02" "03. Mai 2020" "2022. április 3." "31.03.22" "2024年5月3日" "Samstag" "gestern"

A day is kept as written (`Day`): what it leaves open, `Day.resolve` fills in from the day it stands near.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from transforms.calendar_words import CalendarWords
from transforms.zones import ZONE, zone_named

YEARS = range(1995, 2100)
"""Live blogs began in the nineties; a number outside is no year."""
SHORT_NAME = 3
BUDDHIST = 543
AHEAD = timedelta(days=2)
"""A day without a year lies this far after the day it stands near, at most."""


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of day as written."""

    hour: int
    minute: int
    second: int = 0
    zone: str | None = None
    """As written: ``BST``."""
    unit: bool = False
    """Said to be a time: "Uhr", "h", "pm", a zone; a bare "12.31" may be anything."""


@dataclass(frozen=True, slots=True)
class Day:
    """A day as written; what is missing is None."""

    year: int | None = None
    month: int | None = None
    day: int | None = None
    weekday: int | None = None
    """0 is Monday."""
    shift: int | None = None
    """Days from the day of writing: -1 is yesterday."""

    def resolve(self, near: date | None) -> date | None:
        """The date meant, written on or shortly after ``near``'s day; None where that cannot be told."""
        if self.month and self.day:
            if self.year:
                return _date(self.year, self.month, self.day)
            return self._in_a_year_near(near) if near else None
        if near is None:
            return None
        if self.shift is not None:
            return near + timedelta(days=self.shift)
        return near - timedelta(days=(near.weekday() - self.weekday) % 7) if self.weekday is not None else None

    def _in_a_year_near(self, near: date) -> date | None:
        years = (near.year + 1, near.year, near.year - 1)
        found = [_date(year, self.month or 1, self.day or 1) for year in years]
        past = [day for day in found if day and day <= near + AHEAD]
        fitting = [day for day in past if self.weekday in (None, day.weekday())]
        return next(iter(fitting or past), None)


_CLOCK = re.compile(
    r"(?P<h>[01]?\d|2[0-3])"
    r"(?:(?P<sep>[:.：]|\s?[hH]\s?(?=\d\d)|\s?[時时点點시]\s?)(?P<m>[0-5]\d|\d(?=\s?[分분]))(?!\d)(?:[:.](?P<s>[0-5]\d)(?!\d))?\s?[分분]?"
    r"|(?P<alone>(?=\s?(?:[hH](?!\w)|[aApP]\.?\s?[mM](?!\w)|[uU]hr(?!\w)|[時时点點시]))))"
)
_UNIT = re.compile(
    r"\s?(?P<unit>[uU]hr|[hH](?:rs|s)?|HRS|horas|uur|óra(?:kor)?|ч|год|hod|[時时点點시]|頃|ごろ|ころ|경)(?!\w)\.?",
    re.UNICODE,
)
_HALF = re.compile(r"\s?(?:(?P<half>[aApP])\.?\s?[mM](?!\w)\.?|(?P<word>[^\W\d_]{1,10}))")
_HALF_BEFORE = re.compile(r"(午前|午後|上午|下午|凌晨|晚上|오전|오후)\s?")
_LATE = frozenset(["午後", "下午", "晚上", "오후"])
_NUMERIC = re.compile(
    r"(?P<iso>(?P<y>\d{4})(?P<s1>[-/.])\s?(?P<m>\d{1,2})(?P=s1)\s?(?P<d>\d{1,2})(?!\d)\.?)"
    r"|(?P<cjk>(?:(?P<cy>\d{4})\s?[年년]\s?)?(?P<cm>\d{1,2})\s?[月월]\s?(?P<cd>\d{1,2})\s?[日일号號]?)"
    r"|(?P<a>\d{1,2})(?P<s2>[./-])(?P<b>\d{1,2})(?:(?P=s2)(?P<c>\d{4}|\d{2})(?!\d)|(?P<dot>(?<=\d)\.(?!\d)))"
    r"|(?P<sa>\d{1,2})\.\s(?P<sb>\d{1,2})\.\s?(?P<sc>\d{4})(?!\d)"
)
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_DAY_NUMBER = re.compile(r"(?P<d>\d{1,2})(?:st|nd|rd|th|er|ère|º|ª|[.])?[\s,-]*(?:(?:de|of|di|d['’])\s?)?(?=[^\W\d_])")
_AFTER_MONTH = re.compile(r"\.?,?[\s-]*(?P<d>\d{1,2})(?!\d|[:.hH]\d)(?:st|nd|rd|th|\.)?(?:,?\s+(?P<y>\d{4})(?!\d))?")
_YEAR_AFTER = re.compile(r"\.?,?[\s-]*(?:(?:de|del|of)\s)?(?P<y>\d{4})(?![\d:.]\d|\d)(?:\s?(?:r\.|г\.|p\.))?")
_YEAR_BEFORE = re.compile(r"(?P<y>\d{4})\.?\s")
_ABBREVIATED = re.compile(r"[.,]|\s\d")
"""What follows a short weekday name: "Die" is Tuesday or an article."""
_PARENTHESIS = re.compile(r"\s*[,.]*\s*")


def clock_at(text: str, at: int, words: CalendarWords) -> tuple[Clock, int] | None:
    """The clock time that begins at a place of the text, and where it ends."""
    before = _HALF_BEFORE.match(text, at)
    found = _CLOCK.match(text, before.end() if before else at)
    if not found or (at and text[at - 1].isdigit()):
        return None
    hour, end = int(found["h"]), found.end()
    late = before is not None and before[1] in _LATE
    half = _half_at(text, end, words)
    if half:
        late, end = half
    unit = _UNIT.match(text, end)
    end = unit.end() if unit else end
    zone = ZONE.match(text, end + 1) if text[end : end + 1] in {" ", "\u00a0"} else ZONE.match(text, end)
    named = _zone_name(zone)
    if (half or before) and not 0 <= hour <= 12 and not late:
        return None
    hour = hour % 12 + 12 * late if (half or before) and hour <= 12 else hour
    told = bool(half or before or unit or named or "h" in (found["sep"] or "").lower())
    end = zone.end() if zone and named else end
    return Clock(hour, int(found["m"] or 0), int(found["s"] or 0), named, told), end


def day_at(text: str, at: int, words: CalendarWords) -> tuple[Day, int] | None:
    """The day that begins at a place of the text, and where it ends; a weekday before a date is part of it."""
    word = _WORD.match(text, at)
    if not word:
        return _numeric_day(text, at, words) or _day_then_month(text, at, words)
    name = word[0].casefold().replace("’", "'")
    if name in words.months:
        after = _AFTER_MONTH.match(text, word.end())
        return _named_day(after, words.months[name], after["y"]) if after else None
    if name in words.weekdays and (len(name) > SHORT_NAME or _ABBREVIATED.match(text, word.end())):
        return _weekday_first(text, word.end(), words.weekdays[name], words)
    return (Day(shift=words.days[name]), word.end()) if name in words.days else None


def _weekday_first(text: str, end: int, weekday: int, words: CalendarWords) -> tuple[Day, int]:
    gap = _PARENTHESIS.match(text, end)
    place = gap.end() if gap else end
    following = day_at(text, place, words) if place < len(text) and not _is_weekday(text, place, words) else None
    if following and following[0].month:
        day = following[0]
        return Day(day.year, day.month, day.day, weekday), following[1]
    return Day(weekday=weekday), end


def _is_weekday(text: str, at: int, words: CalendarWords) -> bool:
    word = _WORD.match(text, at)
    return word is not None and word[0].casefold() in words.weekdays


def _numeric_day(text: str, at: int, words: CalendarWords) -> tuple[Day, int] | None:
    found = _NUMERIC.match(text, at)
    if not found or (at and text[at - 1].isdigit()):
        return None
    if found["iso"]:
        return _checked(int(found["y"]), int(found["m"]), int(found["d"]), found.end())
    if found["cjk"]:
        return _checked(int(found["cy"]) if found["cy"] else None, int(found["cm"]), int(found["cd"]), found.end())
    if found["sa"]:
        return _checked(_full_year(found["sc"]), int(found["sb"]), int(found["sa"]), found.end())
    first, second = int(found["a"]), int(found["b"])
    month_first = second > 12 or (words.month_first and found["s2"] == "/" and first <= 12)
    month, day = (first, second) if month_first else (second, first)
    return _checked(_full_year(found["c"]), month, day, found.end())


def _day_then_month(text: str, at: int, words: CalendarWords) -> tuple[Day, int] | None:
    year = _YEAR_BEFORE.match(text, at)
    if year and int(year["y"]) in YEARS:
        named = day_at(text, year.end(), words) if _WORD.match(text, year.end()) else None
        if named and named[0].month:
            return Day(int(year["y"]), named[0].month, named[0].day, named[0].weekday), named[1]
    number = _DAY_NUMBER.match(text, at)
    word = _WORD.match(text, number.end()) if number else None
    month = words.months.get(word[0].casefold()) if word else None
    if not (number and word and month) or (at and text[at - 1].isdigit()):
        return None
    year = _YEAR_AFTER.match(text, word.end())
    found = _full_year(year["y"]) if year else None
    end = year.end() if year and found else word.end() + (text[word.end() : word.end() + 1] == "." and len(word[0]) < 5)
    return _checked(found, month, int(number["d"]), end)


def _named_day(after: re.Match[str], month: int, year: str | None) -> tuple[Day, int] | None:
    return _checked(_full_year(year), month, int(after["d"]), after.end())


def _checked(year: int | None, month: int, day: int, end: int) -> tuple[Day, int] | None:
    if _date(year or 2024, month, day) is None or (year is not None and year not in YEARS):
        return None
    return Day(year, month, day), end


def _full_year(written: str | None) -> int | None:
    if not written:
        return None
    year = int(written)
    year = year + 2000 if len(written) == 2 else year
    return year - BUDDHIST if year - BUDDHIST in YEARS else year if year in YEARS else None


def _half_at(text: str, end: int, words: CalendarWords) -> tuple[bool, int] | None:
    found = _HALF.match(text, end)
    if not found:
        return None
    if found["half"]:
        return found["half"] in "pP", found.end()
    hours = words.halves.get(found["word"].casefold())
    return None if hours is None else (hours == 12, found.end())


def _zone_name(found: re.Match[str] | None) -> str | None:
    return found["zone"] if found and zone_named(found["zone"], None) else None


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
