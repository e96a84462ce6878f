"""Two headlines: the same, nearly the same, or saying different things (rule R7)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.headline_maker import HeadlineMaker
from transforms.alike import alike
from transforms.wording import cased


def same(one: str, other: str) -> bool:
    return alike(cased(one), cased(other)) > 0


FERRY = "Twelve dead after ferry fire off Kos, coastguard says"
ROW = "Minister resigns over ferry contract row in second blow to coalition"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (FERRY, "12 dead after ferry fire off Kos, coastguard says"),
        (FERRY, "After ferry fire off Kos, twelve dead, coastguard says"),
        (FERRY, "Twelve dead after ferry fire off Kos, coastguard cl…"),
        (ROW, "Minister quits over ferry contract row in second blow to coalition"),
        (ROW, "Minister resigns over ferry contract row…"),
        (ROW.title(), "Minister Quits Over Ferry Contract Row In Second Blow To Coalition"),
        (
            "Homes flooded in Leeds after dam bursts, 1,000 evacuated",
            "Homes flooded in Leeds after dam bursts, 1000 evacuated",
        ),
        ("Homes flooded in Leeds after dam bursts, 40 evacuated", "Homes flooded in Leeds after dam bursts…"),
        ("Ukraine attack on power station halts trains", "Ukrainian attack on power station halts trains"),
    ],
)
def test_repeats_in_other_words_or_cut_short_are_recognised(one, other):
    assert same(one, other)
    assert same(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("12 dead after ferry fire off Kos", "14 dead after ferry fire off Kos"),
        ("Twelve dead after ferry fire off Kos", "14 dead after ferry fire off Kos"),
        ("1,000 homes lost in valley fire", "10,000 homes lost in valley fire"),
        ("Rovers beat United 2-1 in cup replay", "Rovers beat United 3-1 in cup replay"),
        ("Two dead and nine hurt in coach crash", "Nine dead and two hurt in coach crash"),
        ("Trains to resume on Monday after storm damage", "Trains to resume on Tuesday after storm damage"),
        ("Talks planned in June over fishing quota row", "Talks planned in July over fishing quota row"),
        ("Council will sell the old harbour warehouse", "Council will not sell the old harbour warehouse"),
        ("Drones hit power station near Kyiv overnight", "Drones hit power station near Lviv overnight"),
        ("Police question Smith over harbour arson attack", "Police question Jones over harbour arson attack"),
        ("Austria votes on new pension reform plan", "Australia votes on new pension reform plan"),
        ("Court finds harbour arson suspect guilty", "Court finds harbour arson suspect innocent"),
        ("Quake shakes northern coast towns overnight", "Quake shakes southern coast towns overnight"),
        ("Women's World Cup", "Women's World Cup final: Spain beat England in Sydney"),
    ],
)
def test_headlines_that_contrast_are_not_alike(one, other):
    assert not same(one, other)
    assert not same(other, one)


@given(st.integers(0, 10**6))
def test_a_changed_number_is_never_a_repeat(seed):
    made = HeadlineMaker(seed).make(60)
    by_story = {item.story: item.headline for item in reversed(made) if item.kind != "cut"}
    for item in made:
        if item.kind == "number" and item.of_story in by_story:
            before = by_story[item.of_story]
            assert before.casefold() == item.headline.casefold() or not same(before, item.headline)


@given(st.text(max_size=60), st.text(max_size=60))
def test_likeness_is_mutual_and_between_nothing_and_one(one, other):
    score = alike(cased(one), cased(other))
    assert 0.0 <= score <= 1.0
    assert (score > 0) == (alike(cased(other), cased(one)) > 0)
