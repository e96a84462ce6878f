"""A process that dies at one write to the store, told in the same process: from then on nothing reaches the store.

Between two writes the store does not change, so dying before each write in turn is dying everywhere.
"""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from lake.lake import Lake
from lake.store import open_store

WRITES = ("put_if_absent", "put_file_if_absent", "delete")


class Killed(BaseException):
    """Nothing catches it, and what is done on the way out (a lease given back) no longer reaches the store."""


class MortalStore:
    """A store whose process dies before its write number `fatal`, counted from 1."""

    def __init__(self, store, fatal: int) -> None:
        self.store, self.left, self.dead = store, fatal, False

    def __getattr__(self, name: str):
        attribute = getattr(self.store, name)
        if not callable(attribute):
            return attribute

        def operate(*arguments: object, **more: object):
            self.left -= name in WRITES
            self.dead = self.dead or self.left == 0
            if self.dead:
                raise Killed(name)
            return attribute(*arguments, **more)

        return operate


def deaths(template: Path, folder: Path, work: Callable[[Lake], object]) -> Iterator[tuple[int, Path]]:
    """Copies of a lake in which some work died at each write in turn, and at last one in which it lived."""
    for fatal in range(1, 500):
        root = folder / f"killed-{fatal}"
        shutil.copytree(template, root)
        try:
            work(Lake(MortalStore(open_store(str(root)), fatal)))
        except Killed:
            shutil.rmtree(root / "leases", ignore_errors=True)  # the holder is gone
            yield fatal, root
            shutil.rmtree(root)
        else:
            yield fatal, root
            return
    raise AssertionError("it never came to its end")
