"""Places in a feed: which way a page runs, which stretch of the feed it covers, and the ranks of new sections.

A feed's order is that of its ranks, ascending from the top down when first seen. A page shows a window of it, may run
the other way (many blogs flip when they close), and may have sections out of their place (a pinned post on top):

    ranks     a  b  c  d  e  f  g  h           the feed
    page            c  D  e     g              D is new; the window runs from c to g; f is missing, and its place is
                    `-- covered --´            covered; a, b and h are outside, unless the feed's end is stated
"""

from bisect import bisect_left, insort
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise
from operator import attrgetter

from transforms.rank import ranks_between


@dataclass(frozen=True, slots=True)
class Anchor:
    """A section that stands in its place."""

    position: int
    rank: str


@dataclass(frozen=True, slots=True)
class Window:
    """The stretches of a feed that a look covers, as open intervals of ranks; None is an end without limit."""

    stretches: tuple[tuple[str | None, str | None], ...] = ()

    def covers(self, rank: str) -> bool:
        """Whether a section of this rank would stand on the page if it still existed."""
        return any((low is None or low < rank) and (high is None or rank < high) for low, high in self.stretches)


def in_order(anchors: Sequence[Anchor]) -> tuple[list[Anchor], bool | None]:
    """The longest run of anchors whose ranks go one way, and whether that way is upwards (None: too few to say).

    Takes anchors in page order; what is left out stands out of its place.
    """
    downwards = _longest_run(anchors)
    upwards = _longest_run(anchors[::-1])[::-1]
    if len(anchors) < 2:
        return downwards, None
    return (upwards, True) if len(upwards) > len(downwards) else (downwards, False)


def misplaced(anchors: Sequence[Anchor], back: Collection[int], flipped: bool) -> list[int]:
    """The positions, among those that came `back`, at which a section stands elsewhere than its rank says.

    Takes anchors in page order. What was shown all along tells the order; what came back is held against it, and
    against what came back above it.
    """
    run = in_order([anchor for anchor in anchors if anchor.position not in back])[0]
    strays = []
    for anchor in anchors:
        if anchor.position not in back:
            continue
        place = bisect_left(run, anchor.position, key=attrgetter("position"))
        low, high = run[max(place - 1, 0) : place], run[place : place + 1]
        if flipped:
            low, high = high, low
        if all(other.rank < anchor.rank for other in low) and all(anchor.rank < other.rank for other in high):
            run.insert(place, anchor)
        else:
            strays.append(anchor.position)
    return strays


def window(anchors: Sequence[Anchor], breaks: Sequence[int], flipped: bool | None, head: bool, end: bool) -> Window:
    """What a look covers: from anchor to anchor where no page is missing between them.

    `anchors` are in order, as `in_order` gives them; `breaks` are the positions before which a page is missing; `head`
    and `end` say whether the page's top and bottom are stated to be the feed's ends.
    """
    stretches: list[tuple[str | None, str | None]] = []
    bounds = [-1, *sorted(breaks), 1 << 60]
    for number, (start, stop) in enumerate(pairwise(bounds)):
        ranks = [anchor.rank for anchor in anchors if start <= anchor.position < stop]
        if not ranks:
            continue
        open_top = head and number == 0 and flipped is not None
        open_bottom = end and number == len(bounds) - 2 and flipped is not None
        if flipped:
            open_top, open_bottom = open_bottom, open_top
        stretches.append((None if open_top else min(ranks), None if open_bottom else max(ranks)))
    return Window(tuple(stretches))


def new_ranks(ranks_on_page: Sequence[str | None], known: Sequence[str], flipped: bool) -> list[str]:
    """Ranks for a page's sections, in page order: given ones stay, a None gets one beside its neighbours.

    `known` are all ranks of the feed, ascending. Ranks on the page that stand out of place are passed over as
    neighbours. New sections below a neighbour go right below it, those above all neighbours right above the first.
    """
    order = list(range(len(ranks_on_page)))
    if flipped:
        order.reverse()
    given = [Anchor(place, rank) for place in order if (rank := ranks_on_page[place]) is not None]
    anchors = {anchor.position for anchor in _longest_run(given)}
    taken = sorted(known)
    result = list(ranks_on_page)
    run: list[int] = []
    above: str | None = None
    for place in [*order, None]:
        if place is not None and place not in anchors:
            if ranks_on_page[place] is None:
                run.append(place)
            continue
        here = None if place is None else ranks_on_page[place]
        low, high = _gap(taken, above, here, flipped)
        for index, rank in zip(run, ranks_between(low, high, len(run)), strict=True):
            result[index] = rank
            insort(taken, rank)
        run, above = [], here
    return [rank for rank in result if rank is not None]


def _gap(taken: Sequence[str], above: str | None, below: str | None, flipped: bool) -> tuple[str | None, str | None]:
    """The free space that a run of new sections goes into.

    Without a neighbour a page that runs the other way begins with the oldest: below all that is known.
    """
    if above is not None:
        after = bisect_left(taken, above) + 1
        return above, taken[after] if after < len(taken) else None
    if below is not None:
        before = bisect_left(taken, below) - 1
        return (taken[before] if before >= 0 else None), below
    if flipped and taken:
        return taken[-1], None
    return None, taken[0] if taken else None


def _longest_run(anchors: Sequence[Anchor]) -> list[Anchor]:
    """The longest ascending subsequence (patience sorting)."""
    tops: list[str] = []
    last_of: list[int] = []
    before: list[int] = []
    for index, anchor in enumerate(anchors):
        pile = bisect_left(tops, anchor.rank)
        before.append(last_of[pile - 1] if pile else -1)
        tops[pile : pile + 1] = [anchor.rank]
        last_of[pile : pile + 1] = [index]
    run: list[Anchor] = []
    index = last_of[-1] if last_of else -1
    while index >= 0:
        run.append(anchors[index])
        index = before[index]
    return run[::-1]
