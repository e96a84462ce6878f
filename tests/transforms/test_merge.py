"""What two readers saw becomes one list: nothing lost, nothing doubled, in the page's order."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from transforms.merge import merge
from transforms.reading import Reading
from transforms.records import Kind, Section, TimeSource

EARLY = datetime(2026, 3, 1, 8, tzinfo=UTC)
LATE = datetime(2026, 3, 1, 10, tzinfo=UTC)


def update(number, **fields):
    words = " ".join(f"w{number}x{place}" for place in range(12))
    return Section("", Kind.UPDATE, 0, **{"headline": f"Number {number}", "text": words, **fields})


def reading(name, *sections: Section):
    return Reading(name, tuple(sections))


def headlines(sections):
    return [section.headline for section in sections]


def test_the_same_id_is_the_same_update_whatever_stands_around_its_number():
    page = update(1, publisher_id="post-1288914", text="a text that the page shows")
    listed = update(2, permalink="https://news.example/x#liveblogPost1288914", text="quite another wording of it")
    merged, completeness = merge([reading("dom", page), reading("json_ld", listed)])
    assert headlines(merged) == ["Number 1"]
    assert (completeness.merged, completeness.in_all) == (1, 1)


def test_the_same_words_in_a_script_without_blanks_are_the_same_update():
    page = update(
        1,
        headline=None,
        text="救援队伍连夜转移群众三千六百余人，其中老人和儿童占一半以上。\n\n临时安置点设在市体育馆。",
    )
    listed = update(
        1,
        headline="转移群众",
        text="救援队伍连夜转移群众三千六百余人，其中老人和儿童占一半以上。 临时安置点设在市体育馆。",
    )
    merged, _ = merge([reading("dom", page), reading("json_ld", listed)])
    assert headlines(merged) == ["转移群众"]


def test_the_pages_own_time_is_believed():
    page = update(1, published_at=LATE, time_source=TimeSource.DOM)
    listed = update(1, published_at=EARLY, time_source=TimeSource.JSON_LD)
    merged, _ = merge([reading("dom", page), reading("json_ld", listed)])
    assert (merged[0].published_at, merged[0].time_source) == (LATE, TimeSource.DOM)


def test_what_one_side_lacks_the_other_gives():
    page = update(1, headline=None, authors=("Ana Ruiz",))
    listed = update(1, headline=None, published_at=EARLY, time_source=TimeSource.JSON_LD, media=("/a.jpg",))
    merged, _ = merge([reading("dom", page), reading("json_ld", listed)])
    assert merged[0].authors == ("Ana Ruiz",)
    assert merged[0].published_at == EARLY
    assert merged[0].media == ("/a.jpg",)


def test_a_text_cut_short_on_the_page_is_taken_whole_from_the_other_side():
    whole = update(1).text
    merged, _ = merge([reading("dom", update(1, text=" ".join(whole.split()[:6]))), reading("json_ld", update(1))])
    assert merged[0].text == whole


def test_what_the_page_shows_as_a_card_stays_one():
    card = Section("", Kind.CARD, 0, headline="Number 1", publisher_id="77", text=update(1).text)
    merged, _ = merge([reading("dom", update(0), card), reading("json_ld", update(1, publisher_id="77"))])
    assert [section.kind for section in merged] == [Kind.UPDATE, Kind.CARD]


def test_updates_with_one_headline_are_not_one_update():
    same = [update(number, headline="Cup final") for number in range(5)]
    merged, _ = merge([reading("dom", *same), reading("json_ld", *reversed(same))])
    assert [section.text for section in merged] == [section.text for section in same]


@given(st.lists(st.integers(0, 40), unique=True), st.lists(st.integers(0, 40), unique=True))
def test_the_union_is_given_once_and_the_pages_order_stands(shown, listed):
    merged, completeness = merge([reading("dom", *map(update, shown)), reading("json_ld", *map(update, listed))])
    numbers = [int(section.headline.split()[1]) for section in merged]
    assert sorted(numbers) == sorted({*shown, *listed})
    assert [number for number in numbers if number in shown] == shown
    if shown and listed:
        assert completeness.in_all == len({*shown} & {*listed})
