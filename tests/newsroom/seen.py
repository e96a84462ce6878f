"""What could be seen: from the access log and the script, what a perfect recorder would know after the looks made.

A *glimpse* is one page of a blog that went out whole (or was confirmed by a 304), at the simulated moment of which it
is. An event is **seen** if a glimpse fell while its effect lasted, on the page where the effect showed, and, unless it
posts something new, an earlier glimpse had shown the same place without it. Two edits between two looks are one
visible change: only the later is seen. A copy older than what was served before (a lagging cache) shows updates,
but proves no event.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from tests.newsroom.dialects import DIALECTS
from tests.newsroom.messages import Access
from tests.newsroom.press import Blog, path_of
from tests.newsroom.script import Do, Event
from tests.newsroom.state import State, Update, film
from tests.newsroom.truth import event_json

SHOWS = (200, 304)
"""Status codes of replies that tell what a page says."""

Facts = Mapping[str, object]
"""What a page says about one subject, by aspect; ``None`` instead of facts: the page shows that it is not there."""


@dataclass(frozen=True, slots=True)
class Glimpse:
    """One page of a blog, seen once."""

    at: datetime
    """Simulated moment of which the page is."""
    first: int
    """Place of the first update on it, from 0 for the one on top."""
    count: int
    """Updates that it has room for."""
    step: int
    """Events of the script that had taken place."""
    stale: bool = False
    """Older than a glimpse before it."""


@dataclass(frozen=True, slots=True)
class SeenEvent:
    """An event, and whether the looks could see it."""

    event: Event
    number: int
    """Its place in the script, from 0."""
    at: datetime
    seen: bool
    not_before: datetime | None = None
    """The last glimpse of the place without it."""
    not_after: datetime | None = None
    """The first glimpse with it."""


@dataclass(frozen=True, slots=True)
class Sight:
    """All that the looks at one blog could see."""

    blog: Blog
    glimpses: tuple[Glimpse, ...]
    events: tuple[SeenEvent, ...]
    """The events so far, those that nobody could see included."""
    versions: Mapping[str, tuple[Update, ...]]
    """The updates that were shown, by key: each in every version that was shown, in order."""

    @property
    def share(self) -> float:
        """Share of all events that could be seen; 1.0 if there were none."""
        return sum(event.seen for event in self.events) / len(self.events) if self.events else 1.0

    def as_json(self) -> dict[str, Any]:
        """For ``/-/seen.json``."""
        return {
            "looks": len(self.glimpses),
            "share": round(self.share, 4),
            "updates": sorted(self.versions),
            "events": [
                {
                    **event_json(self.blog, item.event),
                    "seen": item.seen,
                    "not_before": item.not_before.isoformat() if item.not_before else None,
                    "not_after": item.not_after.isoformat() if item.not_after else None,
                }
                for item in self.events
            ],
        }


def sight(blog: Blog, log: Iterable[Access], until: datetime) -> Sight:
    """What the looks in a log could see of a blog, judged over its events up to a simulated moment."""
    glimpses = tuple(_glimpses(blog, log))
    fresh = sorted((glimpse for glimpse in glimpses if not glimpse.stale), key=lambda glimpse: glimpse.step)
    states = film(blog.story, blog.starts_at, blog.window)
    happened = [number for number, state in enumerate(states[1:]) if state.changed_at <= until]
    events = tuple(_seen_event(blog, states, number, fresh) for number in happened)
    return Sight(blog, glimpses, events, _versions(blog, states, glimpses))


def shown(blog: Blog, state: State, first: int, count: int) -> tuple[Update, ...]:
    """The updates of one page, the pinned one included where its copy stands on top."""
    updates = DIALECTS[blog.source.dialect].stretch(state, first, count)
    pinned = state.pinned if first == 0 else None
    return updates if pinned is None or pinned in updates else (pinned, *updates)


def _glimpses(blog: Blog, log: Iterable[Access]) -> Iterable[Glimpse]:
    newest: dict[int, datetime] = {}
    for line in log:
        if line.blog != blog.name or line.status not in SHOWS or not line.complete or line.method != "GET":
            continue
        assert line.first is not None
        assert line.count is not None
        assert line.rendered_at is not None
        state = blog.state(line.rendered_at)
        if state is None:
            continue
        latest = newest.get(line.first, line.rendered_at)
        newest[line.first] = max(latest, line.rendered_at)
        yield Glimpse(line.rendered_at, line.first, line.count, state.applied, line.rendered_at < latest)


def _versions(blog: Blog, states: tuple[State, ...], glimpses: Iterable[Glimpse]) -> dict[str, tuple[Update, ...]]:
    versions: dict[str, list[Update]] = {}
    for step, first, count in sorted({(glimpse.step, glimpse.first, glimpse.count) for glimpse in glimpses}):
        for update in shown(blog, states[step], first, count):
            known = versions.setdefault(update.key, [])
            if not known or known[-1] != update:
                known.append(update)
    return {key: tuple(updates) for key, updates in versions.items()}


def _seen_event(blog: Blog, states: tuple[State, ...], number: int, glimpses: list[Glimpse]) -> SeenEvent:
    event, at = blog.story.events[number], states[number + 1].changed_at
    unseen = SeenEvent(event, number, at, seen=False)
    before, after = facts_of(blog, states[number], event.key), facts_of(blog, states[number + 1], event.key)
    for aspect in _changed(before, after):
        value = _value(after, aspect)
        first = _first_with(blog, states, number, glimpses, aspect, value)
        if first is None:
            continue
        last = _last_without(blog, states, number, glimpses, aspect, value)
        if event.do is Do.POST or last is not None:
            return SeenEvent(event, number, at, True, last, first.at)
    return unseen


def _first_with(
    blog: Blog, states: tuple[State, ...], number: int, glimpses: list[Glimpse], aspect: str, value: object
) -> Glimpse | None:
    """The first glimpse that shows the effect, before it is undone."""
    key = blog.story.events[number].key
    undone = (step for step, state in enumerate(states) if step > number and _told(blog, state, key, aspect) != value)
    end = next(undone, len(states))
    for glimpse in glimpses[_after(glimpses, number) : _after(glimpses, end - 1)]:
        if covers(blog, states[glimpse.step], glimpse, key):
            return glimpse
    return None


def _last_without(
    blog: Blog, states: tuple[State, ...], number: int, glimpses: list[Glimpse], aspect: str, value: object
) -> datetime | None:
    """The last glimpse before the event that shows its place, if it shows it without the effect."""
    key = blog.story.events[number].key
    for glimpse in reversed(glimpses[: _after(glimpses, number)]):
        if not covers(blog, states[glimpse.step], glimpse, key):
            continue
        facts = facts_of(blog, states[glimpse.step], key)
        if facts is None and aspect != "presence":
            continue  # it was not there yet, or not at that time: no glimpse of how it read
        return glimpse.at if _value(facts, aspect) != value else None
    return None


def _after(glimpses: list[Glimpse], number: int) -> int:
    """Place of the first glimpse after an event, among glimpses in the order of the script."""
    return bisect_right(glimpses, number, key=lambda glimpse: glimpse.step)


def covers(blog: Blog, state: State, glimpse: Glimpse, key: str | None) -> bool:
    """Whether a page shows the place of an update: where it stands or, if it is not there, where it would stand.

    Without a key: whether the page shows what belongs to the blog as a whole.
    """
    if key is None:
        return glimpse.first == 0
    return key in _covered(blog, state, glimpse.first, glimpse.count)


def proves_absence(blog: Blog, state: State, glimpse: Glimpse, key: str) -> bool:
    """Whether a page shows neighbours on both sides of the place where a withdrawn update would stand (rule R4)."""
    dialect = DIALECTS[blog.source.dialect]
    updates = dialect.stretch(state.with_restored(key), glimpse.first, glimpse.count + 1)
    return key in [update.key for update in updates][1:-1]


@lru_cache(maxsize=8192)
def _covered(blog: Blog, state: State, first: int, count: int) -> frozenset[str]:
    dialect = DIALECTS[blog.source.dialect]
    keys = {update.key for update in shown(blog, state, first, count)}
    for update in state.withdrawn:
        restored = dialect.stretch(state.with_restored(update.key), first, count)
        if any(item.key == update.key for item in restored):
            keys.add(update.key)
    if first == 0:  # where new updates appear
        keys |= {event.key for event in blog.story.events if event.key} - state.updates.keys()
    return frozenset(keys)


@lru_cache(maxsize=65536)
def facts_of(blog: Blog, state: State, key: str | None) -> Facts | None:
    """What a reader can tell of an update, or (without a key) of the blog as a whole; None while it is not there."""
    if key is None:
        whole = {"title": state.title, "standfirst": state.standfirst, "phase": state.phase, "path": path_of(state)}
        return {**whole, "window": state.window}
    update = state.updates.get(key)
    if update is None or update.withdrawn_at is not None:
        return None
    return DIALECTS[blog.source.dialect].face(blog, update)


def _changed(before: Facts | None, after: Facts | None) -> list[str]:
    if before is None or after is None:
        return ["presence"] if before is not after else []
    return [aspect for aspect, value in after.items() if before[aspect] != value]


def _told(blog: Blog, state: State, key: str | None, aspect: str) -> object:
    return _value(facts_of(blog, state, key), aspect)


def _value(facts: Facts | None, aspect: str) -> object:
    if aspect == "presence":
        return facts is not None
    return facts[aspect] if facts is not None else None
