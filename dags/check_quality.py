"""`check_quality`: is what was recorded as it should be? One alert an incident, and a word when it is over.

Wiring only: the rules are in `liveblog.quality`, incidents in `liveblog.incidents`, channels in `board.notifiers`.
"""

from datetime import timedelta

from airflow.sdk import (
    AssetOrTimeSchedule,
    CronTriggerTimetable,
    Param,
    dag,
    get_current_context,
    task,
)

from board.frame import DAGS, LAKE, START, Json, alerts, defaults, no_backfill

PARAMS = {
    "silence": Param(
        None,
        type=["string", "null"],
        pattern="^[\\w.:-]+$",
        title="Silence first",
        description_md="An incident's id, a source, or a DAG's id (its failed runs): alerts are withheld for a while, "
        "then what is still open is told. **Empty:** silence nothing.",
    ),
    "hours": Param(
        6,
        type="number",
        minimum=1,
        maximum=168,
        title="For so many hours",
        description_md="How long nobody is alerted, 168 hours (a week) at most. Counts only with *Silence first*.",
    ),
    "why": Param(
        None,
        type=["string", "null"],  # a string alone would have to be filled in
        maxLength=200,
        title="Why",
        description_md="A word for colleagues, kept with the silence: `they rebuild their site`.",
    ),
}

DOC = """
### Check quality

Runs whenever `record_live_blogs` has published, and every ten minutes in any case, so that silence is noticed, too.

| rule | finds |
|---|---|
| `freshness` | blogs whose look is overdue by more than three minutes |
| `failing` | half of a source's looks, or more, failed within an hour |
| `empty` | pages that had updates show none: a changed layout, a consent wall |
| `quiet` | next to no update for an hour from a source with a live blog that used to publish |
| `drift` | two readers agree on far fewer updates than in the week before |
| `headlines` | far more updates without a headline than in the week before |
| `times` | updates dated in the future, or years ago |
| `rights` | robots, X-Robots-Tag or a reservation changed within a day |

What is found opens an **incident**, kept in the table `incidents`: one alert when it opens, one when it is over.
The page *Live blogs* shows what is open. Silence one by triggering this DAG with its id.
"""


@dag(
    dag_display_name="Check quality",
    description="Freshness, baselines, drift and rights; one alert an incident",
    doc_md=DOC,
    schedule=AssetOrTimeSchedule(timetable=CronTriggerTimetable("*/10 * * * *", timezone="UTC"), assets=[LAKE]),
    start_date=START,
    catchup=False,
    max_active_runs=1,
    dagrun_timeout=timedelta(minutes=30),
    # What was late yesterday cannot be checked today: there is nothing to backfill.
    allowed_run_types=no_backfill("asset_triggered", "scheduled"),
    params=PARAMS,
    tags=["live-blogs", "quality"],
    default_args=defaults(timedelta(minutes=5), retries=3, delay=timedelta(seconds=15)),
    **alerts(patience=2),
)
def check_quality() -> None:
    """Wire the two tasks."""

    @task
    def check() -> list[Json]:
        """Find, note incidents; one message an alert and channel."""
        from board import failing, notifiers
        from liveblog import chores

        named = notifiers.configured()  # first: what cannot be told is not to count as told
        context = get_current_context()
        asked = dict(context["params"])
        if asked["silence"] in DAGS:
            failing.silence(asked["silence"], asked["hours"])
            asked["silence"] = None
        found = chores.check(context["run_id"], **asked)
        # The channel's number, not its arguments: they may hold a secret, and all this is kept and shown by Airflow.
        return [
            {"alert": alert, "channel": number, "notifier": channel["notifier"]}
            for alert in found
            for number, channel in enumerate(named)
        ]

    @task(map_index_template="{{ task.op_kwargs['message']['alert']['text'] }}")
    def tell(message: Json) -> None:
        """Give one alert to one channel."""
        from board import notifiers

        notifiers.tell(message["alert"], notifiers.channel_of(message), dict(get_current_context()))

    tell.expand(message=check())


check_quality()
