"""`close_day`: fold and pack what is over, verify, vacuum, and the day's report.

Wiring only: each task calls one function of `liveblog.chores`, which is imported inside the task.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from airflow.sdk import (
    Asset,
    CronDataIntervalTimetable,
    Metadata,
    Param,
    dag,
    get_current_context,
    task,
)
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException

from board.frame import START, Json, alerts, defaults

REPORTS = Asset(name="live_blog_day", uri="liveblog://day", group="live_blogs")
"""A closed day. Each event's extra is its report."""

PARAMS = {
    "day": Param(
        None,
        type=["string", "null"],
        format="date",
        title="Day",
        description_md="The UTC day to report on. **Empty:** that of the run's interval, or the last day that is over.",
    ),
    "verify": Param(
        True, type="boolean", title="Verify", description_md="Read every object of the lake and check its digest."
    ),
}

DOC = """
### Close the day

Runs at 01:30 UTC, when the day before has been over for an hour.

| task | does | run again |
|---|---|---|
| `choose` | which day it is about; refuses one that is not over | harmless |
| `close` | one file a table for each closed day, raw files packed | completes what it had begun |
| `verify` | checks every object against the digests in the manifests; fails where one is damaged | harmless |
| `vacuum` | removes what no kept snapshot names, after a day of grace | harmless |
| `report` | the day by source, in the log and as the asset `live_blog_day` | harmless |

**Backfill** works for every day of which the lake has looks, and is refused for a day of which it has none: what a
page said then cannot be fetched any more.
"""


@dag(
    dag_display_name="Close the day",
    description="Fold, pack, verify, vacuum, report",
    doc_md=DOC,
    schedule=CronDataIntervalTimetable("30 1 * * *", timezone="UTC"),
    start_date=START,
    catchup=False,
    max_active_runs=1,
    dagrun_timeout=timedelta(hours=12),
    params=PARAMS,
    tags=["live-blogs", "upkeep"],
    default_args=defaults(timedelta(hours=3), retries=3, delay=timedelta(minutes=1)),
    **alerts(patience=1),
)
def close_day() -> None:
    """Wire the five tasks."""

    @task
    def choose() -> str:
        """Which day it is about."""
        from liveblog import chores

        context = get_current_context()
        run = context["dag_run"]
        return chores.day_to_close(
            context["params"]["day"], interval_start=run.data_interval_start, run_after=run.run_after
        )

    @task
    def close() -> Json:
        """Fold, close, pack."""
        from liveblog import chores

        return chores.close(get_current_context()["run_id"])

    @task
    def verify() -> Json:
        """Check every object."""
        from liveblog import chores

        if not get_current_context()["params"]["verify"]:
            raise AirflowSkipException("not asked for")
        return chores.verify()

    @task(trigger_rule="none_failed")
    def vacuum() -> Json:
        """Remove what nothing names."""
        from liveblog import chores

        return chores.vacuum()

    @task(outlets=[REPORTS])
    def report(day: Any) -> Iterator[Metadata]:
        """The day by source."""
        from liveblog import chores

        told = chores.report(day)
        if told is None and get_current_context()["dag_run"].run_type == "backfill":
            raise AirflowFailException(f"no look of {day} is in the lake: what was not recorded cannot be rebuilt")
        if told is None:
            raise AirflowSkipException(f"nothing was looked at on {day}")
        yield Metadata(REPORTS, extra=told)

    day = choose()
    closed = close()
    day >> closed >> verify() >> vacuum()
    closed >> report(day)


close_day()
