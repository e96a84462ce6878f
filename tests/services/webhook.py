"""A webhook on loopback: what was posted to it, and when."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

from tests.services.serving import serving


class Hook:
    """What a webhook was sent, and what it answers."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []
        self.at: list[float] = []
        """When each of them came (`time.monotonic`)."""
        self.status = 200
        self.address = ""


@contextmanager
def webhook() -> Iterator[Hook]:
    """A webhook for the time of a block."""
    opened = Hook()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            opened.sent.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            opened.at.append(time.monotonic())
            self.send_response(opened.status)
            self.end_headers()
            self.wfile.write(b"ok")  # what Slack's would say

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    opened.address = f"http://127.0.0.1:{server.server_port}/secret-token"
    with serving(server):
        yield opened
