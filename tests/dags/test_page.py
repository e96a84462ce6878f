"""The page of ours in a real Airflow: behind its login and its permissions, on every route."""

import json
import urllib.error
import urllib.request
from http.client import HTTPMessage

import pytest

from tests.dags.conftest import DAG
from tests.newsroom import Newsroom
from tests.services.airflow import NO_PROXY, PASSWORDS, Airflow

pytestmark = [pytest.mark.airflow, pytest.mark.slow, pytest.mark.timeout(900)]
ROUTES = (
    "",
    "blogs/00000000000000f1",
    "runs/manual__x",
    "static/board.css",
    "static/board.js",
    "openapi.json",
    "docs",
    "nowhere",
)


def ask(airflow: Airflow, path: str, token: str | None = None) -> tuple[int, str, HTTPMessage]:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    request = urllib.request.Request(f"{airflow.url}/live-blogs/{path}", headers=headers)
    try:
        with NO_PROXY.open(request, timeout=30) as answer:
            return answer.status, answer.read().decode(), answer.headers
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode(), error.headers


@pytest.fixture(scope="module")
def token(airflow: Airflow):
    """The token of a user."""
    passwords = json.loads((airflow.home / PASSWORDS).read_text())

    def log_in(name: str) -> str:
        answer = airflow.call("POST", "/auth/token", {"username": name, "password": passwords[name]})
        return answer["access_token"]

    return log_in


@pytest.mark.parametrize("path", ROUTES)
def test_nobody_sees_anything_without_a_login(airflow: Airflow, path: str):
    status, page, headers = ask(airflow, path)
    assert status == 401
    assert "not logged in" in page
    assert "default-src 'none'" in headers["Content-Security-Policy"]


@pytest.mark.parametrize("path", ROUTES)
def test_a_user_without_the_permission_is_refused(airflow: Airflow, token, path: str):
    assert ask(airflow, path, token("nobody"))[0] == 403


def test_a_forged_token_is_refused(airflow: Airflow, token):
    assert ask(airflow, "", token("reader")[:-4] + "AAAA")[0] in {401, 403}


def test_who_may_only_read_sees_what_was_recorded_and_the_run_that_did(
    airflow: Airflow, newsroom: Newsroom, token, rows
):
    address = newsroom.url("gazette-ferry", named=True)
    run = airflow.trigger(DAG, {"addresses": [address]})
    assert airflow.wait(DAG, run, 300) == "success", airflow.tasks(DAG, run)
    [(blog_id, title)] = rows(
        f"SELECT blog_id, title FROM blogs WHERE url = '{address}' ORDER BY observed_at DESC LIMIT 1"
    )
    status, page, headers = ask(airflow, "?show=all", token("reader"))
    assert status == 200
    assert title.replace("'", "&#39;") in page
    assert headers["Cache-Control"] == "no-store"
    assert f"/dags/{DAG}/runs/" in ask(airflow, f"blogs/{blog_id}", token("reader"))[1]
    buttons = airflow.call("GET", f"/api/v2/dags/{DAG}/dagRuns/{run}/taskInstances/publish/links")["extra_links"]
    there = buttons["Looks of this run"].removeprefix("/live-blogs/")
    assert f"blogs/{blog_id}" in ask(airflow, there, token("reader"))[1]


def test_the_navigation_has_our_entry(airflow: Airflow):
    plugins = airflow.call("GET", "/api/v2/plugins")["plugins"]
    [ours] = [plugin for plugin in plugins if plugin["name"] == "live_blogs"]
    assert ours["external_views"][0]["url_route"] == "live-blogs"
    assert airflow.call("GET", "/api/v2/plugins/importErrors")["import_errors"] == []
