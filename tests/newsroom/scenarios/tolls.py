"""A rising death toll: headlines that differ in the number alone, some of them edited in place."""

from tests.newsroom.scenarios.base import Scenario
from tests.newsroom.script import Do
from tests.newsroom.tale import MINUTE, Tale

TOLLS = ("12", "14", "17", "21", "nineteen", "23", "1,023")


def play(tale: Tale) -> None:
    """Seven updates headed by a number, with bodies that differ as little, between others."""
    tale.chatter(14, 6 * MINUTE, 30)
    for number, toll in enumerate(TOLLS):
        text = f"The number of dead in Finnemouth has risen to {toll}, the police say."
        tale.post(f"toll-{number}", number * 12 * MINUTE, f"{toll[0].upper()}{toll[1:]} dead in Finnemouth", text)
    tale.edit("toll-2", 40 * MINUTE, headline="18 dead in Finnemouth", text=tale.text_of("toll-2").replace("17", "18"))
    tale.do(Do.WITHDRAW, 70 * MINUTE, "toll-3")
    tale.do(Do.CLOSE, 95 * MINUTE)


SCENARIO = Scenario("tolls", "Headlines that differ only in the number are never the same.", play)
