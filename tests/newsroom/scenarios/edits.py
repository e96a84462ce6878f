"""Edits of body, headline, time and author, alone and together; some follow one another within minutes."""

from tests.newsroom.scenarios.base import Scenario
from tests.newsroom.script import Do
from tests.newsroom.tale import MINUTE, Tale


def play(tale: Tale) -> None:
    """Forty updates, one in three minutes; every second one is edited, in turn in one of six ways."""
    keys = tale.chatter(40, 3 * MINUTE, author="Ada Brandvik")
    for number, key in enumerate(keys[::2]):
        posted = number * 6 * MINUTE
        _edit(tale, key, number % 6, posted, posted + 7 * MINUTE)
    tale.do(Do.CLOSE, 140 * MINUTE)


def _edit(tale: Tale, key: str, way: int, posted: int, at: int) -> None:
    match way:
        case 0:
            tale.edit(key, at)
        case 1:
            tale.edit(key, at, headline=tale.invent.headline())
        case 2:
            tale.edit(key, at, published_s=posted - 1 * MINUTE)
        case 3:
            tale.edit(key, at, author=tale.invent.name())
        case 4:  # a slip of the pen: one word, seen only by who compares
            tale.edit(key, at, text=tale.text_of(key).replace(" the ", " a ", 1) + " Sic.")
        case _:  # three times within four minutes
            tale.edit(key, at)
            tale.edit(key, at + 90)
            tale.edit(key, at + 4 * MINUTE, headline=tale.invent.headline(), author=tale.invent.name())


SCENARIO = Scenario("edits", "Body, headline, time and author change; the update stays the same update.", play)
