"""`replay_archive`: read the raw archive again, and compare with the tables, or switch to what comes of it.

Wiring only: each task calls one function of `liveblog.chores`, which is imported inside the task.
"""

from datetime import timedelta
from typing import Any

from airflow.sdk import (
    Param,
    dag,
    get_current_context,
    task,
)

from board.frame import START, Json, alerts, defaults, no_backfill, results
from board.waiting import waiting_outside

TABLES = ["captures", "blogs", "aliases", "revisions", "headlines", "sightings", "duplicates"]
"""What is made from raw/ (`liveblog.chores.replay_plan` checks the names)."""

PARAMS = {
    "since": Param(
        None,
        type=["string", "null"],
        format="date",
        title="From",
        description_md="First UTC day. **Empty:** the first.",
    ),
    "until": Param(
        None,
        type=["string", "null"],
        format="date",
        title="To",
        description_md="Last UTC day. **Empty:** the last. A switch needs it empty: later days stand on earlier ones.",
    ),
    "mode": Param(
        "compare",
        type="string",
        enum=["compare", "switch"],
        title="Compare or switch",
        description_md="**compare** says what would change, day by day, while recording goes on. **switch** rebuilds "
        "the range and switches to it in one commit; recording waits meanwhile.",
    ),
    "tables": Param(
        TABLES,
        type="array",
        items={"type": "string", "enum": TABLES},
        examples=TABLES,
        title="Tables to tell of",
        description_md="All are rebuilt, since they stand on each other; the differences of these are told.",
    ),
}

DOC = """
### Replay the archive

Everything that was ever fetched is kept in `raw/`. After a reader was mended or improved, this reads it all again.

| task | does | run again |
|---|---|---|
| `plan` | the ranges to rebuild: a task a day to compare, one to switch | harmless |
| `rebuild` | reads the looks again, and says which rows would go and come; or switches | harmless |
| `report` | the sums | harmless |

Snapshots made before keep their answers; new ones have the new rows. A day that was never recorded cannot be rebuilt.
"""


@dag(
    dag_display_name="Replay the archive",
    description="Read raw/ again; compare, or switch",
    doc_md=DOC,
    schedule=None,
    start_date=START,
    catchup=False,
    max_active_runs=1,
    dagrun_timeout=timedelta(hours=24),
    # The range is asked for in the form, so that a switch is one commit: a backfill would make one of each day.
    allowed_run_types=no_backfill(),
    params=PARAMS,
    tags=["live-blogs", "upkeep"],
    default_args=defaults(timedelta(hours=12), retries=2, delay=timedelta(minutes=1)),
    **alerts(patience=1),
)
def replay_archive() -> None:
    """Wire the three tasks."""

    @task
    def plan() -> list[Json]:
        """The ranges to rebuild."""
        from liveblog import chores

        params = get_current_context()["params"]
        return chores.replay_plan(params["since"], params["until"], params["mode"], params["tables"])

    @task(
        max_active_tis_per_dagrun=1,
        map_index_template="{{ task.op_kwargs['unit']['mode'] }} {{ task.op_kwargs['unit']['since'] or 'all' }}",
    )
    def rebuild(unit: Json) -> Json:
        """Rebuild one range; compare, or switch."""
        from liveblog import chores

        context = get_current_context()
        with waiting_outside(context):
            return chores.rebuild(context["run_id"], unit)

    @task
    def report(parts: Any) -> Json:
        """The sums."""
        from liveblog import chores

        return chores.summary(results(parts))

    report(rebuild.expand(unit=plan()))


replay_archive()
