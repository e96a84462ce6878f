"""The page shows fewer and fewer updates, then more again: what left the window was not removed."""

from tests.newsroom.scenarios.base import Scenario
from tests.newsroom.script import Do
from tests.newsroom.tale import MINUTE, Tale


def play(tale: Tale) -> None:
    """Fifty updates, one in three minutes; the window goes from 30 to 20 to 8 and back to 40."""
    tale.chatter(50, 3 * MINUTE)
    tale.do(Do.WINDOW, 65 * MINUTE, window=20)
    tale.do(Do.WINDOW, 95 * MINUTE, window=8)
    tale.do(Do.WITHDRAW, 100 * MINUTE, "u30")
    tale.do(Do.WITHDRAW, 120 * MINUTE, "u10")  # out of the window at that time
    tale.edit("u5", 121 * MINUTE)  # likewise
    tale.do(Do.WINDOW, 151 * MINUTE, window=40)
    tale.do(Do.CLOSE, 170 * MINUTE)


SCENARIO = Scenario("window-shrink", "The window of the page changes; leaving it is no removal.", play, window=30)
