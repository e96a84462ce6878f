"""What our DAGs have in common: owner, retries, alerts of failed runs, the lake as an asset.

Imported at parse time, so it stays light.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from airflow.sdk import Asset, ExceptionRetryPolicy, RetryAction, RetryRule

from board.failing import RunFailed, RunSucceeded

Json = dict[str, Any]

LAKE = Asset(name="live_blog_lake", uri="liveblog://lake", group="live_blogs")
"""What analysts read. Each event's extra names the snapshot and counts what it brought."""

DAGS = ("check_quality", "close_day", "discover_live_blogs", "record_live_blogs", "replay_archive")

START = datetime.fromisoformat("2026-01-01T00:00:00+00:00")

_NOT_AS_ASKED = ExceptionRetryPolicy(
    rules=[RetryRule(exception="liveblog.errors.InputError", action=RetryAction.FAIL, reason="cannot be done as asked")]
)


def defaults(timeout: timedelta, *, retries: int, delay: timedelta) -> Json:
    """`default_args` of a DAG.

    Args:
        timeout: of one try of a task.
        retries: after a failure; none after one of input, which another try would not mend.
        delay: before the first retry; it doubles with each.
    """
    return {
        "owner": "live-blogs",
        "execution_timeout": timeout,
        "retries": retries,
        "retry_delay": delay,
        "retry_exponential_backoff": 2.0,
        "retry_policy": _NOT_AS_ASKED,
    }


def alerts(*, patience: int) -> Json:
    """The callbacks of a DAG: an alert when so many runs in a row have failed, a word when one succeeds again."""
    return {"on_failure_callback": RunFailed(patience), "on_success_callback": RunSucceeded()}


def no_backfill(*also: str) -> list[Any]:
    """`allowed_run_types` of a DAG whose past cannot be made again: by schedule or by hand, and `also`."""
    return ["manual", "operator_triggered", *also]


def results(mapped: Sequence[Json]) -> list[Json]:
    """What the instances of a mapped task returned, by one request.

    One by one each is a request, and so is the one past the end, which Airflow logs as an error.
    """
    return list(mapped[:])
