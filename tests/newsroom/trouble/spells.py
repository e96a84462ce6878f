"""Spells of trouble: for a time, a blog's own address misbehaves; and `Troubles`, which keeps count of them."""

import threading
from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from tests.newsroom.trouble.case import Behaviour


@dataclass(frozen=True, slots=True)
class Spell:
    """A blog misbehaves from one simulated moment to another."""

    blog: str
    behaviour: str
    begins: datetime
    ends: datetime

    def as_json(self) -> dict[str, str]:
        """For ``/-/trouble.json``."""
        begins, ends = self.begins.isoformat(), self.ends.isoformat()
        return {"blog": self.blog, "behaviour": self.behaviour, "begins": begins, "ends": ends}


class Troubles:
    """The spells that have been cast, and how often each behaviour was met. Safe to use from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._spells: tuple[Spell, ...] = ()
        self._turns: Counter[tuple[str, str]] = Counter()

    @property
    def spells(self) -> tuple[Spell, ...]:
        """All spells, past ones included."""
        return self._spells

    def cast(self, spell: Spell) -> None:
        """Add a spell. Raises KeyError for a behaviour that is not known."""
        named(spell.behaviour)
        with self._lock:
            self._spells = (*self._spells, spell)

    def lift(self) -> None:
        """End all spells."""
        with self._lock:
            self._spells = ()

    def on(self, blog: str, at: datetime) -> str | None:
        """The behaviour that a blog is under at a moment: that of its newest spell."""
        spells = (spell for spell in reversed(self._spells) if spell.blog == blog and spell.begins <= at < spell.ends)
        return next((spell.behaviour for spell in spells), None)

    def turn(self, behaviour: str, path: str) -> int:
        """Counts the requests that meet with a behaviour at a path, from 1."""
        with self._lock:
            self._turns[behaviour, path] += 1
            return self._turns[behaviour, path]


def named(name: str) -> Behaviour:
    """The behaviour of that name. Raises KeyError, listing what there is."""
    from tests.newsroom.trouble import TROUBLES

    if name not in TROUBLES:
        raise KeyError(f"no behaviour {name!r}; there are {', '.join(TROUBLES)}")
    return TROUBLES[name]
