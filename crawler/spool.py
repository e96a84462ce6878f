"""The spool: WARC segments between the crawl that writes them and the lake that takes them.

    <run>-<batch>-<stamp>-<seq>.warc.gz        a closed segment
    <run>-<batch>-<stamp>-<seq>.warc.gz.open   a segment that is being written
    <run>-<batch>-<stamp>.lock                 locked (flock) as long as a process of that crawl lives
    <run>-<batch>-<stamp>.log                  what the crawl's process had to say

``stamp`` is the crawl's beginning to the microsecond, so that a run that is tried again uses no name twice. Segments
are gzip members, one a record, and a look ends with its metadata record: whatever stands behind the last complete look
of a dead process is the look it died in.
"""

import fcntl
import os
import re
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from crawler.items import LOOK_CONTENT_TYPE, Look

CLOSED = ".warc.gz"
OPEN = ".warc.gz.open"
_STAMP = "%Y%m%dT%H%M%S%fZ"
_NAMES = re.compile(r"(?P<crawl>.+-\d{8}T\d{12}Z)(?:-\d{5}\.warc\.gz(?:\.open)?|\.lock|\.log)")
_UNSAFE = re.compile(r"[^A-Za-z0-9_]+")
_READ_BYTES = 256 * 1024
_MAX_LOOK_BYTES = 16 * 1024 * 1024
"""Longer metadata records are no looks of ours."""


@dataclass(frozen=True, slots=True)
class Repaired:
    """What a repair saved."""

    segment: Path | None
    """The closed segment; None if no complete look was in it."""
    outcomes: Counter[str] = field(default_factory=Counter)
    dropped_bytes: int = 0


def crawl_name(run_key: str, batch_id: str, started_at: datetime) -> str:
    """The common beginning of all names of a crawl, in safe characters."""
    parts = (_UNSAFE.sub("_", part).strip("_")[:80] or "x" for part in (run_key, batch_id))
    return "-".join((*parts, started_at.astimezone(UTC).strftime(_STAMP)))


def segment_path(spool: Path, crawl: str, seq: int) -> Path:
    """Where segment `seq`, counted from 1, stands when it is closed."""
    return spool / f"{crawl}-{seq:05d}{CLOSED}"


def open_path(segment: Path) -> Path:
    """Where a segment stands while it is being written."""
    return segment.with_name(segment.name.removesuffix(CLOSED) + OPEN)


@contextmanager
def alive(spool: Path, crawl: str) -> Iterator[int]:
    """Hold a crawl's lock and yield its file descriptor, to be inherited by the child process.

    The lock is let go by the kernel when the last process that holds the descriptor is gone.
    """
    path = spool / f"{crawl}.lock"
    descriptor = _locked(path)
    try:
        yield descriptor
    finally:
        path.unlink(missing_ok=True)
        os.close(descriptor)


def _locked(path: Path) -> int:
    """A locked file of that name; one that `leftovers` took for a dead crawl's, and away, meanwhile is made anew."""
    while True:
        descriptor = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        with suppress(FileNotFoundError):
            if os.path.samestat(os.fstat(descriptor), path.stat()):
                return descriptor
        os.close(descriptor)


def leftovers(spool: Path) -> tuple[Path, ...]:
    """Closed segments of crawls of which no process lives any more, in the order of writing.

    Segments that such a crawl left open are repaired and closed first. Those of a living crawl are not touched.
    """
    crawls = {match["crawl"] for path in spool.iterdir() if (match := _NAMES.fullmatch(path.name))}
    found: list[Path] = []
    for crawl in sorted(crawls, key=lambda name: name.rpartition("-")[2]):
        if _claim(spool, crawl):
            found += sorted(spool.glob(f"{crawl}-*{CLOSED}"))
    return tuple(found)


def repair_crawl(spool: Path, crawl: str) -> list[Repaired]:
    """Repair and close what a crawl left open; only for a crawl whose writer is known to be dead."""
    return [repair(path) for path in sorted(spool.glob(f"{crawl}-*{OPEN}"))]


def repair(opened: Path) -> Repaired:
    """Cut a segment after its last complete look and close it; one without a complete look is removed."""
    end, outcomes = 0, Counter[str]()
    with opened.open("r+b") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(0)
        for member_end, outcome in _looks(file):
            end = member_end
            outcomes[outcome] += 1
        file.truncate(end)
        os.fsync(file.fileno())
    if not end:
        opened.unlink()
        return Repaired(None, dropped_bytes=size)
    closed = opened.with_name(opened.name.removesuffix(OPEN) + CLOSED)
    opened.rename(closed)
    return Repaired(closed, outcomes, size - end)


def _claim(spool: Path, crawl: str) -> bool:
    """Repair a crawl if it is dead; False if it lives."""
    lock = spool / f"{crawl}.lock"
    descriptor = os.open(lock, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    else:
        repair_crawl(spool, crawl)
        lock.unlink(missing_ok=True)
        (spool / f"{crawl}.log").unlink(missing_ok=True)
        return True
    finally:
        os.close(descriptor)


def _looks(file: BinaryIO) -> Iterator[tuple[int, str]]:
    """End and outcome of each look that is whole, up to the first member that is not."""
    for end, record in _members(file):
        head, _, rest = record.partition(b"\r\n\r\n")
        if f"Content-Type: {LOOK_CONTENT_TYPE}".encode() in head.split(b"\r\n"):
            with suppress(ValueError):
                yield end, Look.from_json(rest.removesuffix(b"\r\n\r\n")).outcome.value


def _members(file: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """End and first `_MAX_LOOK_BYTES` of each whole gzip member."""
    start, pending = 0, b""
    while pending or (pending := file.read(_READ_BYTES)):
        inflate = zlib.decompressobj(wbits=31)
        content = bytearray()
        consumed = 0
        while not inflate.eof:
            try:
                piece = inflate.decompress(pending)
            except zlib.error:
                return
            consumed += len(pending) - len(inflate.unused_data)
            if len(content) < _MAX_LOOK_BYTES:
                content += piece
            pending = inflate.unused_data or (b"" if inflate.eof else file.read(_READ_BYTES))
            if not pending and not inflate.eof:
                return
        start += consumed
        yield start, bytes(content)
