"""Several pages while posts arrive in bursts: between page 1 and page 2 updates move on, and edits happen deep down."""

from tests.newsroom.scenarios.base import Scenario
from tests.newsroom.script import Do
from tests.newsroom.tale import MINUTE, Tale


def play(tale: Tale) -> None:
    """Sixty updates in bursts of three, twenty seconds apart; ten on a page."""
    for burst in range(20):
        tale.chatter(3, 20, burst * 6 * MINUTE, prefix=f"u{burst}-")
    tale.edit("u2-0", 70 * MINUTE)
    tale.do(Do.WITHDRAW, 85 * MINUTE, "u4-1")
    tale.edit("u0-0", 110 * MINUTE, headline=tale.invent.headline())
    tale.do(Do.CLOSE, 125 * MINUTE)


SCENARIO = Scenario("paging", "Posts arrive between page 1 and page 2; none is missed or doubled.", play, window=10)
