"""Airflow on many machines, as processes of one: scheduler, API server, DAG processor, and Celery workers.

Each worker is a "machine" of its own: it has its own spool, and dies with all that runs on it. Postgres holds Airflow's
state, Redis the queue; the settings are those that `docker/compose.celery.yaml` uses.
"""

import json
import secrets
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.services.airflow import ROOT, Airflow
from tests.services.programs import Program, command_of, family

PARTS = ("api-server", "scheduler", "dag-processor")
SLOTS = 2
"""Tasks side by side on one worker."""
WORKER_START_S = 120
CRAWL = "-m crawler"
"""What stands in the command line of the process that fetches."""


class CeleryAirflow(Airflow):
    """The parts of one Airflow, each to be started, killed and measured by itself; a context manager."""

    def __init__(self, home: Path, environ: Mapping[str, str], *, database: str, broker: str) -> None:
        self._stores = {
            "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": database,
            "AIRFLOW__CELERY__RESULT_BACKEND": f"db+{database}",
            "AIRFLOW__CELERY__BROKER_URL": broker,
        }
        super().__init__(home, environ)
        home.mkdir(parents=True, exist_ok=True)
        self.parts = {name: self._program(name, name) for name in PARTS}
        # As in a container, with an end that can be relied on.
        self.parts["scheduler"] = self._started("scheduler", str(ROOT / "docker" / "scheduler.py"))
        self.workers: dict[str, Program] = {}

    def _settings(self) -> dict[str, str]:
        return {
            **super()._settings(),
            **self._stores,
            "AIRFLOW__CORE__EXECUTOR": "CeleryExecutor",
            "AIRFLOW__CORE__PARALLELISM": "16",
            "AIRFLOW__CELERY__WORKER_PREFETCH_MULTIPLIER": "1",
            # A lost worker is noticed within a minute, not after five (docs/deploy.md, "Many machines").
            "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": "30",
            "AIRFLOW__SCHEDULER__ORPHANED_TASKS_CHECK_INTERVAL": "30",
            "AIRFLOW__SCHEDULER__TASK_QUEUED_TIMEOUT": "60",
            "AIRFLOW__SCHEDULER__TASK_QUEUED_TIMEOUT_CHECK_INTERVAL": "10",
            # The same for every part: tasks, DAG processor and API server trust each other by these.
            "AIRFLOW__API_AUTH__JWT_SECRET": secrets.token_urlsafe(48),
            "AIRFLOW__API__SECRET_KEY": secrets.token_urlsafe(48),
            "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": "admin:admin",
        }

    def start(self) -> None:
        """Make the tables, start the parts (not the workers), and wait until they say that they are well."""
        migrate = self._program("migrate", "db", "migrate")
        migrate.start()
        migrate.wait(180)
        (self.home / "simple_auth_manager_passwords.json.generated").write_text(
            json.dumps({"admin": secrets.token_hex(16)})
        )
        for part in self.parts.values():
            part.start()
        self.parts["scheduler"].wait_until(self._is_well, 180)

    def start_worker(self, name: str) -> Program:
        """One more machine, or one that comes back; waits until it takes tasks."""
        worker = self.workers.get(name) or self._worker(name)
        self.workers[name] = worker
        worker.log.write_bytes(b"")
        worker.start()
        worker.wait_until(lambda: b" ready." in worker.log.read_bytes(), WORKER_START_S)
        return worker

    def stop(self) -> None:
        """End all of it: first whoever starts tasks, then whoever runs them."""
        self.parts["scheduler"].stop()
        for program in (*self.workers.values(), *self.parts.values()):
            program.kill()

    def fetching(self) -> list[str]:
        """Names of the workers that are in the midst of a batch."""
        running = [name for name, worker in self.workers.items() if worker.runs]
        return [name for name in running if any(CRAWL in command_of(pid) for pid in family(self.workers[name].pid))]

    def spool_of(self, worker: str) -> Path:
        """Where a worker keeps what it has fetched and not yet archived."""
        return self.home / "machines" / worker / "spool"

    def cpu_s(self) -> dict[str, float]:
        """Seconds of CPU used so far, by part."""
        programs = {**self.parts, **self.workers}
        return {name: program.cpu_s() for name, program in programs.items() if program.runs}

    def _worker(self, name: str) -> Program:
        machine = self.home / "machines" / name
        machine.mkdir(parents=True)
        environ = {"LIVEBLOG_SPOOL": str(self.spool_of(name))}
        options = ("--celery-hostname", f"{name}@%h", "--concurrency", str(SLOTS))
        return self._program(name, "celery", "worker", "--skip-serve-logs", *options, environ=environ)

    def _program(self, name: str, *command: str, environ: Mapping[str, str] | None = None) -> Program:
        return self._started(name, "-m", "airflow", *command, environ=environ)

    def _started(self, name: str, *python: str, environ: Mapping[str, str] | None = None) -> Program:
        """A program of Python's, with these arguments."""
        log = self.home / f"{name}.log"
        return Program(name, [sys.executable, *python], log, {**self._environ, **(environ or {})})


class LocalAirflow(CeleryAirflow):
    """The same parts without workers: tasks are children of the scheduler, as in `docker/compose.yaml`."""

    def _settings(self) -> dict[str, str]:
        return {
            **super()._settings(),
            "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
            "AIRFLOW__CORE__PARALLELISM": "4",
        }
