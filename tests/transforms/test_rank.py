"""Ranks: text that orders a feed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.rank import ranks_between


@given(st.lists(st.tuples(st.integers(0, 1000), st.integers(1, 5)), max_size=60))
def test_ranks_inserted_anywhere_keep_the_order_of_insertion(inserts):
    ranks: list[str] = []
    for place, count in inserts:
        at = place % (len(ranks) + 1)
        low = ranks[at - 1] if at else None
        high = ranks[at] if at < len(ranks) else None
        ranks[at:at] = ranks_between(low, high, count)
    assert ranks == sorted(set(ranks))


def test_ten_thousand_updates_on_top_one_by_one_keep_ranks_short():
    top = ranks_between(None, None, 1)[0]
    for _ in range(10_000):
        above = ranks_between(None, top, 1)[0]
        assert above < top
        top = above
    assert len(top) <= 5


def test_ranks_at_the_end_count_upwards():
    low = ranks_between(None, None, 1)[0]
    ranks = ranks_between(low, None, 5000)
    assert [low, *ranks] == sorted([low, *ranks])


def test_the_same_neighbours_give_the_same_ranks():
    low, high = ranks_between(None, None, 2)
    assert ranks_between(low, high, 7) == ranks_between(low, high, 7)


def test_squeezing_between_the_same_neighbours_never_ends():
    low, high = ranks_between(None, None, 2)
    for turn in range(500):
        middle = ranks_between(low, high, 1)[0]
        assert low < middle < high
        low, high = (middle, high) if turn % 3 else (low, middle)


def test_neighbours_in_the_wrong_order_are_refused():
    with pytest.raises(ValueError, match="the first must be the smaller"):
        ranks_between("a1", "a0", 1)
