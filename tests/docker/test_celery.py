"""The compose files for many machines, really run: batches go through Redis to workers, which can be drained."""

import time
from collections.abc import Iterator

import pytest

from tests.docker.demo import BLOG, DAG, newsroom, record, rows
from tests.docker.stack import DOCKER, SignedIn, Stack, needs_engine, running_stack

pytestmark = [pytest.mark.docker, pytest.mark.timeout(3600)]

WORKERS = ("worker-1", "worker-2")


@pytest.fixture(scope="module")
def stack(tmp_path_factory) -> Iterator[Stack]:
    needs_engine("the workers were not run")
    with running_stack(tmp_path_factory.mktemp("stack"), DOCKER / "compose.celery.yaml") as running:
        yield running


@pytest.fixture(scope="module")
def airflow(stack) -> Iterator[SignedIn]:
    with SignedIn(stack.port("AIRFLOW_PORT"), stack.settings["AIRFLOW_ADMIN_PASSWORD"]) as signed_in:
        yield signed_in


def recorded(stack: Stack) -> int:
    query = "SELECT count(*) FROM read_parquet('s3://liveblog/lake/g1/hot/captures/**/*.parquet', union_by_name = true)"
    return int(rows(stack, query)[0][0])


def test_workers_and_queue_are_well(stack):
    health = {item["Service"]: item["Health"] for item in stack.containers()}
    assert {name: health[name] for name in (*WORKERS, "redis")} == dict.fromkeys((*WORKERS, "redis"), "healthy")


def test_a_run_is_done_by_the_workers(stack, airflow):
    shown = record(stack, airflow)
    assert shown
    assert recorded(stack) >= 1
    told = stack.compose("logs", "--no-color", *WORKERS)
    assert "succeeded" in told


def test_with_one_worker_drained_the_other_goes_on(stack, airflow):
    began = time.monotonic()
    stack.compose("stop", WORKERS[0], timeout_s=600)
    assert time.monotonic() - began < 120, "an idle worker ends at once"
    before = recorded(stack)
    newsroom(stack, "/-/clock", {"advance_s": 3600})
    assert record(stack, airflow), f"{DAG} did not record {BLOG} with one worker"
    assert recorded(stack) > before
