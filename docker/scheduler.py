"""`airflow scheduler` with an end that can be relied on: `scheduler.py [option of airflow scheduler ...]`.

Told to end (SIGTERM), Airflow's scheduler lets the tasks that it runs finish, begins no new ones, and ends. Airflow
3.3.2 does not always hear it. Its handler raises SystemExit, and Python drops an exception in a callback of a weak
reference, such as SQLAlchemy's on every session (Python's documentation of `signal`, "Note on Signal Handlers and
Exceptions"): of 264 signals to a scheduler at work two were lost, and it went on as before. The handler also writes a
log line under a lock that the interrupted line may hold, and then waits for itself. So the signal is sent again until
it is heard, and what stays once no task is left is killed. SIGINT is taken for SIGTERM. A second signal from outside
is passed on at once: Airflow then waits no longer. Killed itself, or gone with its terminal, it takes Airflow along.

Standard library only, for it stays as long as the scheduler does. Linux: it reads /proc.
"""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

WORKER = "airflow worker -- LocalExecutor"
"""How the processes call themselves in which tasks run (airflow.executors.local_executor)."""
IDLE = "<idle>"
AGAIN_S = 10.0
"""A scheduler that has heard the signal lets its idle workers end at once; this long is patient with a busy machine."""
KILL_S = 45.0
"""Without a task for this long it has nothing to wait for: longer than its last metrics take to an absent collector."""
SIGNALS = frozenset({signal.SIGTERM, signal.SIGINT, signal.SIGCHLD})
LIBC = ctypes.CDLL(None)
PR_SET_PDEATHSIG = 1
"""prctl(2): be sent a signal when the parent dies."""


def main(command: Sequence[str], again_s: float = AGAIN_S, kill_s: float = KILL_S) -> int:
    """Run the command until it ends or is told to; its exit status, as a shell would give it."""
    signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)  # they are waited for: nothing here can be interrupted by one
    child = subprocess.Popen(command, start_new_session=True, preexec_fn=_in_the_child)  # noqa: S603 (our own command)
    while child.poll() is None:
        if _next_signal(60) in {signal.SIGTERM, signal.SIGINT}:
            child.terminate()
            _see_to_the_end(child, again_s, kill_s)
    return child.returncode if child.returncode >= 0 else 128 - child.returncode


def _see_to_the_end(child: "subprocess.Popen[bytes]", again_s: float, kill_s: float) -> None:
    """Wait until it has ended; send the signal again to one that did not hear it, kill one that has nothing to do."""
    unheard_since = without_task_since = time.monotonic()
    while child.poll() is None:
        if _next_signal(0.5) in {signal.SIGTERM, signal.SIGINT}:
            child.terminate()
        now, family = time.monotonic(), _family(child.pid)
        workers = [title for title in map(_title, family) if title.startswith(WORKER)]
        busy = [title for title in workers if IDLE not in title]
        if busy:
            without_task_since = now
        if busy and len(busy) == len(workers):
            unheard_since = now
        if now - without_task_since > kill_s:
            _say(f"the scheduler has had no task for {kill_s:g} s and does not end: killed, nothing is lost")
            for pid in family:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            child.wait()
            child.returncode = 0
        elif now - unheard_since > again_s:
            _say("the scheduler has not heard that it should end: told again")
            child.terminate()
            unheard_since = now


def _next_signal(timeout_s: float) -> int | None:
    found = signal.sigtimedwait(SIGNALS, timeout_s)
    return found.si_signo if found else None


def _in_the_child() -> None:
    signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _family(pid: int) -> list[int]:
    """A process and all that it started, parents first."""
    children: dict[int, list[int]] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            fields = (folder / "stat").read_text().rpartition(")")[2].split()  # proc(5): state, parent, ...
            children.setdefault(int(fields[1]), []).append(int(folder.name))
    found = [pid]
    for one in found:
        found += children.get(one, [])
    return found


def _title(pid: int) -> str:
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    return ""


def _say(what: str) -> None:
    sys.stderr.write(f"scheduler.py: {what}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main(["airflow", "scheduler", *sys.argv[1:]]))
