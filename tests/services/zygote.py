"""The ``liveblog`` command without its half second of imports: one process imports, and forks for every command.

    test ──(arguments, environment, folder; stdin, stdout, stderr)──> zygote ──fork──> liveblog.cli.main()
         <──(process id, then status)────────────────────────────────

A command is a process of its own all the same, with its own environment, folder, files and end.
"""

import importlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NoReturn, Self

ROOT = Path(__file__).resolve().parents[2]
HEAVY = ("duckdb", "pyarrow.parquet", "pyarrow.compute", "boto3", "rich.console", "orjson")
"""What commands import when they run."""
MOST_BYTES = 1 << 20
"""Of one request: an environment and some arguments."""


class Zygote:
    """The process that forks; a context manager. One command at a time."""

    def __enter__(self) -> Self:
        self._wire, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._wire.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, MOST_BYTES)
        with theirs:
            command = [sys.executable, "-m", "tests.services.zygote", str(theirs.fileno())]
            self._process = subprocess.Popen(
                command, cwd=ROOT, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL, start_new_session=True
            )
        return self

    def __exit__(self, *_: object) -> None:
        self._wire.close()
        self._process.wait(10)

    def run(
        self, arguments: Sequence[str], *, env: Mapping[str, str], cwd: Path, stdin: bytes, timeout_s: float
    ) -> subprocess.CompletedProcess[bytes]:
        """Run one command to its end. Raises subprocess.TimeoutExpired where it takes longer, and is killed."""
        request = json.dumps({"arguments": list(arguments), "env": dict(env), "cwd": str(cwd)}).encode()
        with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            given.write(stdin)
            given.seek(0)
            socket.send_fds(self._wire, [request], [given.fileno(), out.fileno(), err.fileno()])
            child = json.loads(self._wire.recv(64))
            self._wire.settimeout(timeout_s)
            try:
                status = json.loads(self._wire.recv(64))
            except TimeoutError:
                os.kill(child, signal.SIGKILL)
                self._wire.settimeout(None)
                self._wire.recv(64)
                raise subprocess.TimeoutExpired(list(arguments), timeout_s) from None
            finally:
                self._wire.settimeout(None)
            out.seek(0)
            err.seek(0)
            return subprocess.CompletedProcess(list(arguments), status, out.read(), err.read())


def serve(wire: socket.socket) -> None:
    """Fork for each request, until the other side hangs up."""
    while True:
        request, descriptors, _, _ = socket.recv_fds(wire, MOST_BYTES, 3)
        if not request:
            return
        child = os.fork()
        if child == 0:
            wire.close()
            become(json.loads(request), descriptors)
        for descriptor in descriptors:
            os.close(descriptor)
        wire.send(json.dumps(child).encode())
        _, status = os.waitpid(child, 0)
        wire.send(json.dumps(os.waitstatus_to_exitcode(status)).encode())


def become(request: Mapping[str, object], descriptors: Sequence[int]) -> NoReturn:
    """Be the command."""
    from liveblog.cli import main

    for number, descriptor in enumerate(descriptors):
        os.dup2(descriptor, number)
        os.close(descriptor)
    os.environ.clear()
    os.environ.update(request["env"])  # type: ignore[call-overload]  # JSON of our own
    os.chdir(str(request["cwd"]))
    sys.argv = ["liveblog", *request["arguments"]]  # type: ignore[misc]  # JSON of our own
    main()


def load() -> None:
    """Import what every command imports; nothing waits for the disk, as in the tests themselves."""
    os.fsync = lambda _: None  # type: ignore[assignment]
    from liveblog.cli import COMMANDS, MODULES

    for name in (*HEAVY, "liveblog.pipeline", *(f"liveblog.commands.{MODULES.get(name, name)}" for name in COMMANDS)):
        importlib.import_module(name)


if __name__ == "__main__":
    load()
    serve(socket.socket(fileno=int(sys.argv[1])))
