"""Days for the clock times of a feed: from headings between its units, else from what the page says of itself."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from transforms.calendar_words import calendar_words
from transforms.clocks import Clock
from transforms.margin import lines_of
from transforms.marks import says_time
from transforms.midnight import newest_first, spread_days
from transforms.outline import Outline
from transforms.pieces import pieces
from transforms.records import TimeSource
from transforms.times import TimeContext, TimeRead, read_shown, scan
from transforms.zones import source_zone

MAX_HEADING = 80
"""Characters of a day heading; a longer text is no heading."""
MAX_SHOWN = 120
"""Characters of a line that says when the page was written or changed."""
MAX_TOLD = 3
"""Words of a day heading that are not of time: "All reports of Tuesday, 3 May"."""
MAX_OTHER = 2
"""Words of such a line, or of a part of it, that are not of time."""
SHOWN_NODES = 120
"""Nodes below the page's heading among which such a line stands."""
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_PARTS = re.compile(r"[|(;]|,\s(?=[^\W\d_]{4,}\s)|\s[–—-]\s")
"""Between "published …" and "updated …" in one line."""
JUST_CHANGED = timedelta(minutes=5)
"""From an update's clock to the last change of its page, where that was the update."""
FRESH = timedelta(hours=24)
"""A page that changed so recently shows clocks of the day of fetching."""


def dated(
    outline: Outline,
    units: Sequence[tuple[int, int]],
    times: Sequence[TimeRead],
    context: TimeContext,
    page_day: date | None,
) -> list[TimeRead]:
    """The times of units (start and end of each), in order, with days where they can be known; none is invented."""
    if not any(time.clock and not time.at for time in times):
        return list(times)
    items: list[TimeRead | date | None] = []
    places: list[int] = []
    for at, heading in _gaps(outline, units):
        day = _heading_day(heading, context)
        if day:
            items.append(day)
        if at is not None:
            places.append(len(items))
            items.append(times[at] if times[at].at or times[at].clock else None)
    moments = spread_days(items, replace(context, day=page_day))
    return [_with(time, moments[place]) for time, place in zip(times, places, strict=True)]


def page_day(
    published: datetime | None,
    modified: datetime | None,
    context: TimeContext,
    clocks: Iterable[TimeRead],
    shown: Iterable[date] = (),
) -> date | None:
    """The day of a page's newest clock, where the page or the time of fetching leaves no doubt.

    Beginning and last change on one day leave none, nor do the days `shown` below the heading, if all are the same; nor
    does fetching within a day of the last change, or a last change at the very minute that the newest clock shows.
    """
    zone = source_zone(context.timezone)
    if zone is None:
        return None
    days = {moment.astimezone(zone).date() for moment in (published, modified) if moment}
    seen = set(shown)
    if len(days | seen) == 1 and ((published and modified) or seen):
        return (days | seen).pop()
    told = [time for time in clocks if time.clock]
    newest = next((time.clock for time in (told if newest_first(told, context) else told[::-1])), None)
    if modified and newest and _is_clock_of(modified.astimezone(zone), newest):
        return modified.astimezone(zone).date()
    fetched = context.fetched_at
    changed = modified or published
    if fetched is None or (changed and not timedelta(0) <= fetched - changed <= FRESH):
        return None
    local = fetched.astimezone(zone)
    ahead = newest is not None and (newest.hour, newest.minute) > (local.hour, local.minute)
    return local.date() - timedelta(days=1) if ahead else local.date()


def _is_clock_of(moment: datetime, clock: Clock) -> bool:
    """Whether a page that was changed at a moment was changed for the update of this clock."""
    after = moment - moment.replace(hour=clock.hour, minute=clock.minute, second=0, microsecond=0)
    return timedelta(0) <= after <= JUST_CHANGED


def shown_days(outline: Outline, first: int, context: TimeContext) -> list[date]:
    """The days, with their years, in the lines between the page's heading and the first unit."""
    headings = [at for at in outline.tagged("h1") if at < first]
    if not headings:
        return []
    start = outline.ends[headings[-1]]
    lines = pieces(outline, start, min(first, start + SHOWN_NODES))
    words = calendar_words(context.language)
    told = (line for piece in lines if len(piece.text) <= MAX_SHOWN for line in lines_of(outline, piece))
    parts = (part for line in told for part in _PARTS.split(line))
    days = (scan(part, words)[0] for part in parts if _YEAR.search(part) and says_time(part, MAX_OTHER))
    return [found for day in days if day and day.year and (found := day.resolve(None))]


def _gaps(outline: Outline, units: Sequence[tuple[int, int]]) -> Iterable[tuple[int | None, str]]:
    """For each unit the text before it within the feed's containers, and at the end the text after the last."""
    containers = [outline.parents[start] for start, _ in units]
    before = containers[0] + 1
    for at, (start, end) in enumerate(units):
        yield at, _short(outline, max(before, 0), start)
        before = end
    yield None, _below(outline, before, outline.ends[containers[-1]])


def _short(outline: Outline, start: int, end: int) -> str:
    """The text between two places where it is short, else the last heading in it."""
    text = outline.text(start, end) if end > start else ""
    if len(text) <= MAX_HEADING:
        return text
    headings = [at for at in range(start, end) if outline.tags[at] in ("h2", "h3", "h4", "h5", "h6", "time")]
    return outline.text(headings[-1])[: MAX_HEADING + 1] if headings else ""


def _below(outline: Outline, start: int, end: int) -> str:
    """The text of the first element behind the last unit: what follows it is the page's, and no day heading."""
    while start < end:
        text = outline.text(start, outline.ends[start])
        if text:
            return text if len(text) <= MAX_HEADING else ""
        start = outline.ends[start]
    return ""


def _heading_day(text: str, context: TimeContext) -> date | None:
    """The day that a heading names; a day with a clock is the moment of something: of the page, of its last change."""
    if not 0 < len(text) <= MAX_HEADING or not says_time(text, MAX_TOLD):
        return None
    read = read_shown(text, context)
    return None if read.clock else read.day


def _with(time: TimeRead, moment: datetime | None) -> TimeRead:
    if time.at or moment is None:
        return time
    return replace(time, at=moment, source=TimeSource.CLOCK_AND_DAY)
