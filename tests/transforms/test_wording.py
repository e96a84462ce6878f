"""The words of a headline, and what they count."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.wording import cased, normalise, numbers

BASE = "twelve dead after ferry fire off kos"


@pytest.mark.parametrize(
    "headline",
    [
        "Twelve dead after ferry fire off Kos",
        "‘Twelve dead’ after ferry fire off Kos",
        "TWELVE DEAD AFTER FERRY FIRE OFF KOS",
        "LIVE: Twelve dead after ferry fire off Kos",
        "Breaking: Twelve dead after ferry fire off Kos",
        "Twelve dead after ferry fire off Kos – as it happened",
        "Twelve dead after ferry fire off Kos | Riverside Post",
        "Twelve dead after ferry fire off Kos - BBC News",
        "Twelve dead after ferry fire off Kos (live)",
        "  Twelve dead,  after ferry fire off Kos. ",
    ],
)
def test_quotes_case_prefixes_and_signatures_make_no_difference(headline):
    assert normalise(headline) == BASE


@pytest.mark.parametrize(
    "headline",
    [
        "Kos: twelve dead after ferry fire",
        "Apartment block hit by drone - report",
        "Cup final: extra time",
        "Live music returns",
    ],
)
def test_what_belongs_to_the_headline_is_kept(headline):
    assert set(normalise(headline).split()) == set(headline.casefold().replace(":", "").replace(" - ", " ").split())


@pytest.mark.parametrize(
    ("headline", "values"),
    [
        ("1,000 homes lost", ["1000"]),
        ("1.000 Häuser zerstört", ["1000"]),
        ("Twelve dead, twenty-one hurt", ["12", "21"]),
        ("£3.2bn lost in three hundred cases", ["3200000000", "300"]),
        ("Two million people flee", ["2000000"]),
        ("Rovers 2-1 United in 5th round", ["2-1", "5th"]),
        ("No figures here", []),
    ],
)
def test_numbers_are_read_in_figures_and_words(headline, values):
    assert [number.value for number in numbers(normalise(headline).split())] == values


def test_a_number_right_before_the_cut_is_not_believed():
    assert numbers(normalise("Homes flooded in Leeds, 8…").split()) == []


@given(st.text(max_size=80))
def test_any_text_has_words_and_the_words_of_words_are_themselves(text):
    words = cased(text)
    assert words == " ".join(words.split())
    assert normalise(words.removesuffix(" …")) == normalise(words) or ":" in text


@given(st.text(alphabet="abZ 019'.,%km", max_size=40))
def test_a_letter_beyond_ascii_changes_no_other_word(text):
    assert cased(f"{text} end é") == f"{cased(f'{text} end')} é"
