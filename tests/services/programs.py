"""Programs that tests start as processes of their own: waited for, measured, ended by their ids, children included."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
_STOP_S = 30.0


class ProgramError(Exception):
    """A program did not start, or ended when it should not have."""


class Program:
    """One program; what it says goes to `log`. Nothing of it outlives `stop` or `kill`."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        log: Path,
        environ: Mapping[str, str] | None = None,
        user: str | None = None,
    ) -> None:
        self.name, self.log = name, log
        self._command, self._environ, self._user = list(command), environ, user
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """Its process id. Raises ProgramError while it is not there."""
        if self._process is None or not self.runs:
            raise ProgramError(f"{self.name} is not running: {self.last_words()}")
        return self._process.pid

    @property
    def runs(self) -> bool:
        """Whether it is there."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start it, in a session of its own. Raises OSError."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command,
                env=self._environ,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                user=self._user,
                cwd="/",
            )

    def wait_until(self, well: Callable[[], bool], timeout_s: float) -> None:
        """Wait until it is well. Raises ProgramError when it ends before, or the time is up."""
        deadline = time.monotonic() + timeout_s
        while not well():
            if time.monotonic() > deadline:
                raise ProgramError(f"{self.name} is not well after {timeout_s:g} s: {self.last_words()}")
            assert self.pid
            time.sleep(0.2)

    def ask_to_end(self) -> None:
        """SIGTERM to the program itself; it may finish what it is at."""
        os.kill(self.pid, signal.SIGTERM)

    def wait(self, timeout_s: float) -> float:
        """Wait for its end; the seconds that took. Raises subprocess.TimeoutExpired."""
        began = time.monotonic()
        if self._process is not None:
            self._process.wait(timeout_s)
        return time.monotonic() - began

    def stop(self, timeout_s: float = _STOP_S) -> None:
        """Ask it to end, and kill what is left of it."""
        if not self.runs:
            return
        self.ask_to_end()
        with suppress(subprocess.TimeoutExpired):
            self.wait(timeout_s)
        self.kill()

    def kill(self) -> None:
        """``kill -9`` to it and everything that it started, as when a machine is switched off."""
        if self._process is None:
            return
        for pid in family(self._process.pid):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._process.wait()

    def cpu_s(self) -> float:
        """Seconds of CPU that it and its children have used so far, those included that have ended."""
        return sum(map(_cpu_s, family(self.pid)))

    def last_words(self) -> str:
        """The last lines that it said."""
        lines = self.log.read_text(errors="replace").splitlines() if self.log.exists() else []
        return " / ".join(lines[-5:])


def family(pid: int) -> list[int]:
    """A process, what it started, and whatever else lives in its session."""
    found = {pid}
    processes = _processes()
    grown = True
    while grown:
        more = {one for one, (parent, session) in processes.items() if parent in found or session in found} - found
        found |= more
        grown = bool(more)
    return sorted(found)


def command_of(pid: int) -> str:
    """The command line of a process; empty if it is gone."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    return ""


def _processes() -> dict[int, tuple[int, int]]:
    """Parent and session of every process."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        fields = _stat(int(folder.name))
        if fields:
            found[int(folder.name)] = (int(fields[1]), int(fields[3]))
    return found


def _cpu_s(pid: int) -> float:
    fields = _stat(pid)
    return sum(map(int, fields[11:15])) / TICKS if fields else 0.0


def _stat(pid: int) -> list[str]:
    """The fields of /proc/<pid>/stat from the third on (proc(5)): state, parent, group, session, …; or none."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []
