"""Updates without headlines, without text, and with nothing but a photograph."""

from tests.newsroom.scenarios.base import Scenario
from tests.newsroom.script import Do
from tests.newsroom.tale import MINUTE, Tale


def play(tale: Tale) -> None:
    """Twenty-four updates: a headline alone, a text alone, or both."""
    for number in range(24):
        headline = "" if number % 3 == 1 else None
        text = "" if number % 3 == 2 else None
        tale.post(f"u{number}", number * 4 * MINUTE, headline, text)
    tale.edit("u1", 20 * MINUTE)
    tale.edit("u2", 25 * MINUTE, text=tale.invent.text(2))  # a headline gets its text later, as breaking news does
    tale.edit("u4", 30 * MINUTE, headline=tale.invent.headline())
    tale.edit("u3", 35 * MINUTE, headline="")
    tale.do(Do.WITHDRAW, 50 * MINUTE, "u7")
    tale.do(Do.WITHDRAW, 55 * MINUTE, "u8")
    tale.do(Do.CLOSE, 100 * MINUTE)


SCENARIO = Scenario("headless", "Headlines alone and texts alone; a part may come or go later.", play)
