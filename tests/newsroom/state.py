"""What a blog is at a moment: the fold of its script up to then."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from itertools import accumulate

from tests.newsroom.script import Card, Do, Event, Story


class Phase(StrEnum):
    """Where a blog stands in its life."""

    UPCOMING = "upcoming"
    LIVE = "live"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Update:
    """One update as it is now."""

    key: str
    serial: int
    """Order of posting, from 1."""
    posted_at: datetime
    published_at: datetime
    """The time shown."""
    headline: str = ""
    text: str = ""
    author: str = ""
    card: Card | None = None
    key_event: bool = False
    pinned: bool = False
    modified_at: datetime | None = None
    id_version: int = 1
    """Counts the ids that the publisher's system has given it."""
    withdrawn_at: datetime | None = None

    @property
    def is_card(self) -> bool:
        """Nothing but a teaser of another story."""
        return self.card is not None and not self.text and not self.headline


@dataclass(frozen=True, slots=True, eq=False)
class State:
    """One blog at one moment. There is one object a state (`film` keeps it), so that pages can be cached by it."""

    title: str
    standfirst: str
    slug: str
    phase: Phase
    changed_at: datetime
    """When the last event took place."""
    applied: int
    """Events so far."""
    window: int | None
    """Updates that the page shows; None is all of them."""
    updates: Mapping[str, Update]
    """All updates ever posted, withdrawn ones included, by key in order of posting."""
    former_slugs: tuple[str, ...] = ()
    closed_at: datetime | None = None

    @property
    def standing(self) -> tuple[Update, ...]:
        """The updates that are not withdrawn, newest first."""
        return tuple(update for update in reversed(tuple(self.updates.values())) if update.withdrawn_at is None)

    @property
    def withdrawn(self) -> tuple[Update, ...]:
        """The updates that are withdrawn, newest first."""
        return tuple(update for update in reversed(tuple(self.updates.values())) if update.withdrawn_at)

    def with_restored(self, key: str) -> "State":
        """The state as it would be, were this update not withdrawn."""
        return _with(self, replace(self.updates[key], withdrawn_at=None))

    @property
    def pinned(self) -> Update | None:
        """The update that is pinned on top."""
        return next((update for update in self.standing if update.pinned), None)

    @property
    def key_events(self) -> tuple[Update, ...]:
        """The updates of the key-event list, newest first."""
        return tuple(update for update in self.standing if update.key_event)


def state_at(story: Story, starts_at: datetime, at: datetime, window: int | None = None) -> State | None:
    """The state of a story that began at `starts_at`, at a moment; None before it began: there is no page yet."""
    seconds = (at - starts_at).total_seconds()
    if seconds < 0:
        return None
    applied = sum(event.at_s <= seconds for event in story.events)
    return film(story, starts_at, window)[applied]


@lru_cache(maxsize=512)
def film(story: Story, starts_at: datetime, window: int | None = None) -> tuple[State, ...]:
    """Every state that the blog goes through: the first before any event, then one after each."""

    def step(before: State, event: Event) -> State:
        at = starts_at + timedelta(seconds=event.at_s)
        return replace(_EFFECTS[event.do](before, event, at, starts_at), changed_at=at, applied=before.applied + 1)

    return tuple(accumulate(story.events, step, initial=_blank(story, starts_at, window)))


def _blank(story: Story, starts_at: datetime, window: int | None) -> State:
    opens = any(event.do is Do.OPEN for event in story.events)
    return State(
        title=story.title,
        standfirst=story.standfirst,
        slug=story.slug,
        phase=Phase.UPCOMING if opens else Phase.LIVE,
        changed_at=starts_at,
        applied=0,
        window=window,
        updates={},
    )


def _post(state: State, event: Event, at: datetime, starts_at: datetime) -> State:
    assert event.key is not None
    update = Update(
        key=event.key,
        serial=len(state.updates) + 1,
        posted_at=at,
        published_at=at if event.published_s is None else starts_at + timedelta(seconds=event.published_s),
        headline=event.headline or "",
        text=event.text or "",
        author=event.author or "",
        card=event.card,
        key_event=event.key_event,
    )
    return replace(state, updates={**state.updates, event.key: update})


def _edit(state: State, event: Event, at: datetime, starts_at: datetime) -> State:
    assert event.key is not None
    old = state.updates[event.key]
    published = None if event.published_s is None else starts_at + timedelta(seconds=event.published_s)
    new = replace(
        old,
        headline=old.headline if event.headline is None else event.headline,
        text=old.text if event.text is None else event.text,
        author=old.author if event.author is None else event.author,
        card=event.card or old.card,
        published_at=published or old.published_at,
        modified_at=at,
        id_version=old.id_version + (event.do is Do.REID),
    )
    return _with(state, new)


def _pin(state: State, event: Event, at: datetime, starts_at: datetime) -> State:
    others = {key: replace(update, pinned=key == event.key) for key, update in state.updates.items()}
    return replace(state, updates=others)


def _close(state: State, event: Event, at: datetime, starts_at: datetime) -> State:
    return replace(state, phase=Phase.CLOSED, closed_at=at)


def _reopen(state: State, event: Event, at: datetime, starts_at: datetime) -> State:
    return replace(state, phase=Phase.LIVE, closed_at=None)


def _move(state: State, event: Event, at: datetime, starts_at: datetime) -> State:
    return replace(state, slug=event.slug or state.slug, former_slugs=(*state.former_slugs, state.slug))


def _with(state: State, update: Update) -> State:
    return replace(state, updates={**state.updates, update.key: update})


def _set(**fields: object) -> "Effect":
    """Sets fields of the update meant."""

    def effect(state: State, event: Event, at: datetime, starts_at: datetime) -> State:
        assert event.key is not None
        return _with(state, replace(state.updates[event.key], **fields))  # type: ignore[arg-type]  # fields of Update

    return effect


def _withdraw(state: State, event: Event, at: datetime, starts_at: datetime) -> State:
    assert event.key is not None
    return _with(state, replace(state.updates[event.key], withdrawn_at=at, pinned=False))


Effect = Callable[[State, Event, datetime, datetime], State]

_EFFECTS: Mapping[Do, Effect] = {
    Do.OPEN: lambda state, event, at, starts_at: replace(state, phase=Phase.LIVE),
    Do.POST: _post,
    Do.EDIT: _edit,
    Do.REID: _edit,
    Do.WITHDRAW: _withdraw,
    Do.RESTORE: _set(withdrawn_at=None),
    Do.PIN: _pin,
    Do.UNPIN: _set(pinned=False),
    Do.MARK_KEY: _set(key_event=True),
    Do.UNMARK_KEY: _set(key_event=False),
    Do.RETITLE: lambda state, event, at, starts_at: replace(state, title=event.title or state.title),
    Do.SUBTITLE: lambda state, event, at, starts_at: replace(state, standfirst=event.standfirst or state.standfirst),
    Do.MOVE: _move,
    Do.WINDOW: lambda state, event, at, starts_at: replace(state, window=event.window),
    Do.CLOSE: _close,
    Do.REOPEN: _reopen,
}
