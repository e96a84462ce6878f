"""Which section of a page is which known one (rule R3)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.transforms.looking import NOON, page, post
from transforms.change import Glance
from transforms.match import match
from transforms.records import Section
from transforms.revise import revise

TEXTS = {
    "a": "The ferry has run aground on the sandbank off the old pier, the coastguard says.",
    "b": "Two lifeboats are on their way from the northern harbour with a doctor.",
    "c": "All forty passengers have been taken ashore and are being fed.",
}
A, B, C = (post(name, text, minute=minute) for minute, (name, text) in enumerate(TEXTS.items()))


def known(*sections: Section):
    return revise((), page(*sections), Glance("blog", "look", NOON), {}).sections


def nameless(section):
    return replace(section, publisher_id=None, section_id=f"new {section.section_id}")


def pairs(before, after, aliases=None):
    """For each shown section the text of the known one that it is."""
    rows = known(*before)
    found = match(rows, page(*after).sections, aliases or {}).pairs
    return [rows[found[index]].text if index in found else None for index in range(len(after))]


def test_an_id_says_who_it_is_whatever_it_says():
    assert pairs([A, B], [replace(A, text="Nothing of the sort."), B]) == [A.text, B.text]


def test_an_alias_is_as_good_as_an_id():
    rows = known(A, B)
    aliases = {"a2": rows[0].section_id}
    renamed = replace(A, publisher_id="a2", text="Nothing of the sort.", published_at=None)
    assert pairs([A, B], [renamed, B], aliases) == [A.text, B.text]


def test_without_ids_the_words_decide_wherever_they_stand():
    assert pairs([A, B, C], [nameless(C), nameless(A), nameless(B)]) == [C.text, A.text, B.text]


@pytest.mark.parametrize("precise", [timedelta(milliseconds=123), timedelta(seconds=37), timedelta(0)])
def test_a_new_layout_with_other_ids_and_times_told_more_precisely_has_the_same_posts(precise):
    relaunched = [
        replace(post, publisher_id=f"new-{post.publisher_id}", published_at=post.published_at + precise)
        for post in (B, A)
    ]
    assert pairs([B, A], relaunched) == [B.text, A.text]
    assert pairs(relaunched, [B, A]) == [B.text, A.text]


def test_the_same_words_an_hour_later_are_another_post():
    later = replace(A, publisher_id="again", published_at=A.published_at + timedelta(hours=1))
    assert pairs([A], [later, A]) == [None, A.text]


def test_an_edited_post_without_an_id_is_found_by_likeness_and_neighbours():
    edited = replace(nameless(B), text=B.text.replace("Two", "Three") + " One has turned back.")
    assert pairs([A, B, C], [nameless(A), edited, nameless(C)]) == [A.text, B.text, C.text]


def test_edited_posts_in_a_script_without_blanks_are_found_by_likeness_too():
    town = (
        "市は{}の地区に避難指示を出しました。対象はおよそ{}世帯で、体育館など{}か所が開いています。"
        "市は明るいうちに移るよう呼びかけています。"
    )
    rail = (
        "鉄道会社は{}以降のすべての列車の運転を取りやめると発表しました。"
        "再開は{}になる見込みで、駅では{}人が足止めされています。"
    )
    before = [post(None, town.format("三つ", "四千", "七")), post(None, rail.format("午後八時", "翌朝", "二百"))]
    after = [post(None, rail.format("午後九時", "正午", "三百")), post(None, town.format("四つ", "五千", "九"))]
    assert pairs(before, [B, *after]) == [None, before[1].text, before[0].text]


def test_a_post_that_says_something_else_is_another_post():
    other = post(None, "The mayor will speak to reporters at the town hall tonight.", minute=1)
    assert pairs([A, B, C], [nameless(A), other, nameless(C)]) == [A.text, None, C.text]


def test_the_best_pairing_as_a_whole_wins_over_the_first_fit():
    first = post("1", "The harbour master says the tide will lift the ferry tonight.")
    second = post("2", "The harbour master says the tide will lift the ferry tomorrow night.")
    edited = [
        replace(nameless(first), text="The harbour master says the tide will lift the ferry tonight, perhaps."),
        replace(nameless(second), text="The harbour master says the tide will lift the ferry tomorrow night, perhaps."),
    ]
    assert pairs([first, second], edited) == [first.text, second.text]


def test_ids_that_swapped_their_words_follow_the_words():
    swapped = [replace(A, publisher_id="b"), replace(B, publisher_id="a"), C]
    assert pairs([A, B, C], swapped) == [A.text, B.text, C.text]
