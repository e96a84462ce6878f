"""A DAG whose runs fail is told of once, and once more when it is well again."""

from collections.abc import Iterator
from typing import Any

import pytest
from airflow.sdk import DAG as Dag

from board import failing, notifiers
from board.failing import RunFailed, RunSucceeded
from tests.services.webhook import Hook, webhook

DAG = "record_live_blogs"


class Variables:
    """Airflow's Variables, as far as they are used; the real ones are used in test_airflow.py."""

    def __init__(self) -> None:
        self.kept: dict[str, Any] = {}

    def get(self, name: str, default: Any = None, deserialize_json: bool = False) -> Any:
        return self.kept.get(name, default)

    def set(self, name: str, value: Any, serialize_json: bool = False) -> None:
        self.kept[name] = value

    def delete(self, name: str) -> None:
        del self.kept[name]


@pytest.fixture
def hook(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hook]:
    with webhook() as opened:
        monkeypatch.setenv(notifiers.WEBHOOK, opened.address)
        yield opened


@pytest.fixture(autouse=True)
def variables(monkeypatch: pytest.MonkeyPatch) -> Variables:
    kept = Variables()
    monkeypatch.setattr(failing, "Variable", kept)
    monkeypatch.setattr(notifiers, "Variable", kept)
    return kept


def ended(run: str, callback: RunFailed | RunSucceeded, dag: str = DAG) -> None:
    """As Airflow's DAG processor calls it."""
    callback({"dag": Dag(dag, schedule=None), "run_id": run, "reason": "task_failure"})


def test_one_alert_for_a_row_of_failures_and_one_word_when_it_is_over(hook: Hook):
    for number in range(20):
        ended(f"run {number}", RunFailed(patience=2))
    ended("run 20", RunSucceeded())
    ended("run 21", RunSucceeded())
    assert [(one["event"], one["rule"], one["source"]) for one in hook.sent] == [
        ("opened", "runs", DAG),
        ("recovered", "runs", DAG),
    ]
    assert "2 runs in a row have failed, the last run 1 (task_failure)" in hook.sent[0]["text"]
    assert "run 20 succeeded, after 20 that failed" in hook.sent[1]["text"]
    assert len({one["incident_id"] for one in hook.sent}) == 1


def test_a_single_failure_among_frequent_runs_is_no_alert(hook: Hook):
    for number in range(5):
        ended(f"bad {number}", RunFailed(patience=2))
        ended(f"good {number}", RunSucceeded())
    assert hook.sent == []


def test_a_dag_that_runs_once_a_day_is_told_of_at_once(hook: Hook):
    ended("monday", RunFailed(patience=1), "close_day")
    assert [one["source"] for one in hook.sent] == ["close_day"]


def test_each_dag_is_an_incident_of_its_own(hook: Hook):
    for dag in ("record_live_blogs", "discover_live_blogs", "record_live_blogs"):
        ended("run", RunFailed(patience=1), dag)
    assert [one["source"] for one in hook.sent] == ["record_live_blogs", "discover_live_blogs"]


def test_what_a_channel_did_not_take_is_given_to_it_after_the_next_run(hook: Hook):
    hook.status = 500
    ended("run 1", RunFailed(patience=1))
    hook.status = 200
    ended("run 2", RunFailed(patience=1))
    ended("run 3", RunFailed(patience=1))
    assert len(hook.sent) == 2
    hook.status = 500
    ended("run 4", RunSucceeded())
    hook.status = 200
    ended("run 5", RunSucceeded())
    ended("run 6", RunSucceeded())
    assert [one["event"] for one in hook.sent] == ["opened", "opened", "recovered", "recovered"]


def test_a_silence_withholds_the_alert_until_it_expires(hook: Hook):
    failing.silence(DAG, hours=1)
    ended("run 1", RunFailed(patience=1))
    assert hook.sent == []
    failing.silence(DAG, hours=0)
    ended("run 2", RunFailed(patience=1))
    assert [one["event"] for one in hook.sent] == ["opened"]


def test_a_channel_that_is_broken_does_not_make_the_others_hear_an_alert_twice(
    hook: Hook, variables: Variables, caplog: pytest.LogCaptureFixture
):
    variables.set(notifiers.VARIABLE, [{"notifier": "no.such.Notifier", "arguments": {"token": "secret"}}])
    for number in range(3):
        ended(f"bad {number}", RunFailed(patience=1))
    for number in range(3):
        ended(f"good {number}", RunSucceeded())
    assert [one["event"] for one in hook.sent] == ["opened", "recovered"]
    assert caplog.text.count("no.such.Notifier: ModuleNotFoundError") == 3, "and it is tried again"
    assert "secret" not in caplog.text


def test_a_variable_that_names_no_channels_silences_nobody(hook: Hook, variables: Variables):
    variables.set(notifiers.VARIABLE, 7)
    ended("bad", RunFailed(patience=1))
    assert [one["event"] for one in hook.sent] == ["opened"]


def test_who_heard_that_it_is_over_hears_of_the_next_failure(hook: Hook):
    ended("run 1", RunFailed(patience=1))
    hook.status = 500
    ended("run 2", RunSucceeded())  # the log has taken it, the webhook has not
    hook.status = 200
    ended("run 3", RunFailed(patience=1))
    assert [one["event"] for one in hook.sent] == ["opened", "recovered", "opened"]
