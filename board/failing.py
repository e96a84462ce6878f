"""Runs of our DAGs that fail: one alert however many fail in a row, and one word when a run has succeeded again.

    a run fails ──(the second in a row, or the first of a DAG that runs seldom)──> alert ──(a run succeeds)──> recovered

Airflow calls this in its DAG processor once a run has ended, also where none of its tasks could run or the lake is out
of reach: `check_quality` would then find nothing, since it needs both. What is known from one run to the next stands in
an Airflow Variable for each DAG; a channel that could not be reached is tried again after the next run, and the others
are not told twice.
"""

import hashlib
import logging
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from airflow.sdk import BaseNotifier, Variable

from board import notifiers

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
    told: tuple[str, ...] = ()
    """Channels that have taken the alert, so that one which is broken does not make the others hear it again."""
    over: tuple[str, ...] = ()
    """And those that have taken the word of its end."""


class RunFailed(BaseNotifier):
    """For `on_failure_callback` of a DAG: tells of the run that makes it `patience` failures in a row."""

    def __init__(self, patience: int = 2) -> None:
        super().__init__()
        self.patience = patience

    def notify(self, context: Any) -> None:  # noqa: ANN401 - Airflow's context
        """Count the run; tell, unless that was done or is not wanted."""
        dag, now = context["dag"].dag_id, datetime.now(UTC)
        before = _known(dag)
        known = Failing(now.isoformat(timespec="seconds"))
        if before is not None and not before.over:  # else somebody was told that it is over, and is told anew
            known = replace(before, runs=before.runs + 1)
        if known.runs >= self.patience and not _is_silenced(dag, now):
            told, _ = _tell(alert(dag, known, "opened", _detail(known, context)), context, None, known.told)
            known = replace(known, told=told)
        _keep(dag, known)


class RunSucceeded(BaseNotifier):
    """For `on_success_callback` of a DAG: says that it is well again, if somebody was told that it is not."""

    def notify(self, context: Any) -> None:  # noqa: ANN401 - Airflow's context
        """Forget the failures, once their end has been told."""
        dag = context["dag"].dag_id
        known = _known(dag)
        if known is None:
            return
        said = f"run {context['run_id']} succeeded, after {known.runs} that failed"
        over, waiting = _tell(alert(dag, known, "recovered", said), context, known.told, known.over)
        if waiting:
            _keep(dag, replace(known, over=over))
        else:
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
    return Failing(stored["since"], stored["runs"], tuple(stored["told"]), tuple(stored["over"])) if stored else None


def _keep(dag: str, known: Failing) -> None:
    Variable.set(FAILING + dag, asdict(known), serialize_json=True)


def _is_silenced(dag: str, now: datetime) -> bool:
    until = Variable.get(SILENCED + dag, default=None)
    return until is not None and datetime.fromisoformat(until) > now


def _detail(known: Failing, context: Mapping[str, Any]) -> str:
    task = context.get("ti")
    where = f", last in {task.task_id}: {task.log_url}" if task is not None else ""
    often = f"{known.runs} runs in a row have failed" if known.runs > 1 else "a run has failed"
    return f"{often}, the last {context['run_id']} ({context.get('reason') or 'no reason given'}{where})"


def _tell(
    message: Json, context: Mapping[str, Any], whom: tuple[str, ...] | None, done: tuple[str, ...]
) -> tuple[tuple[str, ...], bool]:
    """Give an alert to every channel (of `whom`) not `done` yet; those done now, and whether one did not take it."""
    taken, waiting = list(done), False
    for name, channel in _channels().items():
        if name in done or (whom is not None and name not in whom):
            continue
        try:
            notifiers.tell(message, channel, context)
        except Exception as error:  # noqa: BLE001 - anybody's notifier; the others are to be told all the same
            # Of others' errors no words: a webhook's address, which they may hold, is a secret.
            said = str(error) if isinstance(error, notifiers.NotTold) else type(error).__name__
            log.error("an alert could not be given to %s: %s", channel["notifier"], said)
            waiting = True
        else:
            taken.append(name)
    return tuple(taken), waiting


def _channels() -> dict[str, Json]:
    """By name; those that ship where the Variable is wrong, which is said."""
    try:
        named = notifiers.configured()
    except notifiers.NotTold as error:
        log.error("%s", error)
        named = notifiers.channels([])
    return {f"{number} {one['notifier']}": one for number, one in enumerate(named)}
