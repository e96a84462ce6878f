"""A cache that lags and does not say so: the page goes back a few minutes, and that is no withdrawal and no edit."""

from dataclasses import replace

import pytest

from tests.transforms.looking import Recorder, page, post

A, B, C, D, E = (
    post(name, f"{word} boats left the harbour before the storm.", f"{word} boats", minute=minute)
    for name, word, minute in (
        ("a", "Nine", 0),
        ("b", "Seven", 2),
        ("c", "Forty", 4),
        ("d", "Sixty", 31),
        ("e", "Two", 33),
    )
)
EDITED_C = replace(C, text="Forty-one boats left the harbour before the storm, says its master.")


@pytest.fixture
def recorder():
    """A blog that was first looked at half an hour ago; D came a moment ago."""
    made = Recorder()
    made.look(page(C, B, A), 7)
    made.look(page(C, B, A), 30)
    made.look(page(D, C, B, A), 32)
    return made


def test_a_page_without_its_newest_update_and_with_nothing_new_is_stale(recorder):
    assert recorder.look(page(C, B, A), 33) == []
    assert recorder.outcome == "stale"
    assert recorder.rows["captures"][-1].reason.endswith("the newest update is missing and nothing is new")
    assert recorder.look(page(D, C, B, A), 34) == []
    assert recorder.outcome == "unchanged"


def test_two_edges_in_turn_make_no_removal_and_no_restoring(recorder):
    for minute in range(33, 41, 2):
        recorder.look(page(C, B, A), minute)
        recorder.look(page(D, C, B, A), minute + 1)
    assert [row.change for row in recorder.revisions if row.publisher_id == "d"] == ["added"]


def test_a_text_that_was_edited_a_moment_ago_may_read_as_before(recorder):
    recorder.look(page(D, EDITED_C, B, A), 33)
    assert recorder.look(page(C, B, A), 34) == []
    assert recorder.outcome == "stale"


def test_a_text_that_stood_there_for_long_is_edited_and_the_page_has_moved_on(recorder):
    assert recorder.look(page(EDITED_C, B, A), 33) == ["edited c", "hidden(not_observed) d"]


def test_an_edit_alone_is_an_edit(recorder):
    recorder.look(page(D, EDITED_C, B, A), 33)
    assert recorder.look(page(D, C, B, A), 34) == ["edited c"]


def test_a_withdrawal_is_believed_when_the_page_has_news(recorder):
    recorder.look(page(C, B, A), 33)
    assert recorder.look(page(E, C, B, A), 34) == ["added e", "hidden(not_observed) d"]
    assert recorder.look(page(E, C, B, A), 36) == ["removed d"]


def test_a_withdrawal_is_believed_after_ten_minutes_without_news(recorder):
    for minute in (34, 38, 41):
        assert recorder.look(page(C, B, A), minute) == []
    assert recorder.look(page(C, B, A), 43) == ["hidden(not_observed) d"]
    assert recorder.look(page(C, B, A), 45) == ["removed d"]


@pytest.mark.parametrize(
    ("before", "now"),
    [
        ({"last_modified": "Sun, 01 Mar 2026 12:32:00 GMT"}, {"last_modified": "Sun, 01 Mar 2026 12:33:30 GMT"}),
        ({}, {"age_s": 0}),
    ],
    ids=["Last-Modified", "Age"],
)
def test_a_page_that_says_when_it_was_made_is_believed(recorder, before, now):
    recorder.look(page(D, C, B, A, standfirst="Boats leave."), 33, **before)
    assert recorder.look(page(C, B, A), 34, **now) == ["hidden(not_observed) d"]


def test_an_older_update_that_is_missing_too_is_no_lag(recorder):
    assert set(recorder.look(page(C, A), 33)) == {"hidden(not_observed) b", "hidden(not_observed) d"}


def test_at_the_first_looks_nothing_is_young():
    made = Recorder()
    made.look(page(D, C, B, A), 32)
    assert made.look(page(C, B, A), 33) == ["hidden(not_observed) d"]
