"""Whether two headlines say the same in nearly the same words, and never so where they contrast (rule R7).

    contrast     numbers that conflict ("12 dead", "14 dead"), a negation more, another weekday, month, direction,
                 outcome, place or name: not alike, however many words are shared
    reordered    the same words in another order
    contained    one goes on where the other stops, or has a word or two more
    reworded     a few common words replaced; a name is never replaced

A number, or any other word, that only one headline has is no contrast where the other is merely shorter.
"""

from collections import Counter
from collections.abc import Set as AbstractSet

from transforms.wording import CUT, DAY, FILLER, NEGATION, NUMBER, contrast, is_common, kinds, numbers

LEAST_REWORDED = (4, 0.72)
"""How many words, fillers and numbers aside, two headlines share at least where words were replaced, and what share of
the words of the longer that has to be; less may be chance."""
LEAST_CONTAINED = (3, 0.7)
LEAST_CUT = (4, 0.6)
"""Of a headline that begins, or ends, another: "Women's World Cup" is a rubric, not a truncation."""
LEAST_SAID_CUT = (3, 0.35)
"""The same where it ends in an ellipsis."""
SHOUTED = 0.8
"""Where so many words begin with a capital, capitals do not tell names."""
STEM = 0.8
"""Two words are forms of one where so much of them is one stem (Ukraine, Ukrainian; not Austria, Australia)."""
PENALTY = 0.02
"""What a repeat that is not exact lacks at least."""


def alike(one: str, other: str) -> float:
    """0.0 to 1.0: how alike two headlines are, both `cased`; 0.0 where they say different things."""
    first, second = one.casefold().split(), other.casefold().split()
    if first == second:
        return 1.0
    if not first or not second:
        return 0.0
    first, second, least = _cut_even(first, second)
    is_cut = least != LEAST_CONTAINED
    mine, theirs = set(first), set(second)
    only_mine, only_theirs = _content(mine - theirs), _content(theirs - mine)
    shared = len(_content(mine & theirs))
    share = shared / max(shared + max(len(only_mine), len(only_theirs)), 1)
    if only_mine and only_theirs:
        least = LEAST_REWORDED
    if shared < least[0] or share < least[1] or _contrast(first, second, only_mine, only_theirs, is_cut):
        return 0.0
    if only_mine and only_theirs and not _may_replace(one, other, only_mine, only_theirs):
        return 0.0
    return share - PENALTY


def _content(folded: AbstractSet[str]) -> list[str]:
    return [word for word in folded if kinds[word] not in (FILLER, NUMBER)]


def _cut_even(first: list[str], second: list[str]) -> tuple[list[str], list[str], tuple[int, float]]:
    """Both without the stump of a cut-off word, and how many and what share of their words they have to share."""
    said = first[-1] == CUT or second[-1] == CUT
    if said:
        first = first[:-1] if first[-1] == CUT else first
        second = second[:-1] if second[-1] == CUT else second
    short, long = (first, second) if len(first) <= len(second) else (second, first)
    last = len(short) - 1
    if short == long[-len(short) :]:
        return first, second, LEAST_CUT
    if not short or short[:last] != long[:last] or not long[last].startswith(short[last]):
        return first, second, LEAST_CONTAINED
    if short[last] != long[last] and kinds[short[last]] != NUMBER:
        short = short[:last]
    return short, long, LEAST_SAID_CUT if said else LEAST_CUT


# --- contrasts -------------------------------------------------------------------------------------------------------


def _contrast(first: list[str], second: list[str], only_mine: list[str], only_theirs: list[str], is_cut: bool) -> bool:
    of_mine, of_theirs = {kinds[word] for word in only_mine}, {kinds[word] for word in only_theirs}
    pure = not (only_mine and only_theirs)
    if (NEGATION in of_mine) != (NEGATION in of_theirs) and not (pure and is_cut):
        return True
    if any(contrast(kind, other) for kind in of_mine if kind >= DAY for other in of_theirs):
        return True
    return _numbers_conflict(first, second, pure)


def _numbers_conflict(first: list[str], second: list[str], pure: bool) -> bool:
    """Whether each has a number that the other has not, or the same numbers count different things.

    `pure` says that one headline has only words more; then a number more is no conflict.
    """
    written = [word for word in first if kinds[word] == NUMBER]
    if len(written) < 2 and written == [word for word in second if kinds[word] == NUMBER]:
        return False
    mine, theirs = numbers(first), numbers(second)
    here, there = Counter(item.value for item in mine), Counter(item.value for item in theirs)
    if here != there:
        return not pure or bool(here - there and there - here)
    if len(here) < 2 or [item.value for item in mine] == [item.value for item in theirs]:
        return False
    return Counter(mine) != Counter(theirs)


def _may_replace(one: str, other: str, only_mine: list[str], only_theirs: list[str]) -> bool:
    """Whether the words in which two headlines differ are forms of one word, or common words on one side at least."""
    rest_mine = [word for word in only_mine if not any(_is_kin(word, other_) for other_ in only_theirs)]
    rest_theirs = [word for word in only_theirs if not any(_is_kin(word, other_) for other_ in only_mine)]
    return not (_may_name(one, rest_mine) and _may_name(other, rest_theirs))


def _may_name(cased: str, rest: list[str]) -> bool:
    """Whether one of the words may be a name: it has a capital, or capitals say nothing there and it is not common."""
    if not rest:
        return False
    spelled = cased.split()
    later = [word for word in spelled[1:] if len(word) > 2 and word[0].isalpha()]
    capitals = sum(word[0].isupper() for word in later)
    if not spelled[0][0].isupper() or capitals >= SHOUTED * len(later):
        return not all(map(is_common, rest))
    if spelled[0].casefold() in rest and not is_common(spelled[0].casefold()):
        return True
    names = {word.casefold() for word in spelled[1:] if word[0].isupper()}
    return not names.isdisjoint(rest)


def _is_kin(word: str, other: str) -> bool:
    """Whether two words are forms of one: plural, possessive, tense, nationality."""
    word, other = word.removesuffix("'s"), other.removesuffix("'s")
    shorter = min(len(word), len(other))
    common = 0
    while common < shorter and word[common] == other[common]:
        common += 1
    return common >= 3 and common >= STEM * shorter and max(len(word), len(other)) - common <= 3
