"""A blog that stands for an hour before it begins: a title, a lede, and no update."""

from tests.newsroom.scenarios.base import Scenario
from tests.newsroom.script import Do
from tests.newsroom.tale import HOUR, MINUTE, Tale


def play(tale: Tale) -> None:
    """An hour of silence, a new standfirst, then twelve updates."""
    tale.do(Do.SUBTITLE, 40 * MINUTE, standfirst=tale.invent.paragraph())
    tale.do(Do.OPEN, HOUR)
    tale.chatter(12, 4 * MINUTE, HOUR + 10)
    tale.do(Do.CLOSE, 2 * HOUR)


SCENARIO = Scenario("upcoming", "The page is there before the blog starts.", play)
