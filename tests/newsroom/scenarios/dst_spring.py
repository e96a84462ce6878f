"""The night on which clocks go forward: an hour is missing."""

from datetime import UTC, datetime

from tests.newsroom.scenarios.base import Scenario
from tests.newsroom.script import Do
from tests.newsroom.tale import MINUTE, Tale


def play(tale: Tale) -> None:
    """Thirty updates, one in eight minutes; clocks go forward at 01.00 UTC on 29 March 2026."""
    tale.chatter(30, 8 * MINUTE)
    tale.edit("u10", 125 * MINUTE)
    tale.do(Do.WITHDRAW, 160 * MINUTE, "u18")
    tale.do(Do.CLOSE, 245 * MINUTE)


SCENARIO = Scenario("dst-spring", "An hour is missing.", play, starts_at=datetime(2026, 3, 28, 23, 30, tzinfo=UTC))
