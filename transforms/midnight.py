"""Days for clock times that stand in a page's order, across midnight in either direction.

    items in page order     "00:12" "23:55" "23:40"                  newest first: 23:55 is the day before
                            [3 May] "09:10" "08:00" [2 May] "22:15"  day headings above their updates …
                            "09:10" "08:00" [3 May] "22:15" [2 May]  … or below them

Where no day is known for any item, none is invented: all are None.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise

from transforms.clocks import Clock, Day
from transforms.stamps import Stamp
from transforms.times import TimeContext, TimeRead, at_clock

DISORDER_MIN = 90
"""Minutes by which an update may stand on the wrong side of its neighbour; a longer step back crosses midnight."""
_HALF_DAY = 720
_ONE_DAY = timedelta(days=1)

Timed = Stamp | TimeRead | Clock | Day | date | None


@dataclass(slots=True)
class _Item:
    clock: Clock | None
    day: date | None
    at: datetime | None = None

    @property
    def minutes(self) -> int:
        return self.clock.hour * 60 + self.clock.minute if self.clock else 0


def spread_days(items: Sequence[Timed], context: TimeContext) -> list[datetime | None]:
    """The moments of a page's items, aware UTC; None for day headings, for items without a clock or a known day.

    ``context.day`` is the day of the newest item, where the items say nothing themselves.
    """
    read = [_item(item, context) for item in items]
    newest_first = _newest_first([item for item in read if item.clock])
    _use_headings(read, newest_first=newest_first, near=context.day)
    timed = [item for item in read if item.clock]
    _spread(timed, context.day, newest_first=newest_first)
    previous: datetime | None = None
    for item in reversed(timed) if newest_first else timed:
        item.at = item.at or _moment(item, previous, context)
        previous = item.at or previous
    return [item.at for item in read]


def newest_first(items: Sequence[Timed], context: TimeContext) -> bool:
    """Whether the page's order is newest first, by its clocks and days; so where nothing tells."""
    return _newest_first([item for item in (_item(item, context) for item in items) if item.clock])


def _item(item: Timed, context: TimeContext) -> _Item:
    match item:
        case Stamp():
            return _Item(item.clock, item.day.resolve(context.near) if item.day else None)
        case TimeRead():
            return _Item(item.clock, item.day, item.at)
        case Clock():
            return _Item(item, None)
        case Day():
            return _Item(None, item.resolve(context.near))
        case date():
            return _Item(None, item)
        case _:
            return _Item(None, None)


def _newest_first(timed: Sequence[_Item]) -> bool:
    falling = rising = 0
    for left, right in pairwise(timed):
        step = (right.day - left.day).days * 1440 if left.day and right.day else 0
        step += right.minutes - left.minutes
        if not (left.day and right.day) and abs(step) > _HALF_DAY:
            step = -step
        falling += step < 0
        rising += step > 0
    return falling >= rising


def _use_headings(read: Sequence[_Item], *, newest_first: bool, near: date | None) -> None:
    """Give each item without a day that of its heading; which side of it the headings stand on, the page shows.

    One heading above all is the first item's: who heads one day only does not say where another one begins.
    """
    headings = [place for place, item in enumerate(read) if item.day and not item.clock]
    if not headings:
        return
    first = next((item for item in read if item.clock), None)
    if first and len(headings) == 1 and not any(item.clock for item in read[: headings[0]]):
        first.day = first.day or read[headings[0]].day
        return
    below = _headings_below(read, headings, newest_first=newest_first, near=near)
    order = range(len(read) - 1, -1, -1) if below else range(len(read))
    day: date | None = None
    for place in order:
        item = read[place]
        if item.day and not item.clock:
            day = item.day
        elif item.clock and item.day is None:
            item.day = day


def _headings_below(read: Sequence[_Item], headings: Sequence[int], *, newest_first: bool, near: date | None) -> bool:
    before = any(item.clock for item in read[: headings[0]])
    after = any(item.clock for item in read[headings[-1] + 1 :])
    if not (before and after):
        return before
    first = read[headings[0]].day
    return newest_first and near is not None and first == near


def _spread(timed: Sequence[_Item], newest: date | None, *, newest_first: bool) -> None:
    """Carry known days to the items beside them, a day on or back wherever the clock steps across midnight."""
    if not any(item.day for item in timed) and timed and newest:
        timed[0 if newest_first else -1].day = newest
    days = [item.day for item in timed]
    mostly_dated = sum(day is not None for day in days) * 2 > len(days)
    for run in (timed, timed[::-1]):
        towards_past = newest_first == (run is timed)
        for place, (left, right) in enumerate(pairwise(run)):
            if left.day and right.day is None:
                carried = left.day + _crossing(left.minutes, right.minutes, towards_past=towards_past)
                doubtful = mostly_dated and _may_be_the_next_days(run[place + 1 :], carried, towards_past=towards_past)
                right.day = None if doubtful else carried


def _may_be_the_next_days(run: Sequence[_Item], carried: date, *, towards_past: bool) -> bool:
    """Whether an undated item among dated ones may as well belong to the next dated item's day as to the last one's."""
    following = next((item for item in run if item.day), None)
    if following is None or following.day is None or following.day == carried:
        return False
    later, earlier = (run[0].minutes, following.minutes) if towards_past else (following.minutes, run[0].minutes)
    return later >= earlier


def _crossing(left: int, right: int, *, towards_past: bool) -> timedelta:
    if towards_past:
        return -_ONE_DAY if right > left + DISORDER_MIN else timedelta()
    return _ONE_DAY if right < left - DISORDER_MIN else timedelta()


def _moment(item: _Item, previous: datetime | None, context: TimeContext) -> datetime | None:
    """The item's moment; of a local time that comes twice, the one that follows the update before it."""
    if not (item.day and item.clock):
        return None
    first = at_clock(item.day, item.clock, context)
    if first and previous and first < previous:
        second = at_clock(item.day, item.clock, context, fold=1)
        return second if second and second >= previous else first
    return first
