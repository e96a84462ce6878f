"""Runs of our DAGs that fail: one alert however many fail in a row, and one word when a run has succeeded again.

    a run fails ──(the second in a row, or the first of a DAG that runs seldom)──> alert ──(a run succeeds)──> recovered

Airflow calls this in its DAG processor once a run has ended, also where none of its tasks could run or the lake is out
of reach: `check_quality` would then find nothing, since it needs both. What is known from one run to the next stands in
an Airflow Variable for each DAG; a channel that could not be reached is tried again after the next run.
"""

import hashlib
import logging
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from airflow.sdk import BaseNotifier, Variable

from board.notifiers import VARIABLE, NotTold, channels, tell

log = logging.getLogger(__name__)
FAILING, SILENCED = "live_blog_failing_", "live_blog_silenced_"
"""Beginnings of the Variables' names; a DAG's id follows."""
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Failing:
    """A DAG whose newest run failed."""

    since: str
    """When the first run of the row ended: ISO 8601, UTC."""
    runs: int = 1
    """Failed runs in a row."""
    told: bool = False
    """Every channel has been given the alert."""


class RunFailed(BaseNotifier):
    """For `on_failure_callback` of a DAG: tells of the run that makes it `patience` failures in a row."""

    def __init__(self, patience: int = 2) -> None:
        super().__init__()
        self.patience = patience

    def notify(self, context: Any) -> None:  # noqa: ANN401 - Airflow's context
        """Count the run; tell, unless that was done or is not wanted."""
        dag, now = context["dag"].dag_id, datetime.now(UTC)
        before = _known(dag)
        known = replace(before, runs=before.runs + 1) if before else Failing(now.isoformat(timespec="seconds"))
        if not known.told and known.runs >= self.patience and not _is_silenced(dag, now):
            known = replace(known, told=_told(alert(dag, known, "opened", _detail(known, context)), context))
        Variable.set(FAILING + dag, asdict(known), serialize_json=True)


class RunSucceeded(BaseNotifier):
    """For `on_success_callback` of a DAG: says that it is well again, if somebody was told that it is not."""

    def notify(self, context: Any) -> None:  # noqa: ANN401 - Airflow's context
        """Forget the failures, once their end has been told."""
        dag = context["dag"].dag_id
        known = _known(dag)
        if known is None:
            return
        said = f"run {context['run_id']} succeeded, after {known.runs} that failed"
        if not known.told or _told(alert(dag, known, "recovered", said), context):
            Variable.delete(FAILING + dag)


def alert(dag: str, known: Failing, event: str, detail: str) -> Json:
    """What people are told, in the form of `liveblog.incidents.Alert`; `event` is opened or recovered."""
    incident = hashlib.blake2b(f"{dag}\0{known.since}".encode(), digest_size=6).hexdigest()
    word = "" if event == "opened" else "recovered: "
    return {
        "incident_id": incident,
        "event": event,
        "rule": "runs",
        "source": dag,
        "blog_id": "",
        "detail": detail,
        "opened_at": known.since,
        "text": f"{word}{dag}: runs: {detail} (incident {incident}, since {known.since})",
    }


def silence(dag: str, hours: float) -> None:
    """Withhold alerts about a DAG's runs; what still fails then is told then."""
    until = datetime.now(UTC) + timedelta(hours=hours)
    Variable.set(SILENCED + dag, until.isoformat(timespec="seconds"))


def _known(dag: str) -> Failing | None:
    stored = Variable.get(FAILING + dag, default=None, deserialize_json=True)
    return Failing(**stored) if stored else None


def _is_silenced(dag: str, now: datetime) -> bool:
    until = Variable.get(SILENCED + dag, default=None)
    return until is not None and datetime.fromisoformat(until) > now


def _detail(known: Failing, context: Mapping[str, Any]) -> str:
    task = context.get("ti")
    where = f", last in {task.task_id}: {task.log_url}" if task is not None else ""
    often = f"{known.runs} runs in a row have failed" if known.runs > 1 else "a run has failed"
    return f"{often}, the last {context['run_id']} ({context.get('reason') or 'no reason given'}{where})"


def _told(message: Json, context: Mapping[str, Any]) -> bool:
    """Give an alert to every channel; whether all have taken it."""
    delivered = True
    for channel in channels(Variable.get(VARIABLE, default=[], deserialize_json=True)):
        try:
            tell({"alert": message, "channel": channel}, context)
        except (NotTold, OSError) as error:
            log.error("an alert could not be given to %s: %s", channel["notifier"], error)
            delivered = False
    return delivered
