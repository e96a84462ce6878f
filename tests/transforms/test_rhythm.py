"""How long a blog may be left alone, by its own rhythm."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.transforms.looking import Recorder, page, post
from transforms.records import Outcome, TimeSource
from transforms.rhythm import leave_alone
from transforms.schedule import next_look

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
TIMES = st.lists(st.integers(-86_400, 600), max_size=30).map(
    lambda ago: [NOW + timedelta(seconds=one) for one in sorted(ago)]
)


def every(minutes: float, times: int = 6, last_min_ago: float = 0.0) -> list[datetime]:
    """Posts at a steady pace."""
    last = NOW - timedelta(minutes=last_min_ago)
    return [last - timedelta(minutes=minutes * number) for number in reversed(range(times))]


@pytest.mark.parametrize(("minutes", "seconds"), [(1, 90), (6, 120), (20, 150), (240, 150)])
def test_a_blog_is_looked_at_three_times_in_its_usual_interval_within_bounds(minutes, seconds):
    assert leave_alone(every(minutes, last_min_ago=20), NOW).total_seconds() == pytest.approx(seconds)


@pytest.mark.parametrize(("minutes", "seconds"), [(1, 90), (3, 144), (20, 180)])
def test_just_after_an_update_it_is_left_alone_for_most_of_its_shortest_interval(minutes, seconds):
    assert leave_alone(every(minutes), NOW).total_seconds() == pytest.approx(seconds)


def test_one_quick_pair_of_updates_ends_the_rest_and_not_the_beat():
    posted = every(20)
    assert leave_alone([*posted[:-1], NOW - timedelta(seconds=20), NOW], NOW) == timedelta(seconds=150)


@pytest.mark.parametrize("posted", [[], every(5, 1), every(5, 2)])
def test_who_posted_fewer_than_three_times_has_no_rhythm_yet(posted):
    assert leave_alone(posted, NOW) == timedelta(0)


def test_updates_dated_ahead_of_the_look_are_not_counted():
    ahead = [NOW + timedelta(hours=hours) for hours in (1, 2, 3)]
    assert leave_alone([*every(6, last_min_ago=20), *ahead], NOW) == timedelta(minutes=2)


@given(TIMES)
def test_it_is_never_left_alone_for_more_than_three_minutes_and_never_less_than_the_ladder_says(posted):
    rhythm = leave_alone(posted, NOW)
    assert timedelta(0) <= rhythm <= timedelta(minutes=3)
    for changed_min_ago in (0, 15, 60, 300):
        changed = NOW - timedelta(minutes=changed_min_ago)
        with_it, without = (next_look("live", changed, NOW, rhythm=one) for one in (rhythm, timedelta(0)))
        assert with_it is not None
        assert without is not None
        assert without <= with_it <= max(without, NOW + timedelta(minutes=3))


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


def waits(recorder) -> list[float]:
    return [(row.next_look_at - row.observed_at).total_seconds() for row in recorder.rows["captures"]]


def test_a_look_takes_the_rhythm_from_the_times_on_the_page_and_so_does_one_that_finds_it_unchanged(recorder):
    recorder.look(page(*(post(f"u{minute}", "Report", minute=minute) for minute in (36, 24, 12, 0))), 41)
    recorder.look(Outcome.NOT_MODIFIED, 44)
    assert waits(recorder) == [150, 150], "the ladder says one minute, the rhythm of twelve two and a half"
    recorder.look(page(*(post(f"u{minute}", "Report", minute=minute) for minute in (48, 36, 24, 12, 0))), 48)
    assert waits(recorder)[-1] == pytest.approx(180, abs=1), "it has just posted"


def test_times_that_move_with_the_look_tell_no_rhythm(recorder):
    moving = {"time_source": TimeSource.RELATIVE}
    recorder.look(page(*(post(f"u{n}", "Report", minute=n, **moving) for n in (36, 24, 12, 0))), 41)
    assert waits(recorder) == [60]
