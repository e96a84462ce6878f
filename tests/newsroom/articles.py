"""Ordinary articles of the sources: pages that are not live blogs, one a source."""

from datetime import timedelta

from tests.newsroom.clock import DEFAULT_START
from tests.newsroom.press import Article, Source

_TITLE = "Why the Aldren line still runs on steam-age timetables"
_STANDFIRST = "Velmark’s longest railway carries 41,000 people a day by a plan that was drawn in 1911"
_TEXT = """
At 5.42 every weekday a train of four carriages leaves Tarnwick for the coast, and at 5.44 it stops again, between two
fields, for no reason that any passenger can see.

“We wait there for the milk train,” says the driver, Ruben Aske. There has been no milk train since 1968.

The timetable of the Aldren line is older than anyone who works on it. It was drawn on linen in 1911, and the
railway’s archivist, Marit Oldenhof, keeps the original in a drawer that two people must open together. Every change
since has been made on top of the one before.

> Nobody designed what we have. It settled, like silt.

A study by the University of Orrin, published in spring, found that 23 minutes of the two-hour journey are spent waiting
for trains that no longer exist. Replacing the plan would cost 14 million marks, most of it for signals, and would need
the consent of nine municipalities along the line.

Eight of them have given it. The ninth, Lower Tassel, has asked for time. Its station clock, the mayor explains, is set
by the 5.42.
"""


def articles_of(source: Source) -> tuple[Article, ...]:
    """The articles that a source has published."""
    return (
        Article(
            source=source,
            slug="aldren-line-timetable",
            title=_TITLE,
            standfirst=_STANDFIRST,
            author="Hanne Ravn",
            text=_TEXT,
            published_at=DEFAULT_START - timedelta(days=2, hours=5),
        ),
    )
