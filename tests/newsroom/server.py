"""The newsroom on a socket: one thread a connection, HTTP/1.1 with connections kept open."""

import sys
import threading
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

from tests.newsroom.delivery import deliver
from tests.newsroom.messages import Access, Reply, Request
from tests.newsroom.site import Site

_MAX_BODY_BYTES = 64 * 1024
"""A clock command is short."""


class Server(ThreadingHTTPServer):
    """Serves a site; `closing` ends what is waiting."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 256

    def __init__(self, address: tuple[str, int], site: Site) -> None:
        self.site = site
        self.closing = threading.Event()
        super().__init__(address, _Handler)

    def server_close(self) -> None:
        """Stop listening, and end slow replies."""
        self.closing.set()
        super().server_close()

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is no news; anything else is told by the base class."""
        if not isinstance(sys.exception(), ConnectionError | TimeoutError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]  # passed on as it came


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm: ClassVar[bool] = True
    server: Server

    def do_GET(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        declared = headers.get("content-length", "")
        length = min(int(declared), _MAX_BODY_BYTES) if declared.isdecimal() else 0
        request = Request(self.command, self.path, headers, self.rfile.read(length) if length else b"")
        site = self.server.site
        at = site.clock.now()
        reply = site.answer(request, at)
        if request.path.startswith("/-/"):
            self._send(request, reply)
            return
        number = site.log.add(access(site, request, reply, at))  # before it is sent: a client may ask for it at once
        try:
            self._send(request, reply)
        except OSError:
            site.log.broke_off(number)
            raise

    do_HEAD = do_POST = do_DELETE = do_GET

    def _send(self, request: Request, reply: Reply) -> None:
        if request.method == "HEAD":
            reply = reply.without_body()
        self.close_connection = self.close_connection or bool(reply.sending)
        deliver(reply, self.wfile.write, self._wait)

    def _wait(self, simulated_s: float) -> bool:
        return self.server.closing.wait(self.server.site.clock.real_seconds(simulated_s))

    def log_message(self, *args: object) -> None:
        """Not to stderr: the access log is ours."""


def access(site: Site, request: Request, reply: Reply, at: datetime) -> Access:
    """The line of the log for a request that is answered."""
    source, _, local = site.locate(request)
    shown = reply.shown
    return Access(
        number=0,
        real_at=datetime.now(UTC),
        at=at,
        method=request.method,
        host=request.host,
        source=source.slug if source else None,
        path=local.target,
        status=reply.status,
        bytes=0 if request.method == "HEAD" else len(reply.sent),
        complete=reply.whole,
        user_agent=request.headers.get("user-agent"),
        if_none_match=request.headers.get("if-none-match"),
        if_modified_since=request.headers.get("if-modified-since"),
        etag=reply.header("etag"),
        blog=shown.blog if shown else None,
        first=shown.first if shown else None,
        count=shown.count if shown else None,
        rendered_at=shown.rendered_at if shown else None,
        trouble=reply.trouble,
    )
