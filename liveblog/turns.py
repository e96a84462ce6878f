"""One after another: whoever looks at publishers' sites, to record or to discover, holds the one lease while at it."""

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from lake.errors import LeaseHeld
from lake.lake import Lake
from lake.leases import Lease

LEASE = "record"
ASK_AGAIN_S = 1.0
TASK_PATIENCE_S = 20.0
"""Seconds that a scheduler's task waits in its place: its scheduler cannot end before (`board.waiting`)."""


@contextmanager
def in_turn(lake: Lake, run_key: str, ttl_s: float, patience_s: float = 0.0, name: str = LEASE) -> Iterator[Lease]:
    """Hold a lease for the time of a block; wait for it for so many seconds. Raises LeaseHeld after that."""
    until = time.monotonic() + patience_s
    with ExitStack() as stack:
        while True:
            try:
                lease = stack.enter_context(lake.lease(name, run_key, ttl_s))
                break
            except LeaseHeld:
                if time.monotonic() > until:
                    raise
                time.sleep(ASK_AGAIN_S)
        yield lease
