"""A blog that closes, is silent for three hours, and goes on."""

from tests.newsroom.scenarios.base import Scenario
from tests.newsroom.script import Do
from tests.newsroom.tale import HOUR, MINUTE, Tale


def play(tale: Tale) -> None:
    """Fifteen updates, an end, a correction while closed, a new beginning, ten more, another end."""
    tale.chatter(15, 4 * MINUTE)
    tale.post("farewell", 62 * MINUTE, "That’s all for now", "We are ending our coverage here. Thank you for reading.")
    tale.do(Do.CLOSE, 65 * MINUTE)
    tale.edit("u3", 2 * HOUR)
    tale.do(Do.REOPEN, 4 * HOUR)
    tale.chatter(10, 5 * MINUTE, 4 * HOUR + 30, prefix="v")
    tale.do(Do.WITHDRAW, 4 * HOUR + 20 * MINUTE, "farewell")
    tale.do(Do.CLOSE, 5 * HOUR)


SCENARIO = Scenario("reopen", "A closed blog reopens; the order of its page may flip twice.", play)
