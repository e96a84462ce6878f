"""A web server on loopback that serves exactly the answers it is given: for what no newsroom would send."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.services.serving import serving


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP answer."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=lambda: {"Content-Type": "text/html; charset=utf-8"})


class Pages:
    """Answers by path; they may be exchanged while it serves. An unknown path is 404."""

    def __init__(self, answers: Mapping[str, Answer], port: int) -> None:
        self.answers = dict(answers)
        self.port = port

    def url(self, path: str) -> str:
        """The address of a path."""
        return f"http://127.0.0.1:{self.port}{path}"


@contextmanager
def pages(answers: Mapping[str, Answer]) -> Iterator[Pages]:
    """Serve these answers for the time of a block."""
    held: list[Pages] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer = held[0].answers.get(self.path, Answer(b"not here", 404))
            self.send_response(answer.status)
            for name, value in {"Content-Length": str(len(answer.body)), **answer.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer.body)

        def log_message(self, *_: Any) -> None:
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    held.append(Pages(answers, server.server_address[1]))
    with serving(server):
        yield held[0]
