"""What counts as a change, and what is noise."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.transforms.looking import at, page, post
from transforms.digest import page_digest, plain, section_digest, tidy
from transforms.records import TimeSource

POST = post("a", "The tide is “turning”, she said.\n\nMore soon.", "Tide turns", 5)


@pytest.mark.parametrize(
    "noise",
    [
        {"text": 'The tide is "turning", she said. More  soon.'},
        {"text": "Updated 12 minutes ago\nThe tide is “turning”, she said.\n\nMore soon."},
        {"text": "The tide is “turn\u00ading”, she said.\n\nMore\u00a0soon."},
        {"position": 9},
        {"pinned": True},
        {"published_raw": "5m ago"},
        {"modified_at": at(9)},
        {"permalink": "https://gazette.example/live/ferry?page=2#a"},
    ],
)
def test_noise_leaves_the_digest_as_it_is(noise):
    assert section_digest(replace(POST, **noise)) == section_digest(POST)


@pytest.mark.parametrize(
    "change",
    [
        {"text": "The tide is “turning”, she said."},
        {"headline": "Tide turning"},
        {"published_at": at(6)},
        {"authors": ("Ann Weir",)},
        {"links": ("https://gazette.example/tide",)},
        {"media": ("https://img.example/tide.jpg",)},
        {"key_event": True},
    ],
)
def test_what_a_reader_sees_changes_the_digest(change):
    assert section_digest(replace(POST, **change)) != section_digest(POST)


def test_a_time_that_runs_with_the_clock_is_no_part_of_it():
    first = replace(POST, time_source=TimeSource.RELATIVE)
    assert section_digest(first) == section_digest(replace(first, published_at=at(7)))


def test_a_page_differs_where_a_human_would_see_it():
    curly = page(POST)
    assert page_digest(curly) == page_digest(page(POST, modified_at=at(3)))
    assert page_digest(curly) != page_digest(page(replace(POST, text=POST.text.replace("“", '"'))))
    assert page_digest(curly) != page_digest(page(replace(POST, pinned=True)))
    assert page_digest(curly) != page_digest(page(POST, title="Another title"))


@given(st.text(max_size=80))
def test_cleaning_twice_changes_nothing_more(text):
    assert tidy(tidy(text)) == tidy(text)
    assert plain(plain(text)).split() == plain(text).split() or "`" in text or "'" in text


@pytest.mark.parametrize("text", ["The boat left 5 minutes ago.", "Now what?", "3 days", "A day in court"])
def test_words_of_time_in_a_sentence_are_kept(text):
    assert tidy(text) == ("" if text == "3 days" else text)
