"""Optimal assignment: of all ways to pair two sides one to one, the one with the highest sum of scores.

Pairs that may be made are few and fall into small groups that share nothing, so each group is solved by itself: by
shortest augmenting paths (Jonker and Volgenant, Computing 38, 1987), in n² · m steps for a group of n by m.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping

Pair = tuple[int, int]


def assign(scores: Mapping[Pair, float]) -> dict[int, int]:
    """Left -> right, so that the scores of the pairs made sum up highest; a pair not in `scores` is never made.

    Scores are positive. Ties fall the same way every time: by the order of the indices.
    """
    made: dict[int, int] = {}
    for group in _groups(scores):
        made.update(_solve({pair: scores[pair] for pair in group}))
    return made


def _groups(pairs: Iterable[Pair]) -> list[list[Pair]]:
    """The pairs, split where no left or right side is shared."""
    of_left, of_right = defaultdict(list), defaultdict(list)
    ordered = sorted(pairs)
    for pair in ordered:
        of_left[pair[0]].append(pair)
        of_right[pair[1]].append(pair)
    groups: list[list[Pair]] = []
    seen: set[Pair] = set()
    for first in ordered:
        if first in seen:
            continue
        seen.add(first)
        group, waiting = [], [first]
        while waiting:
            pair = waiting.pop()
            group.append(pair)
            near = [other for other in (*of_left[pair[0]], *of_right[pair[1]]) if other not in seen]
            seen.update(near)
            waiting += near
        groups.append(sorted(group))
    return groups


def _solve(scores: Mapping[Pair, float]) -> dict[int, int]:
    if len(scores) == 1:
        return dict(scores.keys())
    lefts = sorted({left for left, _ in scores})
    rights = sorted({right for _, right in scores})
    # One empty seat for each left side: to stay alone costs as much as the worst pair, so it never crowds one out.
    costs = [[-scores.get((left, right), 0.0) for right in rights] + [0.0] * len(lefts) for left in lefts]
    seats = _cheapest(costs)
    pairs = ((lefts[row], rights[seat]) for row, seat in enumerate(seats) if seat < len(rights))
    return {left: right for left, right in pairs if (left, right) in scores}


def _cheapest(costs: list[list[float]]) -> list[int]:
    """The column of each row in the cheapest assignment of all rows; there are at least as many columns as rows."""
    rows, columns = len(costs), len(costs[0])
    row_price, column_price = [0.0] * rows, [0.0] * columns
    taken_by = [-1] * columns
    for start in range(rows):
        slack = [float("inf")] * columns
        came_from = [-1] * columns
        done = [False] * columns
        row, last = start, -1
        while True:
            best = -1
            for column in range(columns):
                if done[column]:
                    continue
                left_over = costs[row][column] - row_price[row] - column_price[column]
                if left_over < slack[column]:
                    slack[column], came_from[column] = left_over, last
                if best < 0 or slack[column] < slack[best]:
                    best = column
            step = slack[best]
            row_price[start] += step
            for column in range(columns):
                if done[column]:
                    row_price[taken_by[column]] += step
                    column_price[column] -= step
                else:
                    slack[column] -= step
            done[best], last = True, best
            if taken_by[best] < 0:
                break
            row = taken_by[best]
        _augment(start, last, came_from, taken_by)
    seats = [-1] * rows
    for column, row in enumerate(taken_by):
        if row >= 0:
            seats[row] = column
    return seats


def _augment(start: int, last: int, came_from: list[int], taken_by: list[int]) -> None:
    """Hand each column on the path to the row before it."""
    while came_from[last] >= 0:
        taken_by[last] = taken_by[came_from[last]]
        last = came_from[last]
    taken_by[last] = start
