"""`discover_live_blogs`: search what publishers announce, and watch the live blogs found.

Wiring only: the task calls `liveblog.tasks.discover`, which is imported inside it.
"""

from collections.abc import Iterator
from datetime import timedelta

from airflow.sdk import (
    Asset,
    Metadata,
    Param,
    dag,
    get_current_context,
    task,
)
from airflow.sdk.exceptions import AirflowSkipException

from board.frame import START, alerts, defaults, no_backfill
from board.waiting import waiting_outside

WATCHES = Asset(name="live_blog_watches", uri="liveblog://watches", group="live_blogs")
"""The watch list. Each event's extra names the blogs that were put on it."""

PARAMS = {
    "sources": Param(
        [],
        type=["array", "null"],
        items={"type": "string", "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$"},
        title="Sources",
        description_md="Slugs, one a line (`liveblog sources list`). **Empty:** all.",
    ),
    "dry_run": Param(
        False,
        type="boolean",
        title="Dry run",
        description_md="Search and judge, and say in the log what would be watched; write nothing.",
    ),
}

DOC = """
### Discover live blogs

Searches sitemaps, feeds, section pages and watched blogs for live blogs, judges each by its page, and puts the new ones
on the watch list. `record_live_blogs` looks at them within a minute. An address that was judged lately is not asked for
again; run again, it changes nothing.
"""


@dag(
    dag_display_name="Discover live blogs",
    description="Search what publishers announce; watch what is found",
    doc_md=DOC,
    schedule=timedelta(minutes=15),
    start_date=START,
    catchup=False,
    max_active_runs=1,
    dagrun_timeout=timedelta(minutes=30),
    # What was announced yesterday can only be searched yesterday.
    allowed_run_types=no_backfill("scheduled"),
    params=PARAMS,
    tags=["live-blogs", "discovery"],
    default_args=defaults(timedelta(minutes=12), retries=2, delay=timedelta(seconds=30)),
    **alerts(patience=2),
)
def discover_live_blogs() -> None:
    """Wire the one task."""

    @task(outlets=[WATCHES])
    def discover() -> Iterator[Metadata]:
        """Search, judge, watch."""
        from liveblog import tasks

        context = get_current_context()
        with waiting_outside(context):
            found = tasks.discover(context["run_id"], **context["params"])
        if not found["watched"] or context["params"]["dry_run"]:
            raise AirflowSkipException("no new live blog was put on the watch list")
        yield Metadata(WATCHES, extra=found)

    discover()


discover_live_blogs()
