"""The newsroom on a socket: one thread a connection, HTTP/1.1 with connections kept open."""

import sys
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, ClassVar, Self
from urllib.parse import urlsplit

from tests.newsroom import admin, truth
from tests.newsroom.clock import Clock
from tests.newsroom.messages import Access, Reply, Request
from tests.newsroom.site import Site
from tests.newsroom.world import World, standard

USUAL_PORT = 8765
_MAX_BODY_BYTES = 64 * 1024
"""A clock command is short."""


class Newsroom:
    """A newsroom: serves from a thread as long as its `with` block lasts. `look` and `truth` need no serving.

    ``speed`` is simulated seconds a real second, 0 stands still. ``port`` 0 takes any free one.
    """

    def __init__(
        self,
        start: datetime | None = None,
        speed: float = 0.0,
        port: int = 0,
        host: str = "127.0.0.1",
        world: World | None = None,
    ) -> None:
        self.clock = Clock(start, speed) if start else Clock(speed=speed)
        self.site = Site(world or standard(self.clock.start), self.clock)
        self._address = (host, port)
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self.open().serve_forever, args=(0.05,), daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def port(self) -> int:
        """The port it listens on; before it does, the one it was given, or the usual."""
        return int(self._server.server_address[1]) if self._server else self._address[1] or USUAL_PORT

    @property
    def host(self) -> str:
        """Host and port of its bare address."""
        return f"127.0.0.1:{self.port}"

    def open(self) -> "_Server":
        """Begin to listen. Raises OSError if the address cannot be had."""
        self._server = self._server or _Server(self._address, self.site)
        return self._server

    def serve(self) -> None:
        """Serve in this thread, until interrupted."""
        self.open().serve_forever()

    def close(self) -> None:
        """Stop serving."""
        if self._server and self._thread:
            self._server.shutdown()
            self._thread.join()
        if self._server:
            self._server.server_close()
        self._server = self._thread = None

    def origin(self, source: str, named: bool = False) -> str:
        """Where a source's addresses begin; by name (``gazette.localhost``) if the caller can resolve such names."""
        host = f"newsroom.localhost:{self.port}" if named else self.host
        return admin.source_origin(host, source).replace(".newsroom.localhost", ".localhost")

    def url(self, blog: str, named: bool = False) -> str:
        """A blog's address at this moment. Raises KeyError if there is no such blog."""
        found = self.site.world.blogs[blog]
        state = found.state(self.clock.now())
        return f"{self.origin(found.source.slug, named)}/live/{state.slug if state else found.story.slug}"

    def truth(self, blog: str, at: datetime | None = None) -> dict[str, Any]:
        """The truth about a blog at a moment, see `tests.newsroom.truth`. Raises KeyError if there is no such blog."""
        found = self.site.world.blogs[blog]
        return truth.truth(found, at or self.clock.now(), self.origin(found.source.slug))

    def look(self, url: str, at: datetime | None = None, headers: Mapping[str, str] | None = None) -> Reply:
        """Ask for an address (or a blog by its name) without a socket, at a simulated moment; logged like any look."""
        parts = urlsplit(url if "://" in url else self.url(url))
        lowered = {name.lower(): value for name, value in (headers or {}).items()}
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        request = Request("GET", target, {"host": parts.netloc, **lowered})
        when = at or self.clock.now()
        reply = self.site.answer(request, when)
        self.site.log.add(access(self.site, request, reply, when, len(reply.body), complete=True))
        return reply

    def log(self) -> tuple[Access, ...]:
        """The access log so far."""
        return self.site.log.lines()


def access(site: Site, request: Request, reply: Reply, at: datetime, sent: int, complete: bool) -> Access:
    """The line of the log for a request that was answered."""
    source, _, local = site.locate(request)
    return Access(
        number=0,
        real_at=datetime.now(UTC),
        at=at,
        method=request.method,
        host=request.host,
        source=source.slug if source else None,
        path=local.target,
        status=reply.status,
        bytes=sent,
        complete=complete,
        user_agent=request.headers.get("user-agent"),
        if_none_match=request.headers.get("if-none-match"),
        if_modified_since=request.headers.get("if-modified-since"),
        etag=reply.header("etag"),
        blog=reply.shown.blog if reply.shown else None,
        first=reply.shown.first if reply.shown else None,
        count=reply.shown.count if reply.shown else None,
        rendered_at=reply.shown.rendered_at if reply.shown else None,
    )


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 256

    def __init__(self, address: tuple[str, int], site: Site) -> None:
        self.site = site
        super().__init__(address, _Handler)

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is no news; anything else is told by the base class."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]  # passed on as it came


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm: ClassVar[bool] = True
    server: _Server

    def do_GET(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        length = min(int(headers.get("content-length", "0")), _MAX_BODY_BYTES)
        request = Request(self.command, self.path, headers, self.rfile.read(length) if length else b"")
        site = self.server.site
        at = site.clock.now()
        reply = site.answer(request, at)
        sent = 0 if request.method == "HEAD" else len(reply.body)
        if request.path.startswith("/-/"):
            self._send(request, reply)
            return
        number = site.log.add(access(site, request, reply, at, sent, complete=True))  # a client may ask for it at once
        try:
            self._send(request, reply)
        except OSError:
            site.log.broke_off(number, 0)
            raise

    do_HEAD = do_POST = do_DELETE = do_GET

    def _send(self, request: Request, reply: Reply) -> None:
        self.send_response_only(reply.status)
        for name, value in reply.headers:
            self.send_header(name, value)
        if reply.status != 304:
            self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        if request.method != "HEAD":
            self.wfile.write(reply.body)

    def log_message(self, *args: object) -> None:
        """Not to stderr: the access log is ours."""
