"""One incident, one alert, one word of its recovery: whatever flickers, runs again or is silenced."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lake.lake import Lake, open_lake
from liveblog.errors import InputError
from liveblog.incidents import HOLD, Alert, Finding, alerts_of, judge, read_standing, record, silence, standing
from tests.lake.rows import at, watch
from transforms.rows import Changes, IncidentRow

LATE = Finding("freshness", "riverside", "3 of 5 blogs overdue", 720.0, 180.0)
EMPTY = Finding("empty", "herald", "no updates any more")


def played(script: list[tuple[float, list[Finding]]]) -> tuple[list[IncidentRow], list[Alert]]:
    """What checks at these minutes, with these findings, leave and tell."""
    rows: list[IncidentRow] = []
    alerts: list[Alert] = []
    for minute, found in script:
        rows += judge(standing(rows), found, now=at(minute), run_key=f"r{minute}")
        alerts += alerts_of(rows, f"r{minute}")
    return rows, alerts


def events(alerts: list[Alert]) -> list[tuple[str, str]]:
    return [(alert.event, alert.source) for alert in alerts]


def test_an_incident_is_told_once_however_often_it_is_found():
    rows, alerts = played([(minute, [LATE]) for minute in range(60)])
    assert events(alerts) == [("opened", "riverside")]
    assert len(rows) == 2, "opened and alerted: nothing is written while nothing changes"


def test_two_things_are_two_incidents():
    _, alerts = played([(0, [LATE, EMPTY]), (1, [LATE, EMPTY])])
    assert sorted(events(alerts)) == [("opened", "herald"), ("opened", "riverside")]
    assert len({alert.incident_id for alert in alerts}) == 2


def test_recovery_is_told_once_and_only_when_it_lasts():
    _, alerts = played([(0, [LATE]), (1, []), (3, []), (7, []), (8, []), (9, [])])
    assert events(alerts) == [("opened", "riverside"), ("recovered", "riverside")]


def test_what_flickers_is_one_incident():
    _, alerts = played([(minute, [LATE] if minute % 3 == 0 else []) for minute in range(60)])
    assert events(alerts) == [("opened", "riverside")]


def test_what_comes_back_after_its_recovery_is_a_new_incident():
    _, alerts = played([(0, [LATE]), (1, []), (7, []), (20, [LATE])])
    assert [alert.event for alert in alerts] == ["opened", "recovered", "opened"]
    assert alerts[0].incident_id != alerts[2].incident_id


def test_an_alert_says_what_where_and_since_when():
    _, [alert] = played([(0, [LATE])])
    assert alert.text.startswith("riverside: freshness: 3 of 5 blogs overdue (incident ")
    assert alert.opened_at in alert.text


findings = st.lists(st.sampled_from([LATE, EMPTY]), unique=True)


@settings(max_examples=200)
@given(st.lists(st.tuples(st.floats(0.1, 20), findings), max_size=30), st.randoms())
def test_alerts_of_an_incident_alternate_and_rows_have_no_order(steps, random):
    minute, script = 0.0, []
    for pause, found in steps:
        minute += pause
        script.append((minute, found))
    rows, alerts = played(script)
    told: dict[str, list[str]] = {}
    for alert in alerts:
        told.setdefault(alert.incident_id, []).append(alert.event)
    assert all(told_of in (["opened"], ["opened", "recovered"]) for told_of in told.values())
    known = standing(rows)
    shuffled = random.sample(rows, len(rows))
    assert standing(shuffled) == known
    last = script[-1][1] if script else []
    assert {finding.about for finding in last} <= {incident.finding.about for incident in known.open()}


@pytest.fixture
def lake(tmp_path) -> Lake:
    made = open_lake(str(tmp_path / "lake"))
    made.commit("w", lambda _: Changes({"watches": (watch("b1"),)}), "w")
    return made


def test_a_run_that_is_repeated_tells_the_same_and_writes_nothing(lake: Lake):
    first = record(lake, [LATE], now=at(0), run_key="r1")
    written = lake.newest().number
    assert record(lake, [LATE], now=at(1), run_key="r1") == first
    assert lake.newest().number == written
    assert events(first) == [("opened", "riverside")]


def test_a_check_that_finds_nothing_makes_no_snapshot(lake: Lake):
    before = lake.newest().number
    assert record(lake, [], now=at(0), run_key="r1") == []
    assert lake.newest().number == before


@pytest.mark.parametrize("whole_source", [True, False])
def test_a_silence_withholds_alerts_until_it_expires_and_what_is_open_then_is_told(lake: Lake, whole_source: bool):
    if whole_source:
        silence(lake, "riverside", until=at(60), why="known", now=at(-1), run_key="s")
        assert record(lake, [LATE], now=at(0), run_key="r1") == []
        assert events(record(lake, [LATE], now=at(61), run_key="r2")) == [("opened", "riverside")]
    else:
        [opened] = record(lake, [LATE], now=at(0), run_key="r1")
        silence(lake, opened.incident_id, until=at(60), why="known", now=at(1), run_key="s")
        assert record(lake, [], now=at(2), run_key="r2") == []
        assert record(lake, [], now=at(2) + HOLD, run_key="r3") == [], "the recovery is silenced, too"
    assert read_standing(lake.newest()).is_silenced(next(iter(read_standing(lake.newest()).incidents.values())), at(30))


def test_a_silence_that_makes_no_sense_is_refused(lake: Lake):
    with pytest.raises(InputError, match="neither an incident nor a source"):
        silence(lake, "nothing", until=at(60), why="", now=at(0), run_key="s")
    for until in (at(-1), at(0) + timedelta(days=8)):
        with pytest.raises(InputError, match="within 7 days"):
            silence(lake, "riverside", until=until, why="", now=at(0), run_key="s")


def test_incidents_survive_a_fold(lake: Lake):
    record(lake, [LATE], now=at(0), run_key="r1")
    before = read_standing(lake.newest())
    lake.compact()
    assert read_standing(open_lake(lake.root).newest()) == before
