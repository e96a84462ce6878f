"""What is said of moments, shares and counts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from board.words import moment, percent, plain, span, sparkline
from tests.lake.rows import NOON, at


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, "0 s"), (90, "90 s"), (180, "3 min"), (7200, "2 h"), (3 * 86400, "3 d"), (-120, "2 min"), (None, "–")],
)
def test_spans(seconds, said):
    assert span(seconds) == said


def test_moments_are_relative_for_people_and_exact_for_machines():
    assert moment(at(-5), NOON) == (
        '<time datetime="2026-03-01T11:55:00+00:00" title="2026-03-01 11:55:00 UTC">5 min ago</time>'
    )
    assert ">in 5 min<" in moment(at(5), NOON)
    assert moment(None, NOON) == "–"


@given(st.integers(0, 10_000), st.integers(1, 10_000))
def test_a_share_is_called_all_or_none_only_where_it_is(some, more):
    share = some / (some + more)
    assert percent(share) != "100%"
    assert (percent(share) == "0%") == (some == 0)


def test_the_whole_is_all():
    assert percent(1.0) == "100%"
    assert percent(None) == "–"


@given(st.lists(st.integers(0, 10**6), max_size=48))
def test_a_sparkline_says_every_number_it_draws(counts):
    drawn = sparkline(counts)
    assert drawn.count("M") - 1 == sum(1 for count in counts if count)
    assert ", ".join(map(str, counts)) in drawn


@given(st.text())
def test_no_control_character_reaches_a_page(text):
    assert not set(plain(text)) & set("\x00\x1b\u202e\u2066")
