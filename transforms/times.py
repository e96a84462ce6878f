"""Every time on a page is read here (rule R5): it says where it comes from, and is None where the page does not say.

    read_machine   attributes and structured data: ISO 8601 in all its spellings, epoch s, ms and µs, HTTP dates
    read_shown     what readers see: "14 August 2023 10:01", "21 mins ago", "12.31 Uhr" (with a day known elsewhere)

A time that names no zone is in the source's zone, and unread (``at`` None) where that is not known either.
A relative time is as exact as its unit: minutes and hours are given, "2 days ago" is not a moment.
Both functions are pure, remember what they have read, and never raise.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from email.utils import parsedate_to_datetime
from functools import lru_cache

from transforms.calendar_words import CalendarWords, calendar_words
from transforms.clocks import YEARS, Clock, Day, clock_at, day_at
from transforms.cues import cues
from transforms.records import TimeSource
from transforms.zones import source_zone, to_utc, zone_named

LONGEST = 160
"""Characters of a time as written; a longer text is prose."""
FINEST_RELATIVE_S = 3600
"""Relative times in coarser units than this many seconds are no moment."""
LONGEST_AGE = 60
"""Characters of a text that is an age, with a word or two around it."""
REMEMBERED = 8192
"""Times kept read: a page shows few different ones, an archive the same attribute in every look."""


@dataclass(frozen=True, slots=True)
class TimeContext:
    """What surrounds a time."""

    fetched_at: datetime | None = None
    """Aware; anchors "21 mins ago"."""
    timezone: str | None = None
    """IANA name of the source's zone."""
    language: str | None = None
    """BCP 47 tag of the page."""
    day: date | None = None
    """The day a time without one belongs to, in the source's zone."""

    written: date | None = None
    """The day on which the page says that it was written or last changed."""

    @property
    def near(self) -> date | None:
        """The day near which a day without a year lies: ``day``, else the day of fetching, else of writing."""
        if self.day or not self.fetched_at:
            return self.day or self.written
        zone = source_zone(self.timezone)
        return (self.fetched_at.astimezone(zone) if zone else self.fetched_at).date()


@dataclass(frozen=True, slots=True)
class TimeRead:
    """A time as read."""

    at: datetime | None
    """Aware UTC, or None where the page does not say enough."""
    raw: str
    """As the page gives it."""
    source: TimeSource | None = None
    """None where ``at`` is."""
    day: date | None = None
    """The day, also where there is no clock beside it."""
    clock: Clock | None = None
    """The clock, also where there is no day beside it."""
    age_s: float | None = None
    """Seconds, of an age ("4 minutes ago") beside which nobody says when it was read: an order, but no moment."""

    @property
    def is_age(self) -> bool:
        """Whether it is an age, with or without a moment."""
        return self.source is TimeSource.RELATIVE or self.age_s is not None


def read_machine(
    value: str | int | float | None, context: TimeContext, source: TimeSource = TimeSource.DOM
) -> TimeRead:
    """Read a machine attribute or a field of structured data; prose that stands there is read as `read_shown` does."""
    if isinstance(value, str):
        return _read_text(value.strip()[: LONGEST + 1], context, source)
    return _epoch(value, source) if isinstance(value, int | float) else TimeRead(None, "")


def read_shown(raw: str, context: TimeContext, source: TimeSource = TimeSource.DOM) -> TimeRead:
    """Read a time that a page shows; ``source`` is given where day and clock stand there in full."""
    text = " ".join(raw[: LONGEST + 1].split())
    text = text if text.isascii() else latin_digits(text)
    return _read_shown(text, context, source) if text and len(text) <= LONGEST else TimeRead(None, text[:LONGEST])


def latin_digits(text: str) -> str:
    """The text with Arabic, Persian, Indian and full-width digits written as 0 to 9, each in its place."""
    return text.translate(_DIGITS) if _FOREIGN.search(text) else text


_FOREIGN = re.compile(r"[\u0660-\u0669\u06f0-\u06f9\u0966-\u096f\u09e6-\u09ef\uff10-\uff19]")
_DIGITS = {first + digit: str(digit) for first in (0x660, 0x6F0, 0x966, 0x9E6, 0xFF10) for digit in range(10)}


def is_relative(raw: str, context: TimeContext) -> bool:
    """Whether a text is a time counted back from the reader's: "21 mins ago", "vor 5 Minuten"."""
    folded = " ".join(raw[: LONGEST + 1].casefold().split()).strip(" .()")
    english = (context.language or "en").startswith("en")
    return bool(folded) and _seconds_ago(folded, calendar_words(context.language), english=english) is not None


def at_clock(day: date, clock: Clock, context: TimeContext, *, fold: int = 0) -> datetime | None:
    """The moment of a clock time on a day; ``fold`` 1 takes the later of a local time that comes twice.

    None where neither the clock nor the source names a zone.
    """
    zone = (zone_named(clock.zone, context.timezone, day.year) if clock.zone else None) or source_zone(context.timezone)
    return (
        to_utc(datetime.combine(day, time(clock.hour, clock.minute, clock.second, fold=fold)), zone) if zone else None
    )


def trusted(times: Iterable[datetime | None]) -> bool:
    """Whether the times of a page's updates can be what they say: not all alike, not all at midnight UTC (rule R5).

    One time alone is trusted, unless it stands at midnight.
    """
    given = [moment for moment in times if moment]
    at_midnight = all(moment.astimezone(UTC).time() == time() for moment in given)
    return not at_midnight and (len(given) < 2 or len(set(given)) > 1)


@lru_cache(maxsize=REMEMBERED)
def _read_text(text: str, context: TimeContext, source: TimeSource) -> TimeRead:
    iso = _ISO.fullmatch(text)
    if iso:
        return _from_iso(iso, text, context, source)
    if text.isascii() and text.replace(".", "", 1).isdigit() and len(text) >= SECONDS_DIGITS:
        return replace(_epoch(float(text), source), raw=text)
    return _http_date(text, source) or _read_shown(" ".join(text.split()), context, source)


_ISO = re.compile(
    r"(?P<y>\d{4})-?(?P<mo>\d{2})-?(?P<d>\d{2})"
    r"(?:[T\s]\s*(?P<h>\d{1,2}):?(?P<mi>\d{2})(?::?(?P<s>\d{2})(?:[.,](?P<f>\d{1,9}))?)?)?"
    r"\s*(?:(?P<z>Z|z|UTC|GMT)|(?P<o>[+\-−]\d{1,2}(?::?\d{2})?)|(?P<n>[A-Z]{2,5}))?(?:\[[\w/+-]+\])?"
)
SECONDS_DIGITS = 9
"""A bare number with fewer digits is no epoch time (9 digits: 1973)."""

MICROSECONDS_END = 1e17
"""Past the year 5000 even in microseconds."""


def _from_iso(found: re.Match[str], raw: str, context: TimeContext, source: TimeSource) -> TimeRead:
    try:
        day = date(int(found["y"]), int(found["mo"]), int(found["d"]))
        if found["h"] is None:
            return TimeRead(None, raw, day=day)
        local = datetime.combine(day, time(int(found["h"]), int(found["mi"]), int(found["s"] or 0)))
    except ValueError:
        return TimeRead(None, raw)
    local = local.replace(microsecond=int((found["f"] or "0").ljust(6, "0")[:6]))
    offset = "GMT" + found["o"] if found["o"] else "UTC" if found["z"] else found["n"]
    zone = zone_named(offset, context.timezone, day.year) if offset else source_zone(context.timezone)
    at = to_utc(local, zone) if zone and day.year in YEARS else None
    return TimeRead(at, raw, source if at else None, day, Clock(local.hour, local.minute, local.second, offset, True))


def _epoch(value: float, source: TimeSource) -> TimeRead:
    """Seconds, milli- or microseconds since 1970, by their size."""
    if not 0 < value < MICROSECONDS_END:
        return TimeRead(None, str(value)[:LONGEST] if abs(value) < MICROSECONDS_END else "")
    seconds = float(value)
    while seconds >= 1e11:
        seconds /= 1000
    try:
        at = datetime.fromtimestamp(round(seconds, 6), UTC)
    except (OverflowError, ValueError, OSError):
        return TimeRead(None, str(value))
    return TimeRead(at, str(value), source, at.date()) if at.year in YEARS else TimeRead(None, str(value))


def _http_date(text: str, source: TimeSource) -> TimeRead | None:
    """RFC 9110, section 5.6.7, and the forms of email; only with a zone."""
    if not text[-4:].strip().lstrip("+-").isalnum() or text.count(":") < 1 or "," not in text[:5]:
        return None
    try:
        parsed = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    if parsed.tzinfo is None or parsed.year not in YEARS:
        return None
    return TimeRead(parsed.astimezone(UTC), text, source, parsed.date())


@lru_cache(maxsize=REMEMBERED)
def _read_shown(text: str, context: TimeContext, source: TimeSource) -> TimeRead:
    words = calendar_words(context.language)
    relative = _relative(text, context, words)
    if relative:
        return relative
    day, clock = scan(text, words)
    resolved = day.resolve(context.near) if day else None
    known = resolved or context.day
    at = at_clock(known, clock, context) if known and clock else None
    full = day is not None and day.year is not None
    told = (source if full else TimeSource.CLOCK_AND_DAY) if at else None
    return TimeRead(at, text, told, resolved, clock)


def scan(text: str, words: CalendarWords) -> tuple[Day | None, Clock | None]:
    """The first day and the first clock that stand in a short text."""
    day: Day | None = None
    clock: Clock | None = None
    at = 0
    while at < len(text) and not (day and clock):
        dated = None if day else day_at(text, at, words)
        timed = None if dated or clock else clock_at(text, at, words)
        day, clock = (dated[0] if dated else day), (timed[0] if timed else clock)
        at = dated[1] if dated else timed[1] if timed else _next_token(text, at)
    return day, clock


_TOKEN = re.compile(r"\w+|\W")


def _next_token(text: str, at: int) -> int:
    found = _TOKEN.match(text, at)
    return found.end() if found else len(text)


_SHORT_AGO = re.compile(
    r"(?:(?P<h>\d{1,3})\s?h(?:rs?|ours?)?\b[\s,]*(?:and\s)?)?(?:(?P<m>\d{1,3})\s?m(?:ins?|inutes?)?\b)?(?P<ago>\s?ago)?"
)
_NUMBER = re.compile(r"\d{1,4}")


def _relative(text: str, context: TimeContext, words: CalendarWords) -> TimeRead | None:
    folded = text.casefold().strip(" .()·•|-–")
    seconds = _seconds_ago(folded, words, english=(context.language or "").startswith("en"))
    if seconds is None:
        return None
    if seconds > 100 * FINEST_RELATIVE_S:
        return TimeRead(None, text)
    if context.fetched_at is None:
        return TimeRead(None, text, age_s=seconds)
    return TimeRead(context.fetched_at.astimezone(UTC) - timedelta(seconds=seconds), text, TimeSource.RELATIVE)


def _seconds_ago(folded: str, words: CalendarWords, *, english: bool) -> float | None:
    """Seconds; infinite where the unit is too coarse for a moment; None where the text is not relative."""
    if folded in words.now or cues("now").is_line(folded):
        return 0.0
    short = _SHORT_AGO.fullmatch(folded)
    if short and (short["m"] or (short["h"] and (short["ago"] or english))):
        return 3600.0 * int(short["h"] or 0) + 60.0 * int(short["m"] or 0)
    for pattern, unit in words.ago if len(folded) <= LONGEST_AGE and ":" not in folded else ():
        found = pattern.search(folded)
        if found:
            number = _NUMBER.search(found[0])
            return float("inf") if unit > FINEST_RELATIVE_S else float(unit * int(number[0] if number else 1))
    return None
