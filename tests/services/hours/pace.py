"""How fresh the record is, and what it costs: looks beside those of a poller that looks once a minute.

Freshness is the time from an event in the newsroom to the commit of the look that showed it first. The fixed poller
looks at the same blogs, each from the moment at which ours was told of it: to the end, since it does not know that a
blog has closed; and, in a second count, only until the blog has closed, as if it knew that at once.
"""

import statistics
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.newsroom.dialects import DIALECTS
from tests.newsroom.messages import Access
from tests.newsroom.press import Blog, closed, path_of
from tests.newsroom.script import Do
from tests.newsroom.seen import SeenEvent, sight
from tests.services.hours.play import Run, host

A_MINUTE = timedelta(minutes=1)
STILL_TO_COME = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Spread:
    """Seconds, as a median and a 95th percentile."""

    count: int
    median_s: float
    p95_s: float


@dataclass(slots=True)
class Pace:
    """Freshness and looks."""

    freshness: dict[str, Spread] = field(default_factory=dict)
    """Of posts, by the state in which the blog was believed to be."""
    looks: int = 0
    """Requests for pages of watched blogs, those made while judging them and those after they closed included."""
    events: int = 0
    changes_seen: int = 0
    """Of the events that took place while the blog was watched, those of the last five minutes left out."""
    posts: tuple[int, int] = (0, 0)
    """Of those the new updates: seen by ours, and by the fixed poller."""
    fixed_looks: int = 0
    fixed_looks_until_closed: int = 0
    fixed_changes_seen: int = 0

    @property
    def share(self) -> float:
        """Our looks, of the fixed poller's."""
        return self.looks / max(self.fixed_looks, 1)


def pace_of(
    run: Run,
    ids: Mapping[str, str],
    since: Mapping[str, datetime],
    states: Sequence[tuple[str, datetime, str]],
) -> Pace:
    """The pace of a run; `since` is when each blog (by id) was put on the watch list, `states` what it was then."""
    believed: dict[str, list[tuple[datetime, str]]] = defaultdict(list)
    for key, at, state in states:
        believed[key].append((at, state))
    fresh: dict[str, list[float]] = defaultdict(list)
    found = Pace(looks=sum(line.blog in ids for line in run.log))
    for name, key in ids.items():
        blog, begins = run.newsroom.site.world.blogs[name], since[key]
        ours = _watched(run, sight(blog, run.log, run.end).events, begins)
        polls = list(_polls(run, blog, begins))
        fixed = _watched(run, sight(blog, polls, run.end).events, begins)
        for state, seconds in _waits(run, ours, believed[key]):
            fresh[state].append(seconds)
        _count(found, ours, fixed)
        found.fixed_looks += len(polls)
        found.fixed_looks_until_closed += sum(not _is_closed(blog, poll.at) for poll in polls)
    found.freshness = {state: spread(seconds) for state, seconds in sorted(fresh.items())}
    return found


def _count(found: Pace, ours: Sequence[SeenEvent], fixed: Sequence[SeenEvent]) -> None:
    found.events += len(ours)
    found.changes_seen += sum(event.seen for event in ours)
    found.fixed_changes_seen += sum(event.seen for event in fixed)
    posts = [sum(event.seen and event.event.do is Do.POST for event in events) for events in (ours, fixed)]
    found.posts = (found.posts[0] + posts[0], found.posts[1] + posts[1])


def _waits(
    run: Run, events: Iterable[SeenEvent], believed: Sequence[tuple[datetime, str]]
) -> Iterator[tuple[str, float]]:
    """State of the blog, and seconds from publication to commit, for each new update that was seen."""
    for event in events:
        if event.seen and event.not_after and event.event.do is Do.POST and (state := _state(believed, event.at)):
            yield state, (_commit(run, event.not_after) - event.at).total_seconds()


def _watched(run: Run, events: Iterable[SeenEvent], since: datetime) -> list[SeenEvent]:
    """The events from a moment on, but for those of the last minutes: to these looks are still to come."""
    return [event for event in events if since <= event.at <= run.end - STILL_TO_COME]


def _state(states: Sequence[tuple[datetime, str]], at: datetime) -> str | None:
    """What the blog was believed to be at a moment: None before it was first read."""
    place = bisect_right(states, at, key=lambda pair: pair[0])
    return states[place - 1][1] if place else None


def _commit(run: Run, seen_at: datetime) -> datetime:
    """When what was seen at a moment could be queried."""
    place = bisect_left(run.commits, seen_at)
    return run.commits[place] if place < len(run.commits) else run.end


def _is_closed(blog: Blog, at: datetime) -> bool:
    state = blog.state(at)
    return state is not None and closed(state)


def _polls(run: Run, blog: Blog, since: datetime) -> Iterator[Access]:
    """The log of a poller that looks once a minute."""
    at, dialect, number = since, DIALECTS[blog.source.dialect], 0
    while at < run.end:
        state = blog.state(at)
        number += 1
        if state is not None:
            yield Access(
                number=number,
                real_at=at,
                at=at,
                method="GET",
                host=host(blog.source.slug),
                source=blog.source.slug,
                path=path_of(state),
                status=200,
                bytes=0,
                complete=True,
                blog=blog.name,
                first=0,
                count=dialect.room(state),
                rendered_at=at,
            )
        at += A_MINUTE


def spread(seconds: Sequence[float]) -> Spread:
    """Median and 95th percentile."""
    ordered = sorted(seconds)
    return Spread(len(ordered), round(statistics.median(ordered), 1), round(ordered[int(0.95 * (len(ordered) - 1))], 1))
