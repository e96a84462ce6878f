"""A mail server on loopback: as much of SMTP (RFC 5321) as it takes to be given a message."""

from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from socketserver import StreamRequestHandler, ThreadingTCPServer
from typing import cast

from tests.services.serving import serving


class Mailbox:
    """What a mail server was given."""

    def __init__(self) -> None:
        self.received: list[EmailMessage] = []
        self.port = 0


@contextmanager
def mailbox() -> Iterator[Mailbox]:
    """A mail server for the time of a block."""
    opened = Mailbox()

    class Handler(StreamRequestHandler):
        def handle(self) -> None:
            self.wfile.write(b"220 here\r\n")
            for line in self.rfile:
                if line.upper().startswith(b"DATA"):
                    self.wfile.write(b"354 go on\r\n")
                    content = b"".join(iter(self.rfile.readline, b".\r\n"))
                    opened.received.append(cast(EmailMessage, message_from_bytes(content, policy=policy.default)))
                self.wfile.write(b"250 well\r\n")
                if line.upper().startswith(b"QUIT"):
                    return

    server = ThreadingTCPServer(("127.0.0.1", 0), Handler)
    opened.port = server.server_address[1]
    with serving(server):
        yield opened
