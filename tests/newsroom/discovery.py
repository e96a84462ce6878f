"""Where a source announces what it publishes: news sitemaps, their index, and RSS.

/sitemap.xml           index of the next two (sitemaps.org)
/sitemap-news.xml[.gz] live blogs and articles of the last two days (Google's news sitemap)
/feed.xml              RSS 2.0, newest first; addresses carry tracking parameters
"""

import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime
from xml.sax.saxutils import escape

from tests.newsroom.messages import Reply, text_reply
from tests.newsroom.press import Source, path_of
from tests.newsroom.world import World

FRESH = timedelta(days=2)
"""A news sitemap lists what is no older."""
_XML = "application/xml; charset=utf-8"


@dataclass(frozen=True, slots=True)
class _Item:
    path: str
    title: str
    published_at: datetime
    changed_at: datetime


def surface(world: World, source: Source, path: str, at: datetime, origin: str) -> Reply | None:
    """The reply at one of the addresses above; None at any other."""
    match path:
        case "/sitemap.xml":
            return _index(origin, at)
        case "/sitemap-news.xml":
            return _sitemap(world, source, at, origin)
        case "/sitemap-news.xml.gz":
            packed = gzip.compress(_sitemap(world, source, at, origin).body, mtime=0)
            return Reply(200, packed, (("Content-Type", "application/gzip"),))
        case "/feed.xml":
            return _rss(world, source, at, origin)
        case _:
            return None


def _items(world: World, source: Source, at: datetime) -> Iterator[_Item]:
    """Blogs, then articles, newest first."""
    states = [(blog, state) for blog in world.blogs_of(source) if (state := blog.state(at))]
    for blog, state in sorted(states, key=lambda pair: pair[0].starts_at, reverse=True):
        yield _Item(path_of(state), state.title, blog.starts_at, state.changed_at)
    for article in world.articles_of(source, at):
        yield _Item(f"/news/{article.slug}", article.title, article.published_at, article.published_at)


def _index(origin: str, at: datetime) -> Reply:
    places = "\n".join(
        f"<sitemap><loc>{origin}/{name}</loc><lastmod>{at:%Y-%m-%dT%H:%M}:00Z</lastmod></sitemap>"
        for name in ("sitemap-news.xml", "sitemap-news.xml.gz")
    )
    schema = "http://www.sitemaps.org/schemas/sitemap/0.9"
    return _xml(f'<sitemapindex xmlns="{schema}">\n{places}\n</sitemapindex>\n')


def _sitemap(world: World, source: Source, at: datetime, origin: str) -> Reply:
    urls = "\n".join(
        f"<url><loc>{origin}{item.path}</loc><lastmod>{item.changed_at.isoformat()}</lastmod><news:news>"
        f"<news:publication><news:name>{escape(source.name)}</news:name>"
        f"<news:language>{source.language}</news:language></news:publication>"
        f"<news:publication_date>{item.published_at.isoformat()}</news:publication_date>"
        f"<news:title>{escape(item.title)}</news:title></news:news></url>"
        for item in _items(world, source, at)
        if item.published_at > at - FRESH
    )
    schemas = (
        'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
        'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
    )
    return _xml(f"<urlset {schemas}>\n{urls}\n</urlset>\n")


def _rss(world: World, source: Source, at: datetime, origin: str) -> Reply:
    items = "\n".join(
        f"<item><title>{escape(item.title)}</title><link>{origin}{item.path}?utm_source=rss&amp;utm_medium=feed</link>"
        f'<guid isPermaLink="false">{source.slug}{item.path}</guid>'
        f"<pubDate>{format_datetime(item.published_at, usegmt=True)}</pubDate></item>"
        for item in sorted(_items(world, source, at), key=lambda item: item.published_at, reverse=True)
    )
    about = (
        f"<title>{escape(source.name)}</title><link>{origin}/</link><description>News from Velmark</description>"
        f"<language>{source.language}</language>"
    )
    return _xml(f'<rss version="2.0">\n<channel>\n{about}\n{items}\n</channel>\n</rss>\n')


def _xml(body: str) -> Reply:
    return text_reply(f'<?xml version="1.0" encoding="UTF-8"?>\n{body}', content_type=_XML)
