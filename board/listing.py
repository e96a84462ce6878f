"""Which blogs the overview lists: those in trouble, those at work, or all; by words and source; page by page."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from liveblog.quality import LATE_S
from liveblog.status import BlogStatus, Overview

PER_PAGE = 100


class Show(StrEnum):
    """Which blogs are asked for."""

    TROUBLE = "trouble"
    LIVE = "live"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody asked for in the form."""

    words: str = ""
    source: str = ""
    show: Show = Show.TROUBLE
    page: int = 1


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of a list of blogs."""

    asked: Asked
    blogs: tuple[BlogStatus, ...]
    found: int
    every: int
    pages: int


def listing(about: Overview, asked: Asked, now: datetime) -> Listing:
    """The blogs asked for; the latest first, then those that fail, then by name."""
    every = [blog for source in about.sources for blog in source.blogs]
    found = [blog for blog in every if _is_asked_for(blog, asked, now)]
    found.sort(key=lambda blog: (-blog.late_s(now), -sum(blog.errors.values()), blog.name))
    first = (asked.page - 1) * PER_PAGE
    return Listing(asked, tuple(found[first : first + PER_PAGE]), len(found), len(every), -(-len(found) // PER_PAGE))


def is_in_trouble(blog: BlogStatus, now: datetime) -> bool:
    """Whether somebody should look at it: overdue, or its newest look failed."""
    look = blog.known.last_look
    return blog.late_s(now) > LATE_S or (look is not None and look.failures > 0 and not blog.paused)


def _is_asked_for(blog: BlogStatus, asked: Asked, now: datetime) -> bool:
    if asked.source and blog.source != asked.source:
        return False
    url = blog.known.watch.url if blog.known.watch is not None else ""
    if asked.words.casefold() not in f"{blog.name}\n{url}\n{blog.blog_id}".casefold():
        return False
    if asked.show is Show.TROUBLE:
        return is_in_trouble(blog, now)
    return asked.show is Show.ALL or blog.state == "live"
