import json
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.read import read
from transforms.readers.text_dump import TextDump
from transforms.reading import Form, Parsed, Reading
from transforms.records import Document, Kind, Page
from transforms.times import TimeContext

HOSTILE_CHARS = 120_000
CPU_SECONDS = 10
"""Several times what the slowest takes; in quadratic time a line of clocks took longer."""
SEED = Path(__file__).parents[3] / "shared" / "pages" / "seed"
KINDS = {"update": Kind.UPDATE, "headline-only": Kind.UPDATE, "related-card": Kind.CARD}


def page_of(text: str, **known: object) -> Page:
    return read(Document(text.encode(), content_type="text/plain", **known))


@pytest.mark.skipif(not SEED.exists(), reason="the seed stands in ../shared, which is not here")
def test_the_seed_is_read_exactly_as_its_gold_says():
    gold = json.loads((SEED / "independent-ukraine.gold.json").read_text("utf-8"))
    page = read(Document((SEED / "independent-ukraine.txt").read_bytes()))
    assert page.is_live_blog
    assert (page.title, page.standfirst) == (gold["title"], gold["standfirst"])
    lede, *others = page.sections
    assert (lede.kind, lede.text.split("\n\n")) == (Kind.LEDE, gold["lede"])
    told = [(s.kind, s.headline, s.text, s.headline_repeats) for s in others if s.kind is not Kind.BOILERPLATE]
    assert told == [
        (
            KINDS[section["kind"]],
            section["headline"],
            section.get("summary") or "\n\n".join(section["body"]),
            section.get("headline_repeated", 1),
        )
        for section in gold["sections"]
    ]
    boilerplate = [line for s in others if s.kind is Kind.BOILERPLATE for line in s.text.split("\n\n")]
    assert boilerplate == [item["text"] for item in gold["boilerplate"]]


def told(page: Page) -> list[tuple[str, str | None, str]]:
    return [(section.kind, section.headline, section.text) for section in page.sections]


def test_lists_of_headlines_with_times_are_no_live_blog():
    menu = "\n".join(f"1{n % 10}:{n:02} Headline number {n} of the day" for n in range(10, 40))
    assert not page_of(f"News of the day\n{menu}").is_live_blog


def test_a_schedule_is_no_live_blog():
    schedule = "\n".join(f"{hour}:00\nFilm number {hour}" for hour in range(10, 23))
    assert not page_of(f"Tonight on television\n{schedule}").is_live_blog


def test_an_article_with_subheadings_is_no_live_blog():
    body = "The council met on Tuesday and spoke about the lamps for two hours.\nIt will meet again."
    sections = "\n".join(f"What the council said about lamp {n}\n{body}" for n in range(8))
    assert not page_of(f"Old town gets its lamps back\n{body}\n{sections}").is_live_blog


def test_a_dump_that_calls_itself_live_needs_fewer_updates():
    page = page_of(
        "Storm – live\nThe storm is here, says the mayor.\n21:14: The roof of the market hall is gone, police say."
    )
    assert page.is_live_blog
    assert told(page)[-1] == (Kind.UPDATE, None, "The roof of the market hall is gone, police say.")


def test_the_day_in_a_title_is_the_one_on_which_the_updates_began():
    text = "Storm, 3 May 2024 – live\n\n00:10: The wind has turned north now, says the office.\n\n"
    text += "23:50: The rain has reached the town, says the mayor."
    page = page_of(text, timezone="UTC", language="en")
    assert [f"{s.published_at:%d %H:%M}" for s in page.sections if s.kind is Kind.UPDATE] == ["04 00:10", "03 23:50"]


def test_a_closing_update_says_that_the_blog_has_ended():
    page = page_of(
        "Storm – live\n\n21:30: That’s it for now. Thank you for reading.\n\n21:00: The wind drops, says the office."
    )
    assert page.coverage.evidence == "that's it for now"


def test_windows_lines_and_invisible_characters_change_nothing():
    text = "Storm – live\n\n21:30: The wind has dropped, says the office.\n\n21:00: The rain has reached the town."
    assert told(page_of(text)) == told(page_of("\ufeff" + text.replace("\n", "\r\n\u200b")))


def test_relative_times_open_updates_only_where_the_text_calls_itself_live():
    body = "\n\n".join(f"{n}m ago\n\nThe wind has turned for the {n}th time, says the office." for n in (3, 12, 40))
    page = page_of(f"Storm – live\n\n{body}", language="en", fetched_at=datetime(2024, 5, 3, 12, tzinfo=UTC))
    assert [f"{s.published_at:%H:%M} {s.time_source}" for s in page.sections] == [
        "11:57 relative",
        "11:48 relative",
        "11:20 relative",
    ]
    assert not page_of(f"What our readers say\n\n{body}", language="en").is_live_blog


SENTENCES = [
    "12m ago",
    "17:48 , Ann Lee",
    "The roof of the hall is gone, police say.",
    "Wednesday, 6 March 2024",
    "Sign up to our newsletter. Rain.",
]
LINES = st.lists(
    st.one_of(
        st.text(max_size=60),
        st.builds("{:02}:{:02} – {}".format, st.integers(0, 23), st.integers(0, 59), st.text(max_size=40)),
        st.sampled_from(
            ["Storm – live", "Key points", "  • Roof gone", "  1. Roof gone", "Roof gone", "Comments", *SENTENCES]
        ),
    ),
    max_size=25,
)


@given(LINES)
def test_every_letter_stands_in_one_place_and_none_is_invented(lines):
    text = "\n".join(lines)
    reading = TextDump().read(Parsed(Document(b""), Form.TEXT, text, TimeContext()))
    assert Counter(letters(all_words(reading))) == Counter(letters(text))


@given(LINES)
def test_the_words_of_an_update_stand_in_the_text(lines):
    text = "\n".join(lines)
    reading = TextDump().read(Parsed(Document(b""), Form.TEXT, text, TimeContext()))
    for section in reading.updates:
        for paragraph in (section.headline or "", *section.text.split("\n\n")):
            assert letters(paragraph) in letters(text)


def all_words(reading: Reading) -> str:
    parts = [reading.title, reading.standfirst]
    for section in reading.sections:
        parts += [(section.headline or "") * section.headline_repeats, section.text, *section.authors]
        parts += [section.published_raw] if section.kind is Kind.UPDATE else []
    return "".join(part for part in parts if part)


def letters(text: str) -> str:
    return "".join(character for character in text if character.isalpha())


HOSTILE = [
    "12:31 ",
    "12:31\n",
    "Roof gone\n",
    "• a\n",
    '" ',
    "([",
    "Sign up to our newsletter\n",
    "sign up to our x ",
    " - ",
    "1",
    ".",
]


@pytest.mark.parametrize("piece", HOSTILE)
def test_hostile_text_takes_bounded_time(piece):
    text = piece * (HOSTILE_CHARS // len(piece))
    began = time.process_time()
    TextDump().read(Parsed(Document(b""), Form.TEXT, text, TimeContext()))
    assert time.process_time() - began < CPU_SECONDS
