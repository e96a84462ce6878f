"""Deletions after minutes and after hours, at the top, in the middle and at the end; some come back, one reworded."""

from tests.newsroom.scenarios.base import Scenario
from tests.newsroom.script import Do
from tests.newsroom.tale import HOUR, MINUTE, Tale


def play(tale: Tale) -> None:
    """Thirty updates, one in four minutes."""
    tale.chatter(30, 4 * MINUTE)
    tale.do(Do.WITHDRAW, 4 * 4 * MINUTE + 150, "u4")  # the newest of all at that time
    tale.do(Do.WITHDRAW, 62 * MINUTE, "u7")
    tale.do(Do.WITHDRAW, 62 * MINUTE, "u8")  # with its neighbour
    tale.do(Do.WITHDRAW, 70 * MINUTE, "u0")  # the oldest
    tale.do(Do.WITHDRAW, 75 * MINUTE, "u12")
    tale.do(Do.RESTORE, 95 * MINUTE, "u12")
    tale.do(Do.WITHDRAW, 80 * MINUTE, "u14")
    tale.do(Do.RESTORE, 100 * MINUTE, "u14")
    tale.edit("u14", 100 * MINUTE + 20, headline=tale.invent.headline())
    tale.do(Do.WITHDRAW, 3 * HOUR, "u20")  # long after
    tale.do(Do.WITHDRAW, 3 * HOUR + 1, "u21")
    tale.do(Do.RESTORE, 3 * HOUR + 40, "u21")  # too short for anyone to prove
    tale.do(Do.CLOSE, 4 * HOUR)


SCENARIO = Scenario("deletions", "Updates are withdrawn and sometimes restored; removal needs proof.", play)
