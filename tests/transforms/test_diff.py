"""The word diff: readable, complete, and harmless to show."""

from hypothesis import given
from hypothesis import strategies as st

from transforms.diff import Op, as_html, as_terminal, word_diff

BEFORE = "Twelve people were rescued from the ferry, the coastguard said on Monday."
AFTER = "Fourteen people were rescued from the ferry, the coastguard said on Tuesday evening."


def shown(before, after):
    return as_terminal(word_diff(before, after), colour=False)


def test_changed_words_are_shown_whole():
    assert shown(BEFORE, AFTER) == (
        "[-Twelve-]{+Fourteen+} people were rescued from the ferry, "
        "the coastguard said on [-Monday-]{+Tuesday evening+}."
    )


def test_a_rewritten_sentence_is_not_cut_into_confetti():
    before = "It is raining. The old bridge was closed by police."
    after = "It is raining. A new bridge is open to all traffic."
    assert shown(before, after) == (
        "It is raining. [-The old-]{+A new+} bridge [-was closed by police-]{+is open to all traffic+}."
    )


def test_a_paragraph_added_leaves_the_others_alone():
    pieces = word_diff("One sentence stands.", "One sentence stands.\n\nAnother follows.")
    assert [(piece.op, piece.text) for piece in pieces] == [
        (Op.KEPT, "One sentence stands."),
        (Op.INSERTED, "\n\nAnother follows."),
    ]


def test_html_is_escaped():
    html = as_html(word_diff("a <b>bold</b> word", "a <script>alert(1)</script> word"))
    assert "<script>" not in html
    assert "<b>" not in html
    assert "<del>" in html


def test_a_page_cannot_steer_the_terminal():
    text = as_terminal(word_diff("calm", "\x1b[2Jboo \x9b31m \u202etxt"), colour=False)
    assert "\x1b" not in text
    assert "\x9b" not in text
    assert "\u202e" not in text


def test_colour_is_switched_off_after_every_change():
    assert as_terminal(word_diff("old", "new")) == "\x1b[9;31mold\x1b[0m\x1b[32mnew\x1b[0m"


@given(st.text(max_size=200), st.text(max_size=200))
def test_both_texts_can_be_read_out_of_the_diff(before, after):
    pieces = word_diff(before, after)
    assert "".join(piece.text for piece in pieces if piece.op != Op.INSERTED) == before
    assert "".join(piece.text for piece in pieces if piece.op != Op.DELETED) == after


@given(st.lists(st.sampled_from(["the", "old", "ferry", "sank", ",", "\n"]), max_size=30).map(" ".join))
def test_equal_texts_have_nothing_changed(text):
    assert all(piece.op == Op.KEPT for piece in word_diff(text, text))


def test_very_long_texts_are_compared_by_paragraph():
    before = "\n".join(f"Line {number} of many words in a very long text." for number in range(4000))
    after = before.replace("Line 2000 of", "Line 2000 off")
    changed = [piece.text for piece in word_diff(before, after) if piece.op != Op.KEPT]
    assert changed == [
        "Line 2000 of many words in a very long text.\n",
        "Line 2000 off many words in a very long text.\n",
    ]
