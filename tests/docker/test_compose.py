"""docker/compose.yaml, really run: `make docker-test`, which is not part of `make test`.

Where no engine is at hand these tests say so and are skipped; with CI=true that is a failure.
"""

import json
import os
import re
import subprocess
import time
from urllib.error import HTTPError
from urllib.parse import unquote
from urllib.request import Request

import duckdb
import pytest

from lake.lake import Lake, open_lake
from liveblog.turns import in_turn
from tests.docker.demo import BARE, BLOG, DAG, HOT, ORIGIN, address, headlines, newsroom, record, rows, run
from tests.docker.stack import DOCKER, SignedIn, Stack
from tests.services.airflow import NO_PROXY, AirflowError

pytestmark = [pytest.mark.docker, pytest.mark.timeout(3600), pytest.mark.usefixtures("stack")]


@pytest.fixture
def lake(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> Lake:
    """The lake in the store, with its owner's key."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{stack.port('S3_PORT')}")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", stack.settings["LAKE_ACCESS_KEY"])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", stack.settings["LAKE_SECRET_KEY"])
    return open_lake(stack.settings["LAKE_URI"])


def page(stack: Stack, path: str, token: str = "") -> tuple[int, str]:
    """Status and text of one of our pages in Airflow."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    request = Request(f"http://127.0.0.1:{stack.port('AIRFLOW_PORT')}/live-blogs/{path}", headers=headers)
    try:
        with NO_PROXY.open(request, timeout=60) as answer:
            return answer.status, answer.read().decode()
    except HTTPError as error:
        return error.code, error.read().decode()


def test_every_part_is_well_and_every_preparation_has_succeeded(stack):
    found = {item["Service"]: (item["State"], item["Health"], item["ExitCode"]) for item in stack.containers()}
    well, done = ("running", "healthy", 0), ("exited", "", 0)
    assert found == {
        "api-server": well,
        "scheduler": well,
        "dag-processor": well,
        "postgres": well,
        "newsroom": well,
        "store": well,
        "collector": well,
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
    assert {dag["dag_id"] for dag in airflow.call("GET", "/api/v2/dags")["dags"]} == {
        "discover_live_blogs",
        "record_live_blogs",
        "check_quality",
        "close_day",
        "replay_archive",
    }


def test_discovery_asks_the_demo_s_own_publishers_and_watches_what_they_announce(stack, airflow):
    run(stack, airflow, "discover_live_blogs")
    watched = rows(stack, f"SELECT DISTINCT url, source, why FROM {HOT.format('watches')}")
    assert {source for _, source, _ in watched} <= {"gazette", "herald"}
    path = next(blog["path"] for blog in newsroom(stack, "/-/truth.json")["blogs"] if blog["blog"] == BLOG)
    [(source, why)] = [(source, why) for url, source, why in watched if url == f"{ORIGIN}{path}"]
    assert (source, "announced" in why) == ("gazette", True)


def test_a_run_of_the_dag_puts_what_the_newsroom_shows_into_the_store(stack, airflow):
    newsroom(stack, "/-/clock", {"speed": 0})
    newsroom(stack, "/-/clock", {"advance_s": 3 * 3600})
    shown = record(stack, airflow)
    assert len(shown) > 10
    assert shown <= headlines(stack)


def test_the_analysts_key_writes_nothing(stack):
    with pytest.raises(duckdb.HTTPException, match=r"403|AccessDenied"):
        rows(stack, "COPY (SELECT 42 AS answer) TO 's3://liveblog/lake/mine.parquet'")


def test_our_page_stands_behind_airflow_s_login(stack, airflow):
    assert page(stack, "")[0] == 401
    assert page(stack, "?show=all", "no-token")[0] in {401, 403}
    status, text = page(stack, "?show=all", airflow.token)
    assert status == 200
    assert "gazette" in text
    assert re.search("blogs/[0-9a-f]{16}", text)


def test_a_row_leads_to_its_run_and_the_run_to_its_snapshot(stack, airflow):
    recorded = run(stack, airflow, addresses=[address(stack)])
    [(blog,)] = rows(stack, f"SELECT DISTINCT blog_id FROM {HOT.format('captures')} WHERE run_key = '{recorded}'")
    links = re.findall(rf'href="[^"]*/dags/{DAG}/runs/([^"]+)"', page(stack, f"blogs/{blog}", airflow.token)[1])
    assert recorded in map(unquote, links)
    button = airflow.call("GET", f"/api/v2/dags/{DAG}/dagRuns/{recorded}/taskInstances/publish/links")["extra_links"]
    looks = page(stack, button["Looks of this run"].removeprefix("/live-blogs/"), airflow.token)
    assert (looks[0], f"blogs/{blog}" in looks[1]) == (200, True)
    for link in set(links):
        assert airflow.call("GET", f"/api/v2/dags/{DAG}/dagRuns/{link}")["dag_run_id"] == unquote(link)
    events = airflow.call("GET", "/api/v2/assets/events?order_by=-timestamp&limit=100")["asset_events"]
    [number] = [event["extra"]["snapshot"] for event in events if event["source_run_id"] == recorded]
    told = stack.compose("exec", "-T", "scheduler", "liveblog", "snapshots", "--json", "--limit", "1000").splitlines()
    assert {one["snapshot"]: one["run"] for one in map(json.loads, told)}[number] == recorded


def test_no_run_has_failed_since_the_start(airflow):
    failed = airflow.call("GET", "/api/v2/dags/~/dagRuns?state=failed&limit=100")["dag_runs"]
    assert [(one["dag_id"], one["dag_run_id"]) for one in failed] == []


def test_new_containers_go_on_where_the_old_ones_stopped(stack, airflow):
    before = headlines(stack)
    stack.compose(
        "rm", "--stop", "--force", "api-server", "scheduler", "dag-processor", "postgres", "store", timeout_s=600
    )
    stack.up()
    airflow.__enter__()
    newsroom(stack, "/-/clock", {"advance_s": 5 * 3600})
    shown = record(stack, airflow)
    after = headlines(stack)
    assert after > before
    assert after >= shown
    twice = f"SELECT blog_id, section_id, seq FROM {BARE} GROUP BY ALL HAVING count(*) > 1"
    assert rows(stack, twice) == []


def test_a_missing_secret_is_said_in_one_line_with_what_to_do(stack, tmp_path):
    empty = tmp_path / ".env"
    empty.write_text("")
    command = ["docker", "compose", "--file", DOCKER / "compose.yaml", "--env-file", empty, "config", "--quiet"]
    environ = {name: value for name, value in os.environ.items() if name not in stack.settings}
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, env=environ)
    assert done.returncode
    assert "run sh docker/make-env.sh first" in done.stderr
    assert "\n" not in done.stderr.strip()


def test_a_stopped_scheduler_ends_with_its_tasks_and_waits_for_none_that_it_would_have_to_begin(stack, airflow, lake):
    with in_turn(lake, "a recording run between two tasks", ttl_s=600, patience_s=200):
        airflow.trigger("discover_live_blogs", {})
        running = "/api/v2/dags/discover_live_blogs/dagRuns/~/taskInstances?state=running"
        deadline = time.monotonic() + 120
        while not (searches := airflow.call("GET", running)["task_instances"]):  # a scheduled one may come first
            assert time.monotonic() < deadline, "no search has begun"
            time.sleep(0.2)
        began = time.monotonic()
        try:
            stack.compose("stop", "--timeout", "200", "scheduler", timeout_s=250)
            assert time.monotonic() - began < 90
        finally:
            stack.compose("start", "scheduler")
    assert airflow.wait("discover_live_blogs", searches[0]["dag_run_id"]) == "success"
