"""The world of this test: live blogs of twenty publishers that all go on from the first minute to the last."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

from tests.newsroom.large import PRIVATE, large
from tests.newsroom.press import Blog, Source
from tests.newsroom.source_file import source_file
from tests.newsroom.sources import GAZETTE as ANY_SOURCE
from tests.newsroom.world import World, world_of

A_SOURCE_HAS = 5
"""Blogs of one publisher: so many looks a minute must fit its delay."""
_OTHERS = 6
"""Of the publishers invented, so many have rules of their own for crawlers; they are left out."""
_CHOICE = 60
"""Blogs that are invented for each one that is taken; most are not there, or over, at the hour."""
_ENOUGH = 3
"""Updates on a page at least: one or two are not always told from an article yet."""


def live_world(blogs: int, start: datetime, lasts: timedelta) -> World:
    """So many blogs that stand, unclosed, at `start` and still have something to tell when that time is over."""
    sources = -(-blogs // A_SOURCE_HAS) + _OTHERS
    whole = large("distributed", start, sources, blogs * _CHOICE)
    taken: dict[str, list[Blog]] = defaultdict(list)
    for blog in whole.blogs.values():
        if len(taken[blog.source.slug]) < A_SOURCE_HAS and _goes_on(blog, start, lasts):
            taken[blog.source.slug].append(blog)
    return world_of([blog for of_source in taken.values() for blog in of_source][:blogs])


def _goes_on(blog: Blog, start: datetime, lasts: timedelta) -> bool:
    source = blog.source
    usual = source.robots == ANY_SOURCE.robots and source.robots_status == 200 and not source.headers
    if not usual or PRIVATE in blog.story.slug or blog.ends_at <= start + lasts:
        return False
    state = blog.state(start)
    return state is not None and len(state.standing) >= _ENOUGH


def write_sources(folder: Path, sources: Iterable[Source]) -> None:
    """The publishers as a data engineer would enter them: name, home, time zone, language."""
    folder.mkdir(parents=True, exist_ok=True)
    for source in sources:
        file = source_file(source, f"http://{source.slug}.localhost", feeds=["/feed.xml"])
        (folder / f"{source.slug}.toml").write_text(file)
