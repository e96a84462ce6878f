"""The tasks of a run on several machines: what one of them was killed with, and what is due in time."""

import os
from collections.abc import Mapping
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from threading import Timer
from typing import Any

import pytest
import structlog
from structlog.testing import capture_logs

from crawler.items import CrawlRequest
from crawler.run import crawl
from lake.errors import LeaseHeld
from lake.lake import open_lake
from lake.query import connect, run_sql
from liveblog import pipeline, tasks
from liveblog.archiving import Archive
from liveblog.errors import LiveblogError
from liveblog.settings import read_settings
from tests.newsroom import Newsroom
from transforms.identity import blog_id

BLOG = "gazette-ferry"


@pytest.fixture(autouse=True)
def machine(environ: Mapping[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """This process is a worker."""
    for name, value in environ.items():
        monkeypatch.setenv(name, value)


def fetch_and_die(url: str, run_key: str) -> Path:
    """What a worker leaves that was killed before it could archive what it had fetched; its segment."""
    settings = read_settings(os.environ)
    request = CrawlRequest(blog_id(url), url, "gazette")
    report = crawl([request], spool=settings.spool, run_key=run_key, batch_id="1", settings=settings.crawl)
    return Path(report.segments[0])


def run(run_key: str, url: str) -> None:
    batches = tasks.plan(run_key, addresses=[url])
    crawled = [tasks.crawl(run_key, batch) for batch in batches]
    tasks.publish(run_key, crawled)
    tasks.report(run_key, batches, crawled)


def of_captures(column: str) -> list[Any]:
    lake = open_lake(os.environ["LIVEBLOG_LAKE"])
    with connect(lake, lake.newest()) as connection:
        return [value for (value,) in run_sql(connection, f"SELECT {column} FROM captures ORDER BY 1").rows]


def test_a_batch_takes_along_what_a_killed_worker_left_on_its_machine(newsroom: Newsroom):
    url = newsroom.url(BLOG)
    batches = tasks.plan("planned elsewhere", addresses=[url])
    left = fetch_and_die(url, "killed")
    assert left.exists()
    tasks.publish("planned elsewhere", [tasks.crawl("planned elsewhere", batch) for batch in batches])
    assert not left.exists()
    assert of_captures("run_key") == ["killed", "planned elsewhere"]


def test_what_crawl_tasks_ask_of_the_store_is_put_on_record_by_the_task_that_commits(newsroom: Newsroom):
    batches = tasks.plan("r", addresses=[newsroom.url(BLOG)])
    crawled = [tasks.crawl("r", batch) for batch in batches]
    assert [one["requests"]["put raw"] for one in crawled] == [1]
    tasks.publish("r", crawled)
    newest = open_lake(os.environ["LIVEBLOG_LAKE"]).newest()
    assert newest.manifest.requests["put raw"] == 1
    assert tasks.publish("r", crawled) is None, "a task run again commits nothing, and counts nothing twice"
    assert open_lake(os.environ["LIVEBLOG_LAKE"]).newest().number == newest.number


def test_a_run_whose_publish_failed_fails_and_the_next_one_takes_in_what_it_fetched(newsroom: Newsroom):
    url = newsroom.url(BLOG)
    batches = tasks.plan("failed", addresses=[url])
    crawled = [tasks.crawl("failed", batch) for batch in batches]
    with pytest.raises(LiveblogError, match=r"1 segment\(s\) of this run are in no snapshot: .* `publish`"):
        tasks.report("failed", batches, crawled)
    run("next", url)
    assert of_captures("run_key") == ["failed", "next"]
    tasks.report("failed", batches, crawled)


def test_a_run_without_a_plan_fails(newsroom: Newsroom):
    with pytest.raises(LiveblogError, match="nothing was planned"):
        tasks.report("r", None, [])
    assert tasks.plan("r") == []
    tasks.report("r", [], [])


def test_a_run_waits_for_a_search_a_little_and_then_says_who_is_at_work(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
):
    lake = pipeline.lake_to_write(read_settings(os.environ))
    with lake.lease(pipeline.LEASE, "a search", 60) as search:
        monkeypatch.setattr(tasks, "TASK_PATIENCE_S", 0)
        with pytest.raises(LeaseHeld, match="a search"):
            tasks.plan("r", addresses=[newsroom.url(BLOG)])
        monkeypatch.setattr(tasks, "TASK_PATIENCE_S", 60)
        Timer(1, search.release).start()
        assert len(tasks.plan("r", addresses=[newsroom.url(BLOG)])) == 1


def test_a_run_that_has_published_may_fetch_again_and_leave_that_to_the_next(newsroom: Newsroom):
    url = newsroom.url(BLOG)
    run("r", url)
    run("r", url)
    assert of_captures("run_key") == ["r"]
    run("next", url)
    assert of_captures("run_key") == ["next", "r", "r"]


def test_two_batches_of_one_machine_may_find_the_same_leftovers(newsroom: Newsroom):
    left = fetch_and_die(newsroom.url(BLOG), "killed")
    lake = pipeline.lake_to_write(read_settings(os.environ))
    first, second = Archive(lake), Archive(lake)
    for archive in (first, second):
        archive(left)
        archive.finish()
    assert (len(first.keys), second.keys) == (1, [])


@pytest.mark.parametrize(("before_s", "batches"), [(40, 0), (20, 1)])
def test_what_falls_due_before_the_middle_of_two_runs_is_looked_at_in_the_first(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch, before_s: int, batches: int
):
    run("first", newsroom.url(BLOG))
    [due] = of_captures("next_look_at")

    class Later(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:
            return due - timedelta(seconds=before_s)

    monkeypatch.setattr(tasks, "datetime", Later)
    assert len(tasks.plan("second")) == batches


def test_the_log_names_run_batch_and_blog(newsroom: Newsroom):
    url, gone = newsroom.url(BLOG), f"{newsroom.url(BLOG)}-that-is-not-there"
    with capture_logs([structlog.contextvars.merge_contextvars]) as told:
        batches = tasks.plan("the run", addresses=[url, gone])
        tasks.publish("the run", [tasks.crawl("the run", batch) for batch in batches])
    assert {line["run_id"] for line in told} == {"the run"}
    assert {line["event"]: line.get("batch_id") for line in told} == {
        "planned": None,
        "fetched": "1",
        "counted": "1",
        "look": "1",
        "published": None,
    }
    looks = {line["blog_id"]: (line["outcome"], line["log_level"]) for line in told if line["event"] == "look"}
    assert looks == {blog_id(url): ("changed", "info"), blog_id(gone): ("failed", "warning")}
