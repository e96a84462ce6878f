"""The pages, as an app behind a guard.

    GET  ./                     sources, blogs and open incidents      ?q=words &source= &show=trouble|live|all &page=
    GET  ./blogs/<id>           one blog: its looks and its timeline   ?before=<ISO time>
    GET  ./runs/<run id>        the looks of one run
    GET  ./static/<name>        style sheet and script

Nothing is changed here: there is no other method. The guard stands before every route, unknown ones included. A page
loads nothing from elsewhere, and its policy (CSP) says so to the browser.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from http import HTTPStatus
from importlib.resources import files
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import Depends, FastAPI, Path, Query, Request, Response
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.exceptions import HTTPException

from board.listing import Asked, Show, listing
from board.reader import Reader
from board.words import moment, percent, plain, span, sparkline
from lake.errors import LakeError
from liveblog.errors import LiveblogError
from liveblog.quality import LATE_S
from liveblog.runs import MOST
from liveblog.status import HOURS, P50_TARGET_S, P95_TARGET_S

MEDIA = {"board.css": "text/css", "board.js": "text/javascript"}
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'self'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
SEEN_TO = {401: "You are not logged in.", 403: "You may not see this page.", 404: "There is no such page."}

BROKEN = "This page could not be made: the log of Airflow's API server says why."


def environment() -> Environment:
    """Templates: everything of a page is escaped, and a misspelt name is an error."""
    made = Environment(
        loader=PackageLoader("board"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    made.filters |= {"moment": moment, "percent": percent, "plain": plain, "sparkline": sparkline, "span": span}
    made.globals |= {"late_s": LATE_S, "p50_target": P50_TARGET_S, "p95_target": P95_TARGET_S}
    return made


class Pages:
    """Renders templates for one mounted app."""

    def __init__(self, reader: Reader, prefix: str, dag_id: str) -> None:
        self._templates, self._reader, self._prefix, self._dag_id = environment(), reader, prefix, dag_id

    def render(self, request: Request, template: str, status: int = 200, **values: Any) -> HTMLResponse:  # noqa: ANN401
        """A page of ours."""
        base: str = request.scope.get("root_path", "")
        airflow = base.removesuffix(self._prefix)

        def run_link(run_key: str) -> str | None:
            """Where Airflow shows a run; None for one of the command line."""
            return f"{airflow}/dags/{self._dag_id}/runs/{quote(run_key, safe='')}" if "__" in run_key else None

        now = self._reader.clock()
        lately = now - timedelta(hours=HOURS)
        page = self._templates.get_template(template).render(
            base=base, airflow=airflow, status=status, now=now, lately=lately, run_link=run_link, **values
        )
        return HTMLResponse(page, status, headers=HEADERS)


def create_app(reader: Reader, guard: Callable[..., Any], *, prefix: str, dag_id: str) -> FastAPI:
    """The app, to be mounted under `prefix`; `guard` is a dependency that refuses by raising HTTPException."""
    app = FastAPI(dependencies=[Depends(guard)], docs_url=None, redoc_url=None, openapi_url=None)
    pages = Pages(reader, prefix, dag_id)

    @app.get("/")
    def overview_page(
        request: Request,
        q: Annotated[str, Query(max_length=200)] = "",
        source: Annotated[str, Query(max_length=200)] = "",
        show: Show = Show.TROUBLE,
        page: Annotated[int, Query(ge=1, le=10_000)] = 1,
    ) -> Response:
        about, asked = reader.overview(), Asked(q, source, show, page)
        return pages.render(request, "overview.html", about=about, list=listing(about, asked, reader.clock()))

    @app.get("/blogs/{blog_id}")
    def blog_page(
        request: Request,
        blog_id: Annotated[str, Path(pattern="^[0-9a-f]{16}$")],
        before: Annotated[datetime | None, Query()] = None,
    ) -> Response:
        if before is not None and before.tzinfo is None:
            raise HTTPException(422, "before is a time with its offset, such as 2026-11-22T14:30:00+00:00")
        found = reader.blog(blog_id, before)
        if found is None:
            raise HTTPException(404, f"No blog {blog_id} is watched.")
        return pages.render(request, "blog.html", page=found, before=before)

    @app.get("/runs/{run_key}")
    def run_page(request: Request, run_key: Annotated[str, Path(max_length=250)]) -> Response:
        about, looks = reader.run(run_key)
        return pages.render(request, "run.html", about=about, looks=looks, run_key=run_key, most=MOST)

    @app.get("/static/{name}")
    def static_file(name: str) -> Response:
        if name not in MEDIA:
            raise HTTPException(404)
        content = files("board").joinpath("static", name).read_bytes()
        return Response(content, media_type=MEDIA[name], headers={**HEADERS, "Cache-Control": "private, max-age=300"})

    @app.get("/{path:path}")
    def nothing(path: str) -> Response:
        raise HTTPException(404)

    _say_errors(app, pages)
    return app


def _say_errors(app: FastAPI, pages: Pages) -> None:
    """Errors as pages that people can read, with the status that machines go by."""

    @app.exception_handler(HTTPException)
    def refused(request: Request, error: HTTPException) -> Response:
        known = error.detail != HTTPStatus(error.status_code).phrase and error.status_code not in (401, 403)
        said = error.detail if known else SEEN_TO.get(error.status_code, error.detail)
        return pages.render(request, "refused.html", error.status_code, said=said)

    @app.exception_handler(LakeError)
    @app.exception_handler(LiveblogError)
    def unreadable(request: Request, error: Exception) -> Response:
        return pages.render(request, "refused.html", 503, said=str(error))

    @app.exception_handler(Exception)
    def broken(request: Request, error: Exception) -> Response:  # and the server logs it, with its traceback
        return pages.render(request, "refused.html", 500, said=BROKEN)
