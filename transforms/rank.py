"""Order as text: a rank between any two neighbours, so that a new update changes no other row.

A rank is a whole number with a fraction, written so that plain text comparison orders it (base 62, ASCII order):

    head   digits of the whole number; the head's letter says how many and in which direction:
           "a" one digit, "b" two … for numbers from 0 up; "Z" one digit, "Y" two … for those below 0
    tail   fraction, as many digits as it takes, never ending in "0"

A new update on top takes the next lower whole number, so a rank's length grows with the logarithm of the feed's.
"""

DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
BASE = len(DIGITS)
FIRST = "a0"


def ranks_between(low: str | None, high: str | None, count: int) -> list[str]:
    """`count` ascending ranks between two neighbours; None stands for an open end. Always the same for the same ends.

    Raises ValueError unless `low` < `high`.
    """
    if low is not None and high is not None and low >= high:
        raise ValueError(f"no rank lies between {low!r} and {high!r}: the first must be the smaller")
    if count <= 0:
        return []
    if high is None:
        return _upwards(low, count)
    if low is None:
        return _downwards(high, count)
    middle = _between(low, high)
    before = (count - 1) // 2
    return [*ranks_between(low, middle, before), middle, *ranks_between(middle, high, count - 1 - before)]


def _upwards(low: str | None, count: int) -> list[str]:
    ranks = [FIRST if low is None else _write(_whole(low) + 1)]
    while len(ranks) < count:
        ranks.append(_write(_whole(ranks[-1]) + 1))
    return ranks


def _downwards(high: str, count: int) -> list[str]:
    first = _whole(high) if _tail(high) else _whole(high) - 1
    return [_write(number) for number in range(first - count + 1, first + 1)]


def _between(low: str, high: str) -> str:
    whole = _whole(low)
    if whole == _whole(high):
        return _write(whole) + _fraction(_tail(low), _tail(high))
    after = _write(whole + 1)
    return after if after < high else _write(whole) + _fraction(_tail(low), None)


def _fraction(low: str, high: str | None) -> str:
    """A tail between two tails; `high` None stands for the next whole number."""
    shared = 0
    while high is not None and shared < len(high) and _digit(low, shared) == _digit(high, shared):
        shared += 1
    if high is not None and shared:
        return high[:shared] + _fraction(low[shared:], high[shared:])
    floor, ceiling = _digit(low, 0), BASE if high is None else _digit(high, 0)
    if ceiling - floor > 1:
        return DIGITS[(floor + ceiling) // 2]
    if high is not None and len(high) > 1:
        return high[0]
    return DIGITS[floor] + _fraction(low[1:], None)


def _digit(tail: str, place: int) -> int:
    return DIGITS.index(tail[place]) if place < len(tail) else 0


def _head_length(rank: str) -> int:
    letter = rank[0]
    return ord(letter) - ord("a") + 2 if letter >= "a" else ord("Z") - ord(letter) + 2


def _tail(rank: str) -> str:
    return rank[_head_length(rank) :]


def _whole(rank: str) -> int:
    digits = rank[1 : _head_length(rank)]
    number = 0
    for digit in digits:
        number = number * BASE + DIGITS.index(digit)
    return number + _offset(len(digits)) if rank[0] >= "a" else number - _offset(len(digits) + 1)


def _write(number: int) -> str:
    size = 1
    below = number < 0
    while (-number > _offset(size + 1)) if below else (number >= _offset(size + 1)):
        size += 1
    rest = number + _offset(size + 1) if below else number - _offset(size)
    digits = ""
    for _ in range(size):
        rest, digit = divmod(rest, BASE)
        digits = DIGITS[digit] + digits
    return (chr(ord("Z") - size + 1) if below else chr(ord("a") + size - 1)) + digits


def _offset(size: int) -> int:
    """How many whole numbers are written with fewer than `size` digits."""
    return sum(BASE**length for length in range(1, size))
