"""A task that waits for its turn gives its place back now and then, so that a scheduler which is told to end can end.

A run of `record_live_blogs` holds the recording lease from its first task to its last. A scheduler that is told to end
begins no task any more and waits for those under way: one that sat in its place until that lease is given back would
wait for a task that is not begun, and the scheduler for it.
"""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from airflow.sdk.exceptions import AirflowRescheduleException

OUTSIDE = timedelta(seconds=30)
"""A scheduler that begins a task anew before it has noted that it had ended takes it for one that was killed, and ends
the new one (github.com/apache/airflow/issues/71172). On a busy machine six seconds went by until it was noted."""
MOST_TURNS = 20
"""Waits of `liveblog.turns.TASK_PATIENCE_S` and `OUTSIDE`, a quarter of an hour together. Then the try has failed."""

log = logging.getLogger(__name__)


@contextmanager
def waiting_outside(context: Mapping[str, Any]) -> Iterator[None]:
    """Where the block finds a lease held, end the task as one that Airflow begins anew soon; no try is used up.

    Raises LeaseHeld after `MOST_TURNS`.
    """
    from lake.errors import LeaseHeld

    try:
        yield
    except LeaseHeld as held:
        if context["task_reschedule_count"] >= MOST_TURNS:
            raise
        log.info("its turn has not come, it waits outside: %s", held)
        again = datetime.now(UTC) + OUTSIDE
        raise AirflowRescheduleException(again) from held  # type: ignore[no-untyped-call]  # Airflow's own
