"""The image: what it holds, and what neither it nor any log tells."""

import json
import re
import subprocess
import time
from secrets import token_urlsafe

import pytest

from tests.docker.demo import run, run_in_image
from tests.docker.stack import IMAGE, Stack

pytestmark = [pytest.mark.docker, pytest.mark.timeout(3600), pytest.mark.usefixtures("stack")]

LOGS = "/opt/airflow/logs"
PATIENCE_S = 300
SUSPICIOUS = re.compile("secret|passw|proxy", re.IGNORECASE)
MOST_BYTES = 1_000_000_000
CONNECTION = {"connection_id": "desk_smtp", "conn_type": "smtp", "host": "mail.example.org", "login": "desk"}


def docker(*arguments: str) -> str:
    return subprocess.run(["docker", *arguments], capture_output=True, text=True, check=True, timeout=120).stdout


def secrets_of(stack: Stack) -> list[str]:
    """What must not be told: the random values, which are long, and nothing else is."""
    found = [value[-44:] for value in stack.settings.values() if len(value) >= 44]
    assert len(found) == 10
    return found


def told(secrets: list[str], text: str) -> list[str]:
    return [secret for secret in secrets if secret in text]


def in_scheduler(stack: Stack, command: str) -> str:
    return stack.compose("exec", "-T", "scheduler", "sh", "-c", command)


def wait_for_an_alert(stack: Stack) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not in_scheduler(stack, f"grep -rl 'the webhook answered' {LOGS} || true"):
        assert time.monotonic() < deadline, "three addresses failed, and nobody was told"
        time.sleep(3)


def test_it_runs_as_nobody_special_and_holds_no_tools_to_build_with():
    assert run_in_image("id", "-u") == "10001"
    assert run_in_image("sh", "-c", "command -v gcc cc make uv git; ls /opt/liveblog/venv/bin/pip") == (
        "ls: cannot access '/opt/liveblog/venv/bin/pip': No such file or directory"
    )


def test_it_is_small_and_says_when_it_is_well():
    about = json.loads(docker("image", "inspect", IMAGE))[0]
    assert about["Size"] < MOST_BYTES
    assert about["Config"]["Healthcheck"]["Test"][-1] == "api-server"
    assert about["Config"]["User"] == "liveblog"


def test_the_program_itself_runs_in_it():
    said = run_in_image("liveblog", "--help")
    assert "Usage" in said
    assert "record" in said


def test_its_settings_and_its_history_tell_no_secret_and_no_network(stack):
    config = json.loads(docker("image", "inspect", IMAGE))[0]["Config"]
    history = docker("history", "--no-trunc", "--format", "{{.CreatedBy}}", IMAGE)
    assert [line for line in (*config["Env"], *history.splitlines()) if SUSPICIOUS.search(line)] == []
    assert told(secrets_of(stack), docker("image", "inspect", IMAGE) + history) == []


def test_no_file_of_it_holds_settings_or_keys():
    search = "find / -xdev ( -name .env* -o -name *.key -o -name id_rsa -o -name id_ed25519 -o -name .netrc ) -type f"
    assert docker("run", "--rm", "--user", "0", "--network", "none", IMAGE, *search.split()) == ""


def test_a_connection_s_secret_is_kept_encrypted_and_told_to_nobody(stack, airflow):
    secret = token_urlsafe(24)
    airflow.call("POST", "/api/v2/connections", {**CONNECTION, "password": secret})
    shown = json.dumps(airflow.call("GET", f"/api/v2/connections/{CONNECTION['connection_id']}"))
    assert ("mail.example.org" in shown, secret in shown) == (True, False)
    dumped = stack.compose("exec", "-T", "postgres", "pg_dump", "-U", "airflow", "--data-only", "airflow")
    assert ("mail.example.org" in dumped, secret in dumped) == (True, False)
    assert told(secrets_of(stack), dumped) == []


def test_no_log_tells_a_secret(stack, airflow):
    run(stack, airflow, addresses=[f"http://newsroom:8765/live/none-{number}" for number in range(3)])
    wait_for_an_alert(stack)  # which its webhook does not take: it must not say where that is
    logs = stack.compose("logs", "--no-color") + in_scheduler(stack, f"find {LOGS} -type f -exec cat {{}} +")
    assert "record_live_blogs" in logs
    assert told(secrets_of(stack), logs) == []
