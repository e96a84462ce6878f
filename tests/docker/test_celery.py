"""The compose files for many machines, really run over one machine's: batches go through Redis to workers, which can be
drained and given up again."""

import time
from collections.abc import Iterator

import pytest

from tests.docker.demo import BARE, BLOG, DAG, HOT, address, newsroom, record, rows, run
from tests.docker.stack import CELERY, SignedIn, Stack, needs_engine, running_stack

pytestmark = [pytest.mark.docker, pytest.mark.timeout(3600)]

WORKERS = ("worker-1", "worker-2")
STOP_S = 600
"""More than `stop_grace_period`."""


@pytest.fixture(scope="module")
def one(tmp_path_factory) -> Iterator[Stack]:
    """One machine."""
    needs_engine("the workers were not run")
    with running_stack(tmp_path_factory.mktemp("stack")) as running:
        yield running


@pytest.fixture(scope="module")
def stack(one) -> Stack:
    """The same one with the files for many machines, once it has recorded something."""
    with SignedIn(one.port("AIRFLOW_PORT"), one.settings["AIRFLOW_ADMIN_PASSWORD"]) as airflow:
        record(one, airflow)
    many = one.reading(CELERY)
    many.compose("stop", "scheduler", timeout_s=STOP_S)
    many.up()
    return many


@pytest.fixture(scope="module")
def airflow(stack) -> Iterator[SignedIn]:
    with SignedIn(stack.port("AIRFLOW_PORT"), stack.settings["AIRFLOW_ADMIN_PASSWORD"]) as signed_in:
        yield signed_in


def recorded(stack: Stack) -> int:
    """How many looks the store holds."""
    return int(rows(stack, f"SELECT count(*) FROM {HOT.format('captures')}")[0][0])


def hosts(airflow: SignedIn, run_id: str) -> set[str]:
    """Where the tasks of a run were done."""
    tasks = airflow.call("GET", f"/api/v2/dags/{DAG}/dagRuns/{run_id}/taskInstances")["task_instances"]
    return {task["hostname"] for task in tasks if task["hostname"]}


def test_workers_and_queue_are_well(stack):
    health = {item["Service"]: item["Health"] for item in stack.containers()}
    assert {name: health[name] for name in (*WORKERS, "redis")} == dict.fromkeys((*WORKERS, "redis"), "healthy")


def test_what_one_machine_began_the_workers_go_on_with(stack, airflow):
    before = recorded(stack)
    newsroom(stack, "/-/clock", {"advance_s": 3600})
    done = run(stack, airflow, addresses=[address(stack)])
    assert 1 <= before < recorded(stack)
    assert hosts(airflow, done) <= set(WORKERS)


def test_with_one_worker_drained_the_other_goes_on(stack, airflow):
    began = time.monotonic()
    stack.compose("stop", WORKERS[0], timeout_s=600)
    assert time.monotonic() - began < 120, "an idle worker ends at once"
    before = recorded(stack)
    newsroom(stack, "/-/clock", {"advance_s": 3600})
    assert record(stack, airflow), f"{DAG} did not record {BLOG} with one worker"
    assert recorded(stack) > before


def test_back_on_one_machine_the_scheduler_records_again(one, stack, airflow):
    stack.compose("stop", "scheduler", *WORKERS, timeout_s=STOP_S)
    stack.compose("rm", "--stop", "--force", *WORKERS, "redis", timeout_s=STOP_S)
    one.up()
    before = recorded(one)
    newsroom(one, "/-/clock", {"advance_s": 3600})
    done = run(one, airflow, addresses=[address(one)])
    assert recorded(one) > before
    assert len(hosts(airflow, done) - set(WORKERS)) == 1
    twice = f"SELECT blog_id, section_id, seq FROM {BARE} GROUP BY ALL HAVING count(*) > 1"
    assert rows(one, twice) == []
