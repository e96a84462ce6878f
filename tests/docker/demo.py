"""What people do with running containers: look at the newsroom, trigger the DAG by REST, read the store by DuckDB."""

import json
import subprocess
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.request import Request

import duckdb

from tests.docker.stack import IMAGE, SignedIn, Stack
from tests.services.airflow import NO_PROXY

DAG = "record_live_blogs"
BLOG = "gazette-ferry"
ORIGIN = "http://gazette.newsroom:8765"
"""Where containers find the newsroom's gazette."""
HOT = "read_parquet('s3://liveblog/lake/g1/hot/{}/**/*.parquet', hive_partitioning = true, union_by_name = true)"
"""A table of the lake as anybody's DuckDB names it."""
BARE = HOT.format("revisions")


def newsroom(stack: Stack, path: str, body: object | None = None) -> dict[str, Any]:
    """Ask the newsroom, or tell it something."""
    data = None if body is None else json.dumps(body).encode()
    request = Request(f"http://127.0.0.1:{stack.port('NEWSROOM_PORT')}{path}", data=data)
    with NO_PROXY.open(request, timeout=30) as answer:
        return dict(json.load(answer))


def address(stack: Stack) -> str:
    """The blog's address, for containers."""
    return ORIGIN + next(blog["path"] for blog in newsroom(stack, "/-/truth.json")["blogs"] if blog["blog"] == BLOG)


def run_in_image(*command: str) -> str:
    """What a command says in a container of its own."""
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
    """Every headline in the store."""
    return {row[0] for row in rows(stack, f"SELECT headline FROM {BARE} WHERE kind IN ('update', 'card')")}


def run(stack: Stack, airflow: SignedIn, dag: str = DAG, **conf: object) -> str:
    """Let a DAG run by REST until it has succeeded; the run's id."""
    started = airflow.trigger(dag, conf)
    state = airflow.wait(dag, started, timeout_s=600)
    assert state == "success", f"{airflow.tasks(dag, started)}\n{stack.compose('logs', '--tail', '40', 'scheduler')}"
    return started


def record(stack: Stack, airflow: SignedIn) -> set[str]:
    """Record the blog as it stands now; the headlines that it shows."""
    truth = newsroom(stack, f"/-/truth/{BLOG}.json")
    run(stack, airflow, addresses=[address(stack)])
    return {update["headline"] for update in truth["updates"] if update["headline"]}
