"""The command as its user runs it: a process of its own, with an environment of its own."""

import json
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.newsroom import Newsroom
from tests.services.zygote import Zygote

LIVEBLOG = Path(sys.executable).parent / "liveblog"


@dataclass(frozen=True, slots=True)
class Ran:
    """How a command ended."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output as JSON."""
        return json.loads(self.out)


Liveblog = Callable[..., Ran]


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """The environment of a user with a lake of their own, who may fetch from loopback."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("LIVEBLOG_", "AWS_"))}
    return {
        **kept,
        "LIVEBLOG_LAKE": str(tmp_path / "lake"),
        "LIVEBLOG_SPOOL": str(tmp_path / "spool"),
        "LIVEBLOG_ALLOW_PRIVATE": "1",
        "LIVEBLOG_DELAY_S": "0",
        "LIVEBLOG_CONTACT": "tests@example.org",
        "HOME": str(tmp_path),
    }


@pytest.fixture(scope="session")
def zygote() -> Iterator[Zygote]:
    with Zygote() as started:
        yield started


@pytest.fixture
def liveblog(zygote: Zygote, environ: dict[str, str], tmp_path: Path) -> Liveblog:
    """Run ``liveblog``, with some of its environment changed."""

    def run(*arguments: str, stdin: str | bytes | None = None, timeout: float = 120, **changed: str) -> Ran:
        given = stdin.encode() if isinstance(stdin, str) else stdin
        done = zygote.run(arguments, env={**environ, **changed}, cwd=tmp_path, stdin=given or b"", timeout_s=timeout)
        return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())

    return run


@pytest.fixture
def newsroom() -> Iterator[Newsroom]:
    """A newsroom whose clock stands still until a test moves it."""
    with Newsroom() as opened:
        yield opened
