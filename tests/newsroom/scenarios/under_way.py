"""A blog that is long under way at the first look: most updates are on no first page; at its end the order may flip."""

from tests.newsroom.scenarios.base import Scenario
from tests.newsroom.script import Do
from tests.newsroom.tale import MINUTE, Tale

BEFORE = 45
"""Updates that are there at the first look, five minutes apart."""


def play(tale: Tale) -> None:
    """Forty-five updates are there, thirty more come, some are edited or withdrawn; then the blog closes and stays."""
    authors = [tale.invent.name() for _ in range(3)]
    for number in range(BEFORE):
        shown = (number - BEFORE) * 5 * MINUTE
        tale.post(f"old{number}", 0, author=authors[number % 3], published_s=shown, key_event=number % 9 == 0)
    for number in range(30):
        tale.post(f"u{number}", (number + 1) * 4 * MINUTE, author=authors[number % 3], key_event=number % 9 == 0)
    tale.edit("old40", 10 * MINUTE)
    tale.edit("old3", 30 * MINUTE, headline=tale.invent.headline())
    tale.do(Do.WITHDRAW, 37 * MINUTE, "u5")
    tale.edit("u8", 50 * MINUTE)
    tale.do(Do.CLOSE, 125 * MINUTE)
    tale.edit("old1", 150 * MINUTE)


SCENARIO = Scenario("under-way", "The first look comes late; what leaves the first page is not removed.", play)
