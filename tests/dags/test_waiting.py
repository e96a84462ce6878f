"""A task that waits for its turn waits outside: its place is free, and its scheduler can end."""

from datetime import UTC, datetime, timedelta

import pytest
from airflow.sdk.exceptions import AirflowRescheduleException

from board.waiting import MOST_TURNS, OUTSIDE, waiting_outside
from lake.errors import LeaseHeld, LeaseLost

HELD = LeaseHeld("record", "another run", datetime(2026, 11, 30, tzinfo=UTC))


@pytest.mark.parametrize("turns", [0, MOST_TURNS - 1])
def test_a_lease_that_is_held_begins_the_task_anew_once_its_end_was_noted(turns):
    with pytest.raises(AirflowRescheduleException) as raised, waiting_outside({"task_reschedule_count": turns}):
        raise HELD
    assert abs(raised.value.reschedule_date - datetime.now(UTC) - OUTSIDE) < timedelta(seconds=5)


def test_one_that_is_held_for_too_long_is_a_failure():
    with pytest.raises(LeaseHeld, match="another run"), waiting_outside({"task_reschedule_count": MOST_TURNS}):
        raise HELD


def test_any_other_failure_stays_one():
    with pytest.raises(LeaseLost), waiting_outside({"task_reschedule_count": 0}):
        raise LeaseLost("record: expired")
