"""The picture of a blog's history: where each line begins and ends, and what stands on it."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from liveblog.history import Found, Happened
from liveblog.lifelines import Scale, lives_of, log_html, scale_of
from transforms.diff import word_diff

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def at(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


def change(word: str, minutes: float, seq: int = 1, section: str = "s1", **facts: object) -> Happened:
    gone = word in {"hidden", "removed"}
    given = {
        "reason": None,
        "visibility": word if gone else "shown",
        "kind": "update",
        "headline": f"Headline of {section}",
        "text": "Words.",
        "changed_fields": (),
        "not_before": None,
        "not_after": at(minutes),
        "published_at": None,
        "capture_id": "c1",
    }
    return Happened(observed_at=at(minutes), change=word, section_id=section, seq=seq, **{**given, **facts})


def test_a_line_runs_from_publication_to_the_last_look_and_breaks_where_the_update_was_away():
    steps = [
        change("added", 10, published_at=at(4)),
        change("hidden", 20, 2),
        change("edited", 25, 3, visibility="hidden"),
        change("shown", 30, 4),
    ]
    (life,) = lives_of(reversed(steps), at(60))
    assert life.spans == (
        (at(4), at(10), "unseen"),
        (at(10), at(20), "shown"),
        (at(20), at(25), "hidden"),
        (at(25), at(30), "hidden"),
        (at(30), at(60), "shown"),
    )
    assert [one.change for one in life.marks] == ["edited"]


def test_the_newest_update_stands_on_top_and_what_is_no_update_has_no_line():
    steps = [change("added", 5, section="s1"), change("added", 9, section="s2"), change("added", 9, kind="lede")]
    assert [life.newest.section_id for life in lives_of(steps[:2], at(60))] == ["s2", "s1"]
    assert lives_of(steps[2:], at(60)) == []


def test_what_was_published_before_the_first_look_gets_half_of_the_room_at_most():
    old = lives_of([change("added", 0, published_at=at(-10_000))], at(60))
    assert scale_of(old, at(0), at(60)) == Scale(at(-60), at(60))
    near = lives_of([change("added", 0, published_at=at(-20))], at(60))
    assert scale_of(near, at(0), at(60)) == Scale(at(-20), at(60))
    assert Scale(at(-60), at(60)).percent(at(-10_000)) == 0
    assert Scale(at(-60), at(60)).percent(at(30)) == 75


@pytest.mark.parametrize("minutes", [0.5, 3, 47, 61, 600, 1440, 20_000, 400_000, 9_000_000])
def test_there_are_a_few_ticks_at_round_moments_within_the_picture(minutes: float):
    scale = Scale(at(0.25), at(0.25 + minutes))
    ticks = scale.ticks()
    assert len(ticks) <= 9
    assert len(ticks) >= 1 or minutes < 1
    assert all(scale.begin <= tick < scale.end for tick in ticks)
    assert all(tick.second == 0 for tick in ticks) or minutes > 1_000_000


def test_one_look_alone_makes_a_picture_too():
    page = log_html(Found("b1", "https://n.example/live", None), [change("added", 0)], {}, (at(0), at(0)))
    assert page.count('class="lane"') == 2


def test_marks_of_one_moment_stand_side_by_side_and_every_line_leads_to_its_newest_change():
    steps = [
        change("edited", 9, 3, headline="New <b>"),
        change("retitled", 9, 2, headline="New <b>"),
        change("added", 0),
        change("added", 0, section="s2"),
    ]
    words = {("s1", 3): [word_diff("two <dead>", "four <dead>")]}
    page = log_html(Found("b1", "javascript:alert(1)", "A <title>"), steps, words, (at(0), at(60)))
    assert 'title="retitled, edited 2026-03-01 12:09Z"' in page
    assert re.findall(r'href="#(\w+)"', page) == ["s1", "s2"]
    assert sorted(re.findall(r' id="(\w+)"', page)) == ["s1", "s2"]
    assert page.index('id="s1"') < page.index("<del>two</del><ins>four</ins> &lt;dead&gt;")
    assert "<b>" not in page.replace('<b class="', "")
    assert 'href="javascript' not in page
