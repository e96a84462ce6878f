"""A real Airflow for tests and the demo: `airflow standalone` on loopback, driven by its REST API, ended by its id.

A start costs about a minute, so tests share one (fixture ``airflow`` in tests/conftest.py).
"""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from tests.services.ports import free_port
from tests.services.programs import command_of, family

ROOT = Path(__file__).resolve().parents[2]
START_TIMEOUT_S = 240
RUN_TIMEOUT_S = 300
STOP_TIMEOUT_S = 30
ANSWER_TIMEOUT_S = 90
"""A busy machine is slow, not ill."""
LOCKED = 500
REPEATABLE = frozenset({"GET", "PATCH"})
PASSWORDS = "simple_auth_manager_passwords.json.generated"
ENDED = frozenset({"success", "failed"})
NO_PROXY = urllib.request.build_opener(urllib.request.ProxyHandler({}))
"""Loopback is never reached through a proxy."""


class AirflowError(Exception):
    """Airflow did not start, or did not do what was asked."""


class Airflow:
    """One `airflow standalone` (SQLite, LocalExecutor) with our DAGs; a context manager."""

    def __init__(self, home: Path, environ: Mapping[str, str], *, port: int = 0) -> None:
        self.home = home
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = home / "standalone.log"
        self._environ = {**os.environ, **environ, **self._settings()}
        self._process: subprocess.Popen[bytes] | None = None
        self._token = ""

    def _settings(self) -> dict[str, str]:
        return {
            "AIRFLOW_HOME": str(self.home),
            "AIRFLOW__CORE__DAGS_FOLDER": str(ROOT / "dags"),
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            # 32 task processes otherwise, on however small a machine.
            "AIRFLOW__CORE__PARALLELISM": "4",
            "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{self.url}/execution/",
            "AIRFLOW__API__HOST": "127.0.0.1",
            "AIRFLOW__API__PORT": str(self.port),
            "AIRFLOW__API__BASE_URL": self.url,
            "AIRFLOW__API__WORKERS": "1",
            "AIRFLOW__LOGGING__WORKER_LOG_SERVER_PORT": str(free_port()),
            "AIRFLOW__LOGGING__TRIGGER_LOG_SERVER_PORT": str(free_port()),
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}",
            "PYTHONWARNINGS": "ignore",
        }

    def __enter__(self) -> "Airflow":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start it and wait until its parts say that they are well. Raises AirflowError."""
        self.home.mkdir(parents=True, exist_ok=True)
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "airflow", "standalone"],
                env=self._environ,
                stdout=log,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
        try:
            self._wait_until_well()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """End it and all that it started. Once its parts have ended it is killed: it may wait for them for ever."""
        process = self._process
        if process is None or process.poll() is not None:
            return
        os.killpg(process.pid, signal.SIGINT)
        until = time.monotonic() + STOP_TIMEOUT_S
        while process.poll() is None and time.monotonic() < until and _has_parts(process.pid):
            time.sleep(0.2)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def kill(self) -> None:
        """End it and all that it started at once, where nothing of it is wanted any more."""
        process = self._process
        while process is not None and process.poll() is None:
            for pid in family(process.pid):
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            with suppress(subprocess.TimeoutExpired):
                process.wait(1)

    @property
    def password(self) -> str:
        """The password of the user ``admin``, made by Airflow at its first start."""
        passwords: dict[str, str] = json.loads((self.home / PASSWORDS).read_text())
        return passwords["admin"]

    @property
    def token(self) -> str:
        """Of the user ``admin``, for requests that are not the REST API's."""
        return self._token

    def call(self, method: str, path: str, body: object | None = None, *, tries: int = 5) -> Any:
        """One request to the REST API; the JSON of its answer. Raises AirflowError for a status that is no success.

        One that may be made twice is made again after a 500: on a busy machine SQLite stays locked for longer than the
        five seconds that Airflow waits for it.
        """
        data = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self._token}"}
        request = urllib.request.Request(self.url + path, data=data, method=method, headers=headers)
        try:
            with NO_PROXY.open(request, timeout=ANSWER_TIMEOUT_S) as answer:
                return json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            if error.code == LOCKED and method in REPEATABLE and tries:
                time.sleep(1)
                return self.call(method, path, body, tries=tries - 1)
            raise AirflowError(
                f"{method} {path}: {error.code} {error.read().decode(errors='replace')[:500]}"
            ) from error

    def page(self, path: str) -> str:
        """A page behind Airflow's login, as text. Raises AirflowError for a status that is no success."""
        request = urllib.request.Request(self.url + path, headers={"Authorization": f"Bearer {self._token}"})
        try:
            with NO_PROXY.open(request, timeout=30) as answer:
                text: str = answer.read().decode()
                return text
        except urllib.error.HTTPError as error:
            raise AirflowError(f"{path}: {error.code} {error.read().decode(errors='replace')[:500]}") from error

    def unpause(self, dag: str) -> None:
        """Let a DAG run."""
        self.call("PATCH", f"/api/v2/dags/{dag}", {"is_paused": False})

    def trigger(self, dag: str, conf: Mapping[str, object]) -> str:
        """Start a run with these parameters; its id."""
        run: dict[str, str] = self.call(
            "POST", f"/api/v2/dags/{dag}/dagRuns", {"logical_date": None, "conf": dict(conf)}
        )
        return run["dag_run_id"]

    def wait(self, dag: str, run: str, timeout_s: float = RUN_TIMEOUT_S) -> str:
        """Wait for a run's end; its state."""
        deadline = time.monotonic() + timeout_s
        while time.monotonic() < deadline:
            state: str = self.call("GET", f"/api/v2/dags/{dag}/dagRuns/{run}")["state"]
            if state in ENDED:
                return state
            time.sleep(0.5)
        raise AirflowError(f"run {run} of {dag} has not ended after {timeout_s:g} s: {self.tasks(dag, run)}")

    def tasks(self, dag: str, run: str) -> dict[str, list[str]]:
        """States of a run's task instances, by task."""
        found: dict[str, list[str]] = {}
        for task in self.call("GET", f"/api/v2/dags/{dag}/dagRuns/{run}/taskInstances")["task_instances"]:
            found.setdefault(task["task_id"], []).append(task["state"])
        return found

    def until_runs(self, dag: str, count: int, timeout_s: float = RUN_TIMEOUT_S) -> list[dict[str, Any]]:
        """Wait until a DAG has had so many runs that ended, whoever began them; they themselves."""
        deadline = time.monotonic() + timeout_s
        while True:
            runs = self.call("GET", f"/api/v2/dags/{dag}/dagRuns?limit=100")["dag_runs"]
            ended = [run for run in runs if run["state"] in ENDED]
            if len(ended) >= count:
                return ended
            if time.monotonic() > deadline:
                raise AirflowError(f"{dag} has had {len(ended)} runs of {count} after {timeout_s:g} s")
            time.sleep(0.5)

    def task_log(self, dag: str, run: str, task: str, *, map_index: int = -1, attempt: int = 1) -> str:
        """The log of one task instance, one event a line."""
        instance = f"/api/v2/dags/{dag}/dagRuns/{run}/taskInstances/{task}"
        content = self.call("GET", f"{instance}/logs/{attempt}?map_index={map_index}&full_content=true")["content"]
        return "\n".join(item if isinstance(item, str) else json.dumps(item) for item in content)

    def _wait_until_well(self) -> None:
        deadline = time.monotonic() + START_TIMEOUT_S
        while time.monotonic() < deadline:
            if self._process is None or self._process.poll() is not None:
                raise AirflowError(f"airflow standalone has ended: {self._last_words()}")
            if self._is_well():
                return
            time.sleep(0.5)
        raise AirflowError(f"airflow did not come up within {START_TIMEOUT_S} s: {self._last_words()}")

    def _is_well(self) -> bool:
        try:
            health = self.call("GET", "/api/v2/monitor/health")
            self._log_in()
        except (OSError, AirflowError, KeyError, ValueError):
            return False
        return all(
            (health[part] or {}).get("status") == "healthy" for part in ("metadatabase", "scheduler", "dag_processor")
        )

    def _log_in(self) -> None:
        answer = self.call("POST", "/auth/token", {"username": "admin", "password": self.password})
        self._token = answer["access_token"]

    def wait_for_dag(self, dag: str, timeout_s: float = START_TIMEOUT_S) -> None:
        """Wait until the DAG processor has read a DAG."""
        deadline = time.monotonic() + timeout_s
        while True:
            try:
                self.call("GET", f"/api/v2/dags/{dag}")
            except AirflowError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.5)
            else:
                return

    def _last_words(self) -> str:
        lines = self.log.read_text(errors="replace").splitlines() if self.log.exists() else []
        return " / ".join(lines[-5:])


def _has_parts(pid: int) -> bool:
    """Whether anything that a process started still runs; as far as can be told, without /proc, it does."""
    return not command_of(pid) or any(command_of(one) for one in family(pid) if one != pid)
