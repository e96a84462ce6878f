"""Places in a feed: what a look covers, and where new sections go."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.place import Anchor, in_order, misplaced, new_ranks, window
from transforms.rank import ranks_between

FEED = ranks_between(None, None, 8)


def anchors(*places: int) -> list[Anchor]:
    """A page that shows these places of the feed, in this order."""
    return [Anchor(position, FEED[place]) for position, place in enumerate(places)]


def covered(shown, *, breaks=(), head=False, end=False):
    chain, flipped = in_order(shown)
    view = window(chain, breaks, flipped, head, end)
    return [place for place in range(8) if view.covers(FEED[place]) and FEED[place] not in {a.rank for a in shown}]


def test_only_what_lies_between_two_neighbours_is_covered():
    assert covered(anchors(2, 3, 6)) == [4, 5]


def test_the_first_page_covers_the_head_and_a_stated_end_covers_the_rest():
    assert covered(anchors(2, 3), head=True) == [0, 1]
    assert covered(anchors(2, 3), head=True, end=True) == [0, 1, 4, 5, 6, 7]


def test_a_flipped_page_begins_with_the_oldest():
    assert covered(anchors(5, 3, 2), head=True) == [4, 6, 7]
    assert covered(anchors(5, 3, 2), end=True) == [0, 1, 4]


def test_what_comes_back_is_out_of_place_where_those_shown_all_along_say_so():
    assert misplaced(anchors(0, 2, 4), {1}, False) == []
    assert misplaced(anchors(2, 0, 4), {1}, False) == [1]
    assert misplaced(anchors(4, 2, 0), {1}, True) == []
    assert misplaced(anchors(4, 0, 2), {1}, True) == [1]
    assert misplaced(anchors(0, 5, 3, 6), {1, 2}, False) == [2]
    assert misplaced([], set(), False) == []


def test_a_missing_page_covers_nothing():
    assert covered(anchors(1, 2, 6, 7), breaks=(2,)) == []


def test_one_neighbour_covers_nothing():
    assert covered(anchors(3), head=True, end=True) == []


def test_what_stands_out_of_its_place_is_no_neighbour():
    assert in_order(anchors(7, 0, 1, 2)) == (anchors(7, 0, 1, 2)[1:], False)


@pytest.mark.parametrize(
    ("shown", "flipped", "expected"),
    [
        ([None, 2, 3], False, [1.5, 2, 3]),
        ([2, None, 3], False, [2, 2.5, 3]),
        ([3, None, 2, None], True, [3, 2.5, 2, 1.5]),
        ([2, None], False, [2, 2.5]),
    ],
)
def test_new_sections_go_beside_their_neighbours(shown, flipped, expected):
    given_ranks = [None if place is None else FEED[place] for place in shown]
    ranks = new_ranks(given_ranks, FEED, flipped)
    for rank, place in zip(ranks, expected, strict=True):
        if place == int(place):
            assert rank == FEED[int(place)]
        else:
            assert FEED[int(place)] < rank < FEED[int(place) + 1]


@given(st.lists(st.one_of(st.none(), st.integers(0, 7)), max_size=12), st.booleans())
def test_ranks_are_given_to_all_and_never_twice(shown, flipped):
    places = [place for index, place in enumerate(shown) if place is None or place not in shown[:index]]
    ranks = new_ranks([None if place is None else FEED[place] for place in places], FEED, flipped)
    assert len(ranks) == len(places)
    fresh = [rank for rank, place in zip(ranks, places, strict=True) if place is None]
    assert len({*fresh, *FEED}) == len(fresh) + len(FEED)
