"""The world of the newsroom: which sources there are, and which blogs and articles they run from when."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property

from tests.newsroom.articles import articles_of
from tests.newsroom.clock import DEFAULT_START
from tests.newsroom.press import Article, Blog, Source
from tests.newsroom.scenarios import SCENARIOS
from tests.newsroom.script import load
from tests.newsroom.sources import GAZETTE, HERALD, SOURCES
from tests.newsroom.state import State
from tests.newsroom.tale import Tale


@dataclass(frozen=True)
class World:
    """Sources, blogs and articles by name."""

    sources: Mapping[str, Source]
    blogs: Mapping[str, Blog]
    articles: tuple[Article, ...] = field(default=())

    @cached_property
    def _slugs(self) -> Mapping[tuple[str, str], tuple[Blog, ...]]:
        """The blogs that have or will have an address, by source and slug."""
        found: dict[tuple[str, str], tuple[Blog, ...]] = {}
        for blog in self.blogs.values():
            for slug in {blog.story.slug, *(event.slug for event in blog.story.events if event.slug)}:
                found[blog.source.slug, slug] = (*found.get((blog.source.slug, slug), ()), blog)
        return found

    def blog_at(self, source: Source, slug: str, at: datetime) -> tuple[Blog, State] | None:
        """The blog that answers at an address at a moment, also at one that it has left."""
        for blog in self._slugs.get((source.slug, slug), ()):
            state = blog.state(at)
            if state and slug in (state.slug, *state.former_slugs):
                return blog, state
        return None

    def blogs_of(self, source: Source) -> tuple[Blog, ...]:
        """The blogs of a source."""
        return tuple(blog for blog in self.blogs.values() if blog.source is source)

    def articles_of(self, source: Source, at: datetime) -> tuple[Article, ...]:
        """The articles of a source that are out at a moment."""
        return tuple(item for item in self.articles if item.source is source and item.published_at <= at)

    def article(self, source: Source, slug: str) -> Article | None:
        """The article at an address."""
        return next((article for article in self.articles if article.source is source and article.slug == slug), None)


def world_of(blogs: Iterable[Blog]) -> World:
    """The world in which these blogs run, with the articles of their sources."""
    named = {blog.name: blog for blog in blogs}
    sources = {blog.source.slug: blog.source for blog in named.values()}
    return World(sources, named, tuple(article for source in sources.values() for article in articles_of(source)))


def blog(source: Source, story: str, starts_at: datetime, window: int | None = None) -> Blog:
    """A blog of a source from a story's file."""
    return Blog(f"{source.slug}-{story}", source, load(story), starts_at, window)


def standard(start: datetime = DEFAULT_START) -> World:
    """The world that `python -m tests.newsroom` shows: stories around a clock that begins at `start`."""
    return world_of(
        (
            blog(GAZETTE, "ferry", start - timedelta(minutes=30)),
            blog(GAZETTE, "budget", start + timedelta(hours=2)),
            blog(HERALD, "ferry", start - timedelta(minutes=25)),
            blog(HERALD, "match", start + timedelta(hours=1)),
            blog(GAZETTE, "ferry-second-day", start + timedelta(hours=19, minutes=5)),
            blog(SOURCES["courier"], "budget", start + timedelta(hours=2, minutes=1)),
            blog(SOURCES["beacon"], "storm", start + timedelta(minutes=-45)),
            blog(SOURCES["kurier"], "sturmflut", start + timedelta(hours=12, minutes=30)),
            blog(SOURCES["wire"], "ferry", start - timedelta(minutes=28)),
            blog(SOURCES["tribune"], "match", start + timedelta(hours=1)),
        )
    )


def scenario(name: str, dialect: str = "gazette", seed: object = 0, start: datetime | None = None) -> World:
    """The world of one scenario, written in one dialect (the first of several, where several sources tell it).

    It begins when the scenario says, unless told otherwise. Raises KeyError for a name that is not known.
    """
    chosen = SCENARIOS[name]
    order = [dialect, *(other for other in SOURCES if other != dialect)]
    blogs = []
    for voice, source in enumerate(SOURCES[slug] for slug in order[: chosen.sources]):
        tale = Tale(name, seed, voice)
        chosen.play(tale)
        blogs.append(Blog(f"{source.slug}-{name}", source, tale.story(), start or chosen.starts_at, chosen.window))
    return world_of(blogs)
