from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.records import TimeSource
from transforms.times import TimeContext, read_machine, read_shown, trusted

FETCHED = datetime(2024, 8, 5, 21, 30, tzinfo=UTC)
LONDON = TimeContext(FETCHED, "Europe/London", "en", date(2024, 8, 5))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def context(language: str) -> TimeContext:
    return TimeContext(FETCHED, "Europe/Berlin", language, date(2024, 8, 5))


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        ("2023-08-14T10:01:00Z", "2023-08-14T10:01:00Z"),
        ("2023-08-14T10:01:00.123456789Z", "2023-08-14T10:01:00.123456Z"),
        ("2023-08-14T10:01:00+01:00", "2023-08-14T09:01:00Z"),
        ("2023-08-14T10:01:00+0100", "2023-08-14T09:01:00Z"),
        ("2023-08-14T10:01+01", "2023-08-14T09:01:00Z"),
        ("2023-08-14 10:01:00 +0100", "2023-08-14T09:01:00Z"),
        ("20230814T100100Z", "2023-08-14T10:01:00Z"),
        ("2023-08-14T10:01:00+01:00[Europe/London]", "2023-08-14T09:01:00Z"),
        ("2023-08-14T9:01:00 BST", "2023-08-14T08:01:00Z"),
        ("2023-08-14T10:01:00", "2023-08-14T09:01:00Z"),
        ("Mon, 14 Aug 2023 10:01:00 GMT", "2023-08-14T10:01:00Z"),
        (1692007260, "2023-08-14T10:01:00Z"),
        (1692007260123, "2023-08-14T10:01:00.123Z"),
        ("1692007260123", "2023-08-14T10:01:00.123Z"),
        (1692007260.5, "2023-08-14T10:01:00.500Z"),
        ("14 August 2023, 10:01", "2023-08-14T09:01:00Z"),
    ],
)
def test_machine_times_are_read_in_every_spelling(value, moment):
    assert read_machine(value, LONDON, TimeSource.JSON_LD).at == at(moment)
    assert read_machine(value, LONDON, TimeSource.JSON_LD).source is TimeSource.JSON_LD


@pytest.mark.parametrize(
    "value", [None, "", "soon", "2023-13-40T10:00Z", "0001-01-01T00:00Z", -5, float("inf"), 10**40]
)
def test_what_is_no_time_is_none_and_keeps_its_words(value):
    read = read_machine(value, LONDON)
    assert read.at is None
    assert read.source is None
    assert not isinstance(value, str) or read.raw == value


def test_a_day_without_a_clock_is_a_day_and_no_midnight():
    read = read_machine("2023-08-14", LONDON)
    assert (read.at, read.day) == (None, date(2023, 8, 14))


@pytest.mark.parametrize(
    ("text", "moment", "source"),
    [
        ("14 August 2023 10:01", "2023-08-14T09:01:00Z", "dom"),
        ("Sat 13 May 2017 14.46 BST", "2017-05-13T13:46:00Z", "dom"),
        ("Last Updated: 14:46 BST Saturday, 13 May 2017", "2017-05-13T13:46:00Z", "dom"),
        ("August 14, 2023, 9:05 a.m. EDT", "2023-08-14T13:05:00Z", "dom"),
        ("19:02 (IST), Oct 02", "2023-10-02T13:32:00Z", "clock_and_day"),
        ("12.50 BST", "2024-08-05T11:50:00Z", "clock_and_day"),
        ("9:05 pm", "2024-08-05T20:05:00Z", "clock_and_day"),
        ("12:05 am", "2024-08-04T23:05:00Z", "clock_and_day"),
        ("Yesterday at 14:05", "2024-08-04T13:05:00Z", "clock_and_day"),
        ("21 mins ago", "2024-08-05T21:09:00Z", "relative"),
        ("about 5 minutes ago", "2024-08-05T21:25:00Z", "relative"),
        ("1h 5m ago", "2024-08-05T20:25:00Z", "relative"),
        ("22m", "2024-08-05T21:08:00Z", "relative"),
        ("just now", "2024-08-05T21:30:00Z", "relative"),
    ],
)
def test_shown_times_say_where_they_come_from(text, moment, source):
    read = read_shown(text, LONDON)
    assert (read.at, read.source) == (at(moment), source)


@pytest.mark.parametrize(
    ("language", "text", "moment"),
    [
        ("de", "12.31 Uhr", "2024-08-05T10:31:00Z"),
        ("de", "Update vom 03. Mai 2020, 16:05 Uhr:", "2020-05-03T14:05:00Z"),
        ("de", "vor 5 Minuten", "2024-08-05T21:25:00Z"),
        ("de", "gestern, 14 Uhr", "2024-08-04T12:00:00Z"),
        ("de", "03.05. 12:31", "2024-05-03T10:31:00Z"),
        ("fr", "22h45", "2024-08-05T20:45:00Z"),
        ("fr", "il y a 2 h", "2024-08-05T19:30:00Z"),
        ("fr", "lundi 12 septembre 2022 à 7 h 05", "2022-09-12T05:05:00Z"),
        ("it", "ORE 19:12", "2024-08-05T17:12:00Z"),
        ("it", "10 nov 2025 23:03", "2025-11-10T22:03:00Z"),
        ("es", "hace 5 minutos", "2024-08-05T21:25:00Z"),
        ("pt", "às 21h00", "2024-08-05T19:00:00Z"),
        ("pl", "4 maja 2022 r., 10:15", "2022-05-04T08:15:00Z"),
        ("hu", "2022. április 3. 23:29", "2022-04-03T21:29:00Z"),
        ("fi", "13. toukokuuta 2022 klo 14.20", "2022-05-13T12:20:00Z"),
        ("no", "13. mai 2022 kl. 14:20", "2022-05-13T12:20:00Z"),
        ("sv", "för 3 minuter sedan", "2024-08-05T21:27:00Z"),
        ("ru", "3 мая 2022, 12:31 мск", "2022-05-03T09:31:00Z"),
        ("ja", "2024年5月3日 12時31分", "2024-05-03T10:31:00Z"),
        ("ja", "午後9時5分", "2024-08-05T19:05:00Z"),
        ("ko", "오후 9시 5분", "2024-08-05T19:05:00Z"),
        ("ar", "قبل 5 دقائق", "2024-08-05T21:25:00Z"),
    ],
)
def test_times_are_read_in_the_pages_language(language, text, moment):
    assert read_shown(text, context(language)).at == at(moment)


def test_a_clock_without_a_known_day_or_zone_is_not_given_one():
    clock = read_shown("14:46", TimeContext(FETCHED, "Europe/London", "en"))
    assert clock.at is None
    assert (clock.clock.hour, clock.clock.minute) == (14, 46)
    assert read_shown("14 August 2023 10:01", TimeContext(FETCHED, None, "en")).at is None


def test_relative_times_need_the_time_of_fetching_and_a_fine_unit():
    assert read_shown("21 mins ago", TimeContext(None, "Europe/London", "en")).at is None
    assert read_shown("2 days ago", LONDON).at is None


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("ru", "5 минут назад"),
        ("uk", "5 хвилин тому"),
        ("pl", "5 minut temu"),
        ("ro", "acum 5 minute"),
        ("nb", "5 min siden"),
        ("nl", "5 min. geleden"),
        ("sv", "5 min sedan"),
        ("el", "πριν 5 λεπτά"),
        ("ar", "منذ 5 دقائق"),
        ("cs", "před 5 minutami"),
        ("ja", "5分前"),
    ],
)
def test_ages_are_read_in_every_form_of_their_unit(language, text):
    assert read_shown(text, context(language)).at == at("2024-08-05T21:25:00Z")


@pytest.mark.parametrize(
    ("language", "text"),
    [("de", "vor einer Stunde"), ("fr", "il y a une heure"), ("es", "hace una hora"), ("en", "an hour ago")],
)
def test_an_age_may_be_written_out(language, text):
    assert read_shown(text, context(language)).at == at("2024-08-05T20:30:00Z")


@pytest.mark.parametrize("text", ["5 Minuten vor Schluss", "noch 5 Minuten", "in 5 Minuten"])
def test_minutes_before_something_else_are_no_age(text):
    assert read_shown(text, context("de")).at is None


@pytest.mark.parametrize(
    ("language", "text"),
    [("hu", "2024. 08. 05. 16:42"), ("cs", "5. 8. 2024 16:42"), ("sk", "5. 8. 2024, 16:42"), ("es", "16:42 horas")],
)
def test_days_may_be_written_with_blanks(language, text):
    assert read_shown(text, context(language)).at == at("2024-08-05T16:42:00+02:00")


def test_an_abbreviation_means_the_sources_own_zone_first():
    assert read_shown("19:02 IST", TimeContext(None, "Asia/Kolkata", "en", date(2024, 8, 5))).at == at(
        "2024-08-05T13:32Z"
    )
    assert read_shown("19:02 IST", TimeContext(None, "Europe/Dublin", "en", date(2024, 8, 5))).at == at(
        "2024-08-05T18:02Z"
    )


def test_a_local_time_that_comes_twice_is_the_earlier_unless_the_page_names_the_half():
    autumn = TimeContext(None, "Europe/London", "en", date(2023, 10, 29))
    assert read_shown("01:30", autumn).at == at("2023-10-29T00:30Z")
    assert read_shown("01:30 GMT", autumn).at == at("2023-10-29T01:30Z")


def test_a_local_time_that_never_comes_lands_an_hour_on():
    spring = TimeContext(None, "Europe/London", "en", date(2024, 3, 31))
    assert read_shown("01:30", spring).at == at("2024-03-31T01:30Z")


def test_a_month_first_date_is_read_so_in_american_pages_only():
    american = TimeContext(FETCHED, "America/New_York", "en-US")
    assert read_shown("05/03/2024 10:00 am", american).day == date(2024, 5, 3)
    assert read_shown("05/03/2024 10:00", LONDON).day == date(2024, 3, 5)


@pytest.mark.parametrize(
    ("times", "believed"),
    [
        (["2024-08-05T10:00Z", "2024-08-05T10:05Z"], True),
        (["2024-08-05T10:00Z", "2024-08-05T10:00Z"], False),
        (["2024-08-05T00:00Z", "2024-08-04T00:00Z"], False),
        (["2024-08-05T10:00Z"], True),
    ],
)
def test_times_all_alike_or_all_at_midnight_are_not_trusted(times, believed):
    assert trusted(map(at, times)) is believed


@given(st.one_of(st.text(max_size=200), st.integers(), st.floats(), st.none()))
def test_no_value_is_an_error(value):
    read = read_machine(value, LONDON)
    assert (read.at is None) == (read.source is None)


@given(st.datetimes(datetime(2000, 1, 1), datetime(2098, 1, 1)))  # noqa: DTZ001 - hypothesis wants naive bounds
def test_every_iso_time_comes_back(moment):
    moment = moment.replace(tzinfo=UTC)
    assert read_machine(moment.isoformat(), LONDON).at == moment
    in_milliseconds = read_machine(round(moment.timestamp() * 1000), LONDON).at
    assert abs((in_milliseconds - moment).total_seconds()) <= 0.001
