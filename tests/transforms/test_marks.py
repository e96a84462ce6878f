"""Where a page carries times: clocks in any script, minutes of a match, and what only looks like one."""

import pytest

from transforms.marks import find_marks, is_clock_label, minute_of
from transforms.outline import Outline


@pytest.mark.parametrize(
    ("text", "minute"), [("77'", 77), ("45'+2", 45.02), ("90+4’", 90.04), ("90.+3", 90.03), ("12.", 12), ("12", None)]
)
def test_a_minute_of_a_match_is_told_by_its_sign(text, minute):
    assert minute_of(text) == minute


def shown(html: str) -> list[str | None]:
    return [mark.shown for mark in find_marks(Outline(f"<body>{html}</body>"))]


def test_numbers_of_a_list_are_minutes_only_where_one_has_added_time():
    assert shown("<b>3.</b><b>2.</b><b>1.</b>") == []
    assert shown("<b>90.+3</b><b>77.</b><b>1.</b>") == ["90.+3", "77.", "1."]


def test_a_clock_may_be_written_in_the_digits_of_another_script():
    assert shown("<i>١٧:٣٢</i><i>۰۹:۰۵</i>") == ["17:32", "09:05"]


def test_a_length_is_no_clock():
    assert not is_clock_label("10:15 min")
    assert is_clock_label("10:15")
