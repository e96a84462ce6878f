"""Writing a script by program: scenarios and the large world tell their stories through a `Tale`."""

from dataclasses import replace

from tests.newsroom.invent import Inventor
from tests.newsroom.script import Card, Do, Event, Story

MINUTE = 60
HOUR = 60 * MINUTE


class Tale:
    """Collects events, inventing whatever the scenario leaves open. Times are seconds from the story's start."""

    def __init__(self, name: str, seed: object = 0, voice: int = 0) -> None:
        self.name = name
        self.voice = voice
        """Which of several sources tells it, from 0."""
        self.invent = Inventor(f"{name} {seed} {voice}")
        self.title = self.invent.headline()
        self.slug = name
        self.section = "Velmark"
        self._events: list[Event] = []

    def post(self, key: str, at: int, headline: str | None = None, text: str | None = None, **fields: object) -> str:
        """Post an update; its words are invented where none are given. Returns the key."""
        made = Event(
            at_s=at,
            do=Do.POST,
            key=key,
            headline=self.invent.headline() if headline is None else headline,
            text=self.invent.text() if text is None else text,
        )
        self._events.append(replace(made, **fields))  # type: ignore[arg-type]  # fields of Event
        return key

    def chatter(self, count: int, every: int, start: int = 0, prefix: str = "u", **fields: object) -> list[str]:
        """Post a run of updates at a steady pace. Returns their keys, in order."""
        keys = [f"{prefix}{number}" for number in range(count)]
        for number, key in enumerate(keys):
            self.post(key, start + number * every, **fields)  # type: ignore[arg-type]  # fields of Event
        return keys

    def card(self, key: str, at: int) -> str:
        """Post an update that is nothing but a teaser of another story."""
        card = Card(self.invent.headline(), self.invent.paragraph(), "/news/aldren-line-timetable")
        return self.post(key, at, headline="", text="", card=card)

    def do(self, what: Do, at: int, key: str | None = None, **fields: object) -> None:
        """Any other event."""
        self._events.append(replace(Event(at_s=at, do=what, key=key), **fields))  # type: ignore[arg-type]  # fields of Event

    def edit(self, key: str, at: int, **fields: object) -> None:
        """Edit an update; without fields its text gets another last paragraph."""
        if not fields:
            fields = {"text": f"{self.text_of(key)}\n\n{self.invent.paragraph()}"}
        self.do(Do.EDIT, at, key, **fields)

    def text_of(self, key: str) -> str:
        """The text last given to an update."""
        return next(event.text for event in reversed(self._events) if event.key == key and event.text is not None)

    def headline_of(self, key: str) -> str:
        """The headline last given to an update."""
        return next(
            event.headline for event in reversed(self._events) if event.key == key and event.headline is not None
        )

    def story(self) -> Story:
        """The script. Raises ScriptError if it cannot be played."""
        return Story(
            name=self.name,
            title=self.title,
            slug=self.slug,
            standfirst=self.invent.paragraph(),
            lede=(self.invent.paragraph(), self.invent.paragraph()),
            events=tuple(sorted(self._events, key=lambda event: event.at_s)),
            section=self.section,
        )
