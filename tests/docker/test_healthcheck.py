"""docker/healthcheck.py against a server that answers as Airflow's API server does."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "docker" / "healthcheck.py"
HEALTH = {
    "metadatabase": {"status": "healthy"},
    "scheduler": {"status": "unhealthy", "latest_scheduler_heartbeat": "2026-01-01T00:00:00+00:00"},
    "triggerer": {"status": None},
    "dag_processor": {"status": None},
}


class ApiServer(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.path == "/api/v2/monitor/health" else 404)
        self.end_headers()
        self.wfile.write(json.dumps(HEALTH).encode())

    def log_message(self, *_: object):
        pass


@contextmanager
def api_server() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), ApiServer) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/execution/"
        server.shutdown()


def check(part: str, api: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, SCRIPT, part],
        env={**os.environ, "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": api, "no_proxy": "*"},
        capture_output=True,
        text=True,
        timeout=30,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("part", "code", "says"),
    [
        ("api-server", 0, "api-server: healthy\n"),
        ("scheduler", 1, "scheduler: unhealthy\n"),
        ("dag-processor", 1, "dag-processor: None\n"),
    ],
)
def test_a_part_is_as_well_as_the_api_server_says(part, code, says):
    with api_server() as api:
        assert check(part, api) == (code, says)


def test_no_answer_is_unhealthy_and_says_why_in_one_line():
    with api_server() as api:
        pass
    code, said = check("api-server", api)
    assert code == 1
    assert said.startswith("api-server: no answer from the API server")
    assert said.count("\n") == 1
