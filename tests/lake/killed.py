"""kill -9 of a real process at each of its writes to a lake in a folder.

The process is killed when the file it writes lies in `.tmp`, cut in half and without its name, or when an object is
about to be removed. Between two writes the store does not change: killed at each in turn is killed anywhere.
"""

import multiprocessing
import os
import shutil
import signal
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import BinaryIO

import pandas  # noqa: F401 - as pyarrow.dataset: pyarrow imports it at its first use; so each fork need not
import pyarrow.dataset  # noqa: F401

from lake.lake import Lake
from lake.local import LocalStore
from lake.store import Put

FORKS = multiprocessing.get_context("forkserver")
"""Processes that begin with everything imported, and with none of this one's threads."""
FORKS.set_forkserver_preload(["tests.liveblog.test_killed"])
MOST_WRITES = 500

Task = Callable[[Lake], object]


class ClockedStore(LocalStore):
    """A folder whose clock stands still at a moment, or runs where None is given."""

    def __init__(self, folder: Path, moment: datetime | None) -> None:
        super().__init__(folder)
        self.moment = moment

    def now(self) -> datetime:
        return self.moment or super().now()


class KilledStore(ClockedStore):
    """Such a folder, whose process is killed at its write number `fatal`, counted from 1."""

    def __init__(self, folder: Path, moment: datetime | None, fatal: int) -> None:
        super().__init__(folder, moment)
        self.left = fatal

    def _publish(self, file: BinaryIO, temporary: Path, key: str) -> Put:
        self.left -= 1
        if self.left == 0:
            file.flush()
            os.truncate(temporary, temporary.stat().st_size // 2)
            os.kill(os.getpid(), signal.SIGKILL)
        return super()._publish(file, temporary, key)

    def delete(self, key: str) -> None:
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        super().delete(key)


def lake_at(folder: Path, moment: datetime | None = None) -> Lake:
    """The lake of a folder, by a clock that stands still at a moment."""
    return Lake(ClockedStore(folder, moment))


def deaths(template: Path, task: Task, moment: datetime | None = None) -> Iterator[Path]:
    """Copies of a lake, beside it, in which a process at work was killed at each write in turn; at last one unharmed.

    Each is gone when the next comes.
    """
    for fatal in count(1):
        root = template.with_name(f"killed-{fatal}")
        shutil.copytree(template, root)
        status = _status(task, root, moment, fatal)
        assert status in {0, -signal.SIGKILL}, f"the process failed at write {fatal}: exit status {status}"
        yield root
        shutil.rmtree(root)
        if status == 0:
            return
        assert fatal < MOST_WRITES, "it never came to its end"


def _status(task: Task, root: Path, moment: datetime | None, fatal: int) -> int | None:
    process = FORKS.Process(target=_work, args=(task, root, moment, fatal))
    process.start()
    process.join(60)
    return process.exitcode


def _work(task: Task, root: Path, moment: datetime | None, fatal: int) -> None:
    os.fsync = lambda _: None  # what is written outlives its process; only a power cut needs more
    task(Lake(KilledStore(root, moment, fatal)))
