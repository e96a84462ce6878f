"""A Redis of our own on loopback: Debian's package, a free port, nothing kept."""

import shutil
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.services.ports import free_port
from tests.services.programs import Program

_START_S = 30


class RedisMissing(Exception):
    """There is no Redis here; the message says what to install."""


@dataclass(frozen=True, slots=True)
class Redis:
    """A running server."""

    url: str
    program: Program


@contextmanager
def redis_server() -> Iterator[Redis]:
    """A server for the time of a block. Raises RedisMissing, ProgramError."""
    binary = shutil.which("redis-server")
    if binary is None:
        raise RedisMissing("no Redis: apt-get install redis-server")
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="redis-") as temporary:
        command = [binary, "--bind", "127.0.0.1", "--port", str(port), "--dir", temporary]
        command += ["--save", "", "--appendonly", "no"]
        program = Program("redis", command, Path(temporary) / "log")
        program.start()
        try:
            program.wait_until(lambda: _answers(port), _START_S)
            yield Redis(f"redis://127.0.0.1:{port}/0", program)
        finally:
            program.stop()


def _answers(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=2) as connection:
        connection.sendall(b"PING\r\n")
        return connection.recv(16).startswith(b"+PONG")
    return False
