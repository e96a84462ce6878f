"""The process in which Scrapy runs, seen from its parent: what it is told, what it says, and how it ends.

It is killed when its time is up and when the caller leaves, and dies by itself when the parent is gone.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import replace
from pathlib import Path
from threading import Event, Timer
from typing import Any

from crawler.settings import CrawlJob
from crawler.teller import DOMAIN, Teller

LOG_TAIL_BYTES = 8192
EXIT_S = 5.0
"""Seconds for a child that has closed its output to be gone."""


AskPaused = Callable[[], Collection[str]]


class Child:
    """One run of ``python -m crawler``. `finished` says whether it came to its own end."""

    def __init__(
        self, job: CrawlJob, lines: Iterable[str], log: Path, lock: int | None = None, paused: AskPaused | None = None
    ) -> None:
        self._job = job
        self._paused = paused
        self._lines = lines
        self._log = log
        self._lock = lock
        self._out_of_time = False
        self._status = 0
        self.finished = False

    def events(self) -> Generator[Mapping[str, Any]]:
        """Start the child, tell it what to do, and yield what it says until it is gone."""
        if self._paused is not None:
            domains = sorted(name for name in self._paused() if name.startswith(DOMAIN))
            self._job = replace(self._job, paused=tuple(domains))
        with self._log.open("wb") as stderr, _started(stderr.fileno(), self._lock) as child:
            with _deadline(child, self._job.settings.budget_s) as spent:
                self._send(child)
                with self._telling(child):
                    yield from self._until_finished(child)
            if not self.finished:
                with suppress(subprocess.TimeoutExpired):
                    child.wait(EXIT_S)
        self._out_of_time, self._status = spent.is_set(), child.returncode

    def _until_finished(self, child: "subprocess.Popen[bytes]") -> Iterator[Mapping[str, Any]]:
        for event in _events(child):
            if "finished" in event:
                self.finished = True
                return  # all is written; a thread that waits for a name server must not hold us up
            yield event

    def _telling(self, child: "subprocess.Popen[bytes]") -> AbstractContextManager[None]:
        return Teller(self._paused, child.stdin) if self._paused and child.stdin else nullcontext()

    @property
    def why_not_finished(self) -> str:
        """Why the child ended before its work did, in one line."""
        if self._out_of_time:
            return f"the time budget of {self._job.settings.budget_s:g} s is spent"
        if self._status < 0:
            return f"the crawl process was ended by signal {-self._status}"
        return f"the crawl process ended early: {_last_line(self._log) or f'exit status {self._status}'}"

    def _send(self, child: "subprocess.Popen[bytes]") -> None:
        """Tell the child what to do; standard input stays open, so that its end tells it that we are gone."""
        assert child.stdin  # noqa: S101 - a pipe, by construction
        try:
            for line in (self._job.to_json(), *self._lines, ""):
                child.stdin.write(f"{line}\n".encode())
            child.stdin.flush()
        except BrokenPipeError:  # it died early; what it logged says why
            with suppress(BrokenPipeError):
                child.stdin.close()


def _events(child: "subprocess.Popen[bytes]") -> Iterator[dict[str, Any]]:
    for line in child.stdout or ():
        with suppress(ValueError):  # a line that the child's death cut short
            event = json.loads(line)
            if isinstance(event, dict):
                yield event


@contextmanager
def _started(stderr: int, lock: int | None) -> "Iterator[subprocess.Popen[bytes]]":
    """The child process, dead when this is left."""
    command = [sys.executable, "-P", "-m", "crawler"]
    inherited = [] if lock is None else [lock]
    pipe = subprocess.PIPE
    process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=stderr, pass_fds=inherited)  # noqa: S603 - us
    with process as child:
        try:
            yield child
        finally:
            child.kill()


@contextmanager
def _deadline(child: "subprocess.Popen[bytes]", budget_s: float) -> Iterator[Event]:
    """Kill the child when its time is up; the event says that this happened."""
    spent = Event()

    def end() -> None:
        spent.set()
        child.kill()

    timer = Timer(budget_s, end)
    timer.daemon = True
    timer.start()
    try:
        yield spent
    finally:
        timer.cancel()


def _last_line(log: Path) -> str | None:
    """The last line that the child logged, of bounded length."""
    with log.open("rb") as file:
        file.seek(max(0, file.seek(0, os.SEEK_END) - LOG_TAIL_BYTES))
        lines = [line.strip() for line in file.read().decode("utf-8", "replace").splitlines() if line.strip()]
    return lines[-1][-300:] if lines else None
