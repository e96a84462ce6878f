"""A quarter of an hour of twenty publishers, in simulated time: found, watched politely, fresh.

The whole (200 blogs, six hours) is `python -m tests.services.hours`; docs/testing.md has its figures.
"""

import json
import subprocess
import sys

import pytest

from tests.services.airflow import ROOT

COMMAND = [
    sys.executable,
    "-m",
    "tests.services.hours",
    "--sources",
    "20",
    "--blogs",
    "40",
    "--hours",
    "0.25",
    "--cost",
    "1",
    "--json",
]


@pytest.fixture(scope="module")
def hours() -> dict:
    """The report, of a process of its own: it has a clock of its own."""
    done = subprocess.run(COMMAND, capture_output=True, text=True, cwd=ROOT, timeout=280)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_every_blog_that_may_be_fetched_is_found_within_one_interval_of_discovery(hours: dict):
    assert hours["late_discoveries"] == []
    assert hours["discovered"] >= hours["expected"] > 30


def test_no_request_goes_where_robots_txt_does_not_allow_it(hours: dict):
    assert hours["forbidden"] == []


def test_no_domain_s_delay_is_broken_by_its_own_log(hours: dict):
    gaps = hours["shortest_gaps_s"]
    assert len(gaps) == 19, "the twentieth asked to be left alone"
    assert min(gaps.values()) >= 5
    assert gaps["beacon-03"] >= 10, "its robots.txt asks for more"


def test_updates_of_live_blogs_can_be_queried_within_the_target(hours: dict):
    live = hours["pace"]["freshness"]["live"]
    assert live["count"] > 20
    assert (live["median_s"] <= 90, live["p95_s"] <= 180) == (True, True), live


def test_as_much_is_seen_as_by_a_look_a_minute_with_half_of_the_looks(hours: dict):
    pace = hours["pace"]
    assert pace["changes_seen"] >= 0.97 * pace["fixed_changes_seen"]
    assert pace["looks"] < 0.55 * pace["fixed_looks"], "a quarter of an hour in which all blogs are new"


def test_the_record_says_what_could_be_seen_and_nothing_else(hours: dict):
    assert hours["faults"] == []


def test_blogs_that_closed_are_let_go(hours: dict):
    assert hours["not_let_go"] == []
