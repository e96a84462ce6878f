"""When to look again."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.schedule import doubling, next_look

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def wait(state="live", changed_min_ago=0.0, **more):
    after = next_look(state, NOW - timedelta(minutes=changed_min_ago), NOW, **more)
    return None if after is None else (after - NOW).total_seconds() / 60


@pytest.mark.parametrize(
    ("changed_min_ago", "minutes"),
    [(0, 1), (9.9, 1), (10, 2), (29, 2), (30, 5), (119, 5), (120, 15), (360, 60), (9999, 60)],
)
def test_the_longer_nothing_changed_the_later_the_next_look(changed_min_ago, minutes):
    assert minutes <= wait(changed_min_ago=changed_min_ago) <= minutes * 1.1


def test_a_blog_never_read_is_looked_at_soon():
    assert next_look("live", None, NOW) == NOW + timedelta(minutes=1)


def test_a_cache_may_slow_a_live_blog_to_a_quarter_of_an_hour_at_most():
    assert wait(cache_control="public, max-age=300") == 5
    assert 15 <= wait(cache_control="max-age=86400") <= 16.5
    assert wait(changed_min_ago=60, cache_control="s-maxage=900, max-age=30") == 5


def test_retry_after_is_obeyed_up_to_a_day():
    assert wait(retry_after_s=7200) >= 120
    assert wait(retry_after_s=10**9) <= 24 * 60 * 1.1


def test_failures_double_the_wait_up_to_an_hour():
    assert [wait(failures=n) for n in (1, 2, 3)] == [2, 4, 8]
    assert 60 <= wait(failures=20) <= 66


def test_a_page_that_only_cannot_be_read_is_looked_at_as_ever_for_a_day_then_daily_for_a_week():
    waits = [wait(changed_min_ago=5, failures=doubling(n, unread=True)) for n in (1, 10, 72, 73, 78, 79)]
    assert waits[:3] == [1, 1, 1]
    assert all(24 * 60 <= each <= 24 * 66 for each in waits[3:5])
    assert waits[5] is None
    assert doubling(3, unread=False) == 3


def test_a_closed_blog_is_looked_at_once_more_then_daily_for_a_week_and_once_more_at_thirty_days():
    day = 24 * 60
    assert 60 <= wait("closed", 0) <= 66
    assert day <= wait("closed", 61) <= day * 1.1
    at_last = wait("closed", 8 * day)
    assert 22 * day <= at_last <= 22 * day * 1.1
    assert wait("closed", 30 * day) is None


def test_a_blog_that_is_gone_is_looked_at_daily_for_a_week_and_let_go():
    assert 24 * 60 <= wait("gone", 5, failures=3) <= 24 * 66
    assert 24 * 60 <= wait("gone", 5, failures=9) <= 24 * 66
    assert wait("gone", 5, failures=10) is None


def test_a_blog_that_is_never_answered_for_is_given_up_after_a_day_of_hours_and_a_week_of_days():
    assert 60 <= wait(failures=24) <= 66
    assert 24 * 60 <= wait(failures=25) <= 24 * 66
    assert wait(failures=31) is None
    assert wait(failures=31, retry_after_s=60) is None


def test_what_may_not_be_fetched_is_asked_for_once_a_day():
    assert 24 * 60 <= wait(refused=True, failures=1) <= 24 * 66


@pytest.mark.parametrize(
    ("minutes_to_start", "minutes"), [(600, 60), (60, 30), (20, 10), (1, 1), (0, 1), (-5, 1), (-45, 5), (-300, 15)]
)
def test_an_upcoming_blog_is_looked_at_more_often_as_its_start_comes_near_and_as_a_live_one_from_then_on(
    minutes_to_start, minutes
):
    found = wait("upcoming", 999, starts_at=NOW + timedelta(minutes=minutes_to_start))
    assert minutes <= found <= minutes * 1.1


def test_an_upcoming_blog_without_an_announced_start_is_looked_at_every_five_minutes():
    assert wait("upcoming", 999) == 5


@given(st.integers(0, 10**6), st.integers(0, 30), st.text(max_size=8))
def test_the_same_look_always_gives_the_same_next_look(seconds, failures, blog):
    changed = NOW - timedelta(seconds=seconds)
    first = next_look("live", changed, NOW, failures=failures, blog_id=blog)
    assert first == next_look("live", changed, NOW, failures=failures, blog_id=blog)
    assert first is not None
    assert first > NOW
