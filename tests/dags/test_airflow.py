"""The whole, through a real Airflow on a real S3 server: trigger, crawl, publish, query."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from lake.lake import open_lake
from lake.query import connect, run_sql
from tests.newsroom import Newsroom
from tests.services.airflow import Airflow, AirflowError
from tests.services.minio import S3Service

DAG = "record_live_blogs"
BLOGS = ("gazette-ferry", "herald-ferry")
BUCKET = "live-blogs"
LAKE = f"s3://{BUCKET}/lake"

pytestmark = [pytest.mark.airflow, pytest.mark.slow, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def newsroom() -> Iterator[Newsroom]:
    with Newsroom() as opened:
        yield opened


@pytest.fixture(scope="module")
def airflow(s3: S3Service, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Airflow]:
    """One Airflow for all tests here: a start takes about a minute."""
    home: Path = tmp_path_factory.mktemp("airflow")
    s3.create_bucket(BUCKET)
    environ = {
        **s3.environment,
        "LIVEBLOG_LAKE": LAKE,
        "LIVEBLOG_SPOOL": str(home / "spool"),
        "LIVEBLOG_ALLOW_PRIVATE": "1",
        "LIVEBLOG_DELAY_S": "0",
    }
    with Airflow(home, environ) as started:
        started.wait_for_dag(DAG)
        started.unpause(DAG)
        yield started


@pytest.fixture
def rows(s3: S3Service, monkeypatch: pytest.MonkeyPatch):
    """Ask the lake in SQL, as an analyst of its newest snapshot."""
    for name, value in s3.environment.items():
        monkeypatch.setenv(name, value)

    def ask(query: str) -> list[tuple]:
        lake = open_lake(LAKE)
        with connect(lake, lake.newest()) as connection:
            return list(run_sql(connection, query).rows)

    return ask


def true_headlines(newsroom: Newsroom, blog: str) -> list[str]:
    return [update["headline"] for update in newsroom.truth(blog)["updates"] if update["kind"] == "update"]


def test_the_dag_records_what_the_newsroom_shows(airflow: Airflow, newsroom: Newsroom, rows):
    addresses = [newsroom.url(blog, named=True) for blog in BLOGS]
    run = airflow.trigger(DAG, {"addresses": addresses})
    assert airflow.wait(DAG, run, 300) == "success", airflow.tasks(DAG, run)
    assert airflow.tasks(DAG, run)["crawl"] == ["success", "success"], "one batch a domain"
    for blog, address in zip(BLOGS, addresses, strict=True):
        shown = rows(
            f"SELECT headline FROM updates JOIN watches USING (blog_id) WHERE url = '{address}' "
            "AND visibility = 'shown' ORDER BY rank"
        )
        assert [headline for (headline,) in shown] == true_headlines(newsroom, blog)


def test_a_second_run_records_the_edits_and_publishes_an_asset(airflow: Airflow, newsroom: Newsroom, rows):
    newsroom.clock.advance(4 * 3600)
    run = airflow.trigger(DAG, {"addresses": [newsroom.url(blog, named=True) for blog in BLOGS]})
    assert airflow.wait(DAG, run, 300) == "success", airflow.tasks(DAG, run)
    assert rows("SELECT count(*) FROM revisions WHERE change IN ('edited', 'retitled')")[0][0] > 0
    assert rows("SELECT count(*) - count(DISTINCT capture_id) FROM captures") == [(0,)]
    events = airflow.call("GET", "/api/v2/assets/events?order_by=-timestamp")["asset_events"]
    assert events[0]["extra"]["looks"] == 2
    assert events[0]["extra"]["snapshot"] > 2


def test_a_dry_run_fetches_and_changes_nothing(airflow: Airflow, newsroom: Newsroom, rows):
    asked, before = len(newsroom.log()), rows("SELECT count(*) FROM captures")
    run = airflow.trigger(DAG, {"addresses": [newsroom.url("gazette-budget")], "dry_run": True})
    assert airflow.wait(DAG, run, 300) == "success", airflow.tasks(DAG, run)
    assert "would look at" in airflow.task_log(DAG, run, "plan")
    budget = [entry for entry in newsroom.log()[asked:] if entry.blog == "gazette-budget"]
    assert budget == []
    assert rows("SELECT count(*) FROM watches WHERE url LIKE '%budget%'") == [(0,)]
    assert rows("SELECT count(*) FROM captures") >= before


def test_a_bad_parameter_is_refused_before_anything_runs(airflow: Airflow):
    with pytest.raises(AirflowError, match=r"400|422"):
        airflow.trigger(DAG, {"addresses": ["not an address"]})


def test_an_address_that_brings_nothing_is_in_the_log_and_in_captures(airflow: Airflow, newsroom: Newsroom, rows):
    missing = f"{newsroom.url('gazette-ferry')}-that-is-not-there"
    run = airflow.trigger(DAG, {"addresses": [missing]})
    assert airflow.wait(DAG, run, 300) == "success", airflow.tasks(DAG, run)
    assert missing in airflow.task_log(DAG, run, "publish")
    assert rows(f"SELECT outcome, status FROM captures WHERE url = '{missing}'") == [("failed", 404)]
