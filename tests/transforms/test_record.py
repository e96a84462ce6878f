"""One look against what is known: outcomes, rows, order of arrival."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.transforms.looking import BLOG, Recorder, at, look, page, post, read
from transforms.record import record_all
from transforms.records import BlogState, Coverage, Outcome

FACTS = [
    post("a", "The ferry has run aground on the sandbank off the old pier.", "Ferry aground", 1),
    post("b", "Two lifeboats are on their way from the northern harbour.", "Lifeboats called", 3),
    post("c", "All forty passengers have been taken ashore and are being fed.", None, 6),
    post("d", "The tide will lift the ship at about nine in the evening.", "Tide awaited", 9),
    post("e", "The tide will lift the ship at about ten in the evening.", "Tide awaited", 12),
    post(None, "A crane barge lies ready off the breakwater until the morning.", None, 14),
    post(None, "Short note."),
]


@pytest.fixture
def recorder():
    return Recorder()


def test_the_first_look_leaves_the_blog_its_updates_and_its_headlines(recorder):
    recorder.look(page(FACTS[1], FACTS[0], language="en"), 5)
    capture = recorder.rows["captures"][0]
    assert (capture.outcome, capture.updates_seen, capture.sections_seen) == ("changed", 2, 2)
    assert capture.last_changed_at == at(3), "an old blog is not polled as if it had just changed"
    assert recorder.rows["blogs"][0].state == "live"
    assert {row.headline for row in recorder.rows["headlines"]} == {
        "The ferry: live",
        "Lifeboats called",
        "Ferry aground",
    }
    assert recorder.outcome == "changed"


def test_looks_that_bring_no_page_count_their_failures_and_back_off(recorder):
    waits = []
    for minute in (0, 10, 20):
        recorder.look(Outcome.FAILED, minute)
        row = recorder.rows["captures"][-1]
        waits.append((row.next_look_at - row.observed_at).total_seconds() / 60)
    assert [row.failures for row in recorder.rows["captures"]] == [1, 2, 3]
    assert waits == [2, 4, 8]
    recorder.look(page(FACTS[0]), 30)
    assert recorder.rows["captures"][-1].failures == 0


def test_an_address_that_is_gone_is_said_to_be_gone_and_may_come_back(recorder):
    recorder.look(page(FACTS[0]), 5)
    recorder.look(Outcome.FAILED, 6, status=410)
    assert recorder.known.blog.state == BlogState.GONE
    recorder.look(page(FACTS[1], FACTS[0]), 1500)
    assert recorder.known.blog.state == BlogState.LIVE


def test_a_404_has_to_repeat_before_the_blog_is_gone(recorder):
    recorder.look(page(FACTS[0]), 5)
    states = []
    for minute in (6, 8, 12):
        recorder.look(Outcome.FAILED, minute, status=404)
        states.append(recorder.known.blog.state)
    assert states == ["live", "live", "gone"]


def test_a_blog_that_closes_and_reopens_says_so(recorder):
    closed = Coverage(state=BlogState.CLOSED, evidence="This live blog has now closed")
    for minute, shown in ((5, page(FACTS[0])), (6, page(FACTS[0], coverage=closed)), (9, page(*FACTS[1::-1]))):
        recorder.look(shown, minute)
    assert [row.state for row in recorder.rows["blogs"]] == ["live", "closed", "live"]
    after_closing = recorder.rows["captures"][1]
    assert (after_closing.next_look_at - after_closing.observed_at).total_seconds() >= 3600


def test_a_blog_without_news_for_six_hours_is_quiet(recorder):
    recorder.look(page(FACTS[0]), 5)
    recorder.look(Outcome.NOT_MODIFIED, 400)
    assert recorder.known.blog.state == "quiet"


def test_a_page_that_dates_itself_anew_leaves_no_row_in_blogs(recorder):
    recorder.look(page(FACTS[0], modified_at=at(5)), 5)
    recorder.look(page(FACTS[0], modified_at=at(6)), 6)
    assert recorder.outcome == "unchanged"
    assert len(recorder.rows["blogs"]) == 1


def test_the_same_bytes_are_not_read_again():
    def unreadable(document):
        raise AssertionError("read again")

    first = look(page(FACTS[0]), 5)
    before = record_all({}, [first], reader_version="1", read=read)
    known = Recorder()
    known.look(page(FACTS[0]), 5)
    again = record_all({BLOG: known.known}, [look(page(FACTS[0]), 7)], reader_version="1", read=unreadable)
    assert [row.outcome for row in before.rows["captures"] + again.rows["captures"]] == ["changed", "unchanged"]


def test_where_a_redirect_led_is_an_alias_of_the_blog(recorder):
    recorder.look(page(FACTS[0]), 5, final_url="https://gazette.example/live/ferry-aground-day-two")
    recorder.look(page(*FACTS[1::-1]), 6, final_url="https://gazette.example/live/ferry-aground-day-two")
    assert [(row.kind, row.alias) for row in recorder.rows["aliases"]] == [
        ("address", "https://gazette.example/live/ferry-aground-day-two")
    ]


def test_a_look_that_turns_up_late_is_archived_and_changes_nothing_else():
    recorder = Recorder()
    recorder.look(page(*FACTS[1::-1]), 10)
    late = record_all({BLOG: recorder.known}, [look(page(FACTS[0]), 4)], reader_version="1", read=read)
    assert [row.outcome for row in late.rows["captures"]] == ["late"]
    assert set(late.rows) == {"captures"}
    assert late.segments == ("segment-4",)


def test_a_look_that_is_recorded_already_changes_nothing():
    recorder = Recorder()
    recorder.look(page(*FACTS[1::-1]), 10)
    looks = [look(page(*FACTS[1::-1]), 10), look(page(FACTS[0]), 4)]
    recorded = frozenset([looks[1].look.capture_id])
    again = record_all({BLOG: recorder.known}, looks, reader_version="1", recorded=recorded, read=read)
    assert again.rows == {}


# --- properties ------------------------------------------------------------------------------------------------------

STORIES = st.lists(
    st.one_of(
        st.lists(st.sampled_from(range(len(FACTS))), unique=True, max_size=7).map(
            lambda places: page(*(FACTS[place] for place in places))
        ),
        st.lists(st.sampled_from(range(len(FACTS))), unique=True, min_size=1).map(
            lambda places: page(*(replace(FACTS[place], text=FACTS[place].text + " More.") for place in places))
        ),
        st.sampled_from([Outcome.FAILED, Outcome.NOT_MODIFIED]),
    ),
    min_size=1,
    max_size=7,
)


def looks_of(story):
    return [look(shown, minute) for minute, shown in enumerate(story, 20)]


@settings(max_examples=60, deadline=None)
@given(STORIES, st.randoms(use_true_random=False))
def test_looks_in_one_batch_one_by_one_or_shuffled_leave_the_same_rows(story, random):
    together = record_all({}, looks_of(story), reader_version="1", read=read)
    shuffled = looks_of(story)
    random.shuffle(shuffled)
    assert record_all({}, shuffled + shuffled[:1], reader_version="1", read=read) == together
    recorder = Recorder()
    for minute, shown in enumerate(story, 20):
        recorder.look(shown, minute)
    assert {table: tuple(rows) for table, rows in recorder.rows.items()} == together.rows


@settings(max_examples=60, deadline=None)
@given(STORIES)
def test_what_is_shown_after_a_look_is_what_the_page_shows(story):
    recorder = Recorder()
    for minute, shown in enumerate(story, 20):
        recorder.look(shown, minute)
        if recorder.outcome in ("changed", "unchanged") and not isinstance(shown, Outcome):
            expected = sorted((section.headline or "", section.text) for section in shown.sections)
            assert sorted((row.headline or "", row.text) for row in recorder.shown()) == expected


@settings(max_examples=60, deadline=None)
@given(STORIES)
def test_every_row_follows_the_one_before_it(story):
    recorder = Recorder()
    for minute, shown in enumerate(story, 20):
        recorder.look(shown, minute)
    by_section = {}
    for row in recorder.rows.get("revisions", ()):
        before = by_section.get(row.section_id)
        assert row.seq == (before.seq + 1 if before else 1)
        assert (row.change == "added") == (before is None)
        assert row.not_before is None or row.not_before < row.not_after
        assert row.not_after <= row.observed_at
        by_section[row.section_id] = row
    assert sorted(by_section.values(), key=lambda row: (row.rank, row.section_id)) == list(recorder.known.sections)
