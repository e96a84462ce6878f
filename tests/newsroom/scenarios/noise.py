"""Noise: quotes made typographic, dashes and spaces changed, links relabelled; a reader would not call it an edit."""

from tests.newsroom.scenarios.base import Scenario
from tests.newsroom.script import Do
from tests.newsroom.tale import MINUTE, Tale

PLAIN = "'It was dust - not gas', says the mayor; \"nobody was hurt...\""
SET = "‘It was dust – not gas’, says the mayor; “nobody was hurt…”"


def play(tale: Tale) -> None:
    """Eighteen updates; six are touched without being edited, two are edited as well."""
    tale.chatter(12, 6 * MINUTE)
    for number in range(6):
        tale.post(f"n{number}", number * 11 * MINUTE + 90, f"{tale.invent.headline()} - {number}", PLAIN)
    tale.edit("n0", 10 * MINUTE, text=SET)
    tale.edit("n1", 20 * MINUTE, text=f" {PLAIN}  ".replace(" ", "  "))
    tale.edit("n2", 33 * MINUTE, headline=tale.headline_of("n2").replace(" - ", " – "))
    tale.edit("n3", 45 * MINUTE, text=SET.replace(" – ", "\u00a0– "))
    tale.edit("n4", 60 * MINUTE, text=SET)
    tale.edit("n4", 64 * MINUTE, text=SET.replace("dust", "flour"))
    tale.edit("n5", 70 * MINUTE, text=PLAIN.replace("...", "... so far"))
    tale.do(Do.CLOSE, 80 * MINUTE)


SCENARIO = Scenario("noise", "Typography and white space change; that is no edit.", play)
