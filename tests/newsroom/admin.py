"""The machinery under ``/-/``: clock, truth, log, and what could be seen.

GET  /-/clock                        {"now", "speed", "start"}
POST /-/clock                        {"now": ISO} | {"advance_s": 60} | {"speed": 60}, or several of them
GET  /-/truth.json                   all blogs and articles
GET  /-/truth/<blog>.json[?at=ISO]   one blog, see `tests.newsroom.truth`
GET  /-/log.json[?since=N&blog=B]    the access log;  DELETE empties it
GET  /-/trouble.json                 behaviours and spells;  POST {"blog", "behaviour", "for_s"};  DELETE lifts them
GET  /-/seen.json[?blog=B]           what the looks so far could see, see `tests.newsroom.seen`
"""

import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from tests.newsroom import seen, truth
from tests.newsroom.clock import moment
from tests.newsroom.lists import STYLE
from tests.newsroom.messages import Reply, Request, json_reply, text_reply
from tests.newsroom.origins import source_origin
from tests.newsroom.trouble import TROUBLES
from tests.newsroom.trouble.spells import Spell

if TYPE_CHECKING:
    from tests.newsroom.site import Site


def answer(site: "Site", request: Request, at: datetime) -> Reply:
    """The reply to a request under ``/-/``; 400 with a reason for a bad one."""
    try:
        if request.path.startswith("/-/truth/"):
            return _truth(site, request, at)
        handler = _HANDLERS.get((request.method, request.path))
        return handler(site, request, at) if handler else json_reply({"error": f"no {request.path} here"}, 404)
    except (ValueError, TypeError, AttributeError, KeyError) as error:
        return json_reply({"error": str(error)}, 400)


def _clock(site: "Site", request: Request, at: datetime) -> Reply:
    clock = site.clock
    return json_reply({"now": clock.now().isoformat(), "speed": clock.speed, "start": clock.start.isoformat()})


def _set_clock(site: "Site", request: Request, at: datetime) -> Reply:
    wanted = json.loads(request.body)
    if not isinstance(wanted, dict) or not wanted.keys() <= {"now", "advance_s", "speed"} or not wanted:
        raise ValueError('send {"now": ISO}, {"advance_s": seconds} or {"speed": X}')
    if "now" in wanted:
        site.clock.set(moment(wanted["now"]))
    if "advance_s" in wanted:
        site.clock.advance(float(wanted["advance_s"]))
    if "speed" in wanted:
        site.clock.run(float(wanted["speed"]))
    return _clock(site, request, at)


def _index(site: "Site", request: Request, at: datetime) -> Reply:
    origins = {slug: source_origin(request.host, slug) for slug in site.world.sources}
    articles = [
        {"source": article.source.slug, "url": f"{origins[article.source.slug]}/news/{article.slug}"}
        for article in site.world.articles
    ]
    blogs = truth.listing(site.world.blogs, at, origins)
    return json_reply({"now": at.isoformat(), "blogs": blogs, "articles": articles})


def _truth(site: "Site", request: Request, at: datetime) -> Reply:
    name = request.path.removeprefix("/-/truth/").removesuffix(".json")
    blog = site.world.blogs.get(name)
    if blog is None:
        return json_reply({"error": f"no blog {name!r}; /-/truth.json lists them"}, 404)
    wanted = request.query.get("at")
    when = moment(wanted.replace(" ", "+")) if wanted else at
    return json_reply(truth.truth(blog, when, source_origin(request.host, blog.source.slug)))


def _log(site: "Site", request: Request, at: datetime) -> Reply:
    blog = request.query.get("blog")
    lines = site.log.lines(int(request.query.get("since", "0")), lambda line: blog is None or line.blog == blog)
    return json_reply([line.as_json() for line in lines])


def _forget(site: "Site", request: Request, at: datetime) -> Reply:
    site.log.clear()
    return json_reply([])


def _seen(site: "Site", request: Request, at: datetime) -> Reply:
    wanted = request.query.get("blog")
    blogs = [blog for name, blog in site.world.blogs.items() if wanted in (None, name)]
    return json_reply({blog.name: seen.sight(blog, site.log.lines(), at).as_json() for blog in blogs})


def _troubles(site: "Site", request: Request, at: datetime) -> Reply:
    behaviours = {name: (behaviour.__doc__ or "").splitlines()[0] for name, behaviour in TROUBLES.items()}
    return json_reply({"behaviours": behaviours, "spells": [spell.as_json() for spell in site.troubles.spells]})


def _cast(site: "Site", request: Request, at: datetime) -> Reply:
    wanted = json.loads(request.body)
    blog = site.world.blogs[wanted["blog"]]
    spell = Spell(blog.name, wanted["behaviour"], at, at + timedelta(seconds=float(wanted["for_s"])))
    site.troubles.cast(spell)
    return _troubles(site, request, at)


def _lift(site: "Site", request: Request, at: datetime) -> Reply:
    site.troubles.lift()
    return _troubles(site, request, at)


def _style(site: "Site", request: Request, at: datetime) -> Reply:
    return text_reply(STYLE, content_type="text/css; charset=utf-8")


_HANDLERS: Mapping[tuple[str, str], Callable[["Site", Request, datetime], Reply]] = {
    ("GET", "/-/clock"): _clock,
    ("POST", "/-/clock"): _set_clock,
    ("GET", "/-/truth.json"): _index,
    ("GET", "/-/log.json"): _log,
    ("DELETE", "/-/log.json"): _forget,
    ("GET", "/-/seen.json"): _seen,
    ("GET", "/-/style.css"): _style,
    ("GET", "/-/trouble.json"): _troubles,
    ("POST", "/-/trouble.json"): _cast,
    ("DELETE", "/-/trouble.json"): _lift,
}
