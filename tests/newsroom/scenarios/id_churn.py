"""Ids and addresses that change on saving: with an edit, without one, and of neighbours at the same time."""

from tests.newsroom.scenarios.base import Scenario
from tests.newsroom.script import Do
from tests.newsroom.tale import MINUTE, Tale


def play(tale: Tale) -> None:
    """Thirty updates, two of three of them saved again under another id."""
    keys = tale.chatter(30, 4 * MINUTE)
    for number, key in enumerate(keys):
        at = number * 4 * MINUTE + 10 * MINUTE
        if number % 3 == 0:
            tale.do(Do.REID, at, key)
        elif number % 3 == 1:
            tale.do(Do.REID, at, key, text=f"{tale.text_of(key)}\n\n{tale.invent.paragraph()}")
        elif number % 15 == 2:
            tale.do(Do.REID, at, key, headline=tale.invent.headline())
    for key in keys[10:16]:  # the system is migrated: six neighbours at once
        tale.do(Do.REID, 170 * MINUTE, key)
    tale.do(Do.CLOSE, 180 * MINUTE)


SCENARIO = Scenario("id-churn", "Ids and permalinks change on edit; each update keeps its identity.", play)
