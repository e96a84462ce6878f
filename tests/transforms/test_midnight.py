from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.clocks import Clock, Day
from transforms.midnight import newest_first, spread_days
from transforms.stamps import leading_stamp
from transforms.times import TimeContext

DAY = date(2023, 5, 14)
UTC_ZONE = TimeContext(None, "UTC", "en", DAY)


def clock(text: str) -> Clock:
    hour, minute = text.split(":")
    return Clock(int(hour), int(minute))


def shown(items, context=UTC_ZONE) -> list[str | None]:
    moments = spread_days([clock(item) if isinstance(item, str) else item for item in items], context)
    return [moment and f"{moment:%d %H:%M}" for moment in moments]


def test_newest_first_across_midnight():
    assert shown(["00:12", "23:55", "23:40"]) == ["14 00:12", "13 23:55", "13 23:40"]


def test_oldest_first_across_midnight():
    assert shown(["23:40", "23:55", "00:12"]) == ["13 23:40", "13 23:55", "14 00:12"]


def test_a_slip_of_minutes_is_no_midnight():
    assert shown(["09:10", "09:15", "08:00"]) == ["14 09:10", "14 09:15", "14 08:00"]


def test_day_headings_above_their_updates():
    items = [date(2023, 5, 3), "09:10", "08:00", date(2023, 5, 2), "22:15"]
    assert shown(items) == [None, "03 09:10", "03 08:00", None, "02 22:15"]


def test_day_headings_below_their_updates():
    items = ["09:10", "08:00", date(2023, 5, 3), "22:15", date(2023, 5, 2)]
    assert shown(items) == ["03 09:10", "03 08:00", None, "02 22:15", None]


def test_one_heading_above_all_does_not_hold_the_day_before():
    assert shown([date(2023, 5, 3), "00:12", "23:55", "23:40"]) == [None, "03 00:12", "02 23:55", "02 23:40"]


def test_no_day_is_invented():
    assert shown(["09:10", "08:00"], TimeContext(None, "UTC", "en")) == [None, None]


def test_an_undated_update_between_two_days_that_both_fit_stays_undated():
    context = TimeContext(None, "UTC", "de")
    texts = ["Update vom 3. Mai 2020, 16:05 Uhr: a", "Update, 13:17 Uhr: b", "Update vom 2. Mai 2020, 9:20 Uhr: c"]
    moments = spread_days([leading_stamp(text, context) for text in texts], context)
    assert [moment and moment.day for moment in moments] == [3, None, 2]


def test_a_local_time_that_comes_twice_follows_the_order_of_the_updates():
    context = TimeContext(None, "Europe/London", "en", date(2023, 10, 29))
    assert shown(["01:10", "01:50", "01:20", "02:10"], context) == ["29 00:10", "29 00:50", "29 01:20", "29 02:10"]


@pytest.mark.parametrize(
    ("items", "newest"), [(["10:00", "09:00", "08:00"], True), (["08:00", "09:00", "10:00"], False)]
)
def test_the_direction_is_told_from_the_clocks(items, newest):
    assert newest_first([clock(item) for item in items], UTC_ZONE) is newest


@given(
    st.lists(st.integers(1, 600), min_size=1, max_size=60),
    st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)),  # noqa: DTZ001 - hypothesis wants naive bounds
    st.booleans(),
)
def test_gaps_under_ten_hours_are_always_put_back_on_their_days(gaps, start, backwards):
    moments = [start.replace(second=0, microsecond=0, tzinfo=UTC)]
    for gap in gaps:
        moments.append(moments[-1] + timedelta(minutes=gap))
    context = TimeContext(None, "UTC", "en", moments[-1].date())
    page = moments[::-1] if backwards else moments
    assert spread_days([Clock(m.hour, m.minute) for m in page], context) == page


@given(
    st.lists(
        st.one_of(
            st.none(),
            st.builds(Clock, st.integers(0, 23), st.integers(0, 59)),
            st.dates(),
            st.just(Day(month=2, day=30)),
        )
    )
)
def test_any_sequence_gives_one_answer_an_item(items):
    assert len(spread_days(items, UTC_ZONE)) == len(items)
