"""Metrics of the containers, as a collector beside them receives them: Airflow's own and ours."""

import json
import time
from typing import Any

import pytest

from tests.docker.demo import record, run
from tests.docker.stack import Stack

pytestmark = [pytest.mark.docker, pytest.mark.timeout(3600), pytest.mark.usefixtures("stack")]

PATIENCE_S = 90


def collected(stack: Stack) -> list[dict[str, Any]]:
    lines = stack.compose("logs", "--no-color", "--no-log-prefix", "collector").splitlines()
    return [json.loads(line[line.index("{") :]) for line in lines if "{" in line]  # after codes for a terminal


def wait_for(stack: Stack, name: str, **attributes: str) -> list[dict[str, Any]]:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        named = [point for point in collected(stack) if point["name"] == name]
        if found := [point for point in named if attributes.items() <= point["attributes"].items()]:
            return found
        time.sleep(2)
    raise AssertionError(f"no {name} among {sorted({point['name'] for point in collected(stack)})}")


def test_what_tasks_measured_arrives_with_what_airflow_measures_of_them(stack, airflow):
    record(stack, airflow)
    looks = wait_for(stack, "liveblog.looks", source="gazette")
    assert {(point["unit"], point["delta"]) for point in looks} == {("{look}", True)}
    assert wait_for(stack, "airflow.ti.finish", dag_id="record_live_blogs", task_id="publish", state="success")


def test_the_scheduler_s_own_health_arrives(stack):
    assert wait_for(stack, "airflow.scheduler_heartbeat")


def test_discovery_in_a_task_is_counted(stack, airflow):
    run(stack, airflow, "discover_live_blogs")
    assert {point["service"] for point in wait_for(stack, "liveblog.candidates")} == {"as-it-happened"}
