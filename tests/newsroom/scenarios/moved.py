"""Title and address change while the blog runs; the old address redirects."""

from tests.newsroom.scenarios.base import Scenario
from tests.newsroom.script import Do
from tests.newsroom.tale import MINUTE, Tale


def play(tale: Tale) -> None:
    """Twenty updates; a new title, then a new address, then both."""
    tale.chatter(20, 5 * MINUTE)
    tale.do(Do.RETITLE, 21 * MINUTE, title=tale.invent.headline())
    tale.do(Do.MOVE, 43 * MINUTE, slug="moved-once")
    tale.edit("u2", 50 * MINUTE)
    tale.do(Do.RETITLE, 71 * MINUTE, title=tale.invent.headline())
    tale.do(Do.MOVE, 72 * MINUTE, slug="moved-twice")
    tale.do(Do.CLOSE, 100 * MINUTE)


SCENARIO = Scenario("moved", "Title and slug change; the blog stays the same blog.", play)
