"""A lake with two sources, and our pages over it as a browser would ask for them, without Airflow around."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from board.app import create_app
from board.reader import Reader
from lake.lake import Lake, open_lake
from tests.lake.rows import NOON, at, blog_row, capture, revision, watch
from transforms.rows import Changes, Row

FLOOD, STORM, OVER = "00000000000000f1", "00000000000000f2", "00000000000000f3"
NOW = NOON + timedelta(minutes=30)


def looked(blog: str, minutes: float, **more: object) -> Row:
    """A look of these tests, with an Airflow run behind it."""
    run = f"scheduled__{at(minutes).isoformat()}"
    return replace(capture(blog, minutes), **{"run_key": run, "failures": 0, **more})


def rows() -> Changes:
    """Flood is recorded on time; Storm's looks fail; Over has ended."""
    flood = [looked(FLOOD, m, next_look_at=at(m + 1)) for m in (0, 10, 20, 30)]
    storm = [
        looked(STORM, m, outcome="failed", reason="HTTP <503>", status=503, failures=m // 10 + 1, next_look_at=at(21),
               source="herald") for m in (0, 10, 20)
    ]  # fmt: skip
    over = looked(OVER, 1, next_look_at=None, run_key="cli-20260301T120100Z")
    return Changes(
        {
            "captures": (*flood, *storm, over),
            "watches": (watch(FLOOD), replace(watch(STORM), source="herald"), watch(OVER)),
            "blogs": (
                replace(blog_row(FLOOD), title="Flood <script>alert(1)</script> \u202elive"),
                replace(blog_row(OVER), title="Over & out", state="closed"),
            ),
            "revisions": (
                replace(revision(FLOOD, "s1", 10), headline="Bridge <b>closed</b>", not_before=at(9)),
                replace(revision(FLOOD, "s1", 20, 2), change="edited", headline="Bridge <b>open</b>"),
                revision(OVER, "s9", 1),
            ),
        }
    )


@pytest.fixture
def lake(tmp_path) -> Lake:
    made = open_lake(str(tmp_path / "lake"))
    made.commit("all", lambda _: rows(), "run")
    return made


Client = Callable[..., TestClient]


@pytest.fixture
def client() -> Iterator[Client]:
    """The pages over a lake as they are mounted in Airflow, at a time of the test's choice."""
    opened: list[TestClient] = []

    def browse(lake: Lake, now: datetime = NOW) -> TestClient:
        around = FastAPI()
        pages = create_app(Reader(lambda: lake, lambda: now), lambda: None, prefix="/live-blogs", dag_id="record")
        around.mount("/live-blogs", pages)
        opened.append(TestClient(around, base_url="http://airflow.test/live-blogs/", follow_redirects=False))
        return opened[-1]

    yield browse
    for one in opened:
        one.close()
