"""What is amiss is found, with its numbers; what is as ever is not."""

from dataclasses import replace
from datetime import timedelta

import pytest

from lake.lake import Lake, open_lake
from lake.query import connect
from liveblog.incidents import Finding
from liveblog.quality import findings
from liveblog.watching import watch_list
from tests.lake.rows import NOON, at, blog_row, capture, revision, watch
from transforms.rows import Changes, Row

BLOG = "00000000000000b1"
WEEK_MIN = 7 * 24 * 60


@pytest.fixture
def lake(tmp_path) -> Lake:
    made = open_lake(str(tmp_path / "lake"))
    made.commit("w", lambda _: Changes({"watches": (watch(BLOG, -WEEK_MIN),), "blogs": (blog_row(BLOG),)}), "w")
    return made


def found(lake: Lake, *rows: Row, minutes: float = 0) -> dict[str, Finding]:
    """What is found after these looks and revisions, by rule."""
    looks = tuple(row for row in rows if hasattr(row, "outcome"))
    changes = tuple(row for row in rows if hasattr(row, "section_id"))
    lake.commit("rows", lambda _: Changes({"captures": looks, "revisions": changes}), "r")
    newest = lake.newest()
    with connect(lake, newest) as connection:
        every = findings(connection, watch_list(lake, newest), at(minutes))
    assert len({finding.rule for finding in every}) == len(every), "one source, one finding a rule"
    return {finding.rule: finding for finding in every}


def looks(outcomes: list[str], **more: object) -> list[Row]:
    """Looks a minute apart, the last at noon."""
    first = 1 - len(outcomes)
    return [
        replace(capture(BLOG, first + number, outcome), next_look_at=at(first + number + 1), **more)
        for number, outcome in enumerate(outcomes)
    ]


def updates(count: int, minutes: float, step: float, name: str, **more: object) -> list[Row]:
    """Updates found one after another, the first so many minutes from noon, each with its look."""
    made: list[Row] = []
    for number in range(count):
        moment = minutes + number * step
        made.append(replace(revision(BLOG, f"{name}{number}", moment), **more))
        made.append(capture(BLOG, moment))
    return made


def test_a_source_that_is_recorded_as_ever_has_no_findings(lake: Lake):
    week, today = updates(60, -WEEK_MIN + 60, 150, "w"), updates(30, -290, 10, "t")
    assert found(lake, *week, *today) == {}


def test_an_overdue_blog_is_found_three_minutes_late(lake: Lake):
    assert found(lake, *looks(["changed"]), minutes=3.9) == {}
    late = found(lake, minutes=11)["freshness"]
    assert (late.measured, late.target, late.source) == (600.0, 180.0, "riverside")
    assert late.detail == "1 of 1 blogs overdue, the longest by 10 min"


def test_paused_and_finished_blogs_are_never_late(lake: Lake):
    assert found(lake, *looks(["changed"])[:0], replace(capture(BLOG), next_look_at=None), minutes=500) == {}
    lake.commit("p", lambda _: Changes({"watches": (watch(BLOG, 1, paused=True),)}), "p")
    newest = lake.newest()
    with connect(lake, newest) as connection:
        assert findings(connection, watch_list(lake, newest), at(5000)) == []


def test_failing_looks_are_found_with_their_commonest_reason(lake: Lake):
    failing = found(lake, *looks(["failed", "changed", "failed"], reason="HTTP 503"))["failing"]
    assert failing.detail == "2 of 3 looks failed within an hour, mostly: HTTP 503"


def test_one_failure_in_three_is_weather(lake: Lake):
    assert found(lake, *looks(["failed", "changed", "changed"], reason="HTTP 503")) == {}


def test_a_page_that_lost_its_updates_is_found(lake: Lake):
    before = replace(capture(BLOG, -60), updates_seen=40)
    after = replace(capture(BLOG, 0), updates_seen=0, next_look_at=at(1))
    assert "had 40: has the layout changed?" in found(lake, before, after)["empty"].detail


def test_a_page_that_nobody_looks_at_any_more_is_not(lake: Lake):
    before, after = replace(capture(BLOG, -60), updates_seen=40), replace(capture(BLOG, 0), updates_seen=0)
    lake.commit("p", lambda _: Changes({"watches": (watch(BLOG, 1, paused=True),)}), "p")
    assert found(lake, before, after, minutes=2) == {}


def test_a_changed_layout_is_one_finding_however_many_looks_it_costs(lake: Lake):
    before = [replace(capture(BLOG, -60 - number), updates_seen=40) for number in range(3)]
    after = looks(["unreadable"] * 9, updates_seen=0, reason="not a live blog")
    assert set(found(lake, *before, *after)) == {"empty"}


def test_a_site_that_goes_down_after_its_layout_changed_is_another_finding(lake: Lake):
    before = [replace(capture(BLOG, -60 - number), updates_seen=40) for number in range(3)]
    unread = replace(capture(BLOG, -20, "unreadable"), updates_seen=0)
    assert set(found(lake, *before, unread, *looks(["failed"] * 3))) == {"failing", "empty"}


def test_pages_that_never_could_be_read_are_failing(lake: Lake):
    assert set(found(lake, *looks(["unreadable"] * 3, updates_seen=0, reason="not a live blog"))) == {"failing"}


def test_a_page_that_never_had_updates_is_not(lake: Lake):
    assert found(lake, *looks(["changed", "unchanged"], updates_seen=0)) == {}


def test_a_live_source_that_falls_silent_is_found_by_its_own_measure(lake: Lake):
    busy = updates(150, -1120, 7.5, "b")
    later = replace(capture(BLOG, 89, "unchanged"), next_look_at=at(91))
    quiet = found(lake, *busy, *looks(["unchanged"]), later)
    assert quiet == {}, "the last update is a few minutes old"
    an_hour_and_a_half = NOON + timedelta(minutes=90)
    newest = lake.newest()
    with connect(lake, newest) as connection:
        rules = {one.rule: one for one in findings(connection, watch_list(lake, newest), an_hour_and_a_half)}
    assert rules["quiet"].detail == "no update for an hour; 8 are usual"


@pytest.mark.parametrize(("seen", "rules"), [(2, {"quiet"}), (3, set())])
def test_a_source_of_which_next_to_nothing_is_left_is_found_too(lake: Lake, seen: int, rules: set[str]):
    busy = updates(600, -1210, 2, "b")
    few = [*updates(seen, 70, 5, "f"), replace(capture(BLOG, 89, "unchanged"), next_look_at=at(91))]
    quiet = found(lake, *busy, *few, minutes=90)
    assert {rule: finding.detail for rule, finding in quiet.items()} == dict.fromkeys(
        rules, "2 update(s) within an hour; 30 are usual"
    )


def test_a_source_that_is_not_looked_at_is_not_called_quiet(lake: Lake):
    busy = updates(150, -1120, 7.5, "b")
    assert set(found(lake, *busy, *looks(["unchanged"]), minutes=90)) == {"freshness"}


def test_headlines_that_go_missing_are_found(lake: Lake):
    week, today = updates(20, -WEEK_MIN + 60, 150, "w"), updates(10, -290, 10, "t", headline=None)
    missing = found(lake, *week, *today, *looks(["unchanged"]))["headlines"]
    assert missing.detail == "100% of updates have no headline, 0% in the week before"


def test_a_source_without_headlines_is_as_it_always_was(lake: Lake):
    rows = [*updates(20, -WEEK_MIN + 60, 150, "w", headline=None), *updates(10, -290, 10, "t", headline=None)]
    assert found(lake, *rows, *looks(["unchanged"])) == {}


def test_readers_that_no_longer_agree_are_found(lake: Lake):
    week = updates(20, -WEEK_MIN + 60, 150, "w", reader="json_ld+repeated_blocks")
    today = updates(10, -290, 10, "t", reader="json_ld")
    assert found(lake, *week, *today, *looks(["unchanged"]))["drift"].measured == 0.0


@pytest.mark.parametrize("published", [at(60), at(-3 * 365 * 24 * 60)])
def test_updates_from_the_future_or_the_distant_past_are_found(lake: Lake, published):
    rows = updates(1, -5, 1, "t", published_at=published)
    assert found(lake, *rows, *looks(["unchanged"]))["times"].measured == 1.0


def test_a_right_that_changed_within_a_day_is_found(lake: Lake):
    rows = [capture(BLOG, -10), replace(capture(BLOG, 0), x_robots_tag="noai", next_look_at=at(1))]
    assert found(lake, *rows)["rights"].detail == "1 blog(s): from [robots allowed] to [robots allowed, header noai]"
