"""The whole, through a real Airflow on a real S3 server: trigger, crawl, publish, query."""

import time
from itertools import groupby
from typing import Any

import pytest

from lake.lake import Lake
from liveblog.turns import in_turn
from tests.dags.conftest import DAG
from tests.newsroom import Newsroom
from tests.services.airflow import Airflow, AirflowError
from tests.services.webhook import Hook

BLOGS = ("gazette-ferry", "herald-ferry")
UPKEEP = ("check_quality", "close_day", "replay_archive")

pytestmark = [pytest.mark.airflow, pytest.mark.slow, pytest.mark.timeout(900)]


def true_headlines(newsroom: Newsroom, blog: str) -> list[str]:
    return [update["headline"] for update in newsroom.truth(blog)["updates"] if update["kind"] == "update"]


def test_the_dag_records_what_the_newsroom_shows(airflow: Airflow, newsroom: Newsroom, rows):
    addresses = [newsroom.url(blog, named=True) for blog in BLOGS]
    run = airflow.trigger(DAG, {"addresses": addresses})
    assert airflow.wait(DAG, run, 300) == "success", airflow.tasks(DAG, run)
    assert airflow.tasks(DAG, run)["crawl"] == ["success", "success"], "one batch a domain"
    assert "XCom not found" not in airflow.log.read_text(errors="replace"), "no error is logged where all is well"
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
    [extra] = [event["extra"] for event in events if event["source_run_id"] == run]  # scheduled runs publish, too
    assert extra["looks"] == 2
    assert extra["snapshot"] > 2


def test_what_a_scheduled_search_finds_is_recorded_by_the_next_run(airflow: Airflow, newsroom: Newsroom, rows):
    airflow.wait_for_dag("discover_live_blogs")
    airflow.unpause("discover_live_blogs")
    [run, *_] = airflow.until_runs("discover_live_blogs", 1)
    airflow.call("PATCH", "/api/v2/dags/discover_live_blogs", {"is_paused": True})
    assert (run["run_type"], run["state"]) == ("scheduled", "success")
    run_id = airflow.trigger(DAG, {})
    assert airflow.wait(DAG, run_id, 300) == "success", airflow.tasks(DAG, run_id)
    titles = rows("SELECT title FROM current_blogs WHERE source = 'beacon'")
    assert titles == [(newsroom.truth("beacon-storm")["title"],)]


def test_a_search_waits_outside_for_a_recording_run_and_uses_no_try_up(airflow: Airflow, lake: Lake):
    runs = "/api/v2/dags/discover_live_blogs/dagRuns"
    with in_turn(lake, "a recording run between two tasks", 600, 200):
        airflow.call("PATCH", f"/api/v2/dags/{DAG}", {"is_paused": True})  # its runs would wait too
        airflow.unpause("discover_live_blogs")
        airflow.trigger("discover_live_blogs", {})
        deadline = time.monotonic() + 200
        while not (
            waiting := [
                run["dag_run_id"]
                for run in airflow.call("GET", f"{runs}?state=running")["dag_runs"]
                if "up_for_reschedule" in airflow.tasks("discover_live_blogs", run["dag_run_id"]).get("discover", ())
            ]
        ):
            assert time.monotonic() < deadline, "the task kept its place"
            time.sleep(0.1)
    airflow.unpause(DAG)
    assert airflow.wait("discover_live_blogs", waiting[0]) == "success"
    airflow.call("PATCH", "/api/v2/dags/discover_live_blogs", {"is_paused": True})
    [task] = airflow.call("GET", f"{runs}/{waiting[0]}/taskInstances")["task_instances"]
    assert task["try_number"] == 1
    assert "waits outside: record is held by a recording run" in airflow.task_log(
        "discover_live_blogs", waiting[0], "discover"
    )


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


def test_what_was_not_recorded_cannot_be_backfilled(airflow: Airflow):
    wanted = {"dag_id": DAG, "from_date": "2026-01-01T00:00:00Z", "to_date": "2026-01-01T00:05:00Z"}
    with pytest.raises(AirflowError, match="does not allow backfill"):
        airflow.call("POST", "/api/v2/backfills", wanted)


def test_upkeep_runs_green_and_a_replay_gives_the_same_rows(airflow: Airflow, rows):
    for dag in UPKEEP:
        airflow.wait_for_dag(dag)
        airflow.unpause(dag)
    runs = {dag: airflow.trigger(dag, {}) for dag in UPKEEP}
    states = {dag: airflow.wait(dag, run, 400) for dag, run in runs.items()}
    airflow.call("PATCH", "/api/v2/dags/check_quality", {"is_paused": True})  # or it runs after every other one
    tasks = {dag: airflow.tasks(dag, run) for dag, run in runs.items()}
    assert set(states.values()) == {"success"}, tasks
    assert tasks["close_day"]["verify"] == ["success"]
    entry = (
        f"/api/v2/dags/replay_archive/dagRuns/{runs['replay_archive']}/taskInstances/report/xcomEntries/return_value"
    )
    compared = airflow.call("GET", entry)["value"]
    assert compared["days"], "there was something to compare"
    assert {name: {*counts.values()} for name, counts in compared["differences"].items() if any(counts.values())} == {}


def test_a_day_that_is_not_over_is_refused_and_told_of_until_a_run_succeeds(airflow: Airflow, hook: Hook, rows):
    [(today,)] = rows("SELECT strftime(now() + INTERVAL 1 DAY, '%Y-%m-%d')")
    for _ in range(2):
        run = airflow.trigger("close_day", {"day": today})
        assert airflow.wait("close_day", run, 300) == "failed"
        assert "is not over yet" in airflow.task_log("close_day", run, "choose")
        assert airflow.tasks("close_day", run)["close"] == ["upstream_failed"]
    assert airflow.wait("close_day", airflow.trigger("close_day", {"verify": False}), 300) == "success"
    runs = airflow.until_runs("close_day", 3)  # at 01:30 a scheduled one may have come in between
    ended = [run["state"] for run in sorted(runs, key=lambda run: run["end_date"])]
    rows_of_failures = [list(some) for state, some in groupby(ended) if state == "failed"]
    told = told_of(hook, "close_day", events=2 * len(rows_of_failures))
    assert [one["event"] for one in told] == ["opened", "recovered"] * len(rows_of_failures)
    assert f"{airflow.url}/dags/close_day/runs/" in told[0]["text"]
    assert f"after {len(rows_of_failures[-1])} that failed" in told[-1]["text"]


def told_of(hook: Hook, dag: str, events: int) -> list[dict[str, Any]]:
    """What was said of a DAG's runs; the DAG processor calls within seconds after a run."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        found = [one for one in hook.sent if (one["rule"], one["source"]) == ("runs", dag)]
        if len(found) >= events:
            return found
        time.sleep(0.2)
    raise AssertionError(f"{events} alerts were awaited, {hook.sent} came")


def test_an_address_that_brings_nothing_is_in_the_log_and_in_captures(airflow: Airflow, newsroom: Newsroom, rows):
    missing = f"{newsroom.url('gazette-ferry')}-that-is-not-there"
    run = airflow.trigger(DAG, {"addresses": [missing]})
    assert airflow.wait(DAG, run, 300) == "success", airflow.tasks(DAG, run)
    assert missing in airflow.task_log(DAG, run, "publish")
    looked = f"SELECT outcome, status FROM captures WHERE url = '{missing}' AND run_key = '{run}'"
    assert rows(looked) == [("failed", 404)]


def test_a_day_that_was_never_recorded_is_refused_in_a_backfill_and_says_so(airflow: Airflow):
    wanted = {"dag_id": "close_day", "from_date": "2026-01-05T00:00:00Z", "to_date": "2026-01-05T23:00:00Z"}
    airflow.call("POST", "/api/v2/backfills", wanted)
    runs = "/api/v2/dags/close_day/dagRuns?run_type=backfill"
    [run] = [one["dag_run_id"] for one in airflow.call("GET", runs)["dag_runs"]]
    assert airflow.wait("close_day", run, 300) == "failed"
    assert "no look of 2026-01-05 is in the lake" in airflow.task_log("close_day", run, "report")
