"""Pins, key events and cards: a pinned update is edited, another takes its place, a list repeats headlines."""

from tests.newsroom.scenarios.base import Scenario
from tests.newsroom.script import Card, Do
from tests.newsroom.tale import MINUTE, Tale


def play(tale: Tale) -> None:
    """Twenty-four updates, one in five minutes, every fourth a key event, every sixth with a card inside."""
    for number in range(24):
        card = Card(tale.invent.headline(), tale.invent.paragraph(), "/news/aldren-line-timetable")
        inside = card if number % 6 == 5 else None
        tale.post(f"u{number}", number * 5 * MINUTE, key_event=number % 4 == 0, card=inside)
    tale.card("card-1", 33 * MINUTE)
    tale.card("card-2", 34 * MINUTE)
    tale.do(Do.PIN, 12 * MINUTE, "u1")
    tale.edit("u1", 22 * MINUTE)
    tale.do(Do.PIN, 41 * MINUTE, "u5")  # takes the other's place
    tale.edit("u5", 55 * MINUTE, headline=tale.invent.headline())
    tale.do(Do.UNPIN, 80 * MINUTE, "u5")
    tale.do(Do.UNMARK_KEY, 90 * MINUTE, "u8")
    tale.do(Do.MARK_KEY, 91 * MINUTE, "u9")
    tale.do(Do.PIN, 100 * MINUTE, "u20")
    tale.do(Do.WITHDRAW, 110 * MINUTE, "u20")  # while it is pinned
    tale.do(Do.CLOSE, 130 * MINUTE)


SCENARIO = Scenario("pins", "A pinned copy, a key-event list and cards repeat headlines; one update stays one.", play)
