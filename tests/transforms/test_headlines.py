"""Headlines, their sightings, and links to what they repeat (rule R6)."""

from dataclasses import replace

import pytest

from tests.transforms.looking import NOON, Recorder, page, post
from transforms.headlines import Source, Spotted, link
from transforms.records import Kind

SEEN = Source("blog", "gazette", "en", NOON, "look")


def rules(linked):
    by_sighting = {row.sighting_id: row.rule for row in linked.duplicates}
    return [by_sighting.get(row.sighting_id) for row in linked.sightings]


def test_the_first_sighting_makes_the_canonical_headline_and_later_ones_are_linked():
    linked = link({}, [Spotted("Tide turns", "update", "a"), Spotted("‘Tide turns’", "update", "b")], SEEN)
    assert [row.headline for row in linked.headlines] == ["Tide turns"]
    assert rules(linked) == [None, "exact"]
    assert {row.headline_id for row in linked.sightings} == {linked.headlines[0].headline_id}


@pytest.mark.parametrize(
    ("spot", "rule"),
    [
        (Spotted("Tide turns", Kind.CARD, "c"), "card"),
        (Spotted("Tide turns", Kind.KEY_EVENTS, "k"), "key_event"),
        (Spotted("Tide turns", Kind.UPDATE, "a", is_copy=True), "pinned_copy"),
        (Spotted("LIVE: Tide turns | Gazette", Kind.UPDATE, "d"), "exact"),
    ],
)
def test_the_place_gives_the_rule(spot, rule):
    assert rules(link({}, [Spotted("Tide turns", Kind.UPDATE, "a"), spot], SEEN)) == [None, rule]


def test_a_line_printed_twice_in_a_row_is_two_sightings_of_one_headline():
    linked = link({}, [Spotted("Tide turns", Kind.CARD, "c", times=2)], SEEN)
    assert rules(linked) == [None, "adjacent"]
    assert len({row.sighting_id for row in linked.sightings}) == 2


def test_what_is_known_is_not_made_again():
    first = link({}, [Spotted("Tide turns", "update", "a")], SEEN)
    again = link(first.known, [Spotted("Tide turns", "update", "b")], replace(SEEN, capture_id="later"))
    assert again.headlines == []
    assert rules(again) == ["exact"]
    assert again.known == first.known


def test_a_headline_without_words_is_none():
    assert link({}, [Spotted(" – ", "update", "a")], SEEN).sightings == []


def test_a_headline_is_sighted_when_it_comes_or_changes_and_not_at_every_look():
    recorder = Recorder()
    one, two = post("a", "Text of one.", "Tide turns", 1), post("b", "Text of two.", "Boats out", 2)
    recorder.look(page(one), 3)
    recorder.look(page(two, one), 4)
    recorder.look(page(replace(two, headline="Boats back"), one), 5)
    recorder.look(page(replace(two, headline="Boats back"), one), 6)
    assert [row.headline for row in recorder.rows["sightings"]] == [
        "The ferry: live",
        "Tide turns",
        "Boats out",
        "Boats back",
    ]


def test_entries_of_the_key_events_list_are_linked_to_their_updates():
    recorder = Recorder()
    one, two = post("a", "Text of one.", "Tide turns", 1), post("b", "Text of two.", "Boats out", 2)
    entries = post(None, "Tide turns", kind=Kind.KEY_EVENTS)
    recorder.look(page(entries, one), 3)
    recorder.look(page(replace(entries, text="Boats out\nTide turns"), two, one), 4)
    assert [row.rule for row in recorder.rows["duplicates"]] == ["key_event", "key_event"]


def test_nine_updates_under_one_headline_are_eight_links_and_nine_updates():
    recorder = Recorder()
    recorder.look(page(*(post(str(n), f"Text number {n}.", "Women's World Cup", n) for n in range(9))), 10)
    assert [row.rule for row in recorder.rows["duplicates"]] == ["exact"] * 8
    assert len(recorder.shown()) == 9
