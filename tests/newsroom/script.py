"""The script of truth: what happens to a story, as data.

A story is a TOML file in ``stories/`` (or is made by a scenario); its events are sorted by time:

    name, title, slug, standfirst, lede, section, language      the page around the updates
    [[event]]  at = "HH:MM[:SS]" from the story's start (hours may pass 24), do = one of `Do`, key = the update meant
               post: headline, text, author, published, card, key_event     edit: any of them, only what changes
               retitle: title      subtitle: standfirst      move: slug      window: window

Text is light markup, see `tests.newsroom.prose`.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

STORIES = Path(__file__).parent / "stories"
_OFFSET = re.compile(r"(-?)(\d+):(\d\d)(?::(\d\d))?")


class ScriptError(ValueError):
    """A story that cannot be played: says which story, which event, and what is wrong with it."""


class Do(StrEnum):
    """What an event does to a blog."""

    OPEN = "open"
    """The blog goes live; until then its page stands without updates."""
    POST = "post"
    EDIT = "edit"
    """Changes headline, text, author or the time shown."""
    REID = "reid"
    """The update gets another id and address, as some systems do on saving; may edit as well."""
    WITHDRAW = "withdraw"
    RESTORE = "restore"
    PIN = "pin"
    UNPIN = "unpin"
    MARK_KEY = "mark_key"
    UNMARK_KEY = "unmark_key"
    RETITLE = "retitle"
    SUBTITLE = "subtitle"
    MOVE = "move"
    """The blog's address changes; the old one redirects."""
    WINDOW = "window"
    """The page shows another number of updates from now on."""
    CLOSE = "close"
    REOPEN = "reopen"


@dataclass(frozen=True, slots=True)
class Card:
    """A teaser of a related story, standing inside an update or in its place."""

    headline: str
    teaser: str
    path: str


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happens."""

    at_s: int
    """Seconds from the story's start."""
    do: Do
    key: str | None = None
    """The update meant: its identity in the truth, whatever ids a page gives it."""
    headline: str | None = None
    """An empty string takes the headline away."""
    text: str | None = None
    author: str | None = None
    published_s: int | None = None
    """The time shown, in seconds from the story's start, where it is not the time of posting."""
    card: Card | None = None
    """Inside the update; an update with a card and without text is nothing but the card."""
    key_event: bool = False
    title: str | None = None
    standfirst: str | None = None
    slug: str | None = None
    window: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Story:
    """A script: the page around the updates, and the events in order. Stories compare by identity."""

    name: str
    title: str
    slug: str
    standfirst: str
    lede: tuple[str, ...]
    events: tuple[Event, ...]
    section: str = "News"
    language: str = "en"

    def __post_init__(self) -> None:
        check(self)

    @property
    def length_s(self) -> int:
        """Seconds from the start to the last event."""
        return self.events[-1].at_s if self.events else 0


@cache
def load(name: str) -> Story:
    """The story of ``stories/<name>.toml``. Raises ScriptError if it cannot be played."""
    data = tomllib.loads((STORIES / f"{name}.toml").read_text("utf-8"))
    try:
        events = tuple(sorted((_event(item) for item in data["event"]), key=lambda event: event.at_s))
        return Story(
            name=name,
            title=data["title"],
            slug=data["slug"],
            standfirst=data["standfirst"],
            lede=tuple(data.get("lede", ())),
            section=data.get("section", "News"),
            language=data.get("language", "en"),
            events=events,
        )
    except (KeyError, TypeError) as error:
        raise ScriptError(f"stories/{name}.toml: {error!r}") from error


def offset(text: str) -> int:
    """Seconds of ``[-]HH:MM[:SS]``. Raises ScriptError otherwise."""
    if not (found := _OFFSET.fullmatch(text)):
        raise ScriptError(f"{text!r} is not a time like 02:15 or 26:04:30")
    seconds = int(found[2]) * 3600 + int(found[3]) * 60 + int(found[4] or 0)
    return -seconds if found[1] else seconds


def check(story: Story) -> None:
    """Raise ScriptError unless every event speaks of an update that is there (or, for restore, was)."""
    present: dict[str, bool] = {}
    for number, event in enumerate(story.events, 1):
        where = f"{story.name}, event {number} ({event.do} {event.key or ''} at {event.at_s} s)"
        if number > 1 and event.at_s < story.events[number - 2].at_s:
            raise ScriptError(f"{where}: comes before its predecessor")
        if event.key is None:
            continue
        if event.do is Do.POST and event.key in present:
            raise ScriptError(f"{where}: posted before")
        if event.do is not Do.POST and present.get(event.key) is not (event.do is not Do.RESTORE):
            raise ScriptError(f"{where}: no such update at that time")
        present[event.key] = event.do is not Do.WITHDRAW


def _event(item: Mapping[str, Any]) -> Event:
    fields = dict(item)
    card = fields.pop("card", None)
    published = fields.pop("published", None)
    return Event(
        at_s=offset(fields.pop("at")),
        do=Do(fields.pop("do", "post")),
        card=Card(**card) if card else None,
        published_s=offset(published) if published else None,
        **fields,
    )
