"""Processes by name, so that a lease left by a killed one need not run out before the next run on that machine."""

import os
import socket
from pathlib import Path


def this_process() -> str:
    """A name for this process that no other gets: host, process id, and when it was started."""
    return f"{socket.gethostname()}/{os.getpid()}/{_started(os.getpid())}"


def is_dead(name: str | None) -> bool:
    """Whether a process ran on this machine and is gone. False for one elsewhere, or where nothing can be known."""
    host, _, rest = (name or "").partition("/")
    pid, _, started = rest.partition("/")
    if host != socket.gethostname() or not pid.isdigit():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return _started(int(pid)) != started


def _started(pid: int) -> str:
    """When a process was started, in clock ticks since boot (proc(5), field 22); empty where there is no /proc."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
    except OSError:
        return ""
    return fields[19]
