"""What a scenario is: one thing that real sites do, played out in a short blog that any dialect can write."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from tests.newsroom.clock import DEFAULT_START
from tests.newsroom.tale import Tale


@dataclass(frozen=True, slots=True)
class Scenario:
    """A named story. Playing it with another seed gives other words and the same events."""

    name: str
    about: str
    """One line: what happens, and what a recorder must make of it."""
    play: Callable[[Tale], None]
    starts_at: datetime = DEFAULT_START
    window: int | None = None
    """Updates on one page; None leaves it to the dialect."""
    sources: int = 1
    """How many sources tell it, each in a voice of its own."""
