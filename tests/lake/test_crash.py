"""kill -9 before and after every operation on the store: the lake stays readable, and a rerun completes the work."""

import multiprocessing
import os
import signal
from pathlib import Path

import pytest

from lake.lake import Lake, open_lake
from lake.store import open_store
from tests.lake.rows import look
from tests.lake.test_commit import captures
from transforms.rows import Changes

PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["tests.lake.test_crash"])  # so that each process need not import everything anew

OPERATIONS = ("get", "put_if_absent", "put_file_if_absent", "head", "list", "delete", "now")


class DyingStore:
    """A store that kills its process at one operation, before or after doing it."""

    def __init__(self, store, fatal: int, after: bool) -> None:
        self.store, self.left, self.after = store, fatal, after

    def __getattr__(self, name: str):
        attribute = getattr(self.store, name)
        return self._counted(attribute) if name in OPERATIONS else attribute

    def _counted(self, operate):
        def operation(*arguments: object):
            self.left -= 1
            if self.left == 0 and not self.after:
                os.kill(os.getpid(), signal.SIGKILL)
            result = operate(*arguments)
            if self.left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return result

        return operation


def work(lake, segment: Path) -> None:
    """What a run does: archive a segment, commit its rows under a lease."""
    key = lake.raw.put_segment(segment, "2026-03-01")
    with lake.lease("record", "test", 0.001) as lease:
        changes = Changes(look("b1").rows, segments=(key,))
        lake.commit("run-2", lambda _: changes, "run-2", guard=lambda: lease.store.now())


def die(address: str, segment: str, fatal: int, after: bool) -> None:
    """Do the work in a process that dies on the way; exit status 0 if it lived to the end."""
    work(Lake(DyingStore(open_store(address), fatal, after)), Path(segment))


def run_dying(address: str, segment: Path, fatal: int, after: bool) -> int:
    """Its exit status; minus 9 if it was killed."""
    process = PROCESSES.Process(target=die, args=(address, str(segment), fatal, after))
    process.start()
    process.join(60)
    assert process.exitcode is not None
    return process.exitcode


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_a_kill_at_any_operation_leaves_the_lake_whole_and_a_rerun_completes(tmp_path: Path, after: bool) -> None:
    segment = tmp_path / "one.warc.gz"
    segment.write_bytes(b"records")
    for fatal in range(1, 100):
        address = str(tmp_path / f"lake-{fatal}")
        open_lake(address).commit("run-1", lambda _: look("b0"), "run-1")
        status = run_dying(address, segment, fatal, after)
        readable = captures(open_lake(address).newest())
        assert readable in (["b0-0"], ["b0-0", "b1-0"])
        work(open_lake(address), segment)
        newest = open_lake(address).newest()
        assert captures(newest) == ["b0-0", "b1-0"]
        assert (newest.number, [entry.key for entry in newest.segments()]) == (2, ["raw/dt=2026-03-01/one.warc.gz"])
        if status == 0:
            break
        assert status == -signal.SIGKILL
    assert 10 < fatal < 99
