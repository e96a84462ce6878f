"""The play: live blogs recorded for ten minutes by Airflow on two machines, of which one is lost, then the scheduler.

bare        `liveblog record`, no Airflow: three rounds, what a look costs by itself
one, two    Airflow with one Celery worker, then with two; whole runs, so that looks a minute can be compared
killed      a worker dies in the midst of a batch, then the scheduler; both come back
drained     a worker is told to end in the midst of a batch, finishes it, and comes back
ended       no new runs; what was fetched is committed
"""

import os
import resource
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from liveblog import pipeline
from liveblog.settings import read_settings
from tests.newsroom import Newsroom
from tests.services.airflow import ROOT
from tests.services.celery import PARTS, CeleryAirflow
from tests.services.programs import Program

DAG = "record_live_blogs"
DELAY_S = 2.0
SPEED = 7.0
"""Simulated seconds a second: every blog changes every few minutes of ours."""
ROUNDS = 3
BUDGET_S = 50.0
"""For a batch: less than the minute between two runs."""
_FIRST_S = 300.0
"""First looks walk through older pages."""
_A_MINUTE_S = 60
_BEFORE_AND_AFTER = 18
"""Minutes of the play beside its acts: first looks, bare rounds, Airflow's start, runs that come to their end."""
_SETTLE_S = 420
_AIRFLOW = (*PARTS, "one", "two", "postgres", "redis")
_COUNTED = {"bare": ("liveblog",), "one worker": _AIRFLOW, "two workers": _AIRFLOW, "killed": (), "drained": ()}
"""Whose CPU counts in which act; what dies takes its count along."""


@dataclass(frozen=True, slots=True)
class Act:
    """One part of the play."""

    name: str
    began: datetime
    ended: datetime
    cpu_s: Mapping[str, float]
    """Seconds of CPU, by part of Airflow (or `liveblog`); empty where something was killed meanwhile."""

    @property
    def minutes(self) -> float:
        """How long it took."""
        return (self.ended - self.began).total_seconds() / 60


@dataclass(slots=True)
class Played:
    """What is known when the play is over, beside the lake and the newsroom."""

    acts: dict[str, Act] = field(default_factory=dict)
    drain_s: float = 0.0
    """Seconds that a worker took to finish what it was at."""
    drained_well: bool = False
    """Whether it ended by itself and left nothing in its spool."""
    left_by_the_killed: tuple[str, ...] = ()
    """Files in the spool of the killed worker, before it came back."""
    left_at_the_end: tuple[str, ...] = ()
    """Files in any worker's spool after the last run."""
    runs: Mapping[str, int] = field(default_factory=dict)
    """Runs of the DAG, by state; one may be cut short by the end of the play."""
    took_s: dict[str, float] = field(default_factory=dict)
    """Seconds from the beginning of a run to its end, by its key; those of the command line by number."""


class Play:
    """One performance; `perform` takes minutes."""

    def __init__(
        self,
        newsroom: Newsroom,
        cluster: CeleryAirflow,
        stores: Sequence[Program],
        environ: Mapping[str, str],
        minutes: float,
    ) -> None:
        self.newsroom, self.cluster, self.stores, self.minutes = newsroom, cluster, stores, minutes
        self.environ = {**os.environ, **environ}
        self.addresses = {name: newsroom.url(name, named=True) for name in newsroom.site.world.blogs}
        self.played = Played()

    def perform(self) -> Played:
        """All acts, in order."""
        self._bare()
        self.cluster.start()
        self.cluster.wait_for_dag(DAG)
        self.cluster.start_worker("one")
        self.cluster.unpause(DAG)
        self._measure("one worker", 0.25)
        self.cluster.start_worker("two")
        self._measure("two workers", 0.25)
        with self._act("killed"):
            self._kill()
            self._go_on(0.3)
        with self._act("drained"):
            self._drain()
            self._go_on(0.2)
        self._end()
        return self.played

    def _measure(self, name: str, share: float) -> None:
        """An act of whole runs, for that share of the time: it begins and ends with the end of one."""
        self._go_on(0)
        with self._act(name):
            self._go_on(share)

    def _go_on(self, share: float) -> None:
        """For so much of the play's time, and until a run ends then. Raises RuntimeError if none does."""
        time.sleep(self.minutes * _A_MINUTE_S * share)
        before, deadline = self._ended(), time.monotonic() + _SETTLE_S
        while self._ended() == before:
            if time.monotonic() > deadline:
                raise RuntimeError(f"no run ended within {_SETTLE_S} s")
            time.sleep(0.5)

    def _bare(self) -> None:
        """First looks, then rounds at one look a minute, by the command line alone."""
        self._record(*self.addresses.values(), budget_s=_FIRST_S)
        time.sleep(_A_MINUTE_S)
        with self._act("bare"):
            for number in range(ROUNDS):
                began = time.monotonic()
                self._record(*self.addresses.values())
                self.played.took_s[f"bare {number}"] = time.monotonic() - began

    def _record(self, *addresses: str, budget_s: float = BUDGET_S) -> None:
        command = [str(Path(sys.executable).parent / "liveblog"), "record", "--once", "--json", *addresses]
        environ = {**self.environ, "LIVEBLOG_BUDGET_S": str(budget_s), "LIVEBLOG_TURN_S": str(budget_s)}
        done = subprocess.run(command, env=environ, cwd=ROOT, capture_output=True, text=True, timeout=600)
        if done.returncode:
            raise RuntimeError(f"liveblog record: {done.stderr[-2000:]}")

    def _kill(self) -> None:
        """A worker in the midst of a batch, five seconds later the scheduler; both come back."""
        victim = self._catch()
        self.cluster.workers[victim].kill()
        self.played.left_by_the_killed = self._spooled(victim)
        time.sleep(5)
        self.cluster.parts["scheduler"].kill()
        time.sleep(5)
        self.cluster.parts["scheduler"].start()
        self.cluster.start_worker(victim)

    def _drain(self) -> None:
        """A worker in the midst of a batch is told to end; it finishes first. Then it comes back."""
        name = self._catch()
        worker = self.cluster.workers[name]
        worker.ask_to_end()
        self.played.drain_s = worker.wait(300)
        self.played.drained_well = not self._spooled(name)
        self.cluster.start_worker(name)

    def _catch(self) -> str:
        """Wait until a worker is fetching, and has asked for a few pages; its name."""
        deadline = time.monotonic() + _SETTLE_S
        while time.monotonic() < deadline:
            asked = len(self.newsroom.log())
            fetching = self.cluster.fetching()
            if fetching:
                time.sleep(DELAY_S * 1.5)
                still = [name for name in self.cluster.fetching() if name in fetching]
                if still and len(self.newsroom.log()) > asked:
                    return still[0]
            time.sleep(0.2)
        raise RuntimeError(f"no worker was fetching for {_SETTLE_S} s")

    def _end(self) -> None:
        """No new tasks; those that run end, and what they brought and no run has committed is."""
        self.cluster.call("PATCH", f"/api/v2/dags/{DAG}", {"is_paused": True})
        deadline = time.monotonic() + _SETTLE_S
        while self._busy() and time.monotonic() < deadline:
            time.sleep(1)
        runs = self._runs()
        states = {str(run["dag_run_id"]): str(run["state"]) for run in runs}
        self.played.runs = dict(Counter(states.values()))
        self.played.took_s |= {
            str(run["dag_run_id"]): _length_s(run) for run in runs if run["start_date"] and run["end_date"]
        }
        settings = read_settings(self.environ)
        lake = pipeline.lake_to_write(settings)
        for run, state in states.items():
            if state == "running":  # its `report` will never give the lease back
                pipeline.recording_lease(lake, settings, run).release()
        pipeline.publish(lake, run_key="the end", segments=())
        self.played.left_at_the_end = tuple(name for worker in self.cluster.workers for name in self._spooled(worker))

    def _busy(self) -> int:
        path = f"/api/v2/dags/{DAG}/dagRuns/~/taskInstances?state=running&state=queued"
        return int(self.cluster.call("GET", path)["total_entries"])

    def _runs(self) -> list[dict[str, Any]]:
        """All runs, as Airflow tells of them."""
        found: list[dict[str, Any]] = self.cluster.call("GET", f"/api/v2/dags/{DAG}/dagRuns?limit=100")["dag_runs"]
        return found

    def _ended(self) -> int:
        """How many runs have ended."""
        path = f"/api/v2/dags/{DAG}/dagRuns?state=success&state=failed&limit=1"
        return int(self.cluster.call("GET", path)["total_entries"])

    def _spooled(self, worker: str) -> tuple[str, ...]:
        return tuple(path.name for path in self.cluster.spool_of(worker).rglob("*.warc.gz*"))

    @contextmanager
    def _act(self, name: str) -> Iterator[None]:
        began, before = datetime.now(UTC), self._cpu_s()
        yield
        after = self._cpu_s()
        spent = {part: after[part] - before[part] for part in after.keys() & before.keys() if part in _COUNTED[name]}
        self.played.acts[name] = Act(name, began, datetime.now(UTC), spent)

    def _cpu_s(self) -> dict[str, float]:
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        stores = {store.name: store.cpu_s() for store in self.stores}
        return {"liveblog": used.ru_utime + used.ru_stime, **self.cluster.cpu_s(), **stores}


def _length_s(run: Mapping[str, Any]) -> float:
    began, ended = (datetime.fromisoformat(run[name]) for name in ("start_date", "end_date"))
    return (ended - began).total_seconds()


def opening(minutes: float) -> tuple[datetime, timedelta]:
    """When the newsroom's clock begins, and how long it will go on: so that it ends near the present."""
    lasts = timedelta(minutes=(minutes + _BEFORE_AND_AFTER) * SPEED)
    return datetime.now(UTC) - lasts, lasts


def workplace(folder: Path, lake: str, s3: Mapping[str, str]) -> dict[str, str]:
    """The environment of the program, on whichever machine it runs."""
    return {
        **s3,
        "LIVEBLOG_LAKE": lake,
        "LIVEBLOG_SPOOL": str(folder / "spool"),
        "LIVEBLOG_SOURCES": str(folder / "sources"),
        "LIVEBLOG_ALLOW_PRIVATE": "1",
        "LIVEBLOG_DELAY_S": str(DELAY_S),
        "LIVEBLOG_BUDGET_S": str(BUDGET_S),
        "LIVEBLOG_EVERY_S": str(_A_MINUTE_S),
    }
