"""The night on which clocks go back: the hour before is shown twice."""

from datetime import UTC, datetime

from tests.newsroom.scenarios.base import Scenario
from tests.newsroom.script import Do
from tests.newsroom.tale import MINUTE, Tale


def play(tale: Tale) -> None:
    """Thirty updates, one in eight minutes, from 23.30 to 2.30; clocks go back at 01.00 UTC on 25 October 2026."""
    tale.chatter(30, 8 * MINUTE)
    tale.edit("u12", 130 * MINUTE)
    tale.do(Do.WITHDRAW, 175 * MINUTE, "u20")
    tale.do(Do.CLOSE, 245 * MINUTE)


SCENARIO = Scenario("dst-autumn", "An hour is shown twice.", play, starts_at=datetime(2026, 10, 24, 22, 30, tzinfo=UTC))
