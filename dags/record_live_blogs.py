"""`record_live_blogs`: look at what is due, work out what changed, publish a snapshot.

Wiring only: each task calls one function of `liveblog.tasks`, which is imported inside the task, so that parsing this
file costs next to nothing. Small values travel by XCom; pages and rows stay in the lake.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from airflow.sdk import Metadata, Param, dag, get_current_context, task
from airflow.sdk.exceptions import AirflowSkipException

from board.frame import LAKE, START, Json, alerts, defaults, no_backfill, results
from board.links import show_looks
from board.waiting import waiting_outside

PARAMS = {
    "addresses": Param(
        [],
        type=["array", "null"],
        items={"type": "string", "pattern": "^https?://[^/\\s]+"},
        title="Addresses to record now",
        description_md="One live blog a line, as `https://…`. Each is put on the watch list and looked at in this run, "
        "due or not. **Empty:** everything that is due.",
    ),
    "dry_run": Param(
        False,
        type="boolean",
        title="Dry run",
        description_md="Only say in the log of `plan` what would be looked at; fetch and change nothing.",
    ),
}

DOC = """
### Record live blogs

Looks at every watched live blog that is due, keeps what came as WARC, works out what was added, edited or removed, and
commits one snapshot of the lake.

| task | does | run again after a failure |
|---|---|---|
| `plan` | lists what is due, in batches, each domain whole in one | harmless |
| `crawl` | fetches one batch, archives it in `raw/` | fetches again: one more look |
| `publish` | reads what was archived, commits a snapshot | harmless: a run commits once |
| `report` | ends the run; fails it where one of the others failed, after the rest is safe | harmless |

Trigger it by hand to record addresses now, or to see in a dry run what is due. The lake is where `LIVEBLOG_LAKE` says.
Ask it with `liveblog sql`.
"""


@dag(
    dag_display_name="Record live blogs",
    description="Look at what is due, work out what changed, publish a snapshot",
    doc_md=DOC,
    schedule=timedelta(minutes=1),
    start_date=START,
    catchup=False,
    max_active_runs=1,
    dagrun_timeout=timedelta(minutes=15),
    # What a page said yesterday can only be looked at yesterday: there is nothing to backfill (`replay_archive` reads
    # again what was recorded).
    allowed_run_types=no_backfill("scheduled"),
    params=PARAMS,
    tags=["live-blogs", "recording"],
    default_args=defaults(timedelta(minutes=8), retries=2, delay=timedelta(seconds=10)),
    **alerts(patience=2),
)
def record_live_blogs() -> None:
    """Wire the four tasks."""

    @task
    def plan() -> list[Json]:
        """What is due, in batches."""
        from liveblog import tasks

        context = get_current_context()
        with waiting_outside(context):
            return tasks.plan(context["run_id"], **context["params"])

    @task(map_index_template="{{ task.op_kwargs['batch']['domains'] | join(', ') }}")
    def crawl(batch: Json) -> Json:
        """Fetch one batch and archive it."""
        from liveblog import tasks

        return tasks.crawl(get_current_context()["run_id"], batch)

    @task(trigger_rule="all_done", outlets=[LAKE])
    def publish(crawled: Any) -> Iterator[Metadata]:
        """Commit what the batches brought."""
        from liveblog import tasks

        published = tasks.publish(get_current_context()["run_id"], results(crawled))
        if published is None:
            raise AirflowSkipException("nothing new: no snapshot was published")
        yield Metadata(LAKE, extra=published)

    @task(trigger_rule="all_done", retries=0)
    def report(batches: Any, crawled: Any) -> None:
        """Fail the run where a task before failed."""
        from liveblog import tasks

        tasks.report(get_current_context()["run_id"], batches, results(crawled))

    batches = plan()
    crawled = crawl.expand(batch=batches)
    published = publish(crawled)
    show_looks(published)
    published >> report(batches, crawled)


record_live_blogs()
