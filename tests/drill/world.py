"""Two papers in real time: the Wire, which will change its layout, and the Gazette, which goes on as ever."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.newsroom import Newsroom
from tests.newsroom.press import Blog, Source
from tests.newsroom.source_file import source_file
from tests.newsroom.sources import GAZETTE, SOURCES
from tests.newsroom.tale import Tale
from tests.newsroom.world import World, world_of

WIRE = replace(SOURCES["wire"], max_age_s=10)
BLOGS = {"wire": "wire-harbour", "gazette": "gazette-harbour"}
POST_EVERY_S = 40
POSTED_BEFORE = 12
POSTS = 70
"""Enough for three quarters of an hour."""


def world(now: datetime) -> World:
    """Both papers tell a story that began a while ago and goes on for three quarters of an hour."""
    start = now.astimezone(UTC) - timedelta(seconds=POSTED_BEFORE * POST_EVERY_S)
    return world_of(
        (_blog(WIRE, start, voice=0), _blog(replace(GAZETTE, max_age_s=10), start + timedelta(seconds=17), voice=1))
    )


def _blog(source: Source, start: datetime, voice: int) -> Blog:
    tale = Tale("harbour", voice=voice)
    tale.chatter(POSTS, POST_EVERY_S)
    return Blog(f"{source.slug}-harbour", source, tale.story(), start)


def write_sources(folder: Path, newsroom: Newsroom) -> None:
    """The source files that a data engineer would have written."""
    folder.mkdir(parents=True)
    for slug in BLOGS:
        source, origin = newsroom.site.world.sources[slug], newsroom.origin(slug, named=True)
        file = source_file(source, origin, news_sitemaps=["/sitemap-news.xml.gz"], sections=["/live"])
        (folder / f"{slug}.toml").write_text(file)
