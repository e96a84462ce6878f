"""When to look again."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.schedule import next_look

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
    assert 60 <= wait(failures=50) <= 66


@pytest.mark.parametrize("state", ["closed", "gone"])
def test_a_closed_blog_is_looked_at_daily_for_a_week_and_once_more_at_thirty_days(state):
    day = 24 * 60
    assert day <= wait(state, 0) <= day * 1.1
    at_last = wait(state, 8 * day)
    assert 22 * day <= at_last <= 22 * day * 1.1
    assert wait(state, 30 * day) is None


@given(st.integers(0, 10**6), st.integers(0, 20), st.text(max_size=8))
def test_the_same_look_always_gives_the_same_next_look(seconds, failures, blog):
    changed = NOW - timedelta(seconds=seconds)
    first = next_look("live", changed, NOW, failures=failures, blog_id=blog)
    assert first == next_look("live", changed, NOW, failures=failures, blog_id=blog)
    assert first is not None
    assert first > NOW
