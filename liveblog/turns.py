"""One after another: whoever looks at publishers' sites, to record or to discover, holds the one lease while at it."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TypeVar

from lake.errors import LeaseHeld
from lake.lake import Lake
from lake.leases import Lease

Taken = TypeVar("Taken")
LEASE = "record"
ASK_AGAIN_S = 1.0
TASK_PATIENCE_S = 20.0
"""Seconds that a scheduler's task waits in its place: its scheduler cannot end before (`board.waiting`)."""


@contextmanager
def in_turn(lake: Lake, run_key: str, ttl_s: float, patience_s: float = 0.0, name: str = LEASE) -> Iterator[Lease]:
    """Hold a lease for the time of a block; wait for it for so many seconds. Raises LeaseHeld after that."""
    with ExitStack() as stack:
        yield patiently(lambda: stack.enter_context(lake.lease(name, run_key, ttl_s)), patience_s)


def patiently(take: Callable[[], Taken], patience_s: float) -> Taken:
    """Take a lease, again and again for so many seconds while another holds it. Raises LeaseHeld after that."""
    until = time.monotonic() + patience_s
    while True:
        try:
            return take()
        except LeaseHeld:
            if time.monotonic() > until:
                raise
            time.sleep(ASK_AGAIN_S)
