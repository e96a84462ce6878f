"""A blog that runs over midnight by its source's clock, where pages give only hours and minutes."""

from datetime import UTC, datetime

from tests.newsroom.scenarios.base import Scenario
from tests.newsroom.script import Do
from tests.newsroom.tale import MINUTE, Tale


def play(tale: Tale) -> None:
    """Thirty updates from 21.00 to 2.00 local time; one is edited across midnight."""
    tale.chatter(30, 10 * MINUTE)
    tale.edit("u15", 200 * MINUTE)
    tale.do(Do.WITHDRAW, 215 * MINUTE, "u17")
    tale.do(Do.CLOSE, 300 * MINUTE)


SCENARIO = Scenario(
    "midnight", "The day changes under clock times.", play, starts_at=datetime(2026, 10, 13, 20, 0, tzinfo=UTC)
)
