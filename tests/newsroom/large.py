"""A large world, made from a seed: 200 blogs of 20 sources over six hours, in every dialect.

Of the ten blogs of a source half run when the clock starts, four begin within the six hours, one of them announced an
hour before; the last begins when they are over. They last from one to eight hours, post every one to twenty minutes,
and do what real blogs do: edits, deletions, restorations, other ids, pins, key events, a new title; half of them close.
Some sources have rules of their own: a crawl-delay, a closed folder, a robots.txt that fails, a reservation of rights.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from tests.newsroom.clock import DEFAULT_START
from tests.newsroom.invent import Inventor
from tests.newsroom.press import Blog, Source
from tests.newsroom.script import Do
from tests.newsroom.sources import SOURCES
from tests.newsroom.tale import HOUR, MINUTE, Tale
from tests.newsroom.world import World, world_of

SPAN_S = 6 * HOUR
ANNOUNCED = 8
"""The blog of each source, counted from 0, whose page stands for an hour before it begins."""
PRIVATE = "private-"
"""Slugs that some sources keep crawlers away from begin with it."""
_RULES = {
    3: {"robots": "User-agent: *\nCrawl-delay: 10\n"},
    6: {"robots": f"User-agent: *\nDisallow: /live/{PRIVATE}\nAllow: /\n"},
    9: {"robots_status": 503},
    12: {"robots_status": 404},
    15: {"headers": (("TDM-Reservation", "1"), ("X-Robots-Tag", "noarchive"))},
    18: {"robots": "User-agent: *\nDisallow: /\n"},
}
"""Sources with rules of their own, by number."""


def large(seed: object = 0, start: datetime = DEFAULT_START, sources: int = 20, blogs: int = 200) -> World:
    """The world of that seed; `start` is the moment at which its six hours begin."""
    houses = [_source(number, Inventor(f"source {seed} {number}")) for number in range(sources)]
    return world_of(_blog(number, houses[number % sources], seed, start, sources) for number in range(blogs))


def _source(number: int, invent: Inventor) -> Source:
    """A publisher in the manner of one of the first ones."""
    model = list(SOURCES.values())[number % len(SOURCES)]
    slug = f"{model.slug}-{number:02}"
    named = replace(model, slug=slug, name=f"{model.name} {number}", max_age_s=invent.number(1, 6) * 10)
    return replace(named, **_RULES.get(number, {}))  # type: ignore[arg-type]  # fields of Source


def _blog(number: int, source: Source, seed: object, start: datetime, sources: int) -> Blog:
    rank = number // sources
    name = f"story-{number:03}"
    tale = Tale(name, seed)
    invent = tale.invent
    begins_s = _begin(rank, invent)
    announced_s = HOUR if rank % 10 == ANNOUNCED else 0
    _tell(tale, invent.number(1 * HOUR, 8 * HOUR), invent.number(1, 20) * MINUTE, announced_s)
    if rank % 4 == 3:
        tale.slug = f"{PRIVATE}{name}"
    return Blog(f"{source.slug}-{name}", source, tale.story(), start + timedelta(seconds=begins_s))


def _begin(rank: int, invent: Inventor) -> int:
    """Seconds from the start of the six hours: half of the blogs run already, one in ten begins after them."""
    match rank % 10:
        case 0 | 1 | 2 | 3 | 4:
            return -invent.number(10 * MINUTE, 5 * HOUR)
        case 9:
            return SPAN_S + invent.number(10 * MINUTE, 2 * HOUR)
        case _:
            return invent.number(5 * MINUTE, SPAN_S - HOUR)


def _tell(tale: Tale, length_s: int, pace_s: int, announced_s: int) -> None:
    """A blog of that length: posts at that pace, and what happens to them, after so many seconds of silence."""
    invent = tale.invent
    authors = tuple(invent.name() for _ in range(3))
    at, number = announced_s, 0
    length_s += announced_s
    if announced_s:
        tale.do(Do.OPEN, announced_s)
    while at < length_s:
        key = f"u{number}"
        headline = "" if invent.chance(0.15) else None
        tale.post(key, at, headline, author=invent.choice(authors), key_event=invent.chance(0.1))
        _happen(tale, key, at)
        at, number = at + max(invent.number(pace_s // 3, pace_s * 2), 20), number + 1
    if invent.chance(0.3):
        tale.do(Do.RETITLE, length_s // 2, title=invent.headline())
    if invent.chance(0.5):
        tale.post("farewell", length_s, "That’s all from us", "We are closing this live blog. Thank you for reading.")
        tale.do(Do.CLOSE, length_s + 5 * MINUTE)


def _happen(tale: Tale, key: str, at: int) -> None:
    """What becomes of an update: mostly nothing."""
    invent = tale.invent
    if invent.chance(0.12):
        tale.edit(key, at + invent.number(30, HOUR))
    elif invent.chance(0.05):
        tale.edit(key, at + invent.number(30, HOUR), headline=invent.headline())
    elif invent.chance(0.03):
        tale.do(Do.REID, at + invent.number(30, HOUR), key)
    elif invent.chance(0.03):
        gone = at + invent.number(90, HOUR)
        tale.do(Do.WITHDRAW, gone, key)
        if invent.chance(0.3):
            tale.do(Do.RESTORE, gone + invent.number(60, HOUR), key)
    elif invent.chance(0.02):
        tale.do(Do.PIN, at + 30, key)
        tale.do(Do.UNPIN, at + 30 + invent.number(10 * MINUTE, HOUR), key)
