"""A server in a thread of its own, for the time of a block."""

from collections.abc import Iterator
from contextlib import contextmanager
from socketserver import BaseServer
from threading import Thread

POLL_S = 0.02
"""How often it looks whether it is to end."""


@contextmanager
def serving(server: BaseServer) -> Iterator[None]:
    """Serve until the end of the block; then nothing of it is left."""
    thread = Thread(target=server.serve_forever, args=(POLL_S,), daemon=True)
    with server:
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            thread.join()
