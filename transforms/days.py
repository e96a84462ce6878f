"""Days for the clock times of a feed: from headings between its units, else from what the page says of itself."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from transforms.midnight import spread_days
from transforms.outline import Outline
from transforms.records import TimeSource
from transforms.times import TimeContext, TimeRead, read_shown
from transforms.zones import source_zone

MAX_HEADING = 80
"""Characters of a day heading; a longer text is no heading."""
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
    published: datetime | None, modified: datetime | None, context: TimeContext, clocks: Iterable[TimeRead]
) -> date | None:
    """The day of a page's newest clock, where the page or the time of fetching leaves no doubt.

    Beginning and last change on one day leave none; nor does fetching within a day of the last change.
    """
    zone = source_zone(context.timezone)
    if zone is None:
        return None
    days = {moment.astimezone(zone).date() for moment in (published, modified) if moment}
    if len(days) == 1 and published and modified:
        return days.pop()
    fetched = context.fetched_at
    changed = modified or published
    if fetched is None or (changed and not timedelta(0) <= fetched - changed <= FRESH):
        return None
    local = fetched.astimezone(zone)
    newest = next((time.clock for time in clocks if time.clock), None)
    ahead = newest is not None and (newest.hour, newest.minute) > (local.hour, local.minute)
    return local.date() - timedelta(days=1) if ahead else local.date()


def _gaps(outline: Outline, units: Sequence[tuple[int, int]]) -> Iterable[tuple[int | None, str]]:
    """For each unit the text before it within the feed's containers, and at the end the text after the last."""
    containers = [outline.parents[start] for start, _ in units]
    before = containers[0] + 1
    for at, (start, end) in enumerate(units):
        yield at, _short(outline, max(before, 0), start)
        before = end
    yield None, _short(outline, before, outline.ends[containers[-1]])


def _short(outline: Outline, start: int, end: int) -> str:
    """The text between two places where it is short, else the last heading in it."""
    text = outline.text(start, end) if end > start else ""
    if len(text) <= MAX_HEADING:
        return text
    headings = [at for at in range(start, end) if outline.tags[at] in ("h2", "h3", "h4", "h5", "h6", "time")]
    return outline.text(headings[-1])[: MAX_HEADING + 1] if headings else ""


def _heading_day(text: str, context: TimeContext) -> date | None:
    return read_shown(text, context).day if 0 < len(text) <= MAX_HEADING else None


def _with(time: TimeRead, moment: datetime | None) -> TimeRead:
    if time.at or moment is None:
        return time
    return replace(time, at=moment, source=TimeSource.CLOCK_AND_DAY)
