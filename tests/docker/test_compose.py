"""The image and the compose file, really built and run: `make docker-test`, which is not part of `make test`.

Where no engine is at hand these tests say so and are skipped; with CI=true that is a failure.
"""

import json
import os
import re
import subprocess
import time
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.request import Request

import duckdb
import pytest

from tests.docker.stack import DOCKER, IMAGE, SignedIn, Stack, missing_engine, running_stack
from tests.services.airflow import NO_PROXY, AirflowError

pytestmark = [pytest.mark.docker, pytest.mark.timeout(3600), pytest.mark.usefixtures("stack")]

DAG = "record_live_blogs"
BLOG = "gazette-ferry"
READ_TASK_LOGS = "find /opt/airflow/logs -type f -exec cat {} +"
BARE = (
    "read_parquet('s3://liveblog/lake/g1/hot/revisions/**/*.parquet', hive_partitioning = true, union_by_name = true)"
)


@pytest.fixture(scope="module")
def stack(tmp_path_factory) -> Iterator[Stack]:
    missing = missing_engine()
    if missing and os.environ.get("CI") == "true":
        pytest.fail(missing)
    if missing:
        pytest.skip(f"no container engine, so the image was neither built nor run: {missing}")
    with running_stack(tmp_path_factory.mktemp("stack")) as running:
        yield running


@pytest.fixture(scope="module")
def airflow(stack) -> Iterator[SignedIn]:
    with SignedIn(stack.port("AIRFLOW_PORT"), stack.settings["AIRFLOW_ADMIN_PASSWORD"]) as signed_in:
        yield signed_in


def newsroom(stack: Stack, path: str, body: object | None = None) -> dict[str, Any]:
    data = None if body is None else json.dumps(body).encode()
    request = Request(f"http://127.0.0.1:{stack.port('NEWSROOM_PORT')}{path}", data=data)
    with NO_PROXY.open(request, timeout=30) as answer:
        return dict(json.load(answer))


def run_in_image(*command: str) -> str:
    done = subprocess.run(["docker", "run", "--rm", IMAGE, *command], capture_output=True, text=True, timeout=120)
    return (done.stdout + done.stderr).strip()


def rows(stack: Stack, query: str) -> list[tuple[Any, ...]]:
    """What a stranger's DuckDB on the host reads, with nothing of ours but the address and the analysts' key."""
    httpfs = next(Path(str(files("duckdb_extension_httpfs"))).glob("extensions/*/httpfs.duckdb_extension"))
    with duckdb.connect() as connection:
        connection.execute(f"LOAD '{httpfs}'")
        connection.execute(
            f"CREATE SECRET (TYPE s3, KEY_ID '{stack.settings['ANALYST_ACCESS_KEY']}', USE_SSL false, URL_STYLE 'path',"
            f" SECRET '{stack.settings['ANALYST_SECRET_KEY']}', ENDPOINT '127.0.0.1:{stack.port('S3_PORT')}')"
        )
        return connection.execute(query).fetchall()


def headlines(stack: Stack) -> set[str]:
    return {row[0] for row in rows(stack, f"SELECT headline FROM {BARE} WHERE kind IN ('update', 'card')")}


def record(stack: Stack, airflow: SignedIn) -> set[str]:
    """Record the blog as it stands now, by a run of the DAG; the headlines that it shows."""
    truth = newsroom(stack, f"/-/truth/{BLOG}.json")
    path = next(blog["path"] for blog in newsroom(stack, "/-/truth.json")["blogs"] if blog["blog"] == BLOG)
    run = airflow.trigger(DAG, {"addresses": [f"http://gazette.newsroom:8765{path}"]})
    assert airflow.wait(DAG, run, timeout_s=600) == "success", (
        f"{airflow.tasks(DAG, run)}\n{airflow.task_log(DAG, run, 'report')}"
    )
    return {update["headline"] for update in truth["updates"] if update["headline"]}


def test_every_part_is_well_and_every_preparation_has_succeeded(stack):
    found = {item["Service"]: (item["State"], item["Health"], item["ExitCode"]) for item in stack.containers()}
    well, up, done = ("running", "healthy", 0), ("running", "", 0), ("exited", "", 0)
    assert found == {
        "api-server": well,
        "scheduler": well,
        "dag-processor": well,
        "postgres": well,
        "newsroom": well,
        "store": up,
        "migrate": done,
        "bucket": done,
        "analyst": done,
    }


def test_nothing_listens_beyond_loopback(stack):
    hosts = {port["URL"] for item in stack.containers() for port in item["Publishers"] or () if port["PublishedPort"]}
    assert hosts == {"127.0.0.1"}


def test_airflow_lets_nobody_in_without_the_password(stack, airflow):
    with pytest.raises(AirflowError, match="401"):
        SignedIn(airflow.port, "admin").__enter__()
    with pytest.raises(AirflowError, match="401"):
        SignedIn(airflow.port, "").call("GET", "/api/v2/dags")


def test_every_dag_can_be_read(airflow):
    assert airflow.call("GET", "/api/v2/importErrors")["import_errors"] == []
    assert DAG in {dag["dag_id"] for dag in airflow.call("GET", "/api/v2/dags")["dags"]}


def test_a_run_of_the_dag_puts_what_the_newsroom_shows_into_the_store(stack, airflow):
    newsroom(stack, "/-/clock", {"speed": 0})
    newsroom(stack, "/-/clock", {"advance_s": 3 * 3600})
    shown = record(stack, airflow)
    assert len(shown) > 10
    assert shown <= headlines(stack)


def test_new_containers_go_on_where_the_old_ones_stopped(stack, airflow):
    before = headlines(stack)
    stack.compose("rm", "--stop", "--force", "api-server", "scheduler", "dag-processor", "postgres", "store")
    stack.up()
    airflow.__enter__()
    newsroom(stack, "/-/clock", {"advance_s": 5 * 3600})
    shown = record(stack, airflow)
    after = headlines(stack)
    assert after > before
    assert after >= shown
    twice = f"SELECT blog_id, section_id, seq FROM {BARE} GROUP BY ALL HAVING count(*) > 1"
    assert rows(stack, twice) == []


def test_the_image_runs_as_nobody_special_and_holds_no_tools_to_build_with():
    assert run_in_image("id", "-u") == "10001"
    assert run_in_image("sh", "-c", "command -v gcc cc make uv git; ls /opt/liveblog/venv/bin/pip") == (
        "ls: cannot access '/opt/liveblog/venv/bin/pip': No such file or directory"
    )


def test_the_image_holds_no_secret_and_no_setting_of_the_network_it_was_built_in(stack):
    inspected = subprocess.run(["docker", "image", "inspect", IMAGE], capture_output=True, text=True, check=True)
    config = json.loads(inspected.stdout)[0]["Config"]
    told = [line for line in config["Env"] if re.search("secret|password|proxy|://", line, re.IGNORECASE)]
    assert told == []
    assert [value for value in stack.settings.values() if len(value) >= 44 and value in inspected.stdout] == []


def test_no_log_tells_a_secret(stack):
    secrets = [value for value in stack.settings.values() if len(value) >= 44]
    assert len(secrets) == 8
    told = stack.compose("logs", "--no-color") + stack.compose("exec", "-T", "scheduler", "sh", "-c", READ_TASK_LOGS)
    assert "record_live_blogs" in told
    assert [secret for secret in secrets if secret in told] == []


def test_the_program_itself_runs_in_the_image(stack):
    said = run_in_image("liveblog", "--help")
    assert "Usage" in said
    assert "record" in said


def test_a_missing_secret_is_said_in_one_line_with_what_to_do(stack, tmp_path):
    empty = tmp_path / ".env"
    empty.write_text("")
    command = ["docker", "compose", "--file", DOCKER / "compose.yaml", "--env-file", empty, "config", "--quiet"]
    environ = {name: value for name, value in os.environ.items() if name not in stack.settings}
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, env=environ)
    assert done.returncode
    assert "run sh docker/make-env.sh first" in done.stderr
    assert "\n" not in done.stderr.strip()


def test_stopping_takes_seconds_and_not_the_patience_of_the_engine(stack):
    began = time.monotonic()
    stack.compose("stop", "--timeout", "60", "scheduler")
    assert time.monotonic() - began < 30
