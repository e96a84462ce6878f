"""Headlines that say nearly the same, found among very many at a cost that follows the new ones.

Every headline has keys, fillers left out: one of all its words in no order, and of each three neighbouring words, where
their code in the middle is not the largest (which holds for one of any two neighbours at least); a short headline has
one of each two words as well. Headlines that share a key are compared word by word (`transforms.alike`). A changed word
spoils three keys at most, a cut those behind it, so that two headlines that say the same share a key nearly always, and
two others hardly ever.

The lake keeps the keys with each headline; a commit asks for those that share a key with its new ones, the newest few
a key, and nothing else is loaded.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import NamedTuple, TypeVar
from zlib import crc32

from transforms.alike import alike
from transforms.rows import Changes, DuplicateRow, HeadlineRow, KnownHeadline, SightingRow
from transforms.wording import FILLER, cased, kinds

R = TypeVar("R", HeadlineRow, SightingRow)

METHOD = "threes-of-words/2"
LEAST_WORDS = 3
"""Shorter headlines are compared by their exact words only."""
SHORT_WORDS = 6
"""Of a headline no longer than this one changed word may spoil every key of three words."""
MOST_UNDER_KEY = 4
"""Under a key that more headlines share, the newest are kept: repeats stand close in time."""
LEAST_OVERLAP = 0.62
"""A candidate shares this much of the longer headline's words, or all of the shorter's but one, that may be cut off."""
MOST_COMPARED = 8
"""Candidates that are compared word by word: those that share the most keys."""
WINDOW = timedelta(days=3)


class Scope(StrEnum):
    """Among whose headlines a repeat is looked for."""

    BLOG = "blog"
    SOURCE = "source"
    ALL = "all"


class Repeat(NamedTuple):
    """The known headline that another one repeats."""

    number: int
    """Its number in the index."""
    score: float


class NearIndex:
    """Headlines by their keys. Memory: about 0.8 kB a headline."""

    def __init__(self) -> None:
        self._cased: list[str] = []
        self._codes: list[tuple[int, ...]] = []
        self._under: dict[int, int | tuple[int, ...]] = {}

    def __len__(self) -> int:
        return len(self._cased)

    def add(self, headline: str) -> int:
        """Keep a `cased` headline; its number, counted from 0."""
        codes = _codes_of(headline.casefold())
        self._meet(codes)
        return self._keep(headline, codes)

    def find(self, headline: str, allowed: Callable[[int], bool] | None = None) -> Repeat | None:
        """Keep a `cased` headline; of those kept before, where they are `allowed`, the one that it repeats: the most
        alike, then the oldest."""
        return self._find(headline, _codes_of(headline.casefold()), allowed)

    def see(self, headline: str) -> Repeat | None:
        """`find` among all; what is the same to the letter as a kept one is not kept again."""
        codes = _codes_of(folded := headline.casefold())
        return self._same(folded, codes) or self._find(headline, codes, None)

    def _same(self, folded: str, codes: tuple[int, ...]) -> Repeat | None:
        there = self._under.get(sum(codes))
        if there is None:
            return None
        numbers = (there,) if isinstance(there, int) else there
        return next((Repeat(number, 1.0) for number in numbers if self._cased[number].casefold() == folded), None)

    def _find(self, headline: str, codes: tuple[int, ...], allowed: Callable[[int], bool] | None) -> Repeat | None:
        best: Repeat | None = None
        for number in self._worth(codes, *self._meet(codes)):
            if allowed is not None and not allowed(number):
                continue
            score = alike(headline, self._cased[number])
            if score > 0 and (best is None or (score, -number) > (best.score, -best.number)):
                best = Repeat(number, score)
        self._keep(headline, codes)
        return best

    def _keep(self, headline: str, codes: tuple[int, ...]) -> int:
        self._cased.append(headline)
        self._codes.append(codes)
        return len(self._cased) - 1

    def _meet(self, codes: tuple[int, ...]) -> tuple[list[int], list[int]]:
        """Stand under one's keys: who stood there before, once for each key shared, and who under crowded ones."""
        number, under = len(self._cased), self._under
        met: list[int] = []
        crowded: list[int] = []
        for key in _keys_of(codes):
            there = under.setdefault(key, number)
            if there is number:
                continue
            if isinstance(there, int):
                met.append(there)
                under[key] = (there, number)
            elif len(there) < MOST_UNDER_KEY and there[-1] is not number:
                met += there
                under[key] = (*there, number)
            elif there[-1] is not number:
                crowded += there
                under[key] = (*there[1:], number)
        return met, crowded

    def _worth(self, codes: tuple[int, ...], met: list[int], crowded: list[int]) -> list[int]:
        """Headlines worth a comparison, those that share the most keys first; crowded keys only where others fail,
        and then only what shares two of them."""
        chosen = self._overlapping(codes, met) if met else []
        if chosen or len(crowded) <= MOST_UNDER_KEY:
            return chosen
        return self._overlapping(codes, list((Counter(crowded) - Counter(set(crowded))).elements()))

    def _overlapping(self, codes: tuple[int, ...], met: list[int]) -> list[int]:
        """Of headlines that share keys, those that share enough words too."""
        common, known, mine = set(codes).intersection, self._codes, len(codes)
        least = min(LEAST_OVERLAP * mine, mine - 1)
        chosen = []
        for number in set(met):
            theirs = known[number]
            shared, size = len(common(theirs)), len(theirs)
            if shared < least and shared + 1 < size:  # as nearly all
                continue
            if shared >= LEAST_OVERLAP * max(mine, size) or shared + 1 >= min(mine, size):
                chosen.append(number)
        if len(chosen) > 1:
            chosen.sort(key=lambda number: (-met.count(number), number))
        return chosen[:MOST_COMPARED]


class _Hashes(dict[str, int]):
    """Folded word -> 32 bits, worked out once a word; 0 for a filler."""

    MOST = 1_000_000

    def __missing__(self, word: str) -> int:
        if len(self) > self.MOST:
            self.clear()
        code = 0 if kinds[word] == FILLER else crc32(word.encode("utf-8", "surrogatepass")) | 1
        return self.setdefault(word, code)


_hashes = _Hashes()


def keys(headline: str) -> tuple[str, ...]:
    """The keys of a headline as the lake keeps them: hexadecimal, that of all its words first."""
    return tuple([f"{key:x}" for key in _keys_of(_codes_of(cased(headline).casefold()))])


def query_keys(changes: Changes) -> frozenset[str]:
    """The keys under which the lake should look for headlines that the new ones may repeat."""
    return frozenset(key for row in _new_headlines(changes) for key in row.keys)


def relate(
    changes: Changes,
    known: Iterable[HeadlineRow | KnownHeadline],
    *,
    scope: Scope = Scope.ALL,
    window: timedelta = WINDOW,
) -> Changes:
    """The changes, with a link from each new headline to the one that it nearly or, in another blog, exactly repeats.

    `known` are headlines that share a key with the new ones; for each key the newest `MOST_UNDER_KEY` seen before the
    new ones are enough. Only what was seen earlier, and within the `window`, is linked to.
    """
    new = _new_headlines(changes)
    before = sorted({row.headline_id: row for row in known}.values(), key=_order)
    rows = [*before, *new]
    index = NearIndex()
    for earlier in before:
        index.add(cased(earlier.headline))
    sightings = {(row.headline_id, row.capture_id): row for row in reversed(_rows(changes, SightingRow))}
    links: list[DuplicateRow] = []
    for row in new:

        def allowed(number: int, row: HeadlineRow = row) -> bool:
            return _may_link(row, rows[number], scope, window)

        repeat = index.find(cased(row.headline), allowed)
        sighting = sightings.get((row.headline_id, row.capture_id))
        if repeat and sighting is not None:
            links.append(_link(sighting, row, rows[repeat.number], repeat.score))
    if not links:
        return changes
    return replace(changes, rows={**changes.rows, "duplicates": (*changes.rows.get("duplicates", ()), *links)})


def _may_link(row: HeadlineRow, other: HeadlineRow | KnownHeadline, scope: Scope, window: timedelta) -> bool:
    if _order(other) >= _order(row) or row.observed_at - other.observed_at > window:
        return False
    if scope == Scope.BLOG:
        return row.blog_id == other.blog_id
    return scope == Scope.ALL or row.source == other.source


def _link(sighting: SightingRow, row: HeadlineRow, other: HeadlineRow | KnownHeadline, score: float) -> DuplicateRow:
    rule = "cross_source" if row.source != other.source else "exact" if score == 1.0 else "near"
    return DuplicateRow(
        sighting_id=sighting.sighting_id,
        headline_id=other.headline_id,
        rule=rule,
        score=round(score, 3),
        method=METHOD,
        blog_id=row.blog_id,
        observed_at=row.observed_at,
        capture_id=row.capture_id,
    )


def _new_headlines(changes: Changes) -> list[HeadlineRow]:
    return sorted(_rows(changes, HeadlineRow), key=_order)


def _rows(changes: Changes, kind: type[R]) -> list[R]:
    return [row for rows in changes.rows.values() for row in rows if isinstance(row, kind)]


def _order(row: HeadlineRow | KnownHeadline) -> tuple[datetime, str, str]:
    return (row.observed_at, row.capture_id, row.headline_id)


def _codes_of(folded: str) -> tuple[int, ...]:
    return tuple(filter(None, map(_hashes.__getitem__, folded.split())))


def _keys_of(codes: tuple[int, ...]) -> list[int]:
    """That of all words first."""
    found = [sum(codes)]
    if len(codes) >= LEAST_WORDS:
        threes = zip(codes, codes[1:], codes[2:], strict=False)
        found += [a * 31 + b * 17 + c for a, b, c in threes if b <= a or b <= c]
        if len(codes) <= SHORT_WORDS:
            found += [a * 31 + b * 17 for a, b in pairwise(codes)]
    return found
