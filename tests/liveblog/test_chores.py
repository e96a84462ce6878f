"""Upkeep and quality as Airflow's tasks call them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from structlog.testing import capture_logs

from lake.lake import Lake, open_lake
from liveblog import chores
from liveblog.errors import InputError, LiveblogError
from tests.lake.rows import at, blog_row, capture, revision, watch
from transforms.rows import Changes

BLOG = "00000000000000b1"
DAY = "2026-03-01"


@pytest.fixture
def lake(tmp_path, monkeypatch: pytest.MonkeyPatch) -> Lake:
    """A lake with one look of long ago, as the environment names it."""
    monkeypatch.setenv("LIVEBLOG_LAKE", str(tmp_path / "lake"))
    monkeypatch.setenv("LIVEBLOG_SPOOL", str(tmp_path / "spool"))
    made = open_lake(str(tmp_path / "lake"))
    rows = {
        "watches": (watch(BLOG),),
        "blogs": (blog_row(BLOG),),
        "captures": (capture(BLOG), capture(BLOG, 1, outcome="failed", reason="HTTP 503")),
        "revisions": (replace(revision(BLOG), not_before=at(-1)),),
    }
    made.commit("c", lambda _: Changes(rows), "c")
    return made


@pytest.mark.parametrize(
    ("given", "interval_start", "run_after", "day"),
    [
        (None, datetime(2026, 3, 1, 1, 30, tzinfo=UTC), datetime(2026, 3, 2, 1, 30, tzinfo=UTC), DAY),
        (None, None, datetime(2026, 3, 2, 9, 0, tzinfo=UTC), DAY),
        ("2026-02-11", None, datetime(2026, 3, 2, 9, 0, tzinfo=UTC), "2026-02-11"),
        (DAY, None, datetime(2026, 3, 2, 1, 0, tzinfo=UTC), DAY),
        (None, None, datetime(2026, 3, 2, 1, 0, tzinfo=UTC), DAY),
        (None, None, datetime(2026, 3, 2, 0, 59, tzinfo=UTC), "2026-02-28"),
    ],
)
def test_a_run_is_about_the_day_asked_for_its_own_or_the_last_one_that_is_over(given, interval_start, run_after, day):
    assert chores.day_to_close(given, interval_start=interval_start, run_after=run_after) == day


@pytest.mark.parametrize(
    ("given", "says"), [(DAY, "not over yet"), ("2026-13-01", "is no day"), ("yesterday", "is no day")]
)
def test_a_day_that_is_not_over_or_none_at_all_is_refused(given: str, says: str):
    with pytest.raises(InputError, match=says):
        chores.day_to_close(given, interval_start=None, run_after=datetime(2026, 3, 2, 0, 59, tzinfo=UTC))


def test_a_day_is_closed_verified_vacuumed_and_told(lake: Lake):
    assert chores.close("r1")["files"] > 0
    assert any("/days/revisions/" in file.key for file in lake.newest().files("revisions"))
    assert chores.verify() == {}
    assert chores.vacuum()["objects"] == 0
    told = chores.report(DAY)
    assert told is not None
    [source] = told["sources"]
    assert (source["looks"], source["failed"], source["added"], source["p50_s"]) == (2, 1, 1, 60.0)


def test_a_day_without_a_look_has_no_report(lake: Lake):
    assert chores.report("2026-02-01") is None


def test_damage_fails_the_task(lake: Lake, tmp_path):
    file = tmp_path / "lake" / lake.newest().files("revisions")[0].key
    file.chmod(0o644)
    file.write_bytes(file.read_bytes()[:-1])
    with pytest.raises(LiveblogError, match="not what snapshots say"):
        chores.verify()


def test_a_comparison_is_planned_day_by_day_and_a_switch_in_one_piece(lake: Lake):
    [compared] = chores.replay_plan(None, None, "compare", ["revisions"])
    assert (compared["since"], compared["until"], compared["tables"]) == (DAY, DAY, ["revisions"])
    [switched] = chores.replay_plan("2026-02-01", None, "switch", None)
    assert (switched["since"], switched["until"], switched["mode"]) == ("2026-02-01", None, "switch")


@pytest.mark.parametrize(
    ("since", "until", "tables", "says"),
    [
        ("2026-03-02", "2026-03-01", None, "before it begins"),
        ("2026-04-01", None, None, "cannot be rebuilt"),
        (None, "soon", None, "is no day"),
        (None, None, ["secrets"], "no table is called"),
    ],
)
def test_a_replay_that_cannot_be_is_refused(lake: Lake, since, until, tables, says: str):
    with pytest.raises(InputError, match=says):
        chores.replay_plan(since, until, "compare", tables)


def test_the_sums_of_a_comparison():
    parts = [
        {"days": [DAY], "snapshot": None, "differences": {"revisions": {"only_before": 1, "only_after": 2}}},
        {"days": ["2026-03-02"], "snapshot": None, "differences": {"revisions": {"only_before": 0, "only_after": 1}}},
    ]
    assert chores.summary(parts) == {
        "days": [DAY, "2026-03-02"],
        "snapshot": None,
        "differences": {"revisions": {"only_before": 1, "only_after": 3}},
    }


def test_a_check_gives_one_alert_and_a_silence_withholds_it(lake: Lake):
    [alert] = [alert for alert in chores.check("r1") if alert["rule"] == "freshness"]
    assert alert["source"] == "riverside"
    assert "1 of 1 blogs overdue" in alert["text"]
    assert chores.check("r2") == [], "the same again is no news"
    assert [one["incident_id"] for one in chores.check("r1")] == [alert["incident_id"]], "a task run again tells again"


def test_a_source_silenced_first_is_not_told_of(lake: Lake):
    assert chores.check("r1", silence="riverside", hours=1, why="known") == []
    assert [row.event for row in rows_of_incidents(lake)] == ["silenced", "opened"]


def rows_of_incidents(lake: Lake):
    from liveblog.incidents import incident_rows

    return sorted(incident_rows(lake.newest()), key=lambda row: (row.observed_at, row.event != "silenced"))


def test_the_command_lists_and_silences(lake: Lake, liveblog, environ):
    environ["LIVEBLOG_LAKE"] = lake.root
    assert "nothing is amiss" in liveblog("incidents").err
    [alert] = chores.check("r1")
    listed = liveblog("incidents")
    assert alert["incident_id"] in listed.out
    assert "freshness" in listed.out
    silenced = liveblog("incidents", "--silence", alert["incident_id"], "--hours", "2", "--json")
    assert silenced.json["silenced"] is True
    refused = liveblog("incidents", "--silence", "nothing")
    assert (refused.status, "neither an incident nor a source" in refused.err) == (2, True)


def test_a_silence_of_nothing_is_refused(lake: Lake):
    with pytest.raises(InputError):
        chores.check("r1", silence="nothing", hours=1)


def test_incidents_are_over_when_the_cause_is(lake: Lake):
    chores.check("r1")
    now = datetime.now(UTC)
    fresh = replace(capture(BLOG), capture_id="new", observed_at=now, next_look_at=now + timedelta(hours=1))
    lake.commit("n", lambda _: Changes({"captures": (fresh,)}), "n")
    chores.check("r2")
    assert "clearing" in [row.event for row in rows_of_incidents(lake)]


def test_the_log_says_what_was_found_as_fields(lake: Lake):
    with capture_logs() as told:
        chores.check("the run")
    assert [(line["event"], line["run_id"]) for line in told] == [("found", "the run"), ("checked", "the run")]
    assert (told[0]["rule"], told[0]["source"], told[1]["alerts"]) == ("freshness", "riverside", 1)
