"""A source's own regular expressions, bounded in time: some patterns take years on a text that nearly fits.

Python's own `re` cannot be told to stop; `regex` can, and counts processor time. A pattern may take `BUDGET_S` for all
that it is held against in one search; spent, it counts as one that does not fit: candidates only come in another order.
"""

from collections.abc import Iterable
from time import process_time

import regex

BUDGET_S = 1.0
"""A sitemap of 5,000 entries takes a hundredth of it."""
MOST_CHARACTERS = 4096
"""Of an address and a title."""
PROBES = (
    "https://www.example.com/news/live/2026/nov/22/" + "storm-" * 10 + "!",
    "a" * 60 + "!",
    "a " * 30 + "!",
    "/" * 60 + "!",
    "1" * 60 + "!",
)
"""Texts on which a careless pattern shows itself when it is loaded."""
PROBE_S = 0.25


class Hints:
    """The patterns of one source, for one search."""

    def __init__(self, patterns: Iterable[str]) -> None:
        self._left_s = {compiled(pattern): BUDGET_S for pattern in patterns}

    def fit(self, text: str) -> bool:
        """Whether an address or a title looks like a live blog."""
        return any(self._fits(pattern, text[:MOST_CHARACTERS]) for pattern in self._left_s)

    def _fits(self, pattern: "regex.Pattern[str]", text: str) -> bool:
        left_s = self._left_s[pattern]
        if left_s <= 0:
            return False
        began = process_time()
        try:
            return pattern.search(text, timeout=left_s) is not None
        except TimeoutError:
            return False
        finally:
            self._left_s[pattern] = left_s - (process_time() - began)


def compiled(pattern: str) -> "regex.Pattern[str]":
    """A pattern, ready for use. Raises ValueError where it is none."""
    try:
        return regex.compile(pattern, regex.IGNORECASE | regex.MULTILINE)
    except regex.error as error:
        raise ValueError(f"{pattern!r} is no regular expression: {error}") from error


def checked(pattern: str) -> str:
    """A pattern that can be used. Raises ValueError for one that is none, or takes for ever on an everyday text."""
    ready = compiled(pattern)
    for probe in PROBES:
        try:
            ready.search(probe, timeout=PROBE_S)
        except TimeoutError as error:
            raise ValueError(f"{pattern!r} takes too long: do not repeat what repeats, as in (a+)+") from error
    return pattern
