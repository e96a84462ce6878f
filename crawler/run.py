"""Run a crawl in a child process, and hand on its segments while it goes on.

The child is killed when its time is up, when the caller gives up, and when this process dies. Whatever it had written
is kept: the segment it left open is repaired. The result is judged by counting looks, never by the child's exit status.
"""

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Timer
from time import monotonic

from crawler.items import CrawlReport, CrawlRequest
from crawler.settings import CrawlJob, CrawlSettings
from crawler.spool import alive, crawl_name, repair_crawl

LOG_TAIL_BYTES = 8192
EXIT_S = 5.0
"""Seconds for a child that has closed its output to be gone."""


def crawl(
    requests: Sequence[CrawlRequest],
    *,
    spool: Path,
    run_key: str,
    batch_id: str,
    settings: CrawlSettings,
    on_segment: Callable[[Path], None] | None = None,
) -> CrawlReport:
    """Look at each blog once, in the order given, and leave WARC segments in `spool` (made if it is not there).

    `on_segment` is called in this thread with each closed segment: while the crawl goes on, and at its end for the
    rest. What it raises ends the crawl and is raised here; the segments stay for `crawler.spool.leftovers`.
    Raises OSError if the spool cannot be made or the child cannot be started.
    """
    began = monotonic()
    spool = spool.absolute()
    spool.mkdir(parents=True, exist_ok=True)
    name = crawl_name(run_key, batch_id, datetime.now(UTC))
    job = CrawlJob(run_key, batch_id, str(spool), settings, name)
    tally = _Tally(len(requests), on_segment or (lambda segment: None))
    log = spool / f"{name}.log"
    with alive(spool, name) as lock:
        with log.open("wb") as stderr, _child(stderr.fileno(), lock) as child:
            with _deadline(child, settings.budget_s) as spent:
                _send(child, job, requests)
                tally.follow(child)
            with suppress(subprocess.TimeoutExpired):
                child.wait(EXIT_S)
        for repaired in repair_crawl(spool, name):
            if repaired.segment:
                tally.add(repaired.segment, repaired.outcomes)
        reason = tally.reason(settings.budget_s if spent.is_set() else None, child.returncode, log)
    log.unlink(missing_ok=True)
    return CrawlReport(
        requested=len(requests),
        outcomes=dict(tally.outcomes),
        segments=tuple(map(os.fspath, tally.segments)),
        elapsed_ms=round((monotonic() - began) * 1000),
        finished=tally.finished,
        reason=reason,
    )


class _Tally:
    """Counts what the child reports."""

    def __init__(self, requested: int, on_segment: Callable[[Path], None]) -> None:
        self._requested = requested
        self._on_segment = on_segment
        self.outcomes: Counter[str] = Counter()
        self.segments: list[Path] = []
        self.finished = False

    def follow(self, child: "subprocess.Popen[bytes]") -> None:
        """Take the child's events until it is gone."""
        for line in child.stdout or ():
            with suppress(ValueError):  # a line that the child's death cut short
                event = json.loads(line)
                self.finished = self.finished or "finished" in event
                if "segment" in event:
                    self.add(Path(event["segment"]), event["outcomes"])

    def add(self, segment: Path, outcomes: "Counter[str] | dict[str, int]") -> None:
        """Count a closed segment and hand it on."""
        self.outcomes.update(outcomes)
        self.segments.append(segment)
        self._on_segment(segment)

    def reason(self, budget_s: float | None, status: int, log: Path) -> str | None:
        """Why the crawl did not finish, in one line; None if it did."""
        missing = self._requested - self.outcomes.total()
        if self.finished and not missing:
            return None
        if budget_s is not None:
            cause = f"the time budget of {budget_s:g} s is spent"
        elif status < 0:
            cause = f"the crawl process was ended by signal {-status}"
        else:
            cause = f"the crawl process ended early: {_last_line(log) or f'exit status {status}'}"
        return f"{cause}; {missing} of {self._requested} blogs not looked at"


@contextmanager
def _child(stderr: int, lock: int) -> "Iterator[subprocess.Popen[bytes]]":
    """The child process, dead when this is left."""
    command = [sys.executable, "-P", "-m", "crawler"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=stderr, pass_fds=[lock]) as child:  # noqa: S603 - our own module
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


def _send(child: "subprocess.Popen[bytes]", job: CrawlJob, requests: Sequence[CrawlRequest]) -> None:
    """Tell the child what to do; standard input stays open, so that its end tells it that we are gone."""
    assert child.stdin  # noqa: S101 - a pipe, by construction
    try:
        child.stdin.write(f"{job.to_json()}\n".encode())
        for request in requests:
            child.stdin.write(f"{request.to_json()}\n".encode())
        child.stdin.write(b"\n")
        child.stdin.flush()
    except BrokenPipeError:  # it died early; what it logged says why
        with suppress(BrokenPipeError):
            child.stdin.close()


def _last_line(log: Path) -> str | None:
    """The last line that the child logged, of bounded length."""
    with log.open("rb") as file:
        file.seek(max(0, file.seek(0, os.SEEK_END) - LOG_TAIL_BYTES))
        lines = [line.strip() for line in file.read().decode("utf-8", "replace").splitlines() if line.strip()]
    return lines[-1][-300:] if lines else None
