"""One event told by three sources from the same agency copy: near-identical headlines over bodies of their own."""

from tests.newsroom.scenarios.base import Scenario
from tests.newsroom.script import Do
from tests.newsroom.tale import MINUTE, Tale

COPY = (
    (
        "Explosion at grain silo in Ellerby injures nine",
        "Nine injured in explosion at Ellerby grain silo",
        "LIVE: Explosion at grain silo in Ellerby injures nine",
    ),
    (
        "Fire brigade evacuates two streets around the silo",
        "Fire brigade evacuates two streets around silo",
        "Fire brigade evacuates two streets around the silo – reports",
    ),
    (
        "“It was dust, not gas,” says fire chief Olga Verhage",
        '"It was dust, not gas", says fire chief Olga Verhage',
        "‘It was dust, not gas,’ says fire chief",
    ),
    (
        "Ellerby silo passed its inspection in May",
        "Silo in Ellerby passed its inspection in May",
        "Silo in Ellerby did not pass its inspection in May",
    ),
    ("Residents may return home", "Residents may return home", "Residents may return home on Tuesday"),
)
"""Per update, the headline of each of three voices; two of the third voice's contradict the others."""


def play(tale: Tale) -> None:
    """Five updates from the agency among a dozen of the source's own."""
    tale.chatter(12, 7 * MINUTE, 60 + 40 * tale.voice)
    for number, headlines in enumerate(COPY):
        tale.post(f"agency-{number}", number * 15 * MINUTE + 90 * (tale.voice + 1), headlines[tale.voice])
    tale.do(Do.CLOSE, 100 * MINUTE)


SCENARIO = Scenario("agency", "Three sources tell one event in nearly the same headlines.", play, sources=3)
