"""What happened to each update between looks."""

from dataclasses import replace

import pytest

from tests.transforms.looking import Recorder, at, page, post
from transforms.change import Glance
from transforms.records import Kind, Outcome, Paging
from transforms.revise import revise

A = post("a", "The ferry has run aground on the sandbank off the old pier.", "Ferry aground", 1)
B = post("b", "Two lifeboats are on their way from the northern harbour.", "Lifeboats called", 3)
C = post("c", "All forty passengers have been taken ashore and are being fed.", "Passengers safe", 6)
D = post("d", "The tide will lift the ship at about nine in the evening.", "Tide awaited", 9)
E = post("e", "A tug has arrived and made fast to the stern of the ferry.", "Tug arrives", 12)
GLANCE = Glance("blog", "c1", at(8))


@pytest.fixture
def recorder():
    return Recorder()


def test_every_update_of_the_first_look_is_added(recorder):
    assert recorder.look(page(B, A), 4) == ["added b", "added a"]
    assert [row.not_before for row in recorder.revisions] == [None, None]


def test_a_new_update_happened_between_the_two_looks(recorder):
    recorder.look(page(B, A), 4)
    assert recorder.look(page(C, B, A), 7) == ["added c"]
    row = recorder.last("c")
    assert row.not_before == at(4)
    assert at(7) < row.not_after < at(7.1)
    assert [row.publisher_id for row in recorder.shown()] == ["c", "b", "a"]


def test_the_same_page_again_leaves_one_row_in_captures_and_nothing_else(recorder):
    recorder.look(page(B, A), 4)
    before = {table: len(rows) for table, rows in recorder.rows.items()}
    assert recorder.look(page(B, A), 5) == []
    assert recorder.outcome == "unchanged"
    assert {table: len(rows) for table, rows in recorder.rows.items()} == before | {"captures": 2}


def test_each_kind_of_edit_names_its_fields(recorder):
    recorder.look(page(C, B, A), 7)
    retitled = replace(C, headline="All passengers safe")
    edited = replace(B, text=B.text + " A third follows.", authors=("Ann Weir",))
    assert recorder.look(page(retitled, edited, A), 8) == ["retitled c", "edited b"]
    assert recorder.last("c").changed_fields == ("headline",)
    assert recorder.last("b").changed_fields == ("text", "authors")
    assert recorder.last("c").seq == 2


def test_a_headline_and_a_text_changed_at_once_are_two_changes_of_one_update(recorder):
    recorder.look(page(B, A), 4)
    both = replace(B, headline="Lifeboats on their way", text="Three lifeboats are on their way.")
    assert recorder.look(page(both, A), 5) == ["retitled b", "edited b"]
    assert recorder.last("b").headline == "Lifeboats on their way"


@pytest.mark.parametrize(
    "noise",
    [
        replace(B, text="Two lifeboats are  on their way\nfrom the northern harbour.".replace("\n", " ")),
        replace(B, text="Updated 5 minutes ago\n\n" + B.text),
        replace(B, links=("https://gazette.example/boats?utm_source=live",)),
        replace(B, media=("https://img.example/boat.jpg?w=640&s=ab12",)),
        replace(B, modified_at=at(5)),
        replace(B, published_raw="9 minutes ago"),
    ],
)
def test_noise_is_no_edit(recorder, noise):
    plain = replace(B, links=("https://gazette.example/boats",), media=("https://img.example/boat.jpg",))
    noise = replace(noise, links=noise.links or plain.links, media=noise.media or plain.media)
    recorder.look(page(plain, A), 4)
    assert recorder.look(page(noise, A), 6) == []


def test_quotes_made_curly_are_kept_but_marked_as_typography(recorder):
    quoted = replace(B, text='"Help is coming," said the harbour master.')
    recorder.look(page(quoted, A), 4)
    curly = replace(quoted, text="“Help is coming,” said the harbour master.")
    assert recorder.look(page(curly, A), 6) == ["edited(typography) b"]


def test_relative_words_inside_a_sentence_are_content(recorder):
    recorder.look(page(replace(B, text="The boat left 5 minutes ago, said the harbour master."), A), 4)
    changed = replace(B, text="The boat left 9 minutes ago, said the harbour master.")
    assert recorder.look(page(changed, A), 6) == ["edited b"]


def test_an_update_whose_id_words_and_headline_changed_keeps_its_identity(recorder):
    recorder.look(page(C, B, A), 7)
    churned = replace(
        B,
        publisher_id="b2",
        section_id="x",
        headline="Lifeboats on their way",
        text="Two lifeboats are on their way from the northern harbour, the coastguard said.",
    )
    assert recorder.look(page(C, churned, A), 8) == ["retitled b", "edited b"]
    assert [(row.kind, row.alias) for row in recorder.rows["aliases"]] == [("publisher_id", "b2")]
    rewritten = replace(churned, text="Nothing more to say here.")
    assert recorder.look(page(C, rewritten, A), 9) == ["edited b"], "the alias names it, however little it says"


def test_ids_that_count_places_are_not_believed(recorder):
    numbered = [replace(post, publisher_id=str(number)) for number, post in enumerate((C, B, A))]
    recorder.look(page(*numbered), 7)
    again = [replace(post, publisher_id=str(number)) for number, post in enumerate((D, C, B, A))]
    assert [change.split()[0] for change in recorder.look(page(*again), 10)] == ["added"]
    assert "aliases" not in recorder.rows


def test_a_new_template_post_is_not_an_edit_of_the_last_one(recorder):
    first = post(None, "GOAL! Rovers 1-0 United", minute=10)
    recorder.look(page(first, A), 11)
    second = post(None, "GOAL! Rovers 2-0 United", minute=15)
    assert recorder.look(page(second, first, A), 16) == ["added GOAL! Rovers 2-0 United"]


def test_nine_updates_under_one_headline_stay_nine(recorder):
    posts = [post(str(n), f"Post number {n} says something else.", "Women's World Cup", n) for n in range(9, 0, -1)]
    recorder.look(page(*posts[1:]), 10)
    assert recorder.look(page(*posts), 11) == ["added 9"]
    assert len(recorder.shown()) == 9


def test_two_identical_posts_without_ids_or_times_stay_two(recorder):
    goal = post(None, "GOAL!")
    recorder.look(page(goal, B, goal, A), 7)
    assert recorder.look(page(C, goal, B, goal, A), 8) == ["added c"]
    assert len(recorder.shown()) == 5
    assert len({row.section_id for row in recorder.shown()}) == 5


# --- being shown and existing (rule R4) ------------------------------------------------------------------------------


def test_a_removal_takes_two_looks_sixty_seconds_apart(recorder):
    recorder.look(page(C, B, A), 7)
    assert recorder.look(page(C, A), 8) == ["hidden(not_observed) b"]
    assert recorder.look(page(C, A), 8.5) == []
    assert recorder.look(page(C, A), 9) == ["removed b"]
    row = recorder.last("b")
    first_without = recorder.rows["captures"][1]
    assert (row.not_before, row.not_after) == (at(7), first_without.observed_at)
    assert row.missing_since == first_without.capture_id


@pytest.mark.parametrize("proof", [Outcome.NOT_MODIFIED, page(D, C, A)])
def test_the_second_look_may_be_a_304_or_bring_news(recorder, proof):
    recorder.look(page(C, B, A), 7)
    recorder.look(page(C, A), 8)
    assert "removed b" in recorder.look(proof, 10)


def test_two_looks_must_lie_a_max_age_apart(recorder):
    recorder.look(page(C, B, A), 7)
    recorder.look(page(C, A), 8, cache_control="max-age=300")
    assert recorder.look(page(C, A), 10, cache_control="max-age=300") == []
    assert recorder.look(page(C, A), 13.1, cache_control="max-age=300") == ["removed b"]


def test_the_newest_update_can_be_removed(recorder):
    recorder.look(page(C, B, A), 7)
    assert recorder.look(page(B, A), 8) == ["hidden(not_observed) c"]
    assert recorder.look(page(B, A), 9) == ["removed c"]


def test_what_falls_out_of_the_window_is_hidden_for_ever(recorder):
    recorder.look(page(C, B, A), 7)
    assert recorder.look(page(D, C, B), 10) == ["added d", "hidden(out_of_window) a"]
    assert recorder.look(page(D, C, B), 30) == []
    assert recorder.look(page(E, D, C), 40) == ["added e", "hidden(out_of_window) b"]


def test_the_oldest_update_is_removed_only_where_the_end_of_the_feed_is_stated(recorder):
    whole = Paging(total_pages=1)
    recorder.look(page(C, B, A, paging=whole), 7)
    assert recorder.look(page(C, B, paging=whole), 8) == ["hidden(not_observed) a"]
    assert recorder.look(page(C, B, paging=whole), 9) == ["removed a"]


def test_what_comes_back_into_the_window_is_shown_again(recorder):
    recorder.look(page(C, B, A), 7)
    recorder.look(page(D, C, B), 10)
    assert recorder.look(page(D, C, B, A), 12) == ["shown a"]
    assert recorder.last("a").not_before == at(10)


def test_a_removal_out_of_sight_is_found_when_the_place_is_seen_again(recorder):
    recorder.look(page(C, B, A), 7)
    recorder.look(page(D, C), 10)
    assert recorder.look(page(D, C, A), 12) == ["shown a", "hidden(not_observed) b"]
    assert recorder.look(page(D, C, A), 14) == ["removed b"]
    row = recorder.last("b")
    assert row.not_before == at(7)
    assert at(12) < row.not_after < at(12.1)


def test_a_removed_update_that_comes_back_is_restored(recorder):
    for minute, shown in ((7, page(C, B, A)), (8, page(C, A)), (9, page(C, A))):
        recorder.look(shown, minute)
    assert recorder.look(page(C, replace(B, text="Boats."), A), 12) == ["restored b", "edited b"]
    assert recorder.last("b").visibility == "shown"


@pytest.mark.parametrize("below", [(A,), ()])
def test_what_comes_back_elsewhere_stands_where_the_page_shows_it(recorder, below):
    recorder.look(page(B, A), 6)
    recorder.look(page(C, A), 7)
    recorder.look(page(C, B, *below), 8)
    assert [row.publisher_id for row in recorder.shown()][:2] == ["c", "b"]


def test_one_look_without_it_and_then_again_with_it_was_no_removal(recorder):
    recorder.look(page(C, B, A), 7)
    recorder.look(page(C, A), 8)
    assert recorder.look(page(C, B, A), 9) == ["shown b"]


@pytest.mark.parametrize(
    ("shown", "facts", "outcome"),
    [
        (Outcome.FAILED, {}, "failed"),
        (Outcome.BLOCKED, {}, "blocked"),
        (Outcome.TOO_LARGE, {}, "too_large"),
        (page(is_live_blog=False, reasons=("asks for consent",)), {}, "unreadable"),
        (page(is_live_blog=False, unreadable="not HTML: a PDF"), {}, "unreadable"),
        (page(C, A), {"age_s": 600}, "stale"),
        (page(C, A), {"last_modified": "Sun, 01 Mar 2026 11:00:00 GMT"}, "stale"),
        (page(C, A, modified_at=at(-60)), {}, "stale"),
    ],
)
def test_a_look_that_is_no_readable_new_page_hides_nothing(recorder, shown, facts, outcome):
    recorder.look(page(C, B, A, modified_at=at(6)), 7, last_modified="Sun, 01 Mar 2026 12:06:00 GMT")
    for minute in (8, 9.5, 11):
        assert recorder.look(shown, minute, **facts) == []
        assert recorder.outcome == outcome
    assert [row.publisher_id for row in recorder.shown()] == ["c", "b", "a"]


def test_a_page_that_reserves_its_rights_by_an_element_of_its_own_is_left_unread_where_that_is_respected(recorder):
    mine = page(B, A, tdm_reservation="1", tdm_policy="https://news.example/tdm")
    assert recorder.look(mine, 7, settings={"respect_tdm": True}) == []
    row = recorder.rows["captures"][-1]
    assert (row.outcome, row.tdm_reservation, row.tdm_policy) == ("blocked", "1", "https://news.example/tdm")
    assert "reserves the rights" in row.reason
    assert (row.next_look_at - row.observed_at).days == 1
    assert recorder.look(mine, 8, settings={"respect_tdm": False}) == ["added b", "added a"]
    assert recorder.look(page(C, B, A, tdm_reservation="1"), 9, settings={"respect_tdm": True}, tdm_reservation="0")


NUMBER = "9" * 30


@pytest.mark.parametrize(
    "strange",
    [
        f"1 Jan {NUMBER} 00:00:00 GMT",
        f"Sun, 01 Mar 2026 12:06:00 +{NUMBER}",
        f"max-age={NUMBER}",
        "\x7f\xff",
        "x" * 60_000,
    ],
    ids=["year", "zone", "seconds", "bytes", "length"],
)
def test_no_header_breaks_the_recording_of_a_look(recorder, strange):
    names = ("last_modified", "cache_control", "etag", "x_robots_tag", "tdm_policy", "content_usage")
    recorder.look(page(A), 7, **dict.fromkeys(names, strange))
    assert recorder.look(page(B, A), 8, **dict.fromkeys(names, strange)) == ["added b"]
    assert recorder.outcome == "changed"


def test_a_page_that_cannot_be_read_any_more_is_looked_at_as_soon_as_ever(recorder):
    recorder.look(page(C, B, A), 7)
    before = recorder.known.last_look
    for minute in (8, 9, 10):
        recorder.look(page(is_live_blog=False, reasons=("no updates found",)), minute)
    look = recorder.known.last_look
    assert look.next_look_at - look.observed_at == before.next_look_at - before.observed_at
    assert look.failures == 3, "and it is told of"


def test_a_truncated_page_hides_its_lower_part_without_proof(recorder):
    recorder.look(page(D, C, B, A), 10)
    for minute in (11, 13, 15):
        recorder.look(page(D, C), minute)
    assert {row.reason for row in recorder.known.sections if row.visibility == "hidden"} == {"out_of_window"}
    assert not [row for row in recorder.revisions if row.change == "removed"]


def test_a_new_reader_version_proves_nothing(recorder):
    recorder.look(page(C, B, A), 7)
    recorder.version = "2"
    assert recorder.look(page(C, A), 8) == ["hidden(reader_changed) b"]
    assert recorder.look(page(C, A), 10) == []
    assert recorder.look(page(D, C, A), 12) == ["added d"]


def test_a_missing_page_of_a_walk_covers_nothing(recorder):
    first, second = page(E, D, paging=Paging(older="2")), page(C, B, paging=Paging(older="3"))
    third = page(A, paging=Paging(newer="2"))
    recorder.look([first, second, third], 13)
    broken = page(is_live_blog=False, unreadable="status 500")
    hidden = [recorder.look([first, broken, third], minute) for minute in (14, 16, 18)]
    assert hidden == [["hidden(out_of_window) c", "hidden(out_of_window) b"], [], []]


def test_a_feed_that_flips_when_the_blog_closes_changes_nothing(recorder):
    recorder.look(page(D, C, B, A), 10)
    assert recorder.look(page(A, B, C, D), 11) == []
    assert recorder.outcome == "unchanged"
    assert recorder.look(page(A, B, C, D, E), 13) == ["added e"]
    assert [row.publisher_id for row in recorder.shown()] == ["e", "d", "c", "b", "a"]
    assert recorder.look(page(A, B, D, E), 14) == ["hidden(not_observed) c"]


def test_behind_a_cache_the_interval_begins_when_the_copy_was_rendered(recorder):
    recorder.look(page(B, A), 10, age_s=240)
    recorder.look(page(C, B, A), 11)
    assert recorder.last("c").not_before == at(6)


def test_failures_between_two_looks_do_not_widen_the_interval(recorder):
    recorder.look(page(B, A), 4)
    recorder.look(Outcome.NOT_MODIFIED, 8)
    recorder.look(Outcome.FAILED, 9)
    recorder.look(page(C, B, A), 10)
    assert recorder.last("c").not_before == at(8)


def test_what_changes_while_a_walk_goes_on_happened_after_its_first_page(recorder):
    recorder.look([page(D, C), page(B, A)], 4, observed_at=at(4.5))
    recorder.look(page(E, D, C), 6)
    assert recorder.last("e").not_before == at(4)


def test_bytes_broken_on_the_way_are_no_edit(recorder):
    recorder.look(page(replace(B, text="Zwei Boote aus dem Süden sind unterwegs."), A), 4)
    assert recorder.look(page(replace(B, text="Zwei Boote aus dem S\ufffdden sind unterwegs."), A), 5) == []


def test_the_last_post_of_a_page_that_breaks_off_is_not_edited():
    whole, half = page(C, B, A), page(C, replace(B, text=B.text[:20]))
    known = revise((), whole, GLANCE, {}).sections
    later = replace(GLANCE, capture_id="c2", observed_at=at(9), seen_before=at(8), cut=True)
    changes = [(row.change, row.publisher_id) for row in revise(known, half, later, {}).revisions]
    assert changes == [("hidden", "a")]


# --- pins, cards and copies ------------------------------------------------------------------------------------------


def test_a_pinned_copy_is_no_update_of_its_own(recorder):
    recorder.look(page(C, B, A), 7)
    copy = replace(A, pinned=True, publisher_id=None, section_id="copy", published_at=None, time_source=None)
    assert recorder.look(page(copy, C, B, A), 8) == ["pinned a"]
    assert recorder.look(page(copy, D, C, B, A), 10) == ["added d"]
    assert recorder.look(page(D, C, B, A), 11) == ["unpinned a"]
    assert {row.rule for row in recorder.rows["duplicates"]} == {"pinned_copy"}


def test_a_pinned_post_whose_original_is_out_of_the_window_covers_nothing(recorder):
    recorder.look(page(C, B, A), 7)
    copy = replace(A, pinned=True, publisher_id=None, section_id="copy", published_at=None, time_source=None)
    assert "hidden(out_of_window) b" in recorder.look(page(copy, E, D, C), 13)
    for minute in (15, 17):
        recorder.look(page(copy, E, D, C), minute)
    assert not [row for row in recorder.revisions if row.change == "removed"]
    assert recorder.last("b").reason == "out_of_window"


def test_a_card_is_recorded_as_a_card(recorder):
    card = post(None, "What the ferry company says", "Company statement", kind=Kind.CARD, headline_repeats=2)
    recorder.look(page(B, card, A), 4)
    assert [row.kind for row in recorder.shown()] == ["update", "card", "update"]
    assert [row.rule for row in recorder.rows["duplicates"]] == ["adjacent"]
