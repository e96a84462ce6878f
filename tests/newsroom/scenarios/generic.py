"""Generic headlines that repeat, nine of ten: they head different updates, some with the same short text."""

from tests.newsroom.scenarios.base import Scenario
from tests.newsroom.script import Do
from tests.newsroom.tale import MINUTE, Tale


def play(tale: Tale) -> None:
    """Thirty updates; all but three are headed alike, four say the same."""
    for number in range(30):
        headline = None if number % 10 == 9 else "Harbour update"
        text = "No change since the last entry." if number in (6, 7, 16, 24) else None
        tale.post(f"u{number}", number * 4 * MINUTE, headline, text)
    tale.edit("u5", 30 * MINUTE)
    tale.edit("u12", 60 * MINUTE)
    tale.do(Do.WITHDRAW, 75 * MINUTE, "u7")
    tale.do(Do.WITHDRAW, 90 * MINUTE, "u15")
    tale.do(Do.CLOSE, 125 * MINUTE)


SCENARIO = Scenario("generic", "Headlines repeat legitimately; each heads an update of its own.", play)
