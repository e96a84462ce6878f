"""The site: from a request to a reply, at the clock's time. No sockets here, see `tests.newsroom.server`.

    /                        on a bare host: index of all sources and blogs; on a source's host: its front page
    /live, /news             lists of live blogs and of articles
    /live/<slug>[?page=N]    a live blog;  /news/<slug>  an article
    /trouble/<behaviour>/…   the same under a named behaviour (`tests.newsroom.trouble`)
    /amp/live/<slug>         the same page at another address; its canonical link names the first
    /robots.txt, /sitemap.xml, /sitemap-news.xml, /feed.xml    (`tests.newsroom.discovery`)
    /-/…                     the machinery: clock, truth, log (`tests.newsroom.admin`)

The source is the first label of the Host header (``gazette.localhost``), or ``/@gazette`` in front of the path.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import lru_cache

from tests.newsroom import admin, discovery, lists
from tests.newsroom.clock import Clock
from tests.newsroom.dialects import DIALECTS
from tests.newsroom.log import AccessLog
from tests.newsroom.messages import Reply, Request, Shown, html_reply, text_reply
from tests.newsroom.press import Article, Blog, Edition, Source
from tests.newsroom.state import State
from tests.newsroom.trouble import TROUBLES
from tests.newsroom.trouble.case import Case
from tests.newsroom.trouble.spells import Troubles, named
from tests.newsroom.validators import conditional, http_date
from tests.newsroom.world import World


class Site:
    """All sources on one server."""

    def __init__(self, world: World, clock: Clock) -> None:
        self.world = world
        self.clock = clock
        self.log = AccessLog()
        self.troubles = Troubles()

    def answer(self, request: Request, at: datetime | None = None) -> Reply:
        """The reply to a request, at a simulated moment: by default the clock's. The caller logs what it has sent."""
        moment = at or self.clock.now()
        source, origin, local = self.locate(request)
        if local.path.startswith("/-/"):
            reply = admin.answer(self, local, moment)
        elif source is None:
            reply = lists.index(self.world, moment, origin) if local.path == "/" else missing(local.path)
        else:
            reply = self._of_source(source, origin, local, moment)
        return reply.with_headers(("Date", http_date(moment)))

    def locate(self, request: Request) -> tuple[Source | None, str, Request]:
        """The source asked, where its addresses begin, and the request without ``/@source``."""
        base = f"http://{request.host}"
        if request.target.startswith("/@"):
            slug, _, rest = request.target[2:].partition("/")
            local = replace(request, target=f"/{rest}")
            return self.world.sources.get(slug), f"{base}/@{slug}", local
        return self.world.sources.get(request.host.split(".")[0].split(":")[0]), base, request

    def _of_source(self, source: Source, origin: str, request: Request, at: datetime) -> Reply:
        """The reply of a source: healthy, or under the behaviour that address or spell names."""
        name, plain = self._trouble(source, request, at)
        if name is None:
            return self._healthy(source, origin, plain, at)

        def healthy(asked: Request, when: datetime) -> Reply:
            return self._healthy(source, origin, self._trouble(source, asked, when)[1], when)

        case = Case(request, at, origin, self.troubles.turn(name, request.path), healthy)
        return replace(named(name)(case), trouble=name)

    def _trouble(self, source: Source, request: Request, at: datetime) -> tuple[str | None, Request]:
        """The behaviour asked for or cast, and the request without its name."""
        if request.path.startswith("/trouble/"):
            name, _, rest = request.target.removeprefix("/trouble/").partition("/")
            return (name if name in TROUBLES else None), replace(request, target=f"/{rest}")
        slug = request.path.removeprefix("/live/").partition("/")[0]
        found = self.world.blog_at(source, slug, at)
        return (self.troubles.on(found[0].name, at) if found else None), request

    def _healthy(self, source: Source, origin: str, request: Request, at: datetime) -> Reply:
        section, _, slug = request.path.strip("/").partition("/")
        if request.path == "/robots.txt":
            robots = f"{source.robots}Sitemap: {origin}/sitemap.xml\n"
            return text_reply(robots if source.robots_status == 200 else "No robots.txt.\n", source.robots_status)
        if found_surface := discovery.surface(self.world, source, request.path, at, origin):
            return found_surface
        if request.path in ("/", "/live", "/news"):
            return lists.section(self.world, source, request.path, at, origin)
        if section == "amp" and slug.startswith("live/"):
            return self._healthy(source, origin, replace(request, target=request.target.removeprefix("/amp")), at)
        if section == "live" and (found := self.world.blog_at(source, slug.partition("/")[0], at)):
            return self._blog_page(*found, origin, request, at)
        if section == "news" and (article := self.world.article(source, slug)) and article.published_at <= at:
            return self._article(article, origin, request)
        return missing(request.path)

    def _blog_page(self, blog: Blog, state: State, origin: str, request: Request, at: datetime) -> Reply:
        slug, _, endpoint = request.path.removeprefix("/live/").partition("/")
        if slug != state.slug:
            return Reply(301, headers=(("Location", f"{origin}{request.target.replace(slug, state.slug, 1)}"),))
        dialect = DIALECTS[blog.source.dialect]
        first = dialect.first_of(blog, state, request.query)
        if first is None:
            return missing(request.target)
        moment = at.replace(second=0, microsecond=0) if dialect.ticking else state.changed_at
        write = _WRITERS.get(endpoint)
        body = write(blog, state, first, origin, moment) if write else None
        if body is None:
            return missing(request.target)
        kind = "application/json" if endpoint else "text/html; charset=utf-8"
        caching = ("Cache-Control", f"public, max-age={blog.source.max_age_s}")
        headers = (("Content-Type", kind), caching, *blog.source.headers)
        page = Reply(200, body, headers, Shown(blog.name, first, dialect.room(state), at))
        return conditional(page, request.headers, None if dialect.ticking else state.changed_at)

    def _article(self, article: Article, origin: str, request: Request) -> Reply:
        page = html_reply(DIALECTS[article.source.dialect].article(article, origin))
        return conditional(page, request.headers, article.published_at)


@lru_cache(maxsize=512)
def page_bytes(blog: Blog, state: State, first: int, origin: str, at: datetime) -> bytes | None:
    """One page of a blog, as bytes."""
    page = DIALECTS[blog.source.dialect].page(edition_of(blog, state, first, origin, at))
    return page.replace('href="/', f'href="{origin}/').encode()


def feed_bytes(blog: Blog, state: State, first: int, origin: str, at: datetime) -> bytes | None:
    """A page of a blog's JSON endpoint, as bytes; None where its source has none."""
    feed = DIALECTS[blog.source.dialect].feed(edition_of(blog, state, first, origin, at))
    return None if feed is None else json.dumps(feed, ensure_ascii=False).encode()


_WRITERS: Mapping[str, Callable[[Blog, State, int, str, datetime], bytes | None]] = {
    "": page_bytes,
    "posts.json": feed_bytes,
}
"""What writes a blog's address, by what follows its slug."""


def edition_of(blog: Blog, state: State, first: int, origin: str, at: datetime) -> Edition:
    """One page of a blog, before it is written down."""
    dialect = DIALECTS[blog.source.dialect]
    room = dialect.room(state)
    more = first + room < len(state.standing)
    return Edition(
        blog=blog,
        state=state,
        now=at,
        origin=origin,
        updates=dialect.stretch(state, first, room),
        first=first,
        older=f"{origin}{dialect.path_from(blog, state, first + room)}" if more else None,
        newer=f"{origin}{dialect.path_from(blog, state, max(first - room, 0))}" if first else None,
    )


def missing(what: str) -> Reply:
    """404."""
    return text_reply(f"There is no {what} here. / lists what there is.\n", 404)
