"""A Postgres of our own on loopback: Debian's package, a free port, its data in a folder that goes with it."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.services.ports import free_port
from tests.services.programs import Program

_START_S = 60
_DEBIAN = Path("/usr/lib/postgresql")


class PostgresMissing(Exception):
    """There is no Postgres here; the message says what to install."""


@dataclass(frozen=True, slots=True)
class Postgres:
    """A running server; the user ``postgres`` is let in from loopback."""

    port: int
    program: Program

    def url(self, database: str) -> str:
        """The address of a database, as SQLAlchemy takes it."""
        return f"postgresql+psycopg://postgres@127.0.0.1:{self.port}/{database}"

    def create(self, database: str) -> None:
        """Make a database."""
        command = [str(binaries() / "createdb"), "-h", "127.0.0.1", "-p", str(self.port), "-U", "postgres", database]
        subprocess.run(command, check=True, timeout=60, cwd="/")


def binaries() -> Path:
    """The folder of ``postgres`` and ``initdb``: Debian's newest, or on PATH. Raises PostgresMissing."""
    folders = sorted(_DEBIAN.glob("*/bin"), key=lambda folder: float(folder.parent.name))
    if folders:
        return folders[-1]
    on_path = shutil.which("initdb")
    if on_path is None:
        raise PostgresMissing("no Postgres: apt-get install postgresql")
    return Path(on_path).parent


@contextmanager
def postgres() -> Iterator[Postgres]:
    """A server for the time of a block. Raises PostgresMissing, ProgramError."""
    binary, port = binaries(), free_port()
    user = "nobody" if os.geteuid() == 0 else None  # Postgres refuses to run as root
    with tempfile.TemporaryDirectory(prefix="postgres-") as temporary:
        data = Path(temporary) / "data"
        if user:
            shutil.chown(temporary, user)
        subprocess.run(
            [binary / "initdb", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N", "-D", data],
            check=True,
            capture_output=True,
            timeout=120,
            user=user,
            cwd="/",
        )
        command = [str(binary / "postgres"), "-D", str(data), "-p", str(port), "-k", temporary]
        command += ["-c", "listen_addresses=127.0.0.1", "-c", "max_connections=200"]
        program = Program("postgres", command, Path(temporary) / "log", user=user)
        program.start()
        try:
            program.wait_until(lambda: _answers(binary, port), _START_S)
            yield Postgres(port, program)
        finally:
            program.stop()


def _answers(binary: Path, port: int) -> bool:
    command = [binary / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port)]
    return subprocess.run(command, check=False, timeout=10).returncode == 0
