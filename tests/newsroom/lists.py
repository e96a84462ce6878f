"""Pages that list other pages: the index of the newsroom, and a source's front page, live and news sections."""

from collections.abc import Iterable
from datetime import datetime
from html import escape

from tests.newsroom.messages import Reply, html_reply
from tests.newsroom.origins import named_origin, source_origin
from tests.newsroom.press import Blog, Source, path_of
from tests.newsroom.world import World

STYLE = """
:root { color-scheme: light dark; --line: #8884; --mark: #b3261e; }
body { font: 17px/1.55 Georgia, serif; margin: 0 auto; max-width: 46rem; padding: 0 1rem 4rem; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: .6rem 0; }
.masthead, .top, .newsroom { border-bottom: 3px double var(--line); display: flex; gap: 1.5rem; padding: .8rem 0; }
.masthead > a, .top > a:first-child, .newsroom > a { font-weight: bold; flex: 1; }
a { color: inherit; } time, .clock { color: var(--mark); font: .85rem system-ui; margin-right: .6rem; }
article.update, article.block, .entry, .post, .item, .live-event-entry, .richtext h2 {
  border-top: 1px solid var(--line); margin: 1.4rem 0; padding-top: .6rem; }
.pinned article, #pinned-post article, .sticky .item { border: 2px solid var(--mark); padding: .6rem 1rem; }
aside, .related-card, .teaser, .more-on, .related, .read-more, .verweis {
  border: 1px solid var(--line); font: .9rem/1.4 system-ui; margin: 1rem 0; padding: .6rem 1rem; }
ol.stream { list-style: none; padding: 0; } .ago, .time, .update__modified { color: #888; font: .85rem system-ui; }
.status, .badge, .flag { color: var(--mark); font: bold .8rem system-ui; }
img { display: none; } table { border-collapse: collapse; font: .92rem system-ui; width: 100%; }
td, th { border-top: 1px solid var(--line); padding: .4rem .6rem .4rem 0; text-align: left; vertical-align: top; }
footer, .bottom { color: #888; font: .8rem system-ui; }
"""
"""One style for all pages, so that a person can read them."""


def index(world: World, at: datetime, origin: str) -> Reply:
    """All sources and blogs, for a person with a browser."""
    parts = [_source_part(world, source, at, origin) for source in world.sources.values()]
    links = " · ".join(f'<a href="/-/{name}">{name}</a>' for name in ("clock", "truth.json", "log.json", "seen.json"))
    body = (
        f"<h1>The newsroom</h1>\n<p>It is {at:%A %d %B %Y, %H:%M:%S} UTC by the newsroom's clock. {links}</p>\n"
        + "\n".join(parts)
    )
    return html_reply(_page("The newsroom", '<div class="newsroom"><a href="/">The newsroom</a></div>', body))


def section(world: World, source: Source, path: str, at: datetime, origin: str) -> Reply:
    """A source's front page (``/``), its live blogs (``/live``) or its articles (``/news``)."""
    blogs = _blog_items(world.blogs_of(source), at, origin) if path != "/news" else ""
    articles = "\n".join(
        f'<li><a href="{origin}/news/{article.slug}">{escape(article.title)}</a></li>'
        for article in world.articles_of(source, at)
        if path != "/live"
    )
    body = f"<h1>{escape(source.name)}</h1>\n<ul>\n{blogs}\n{articles}\n</ul>"
    top = f'<div class="top"><a href="{origin}/">{escape(source.name)}</a> <a href="{origin}/live">Live</a></div>'
    return html_reply(_page(source.name, top, body, source.language))


def _source_part(world: World, source: Source, at: datetime, origin: str) -> str:
    host = origin.removeprefix("http://")
    home, named = source_origin(host, source.slug), named_origin(host, source.slug)
    rows = "\n".join(_row(blog, at, home) for blog in world.blogs_of(source))
    return (
        f'<h2><a href="{home}/">{escape(source.name)}</a></h2>\n'
        f'<p>{source.dialect}, {source.timezone}, <a href="{named}/">{named}</a></p>\n'
        f"<table><tr><th>Blog</th><th>State</th><th>Events</th><th></th></tr>\n{rows}\n</table>"
    )


def _row(blog: Blog, at: datetime, home: str) -> str:
    state = blog.state(at)
    title = escape(state.title if state else blog.story.title)
    linked = f'<a href="{home}{path_of(state)}">{title}</a>' if state else title
    phase, applied = (state.phase, state.applied) if state else ("absent", 0)
    return (
        f"<tr><td>{linked}</td><td>{phase}</td><td>{applied} of {len(blog.story.events)}</td>"
        f'<td><a href="/-/truth/{blog.name}.json">truth</a></td></tr>'
    )


def _blog_items(blogs: Iterable[Blog], at: datetime, origin: str) -> str:
    states = [state for blog in blogs if (state := blog.state(at))]
    return "\n".join(
        f'<li class="live"><a href="{origin}{path_of(state)}?utm_source=list">{escape(state.title)}</a></li>'
        for state in states
    )


def _page(title: str, top: str, body: str, language: str = "en") -> str:
    return (
        f'<!doctype html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n<title>{escape(title)}</title>\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<link rel="stylesheet" href="/-/style.css">\n</head>\n<body>\n{top}\n{body}\n</body>\n</html>\n'
    )
