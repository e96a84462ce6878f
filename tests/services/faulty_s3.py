"""An S3 endpoint that misbehaves in a named way, in front of a real one.

    strip_conditions     overwrites although asked not to: If-None-Match is not passed on (needs an upstream that checks
                         no signatures)
    lose_answers         does what it is asked, then cuts the line instead of answering
    slow_down            says 503 SlowDown, and does nothing
    conflict             says 409 ConditionalRequestConflict to puts, and does nothing
    break_bodies         sends half of what a GET asks for, then cuts the line

Each of the last four does so for the first `times` requests that it concerns, then behaves.
"""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPResponse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock
from urllib.parse import urlsplit

from tests.services.serving import serving

ERROR = '<?xml version="1.0" encoding="UTF-8"?><Error><Code>{}</Code><Message>as told by the test</Message></Error>'
HOP_BY_HOP = {"connection", "expect", "keep-alive", "transfer-encoding"}


@dataclass(slots=True)
class Fault:
    """How to misbehave, and how often."""

    kind: str
    times: int = 1
    method: str = "PUT"
    part: str = ""
    """Only requests whose path holds this text."""
    seen: int = 0
    """How often it has struck."""
    lock: Lock = field(default_factory=Lock)

    def strikes(self, method: str, path: str) -> bool:
        """Whether this request is one to treat badly."""
        if method != self.method or self.part not in path:
            return False
        with self.lock:
            self.seen += 1
            return self.seen <= self.times


@contextmanager
def faulty_s3(upstream: str, fault: Fault) -> Iterator[str]:
    """Serve on loopback for the time of a block; gives the endpoint's address."""

    class Handler(_Proxy):
        target, behaviour = urlsplit(upstream).netloc, fault

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    with serving(server):
        yield f"http://127.0.0.1:{server.server_port}"


class _Proxy(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    target: str
    behaviour: Fault

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        kind = self.behaviour.kind if self.behaviour.strikes(self.command, self.path) else ""
        if kind in {"slow_down", "conflict"}:
            self._refuse(*((503, "SlowDown") if kind == "slow_down" else (409, "ConditionalRequestConflict")))
            return
        upstream = HTTPConnection(self.target)
        try:
            answer = self._ask(upstream, body, strip=kind == "strip_conditions")
            content = answer.read()
            if kind == "lose_answers":
                self._cut()
            else:
                self._pass_on(answer, content, cut=kind == "break_bodies")
        except (HTTPException, ConnectionError):  # the upstream may be another endpoint that misbehaves
            self._cut()
        finally:
            upstream.close()

    do_GET = do_PUT = do_HEAD = do_DELETE = do_POST = _serve

    def _ask(self, upstream: HTTPConnection, body: bytes, strip: bool) -> HTTPResponse:
        dropped = HOP_BY_HOP | ({"if-none-match"} if strip else set())
        upstream.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
        for name, value in self.headers.items():
            if name.lower() not in dropped:
                upstream.putheader(name, value)
        upstream.endheaders(body)
        return upstream.getresponse()

    def _pass_on(self, answer: HTTPResponse, content: bytes, cut: bool) -> None:
        self.send_response_only(answer.status)
        length = answer.getheader("Content-Length") if self.command == "HEAD" else str(len(content))
        for name, value in answer.getheaders():
            if name.lower() not in HOP_BY_HOP | {"content-length"}:
                self.send_header(name, value)
        self.send_header("Content-Length", length or "0")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content[: len(content) // 2] if cut else content)
        if cut:
            self._cut()

    def _refuse(self, status: int, code: str) -> None:
        content = ERROR.format(code).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _cut(self) -> None:
        self.wfile.flush()
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, *_: object) -> None:
        """Say nothing."""
