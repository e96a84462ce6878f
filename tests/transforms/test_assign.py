"""Optimal assignment: the best sum, not the first fit."""

from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from transforms.assign import assign

SCORES = st.dictionaries(
    st.tuples(st.integers(0, 4), st.integers(0, 4)), st.integers(1, 100).map(lambda score: score / 100), max_size=25
)


def best_by_trying(scores):
    best = 0.0
    for order in permutations(range(5)):
        best = max(best, sum(scores.get((left, right), 0.0) for left, right in enumerate(order)))
    return best


@given(SCORES)
def test_no_other_pairing_has_a_higher_sum(scores):
    made = assign(scores)
    assert len(set(made.values())) == len(made)
    assert set(made.items()) <= set(scores)
    assert abs(sum(scores[pair] for pair in made.items()) - best_by_trying(scores)) < 1e-9


def test_the_first_fit_gives_way_to_the_better_sum():
    assert assign({(0, 0): 0.9, (0, 1): 0.8, (1, 0): 0.8}) == {0: 1, 1: 0}


def test_three_hundred_by_three_hundred_in_separate_groups_are_quick():
    scores = {(left, right): 0.5 + (left == right) / 4 for left in range(300) for right in (left, left ^ 1)}
    assert assign(scores) == {left: left for left in range(300)}
