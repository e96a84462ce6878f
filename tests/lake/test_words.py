"""Words that are known by their digests alone are found and taken out, whatever a page makes of them."""

import html
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lake.words import found, page_without, run_of, without

SALT = "salt"
NAMED = "Ada Penn’s well-kept secret — it isn't “gold”"
RUN = run_of(NAMED, SALT)
TORN = NAMED.replace(" ", "</p><p>", 1)


def test_a_run_holds_no_word_of_what_it_stands_for() -> None:
    assert RUN is not None
    assert not any(word in repr(RUN).lower() for word in ("ada", "penn", "kept", "secret", "gold"))
    assert run_of(NAMED, "another salt") != RUN
    assert run_of(" …!", SALT) is None


@pytest.mark.parametrize(
    "page",
    [
        f"<p>Before. {NAMED} After.</p>",
        f"<p>Before. {NAMED.upper()} After.</p>",
        f"<p>Before. {html.escape(NAMED)} After.</p>",
        "<p>Before. Ada <b>Penn</b>&rsquo;s we<i>ll</i>-ke&shy;pt</p> "
        "<p><!-- x -->secret &#8212; it isn&#x27;t gold After.</p>",
        f'<a title="{html.escape(NAMED)}">Before. After.</a>',
        f"<script>{json.dumps({'a': 'Before.', 'b': NAMED, 'c': 'After.'})}</script>",
        f"<script>{json.dumps({'body': f'<p>Before. {TORN}</p> After.'})}</script>",
        f"<script>{json.dumps(json.dumps(['Before.', f'<b>{NAMED}</b>', 'After.']))}</script>",
        f'<div data-x="{html.escape(json.dumps(["Before.", NAMED, "After."]))}"></div>',
        '<a href="https://share.example/?text=Ada%20Penn%E2%80%99s%20well-kept+secret%20it%20isn%27t%20gold">'
        "Before. After.</a>",
        '<a href="/live/before/ada_penn-s-well-kept-secret-it-isn-t-gold/after">x</a>',
    ],
)
def test_words_are_taken_out_of_a_page_wherever_they_can_be_read(page: str) -> None:
    cleaned = page_without(page, [RUN], SALT, "[gone]")
    assert "[gone]" in cleaned
    assert "penn" not in cleaned.lower()
    assert "secret" not in cleaned.lower()
    assert "gold" not in cleaned.lower()
    assert cleaned.lower().count("before") == cleaned.lower().count("after") == page.lower().count("after")
    assert cleaned.count("<") == page.count("<") or "<i>" in page
    assert page_without(cleaned, [RUN], SALT, "[gone]") == cleaned


@pytest.mark.parametrize("page", ["<p>Ada Pennyworth</p>", "<p>Ada</p><p>Pen</p>", "adapenn", "<p>Nevada Penn</p>", ""])
def test_other_words_stay(page: str) -> None:
    assert page_without(page, [run_of("Ada Penn", SALT)], SALT, "[gone]") == page


def test_overlapping_runs_go_as_one() -> None:
    runs = [run_of("one two three", SALT), run_of("three four", SALT)]
    assert without("zero one two three four five", runs, SALT, "[gone]") == "zero [gone] five"


MARK = "[taken down]"
"""It holds words: so what stands before it and what stands after it are never words in a row."""
WORDS = st.lists(st.text("abcäß", min_size=1, max_size=4), min_size=1, max_size=4)


@given(WORDS, WORDS, WORDS)
def test_whatever_stands_around_it_a_run_is_found_and_nothing_of_it_stays(before, secret, after) -> None:
    run = run_of(" ".join(secret), SALT)
    text = " ".join([*before, "|", *secret, "|", *after])
    assert found(text, [run], SALT)
    assert found(without(text, [run], SALT, MARK), [run], SALT) == []
    page = f"<p>{'</p><p>'.join([*before, *secret, *after])}</p>"
    assert found(page_without(page, [run], SALT, MARK), [run], SALT) == []
