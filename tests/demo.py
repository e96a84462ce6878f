"""``make demo``: the main job, from an evolving live blog to an analyst's questions. Everything on loopback.

    newsroom ──> Airflow (`record_live_blogs`, triggered by REST while the story evolves) ──> lake ──> DuckDB

What it makes stands in var/demo/<time>/ and is kept: the lake, Airflow's home, their logs. On a terminal it stays up
until Ctrl-C, so that the pages can be looked at; elsewhere it ends by itself.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import Any

from tests.services.airflow import NO_PROXY, ROOT, Airflow, AirflowError

DAG = "record_live_blogs"
BLOGS = ("gazette-ferry", "herald-ferry")
START = "-5h"
"""Where the newsroom's clock begins, so that it ends near the present."""
ROUNDS = 5
STEP_S = 3600
"""Simulated seconds between two rounds."""
PROVE_S = 61
"""Two looks this far apart prove a removal (rule R4); the last round waits until they are."""

NOW = """
SELECT strftime(published_at, '%H:%M') AS published, headline, text
FROM updates JOIN sources USING (blog_id)
WHERE visibility = 'shown' AND source LIKE 'gazette%'
ORDER BY published_at DESC LIMIT 8"""
CHANGED = """
SELECT strftime(revisions.observed_at, '%H:%M:%S') AS seen, split_part(source, '.', 1) AS paper, change, headline,
    changed_fields
FROM revisions JOIN sources USING (blog_id)
WHERE change <> 'added' AND kind = 'update'
ORDER BY revisions.observed_at DESC LIMIT 12"""
THEN = """
SELECT strftime(published_at, '%H:%M') AS published, headline, text
FROM page_at('{blog}', TIMESTAMPTZ '{moment}') WHERE kind = 'update' LIMIT 6"""


class Stopped(Exception):
    """Somebody pressed Ctrl-C, or asked us to end."""


def main() -> int:
    """Run the demo. Returns 0; 1 if a step failed; 130 if it was stopped."""
    options = _options()
    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGINT, _stop)
    home = ROOT / "var" / "demo" / f"{datetime.now(UTC):%Y%m%d-%H%M%S}"
    home.mkdir(parents=True)
    try:
        run(home, stay=options.stay, ui_port=options.ui_port)
    except Stopped:
        say("\nStopped. The newsroom and Airflow are down.")
        return 130
    except (AirflowError, OSError, subprocess.CalledProcessError) as error:
        say(f"demo: {error}; logs are in {home}")
        return 1
    finally:
        if (home / "lake").exists():
            say(f"The lake is kept: {home / 'lake'}  (liveblog sql --lake {short(home / 'lake')})")
    return 0


def run(home: Path, *, stay: bool, ui_port: int) -> None:
    """All steps. Raises AirflowError or OSError where one fails, Stopped where somebody ends it."""
    began = time.monotonic()
    lake = home / "lake"
    environ = {
        "LIVEBLOG_LAKE": str(lake),
        "LIVEBLOG_SPOOL": str(home / "spool"),
        "LIVEBLOG_ALLOW_PRIVATE": "1",
        "LIVEBLOG_DELAY_S": "0.2",
        "LIVEBLOG_CONTACT": "demo@localhost",
    }
    step(1, "The demo newsroom: live blogs of two invented papers, each made by another CMS")
    with newsroom(home) as origin:
        blogs = {blog["blog"]: blog for blog in ask(f"{origin}/-/truth.json")["blogs"]}
        addresses = [
            f"http://{blogs[name]['source']}.localhost:{port_of(origin)}{blogs[name]['path']}" for name in BLOGS
        ]
        for address in addresses:
            say(f"    {address}")
        step(2, "Airflow standalone (SQLite, LocalExecutor); it takes about a minute")
        with Airflow(home / "airflow", environ, port=ui_port) as airflow:
            airflow.wait_for_dag(DAG)
            airflow.unpause(DAG)
            say(f"    {airflow.url}/dags/{DAG}   user admin, password {airflow.password}")
            step(3, f"{ROUNDS} runs of the DAG {DAG}, triggered by REST, while the story goes on")
            looked = [look(airflow, origin, addresses, number) for number in range(ROUNDS)]
            step(4, "What an analyst would type")
            questions(environ, looked)
            step(5, f"Where to look (all this took {time.monotonic() - began:.0f} s)")
            say(where_to_look(airflow, origin, lake, addresses[0]))
            if stay:
                say("\nEverything stays up until you press Ctrl-C.")
                while True:
                    time.sleep(1)


def look(airflow: Airflow, origin: str, addresses: list[str], number: int) -> datetime:
    """One run of the DAG, an hour of the story after the one before; when it had ended."""
    if number:
        ask(f"{origin}/-/clock", {"advance_s": STEP_S})
    if number == ROUNDS - 1:
        time.sleep(PROVE_S)
    began = time.monotonic()
    said = datetime.fromisoformat(ask(f"{origin}/-/clock")["now"])
    run_id = airflow.trigger(DAG, {"addresses": addresses})
    state = airflow.wait(DAG, run_id)
    took = time.monotonic() - began
    say(f"    {said:%H:%M} in the newsroom: {state} after {took:.0f} s")
    if state != "success":
        raise AirflowError(f"run {run_id} has failed: {airflow.tasks(DAG, run_id)}")
    return datetime.now(UTC)


def questions(environ: Mapping[str, str], looked: list[datetime]) -> None:
    """Ask the lake as an analyst would: the page now, what was changed, the page as it was at the first look."""
    say("\n  What does the Gazette say now?")
    sql(environ, NOW)
    say("\n  What was changed after it was published?")
    sql(environ, CHANGED)
    blog = sql_value(environ, "SELECT blog_id FROM sources WHERE source LIKE 'gazette%' LIMIT 1")
    say(f"\n  And what did it say at {looked[0]:%H:%M:%S} UTC, after our first look?")
    sql(environ, THEN.format(blog=blog, moment=looked[0].isoformat(timespec="seconds")))


def sql(environ: Mapping[str, str], query: str) -> None:
    """Show a query as it would be typed, and its answer."""
    say(f'\n$ liveblog sql "{query.strip()}"\n')
    subprocess.run([liveblog(), "sql", query], env={**os.environ, **environ}, check=True)


def sql_value(environ: Mapping[str, str], query: str) -> str:
    """One value of the lake."""
    command = [liveblog(), "sql", "--format", "json", query]
    answer = subprocess.run(command, env={**os.environ, **environ}, check=True, capture_output=True)
    return str(next(iter(json.loads(answer.stdout)[0].values())))


def where_to_look(airflow: Airflow, origin: str, lake: Path, address: str) -> str:
    """Addresses, folders and commands for whoever wants to see more."""
    where = short(lake)
    return f"""    Airflow     {airflow.url}   (admin / {airflow.password})
    newsroom    {origin}/
    lake        {where}
    commands    .venv/bin/liveblog log {address} --lake {where}
                .venv/bin/liveblog snapshots --lake {where}
                .venv/bin/liveblog sql --lake {where}"""


@contextmanager
def newsroom(home: Path) -> Iterator[str]:
    """The demo site in a process of its own; its address."""
    command = [sys.executable, "-m", "tests.newsroom", "--port", "0", "--print-port", f"--start={START}"]
    with (home / "newsroom.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=log, start_new_session=True)
    try:
        line = process.stdout.readline().strip() if process.stdout else b""
        if not line.isdigit():
            raise OSError(f"the newsroom did not start: see {home / 'newsroom.log'}")
        yield f"http://127.0.0.1:{int(line)}"
    finally:
        process.terminate()
        process.wait(10)


def ask(address: str, body: object | None = None) -> Any:
    """GET, or POST where there is a body; the JSON of the answer."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(address, data=data, headers={"Content-Type": "application/json"})
    with NO_PROXY.open(request, timeout=10) as answer:
        return json.loads(answer.read())


def port_of(origin: str) -> int:
    """The port in an address of the newsroom."""
    return int(origin.rpartition(":")[2])


def liveblog() -> str:
    """The command beside this interpreter."""
    return str(Path(sys.executable).parent / "liveblog")


def short(path: Path) -> str:
    """A path as one would type it from the project's root."""
    return str(path.relative_to(ROOT))


def step(number: int, words: str) -> None:
    """Announce a step."""
    say(f"\n[{number}/5] {words}")


def say(words: str) -> None:
    """A line for the person at the terminal, at once."""
    sys.stdout.write(words + "\n")
    sys.stdout.flush()


def _stop(number: int, frame: FrameType | None) -> None:
    signal.signal(number, signal.SIG_IGN)
    os.write(sys.stdout.fileno(), b"\nStopping Airflow and the newsroom ...\n")
    raise Stopped


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.demo", description="The main job, end to end, on loopback.")
    stay = sys.stdout.isatty()
    parser.add_argument("--stay", action=argparse.BooleanOptionalAction, default=stay, help="stay up until Ctrl-C")
    parser.add_argument("--ui-port", type=int, default=0, help="port of Airflow's UI (default: any that is free)")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
