"""One real Airflow on a real S3 server, for all tests of this room: a start takes about a minute."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from lake.lake import Lake, open_lake
from lake.query import connect, run_sql
from tests.newsroom import Newsroom
from tests.newsroom.source_file import source_file
from tests.newsroom.sources import SOURCES
from tests.services.airflow import Airflow
from tests.services.minio import S3Service
from tests.services.webhook import Hook, webhook

DAG = "record_live_blogs"
BUCKET = "live-blogs"
LAKE = f"s3://{BUCKET}/lake"
STARTED = pytest.StashKey[Airflow]()
USERS = "admin:admin,reader:viewer,nobody:"
"""`nobody` may log in, and has no permission at all."""


@pytest.fixture(scope="session")
def newsroom() -> Iterator[Newsroom]:
    with Newsroom() as opened:
        yield opened


@pytest.fixture(scope="session")
def hook() -> Iterator[Hook]:
    """The webhook that this Airflow gives its alerts to."""
    with webhook() as opened:
        yield opened


@pytest.fixture(scope="session")
def sources(newsroom: Newsroom, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of source files: one paper, found by its page of live blogs."""
    folder = tmp_path_factory.mktemp("sources")
    (folder / "beacon.toml").write_text(
        source_file(SOURCES["beacon"], newsroom.origin("beacon", named=True), sections=["/live"])
    )
    return folder


@pytest.fixture(scope="session")
def airflow(
    request: pytest.FixtureRequest, s3: S3Service, hook: Hook, sources: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Airflow]:
    home: Path = tmp_path_factory.mktemp("airflow")
    s3.create_bucket(BUCKET)
    environ = {
        **s3.environment,
        "LIVEBLOG_LAKE": LAKE,
        "LIVEBLOG_SPOOL": str(home / "spool"),
        "LIVEBLOG_SOURCES": str(sources),
        "LIVEBLOG_ONLY_OWN_SOURCES": "1",
        "LIVEBLOG_ALLOW_PRIVATE": "1",
        "LIVEBLOG_DELAY_S": "0",
        "LIVEBLOG_ALERT_WEBHOOK": hook.address,
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": USERS,
    }
    with Airflow(home, environ) as started:
        request.session.stash[STARTED] = started
        started.wait_for_dag(DAG)
        started.unpause(DAG)
        yield started


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """Airflow goes with the last test that needs it: it would record every minute until the session ends."""
    needed = nextitem is not None and nextitem.get_closest_marker("airflow") is not None
    if not needed and (started := item.session.stash.get(STARTED, None)) is not None:
        started.kill()


@pytest.fixture
def lake(s3: S3Service, monkeypatch: pytest.MonkeyPatch) -> Lake:
    """The lake that this Airflow writes."""
    for name, value in s3.environment.items():
        monkeypatch.setenv(name, value)
    return open_lake(LAKE)


@pytest.fixture
def rows(lake: Lake):
    """Ask the lake in SQL, as an analyst of its newest snapshot."""

    def ask(query: str) -> list[tuple]:
        with connect(lake, lake.newest()) as connection:
            return list(run_sql(connection, query).rows)

    return ask
