"""The site: from a request to a reply, at the clock's time. No sockets here, see `tests.newsroom.server`.

    /                        on a bare host: index of all sources and blogs; on a source's host: its front page
    /live, /news             lists of live blogs and of articles
    /live/<slug>[?page=N]    a live blog;  /news/<slug>  an article
    /robots.txt
    /-/…                     the machinery: clock, truth, log (`tests.newsroom.admin`)

The source is the first label of the Host header (``gazette.localhost``), or ``/@gazette`` in front of the path.
"""

from dataclasses import replace
from datetime import datetime
from functools import lru_cache

from tests.newsroom import admin, lists
from tests.newsroom.clock import Clock
from tests.newsroom.dialects import DIALECTS
from tests.newsroom.log import AccessLog
from tests.newsroom.messages import Reply, Request, Shown, html_reply, text_reply
from tests.newsroom.press import Article, Blog, Edition, Source, path_of
from tests.newsroom.state import State
from tests.newsroom.validators import conditional, http_date
from tests.newsroom.world import World


class Site:
    """All sources on one server."""

    def __init__(self, world: World, clock: Clock) -> None:
        self.world = world
        self.clock = clock
        self.log = AccessLog()

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
        section, _, slug = request.path.strip("/").partition("/")
        if request.path == "/robots.txt":
            return text_reply(source.robots)
        if request.path in ("/", "/live", "/news"):
            return lists.section(self.world, source, request.path, at, origin)
        if section == "live" and (found := self.world.blog_at(source, slug, at)):
            return self._blog_page(*found, origin, request, at)
        if section == "news" and (article := self.world.article(source, slug)) and article.published_at <= at:
            return self._article(article, origin, request)
        return missing(request.path)

    def _blog_page(self, blog: Blog, state: State, origin: str, request: Request, at: datetime) -> Reply:
        slug = request.path.removeprefix("/live/")
        if slug != state.slug:
            return Reply(301, headers=(("Location", f"{origin}{path_of(state)}"),))
        number = page_number(request.query.get("page", "1"))
        dialect = DIALECTS[blog.source.dialect]
        if number is None or number > len(dialect.editions(blog, state)):
            return missing(request.target)
        body = page_bytes(blog, state, number, origin, at if dialect.ticking else state.changed_at)
        page = html_reply("").with_headers(("Cache-Control", f"public, max-age={blog.source.max_age_s}"))
        page = replace(page, body=body, shown=Shown(blog.name, number, at))
        return conditional(page, request.headers, None if dialect.ticking else state.changed_at)

    def _article(self, article: Article, origin: str, request: Request) -> Reply:
        page = html_reply(DIALECTS[article.source.dialect].article(article, origin))
        return conditional(page, request.headers, article.published_at)


@lru_cache(maxsize=512)
def page_bytes(blog: Blog, state: State, number: int, origin: str, at: datetime) -> bytes:
    """One page of a blog, as bytes."""
    dialect = DIALECTS[blog.source.dialect]
    pages = dialect.editions(blog, state)
    last = len(pages)
    edition = Edition(
        blog=blog,
        state=state,
        now=at,
        origin=origin,
        updates=pages[number - 1],
        number=number,
        pages=last,
        older=f"{origin}{dialect.page_path(state, number + 1)}" if number < last else None,
        newer=f"{origin}{dialect.page_path(state, number - 1)}" if number > 1 else None,
    )
    return dialect.page(edition).encode()


def page_number(text: str) -> int | None:
    """A page's number from its query; None if it is none."""
    return int(text) if text.isdecimal() and 0 < len(text) < 7 and int(text) else None


def missing(what: str) -> Reply:
    """404."""
    return text_reply(f"There is no {what} here. / lists what there is.\n", 404)
