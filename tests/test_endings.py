"""How blogs begin and end, by the program as it is against the newsroom: five weeks in simulated time."""

import json
import subprocess
import sys
from typing import NamedTuple

import pytest

from tests.services.airflow import ROOT

MINUTE, HOUR, DAY = 60, 3600, 86_400
COMMAND = [sys.executable, "-m", "tests.services.endings"]


class Look(NamedTuple):
    """One look, as `tests.services.endings` tells it."""

    at_s: float
    outcome: str
    state: str | None
    wait_s: float | None
    reason: str | None


@pytest.fixture(scope="module")
def blogs() -> dict:
    """By name; of a process of its own: it has a clock of its own."""
    done = subprocess.run(COMMAND, capture_output=True, text=True, cwd=ROOT, timeout=280)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def looks(blogs: dict, name: str) -> list[Look]:
    return [Look(*look) for look in blogs[name]["looks"]]


def waits(seen: list[Look]) -> list[float | None]:
    return [look.wait_s for look in seen]


@pytest.mark.parametrize("name", ["tribune-closing", "wire-first", "wire-second", "kurier-announced"])
def test_a_blog_that_closed_is_looked_at_after_an_hour_then_daily_for_a_week_once_more_and_let_go(blogs, name):
    after = [look for look in looks(blogs, name) if look.state == "closed"]
    hour, *days, month, never = waits(after)
    assert HOUR <= hour <= 1.1 * HOUR
    assert len(days) in (6, 7)
    assert all(DAY <= day <= 1.1 * DAY for day in days)
    assert month > 20 * DAY
    assert after[-1].at_s - after[0].at_s >= 30 * DAY
    assert never is None


def test_an_address_that_says_gone_is_believed_at_once_asked_again_daily_and_let_go(blogs):
    gone = [look for look in looks(blogs, "gazette-gone") if look.outcome == "failed"]
    assert {look.state for look in gone} == {"gone"}
    assert all(wait >= DAY for wait in waits(gone)[:-1])
    assert gone[-1].wait_s is None
    assert (len(gone), gone[-1].reason) == (10, "status 410; given up after 10 looks without an answer")


def test_a_page_that_is_not_found_three_times_is_gone(blogs):
    missed = [look for look in looks(blogs, "herald-vanished") if look.outcome == "failed"]
    assert [look.state for look in missed] == ["live", "live", *["gone"] * 8]
    assert [wait >= DAY for wait in waits(missed)[:-1]] == [False, False, *[True] * 7]
    assert missed[-1].wait_s is None


def test_a_server_that_never_comes_back_is_asked_ever_more_seldom_and_given_up(blogs):
    failed = [look for look in looks(blogs, "beacon-failing") if look.outcome == "failed"]
    first = waits(failed)[:6]
    assert first == sorted(first)
    assert all(HOUR <= wait <= 1.1 * HOUR for wait in waits(failed)[6:24])
    assert all(DAY <= wait <= 1.1 * DAY for wait in waits(failed)[24:-1])
    assert failed[-1].wait_s is None
    assert (len(failed), failed[-1].reason) == (31, "status 503; given up after 31 looks without an answer")


@pytest.mark.parametrize(("name", "minutes"), [("courier-announced", 3), ("kurier-announced", 6)])
def test_a_blog_that_is_announced_is_upcoming_and_seen_soon_after_it_begins(blogs, name, minutes):
    seen = looks(blogs, name)
    assert seen[0].at_s < 2 * MINUTE
    assert {look.state for look in seen if look.at_s < 30 * MINUTE} == {"upcoming"}
    begun = next(look for look in seen if look.state == "live")
    assert begun.outcome == "changed"
    assert begun.at_s <= (30 + minutes) * MINUTE


def test_the_blog_that_another_ends_with_a_link_to_is_found_by_it(blogs):
    assert blogs["wire-first"]["why"] == "by hand"
    assert blogs["wire-second"]["why"].startswith("announced on http://wire.newsroom.example/live/first (blog)")
    assert looks(blogs, "wire-second")[0].at_s < 45 * MINUTE
