"""A headline as it is compared: its words, without outlet, live prefix, typography and punctuation.

    LIVE: ‘Twelve dead’ after ferry fire off Kos – The Guardian
          Twelve dead  after ferry fire off Kos                   cased: words in their case, one blank between
          twelve dead  after ferry fire off kos                   folded: what is equal for two exact repeats

What two headlines that share most words may still contrast in stands in ``wording.toml``.
"""

import re
import tomllib
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, NamedTuple

from transforms.cues import cues

_NUMERAL = r"[£$€¥]?\d(?:[\d.,:/–-]*\d)?(?:%|(?:st|nd|rd|th|bn|m|k)\b)?"
_WORD = re.compile(rf"[^\W\d_]\w*+(?:['-]++\w++)*+|{_NUMERAL}|\w")
_ASCII_WORD = re.compile(rf"[A-Za-z]\w*+(?:['-]++\w++)*+|{_NUMERAL}|\w", re.ASCII)
"""The same in two thirds of the time."""
_QUOTES = str.maketrans(
    {"‘": "'", "’": "'", "ʼ": "'", "`": "'", "´": "'", "‐": "-", "‑": "-", "\u00ad": None, "\u200b": None}
)
_OPENING = re.compile(r"[\s\[(+•*]*([^\s:|–—\])][^:|–—\])]{0,24}?)\s*(?:[:|–—\])]|\s-\s)\s*(?=\S)")
_CLOSING = re.compile(r"(?:\s*([|·])\s*|\s*[–—:]\s*|\s+-\s+|\s*[(\[])([^|·–—:()\[\]]{1,40}?)[\s)\]]*$")
_SET_APART = re.compile(r"[-:|–—(\[·]")
_CUT_NUMBER = re.compile(r"\s\S*\d[\d.,]*(?:…|\.\.\.)$")
"""A number right before the cut may have lost figures: "8…" may have been 84."""
_LABELS = ("live", "live_label", "latest", "updated")
MOST_SIGNATURE_WORDS = 5
"""A longer piece after a bar is part of the headline."""
_ENDINGS = ("s", "es", "d", "ed", "ing", "'s")
_NUMBER = re.compile(r"\d")
_SEPARATED = re.compile(r"(?<=\d)[.,](?=\d{3}(?:\D|$))")
_SCALES = {"k": 1e3, "m": 1e6, "bn": 1e9}


def cased(headline: str) -> str:
    """The words of a headline in their case, one blank between, without what stands around them.

    One that ends in an ellipsis ends in the word `CUT`.
    """
    is_ascii = headline.isascii()
    if is_ascii and headline.replace(" ", "").isalpha():  # nothing but words, as every other headline
        return " ".join(headline.split())
    headline = headline.rstrip()
    is_cut = headline.endswith(("…", "..."))
    if is_cut:
        headline = _CUT_NUMBER.sub("", headline)
    if not is_ascii:
        headline = unicodedata.normalize("NFC", headline).translate(_QUOTES)
    bare = _inner(headline) if _SET_APART.search(headline) else headline
    found = (_ASCII_WORD if is_ascii else _WORD).findall(bare)
    if is_cut and found:
        found.append(CUT)
    return " ".join(found)


def normalise(headline: str) -> str:
    """What is equal for two headlines that say exactly the same: `cased`, casefolded."""
    return cased(headline).casefold().removesuffix(f" {CUT}")


def _inner(headline: str) -> str:
    """The headline without a live prefix and a closing label or signature."""
    opening = _OPENING.match(headline)
    if opening and _is_label(opening[1]):
        headline = headline[opening.end() :]
    closing = _CLOSING.search(headline)
    if closing and closing.start() and (_is_label(closing[2]) or _is_signature(closing[1], closing[2])):
        headline = headline[: closing.start()]
    return headline


@lru_cache(maxsize=4096)
def _is_label(text: str) -> bool:
    return any(text in cues(kind) for kind in _LABELS)


def _is_signature(bar: str | None, text: str) -> bool:
    if text.strip().casefold() in words("outlet"):
        return True
    return bool(bar) and len(text.split()) <= MOST_SIGNATURE_WORDS


# --- contrasts -------------------------------------------------------------------------------------------------------


PLAIN, FILLER, NUMBER, NEGATION, DAY, OPPOSITE = range(6)
"""Kinds of words; from `OPPOSITE` on, `SIDES` kinds for each group of opposites."""
SIDES = 8
CUT = "…"
"""Last word of a headline that says itself that it is cut off."""


class _Kinds(dict[str, int]):
    """Folded word -> its kind, worked out once a word."""

    MOST = 1_000_000

    def __missing__(self, word: str) -> int:
        if not self or len(self) > self.MOST:
            self.clear()
            self.update(_known_kinds())
            return self[word]
        is_number = _NUMBER.search(word) or word.partition("-")[0] in _numbers()
        return self.setdefault(word, NUMBER if is_number else PLAIN)


def _known_kinds() -> dict[str, int]:
    known = dict.fromkeys((*words("filler"), CUT), FILLER)
    known |= dict.fromkeys(_numbers(), NUMBER) | dict.fromkeys(words("negation"), NEGATION)
    known |= dict.fromkeys(words("day"), DAY)
    for number, group in enumerate(_table()["opposite"]["groups"]):
        for side, opposites in enumerate(group):
            known |= dict.fromkeys(map(str.casefold, opposites), OPPOSITE + SIDES * number + side)
    return known


def contrast(kind: int, other: int) -> bool:
    """Whether words of these two kinds, one in each of two headlines, contrast."""
    if kind == DAY:
        return other == DAY
    return kind != other and min(kind, other) >= OPPOSITE and (kind - OPPOSITE) // SIDES == (other - OPPOSITE) // SIDES


kinds = _Kinds()


@cache
def words(kind: str) -> frozenset[str]:
    """The words of one kind, in all languages. Raises KeyError for a kind that ``wording.toml`` does not have."""
    return frozenset(word.casefold() for language in _table()[kind].values() for word in language)


@lru_cache(maxsize=65536)
def is_common(word: str) -> bool:
    """Whether a folded word is a form of an everyday word of headlines, and so no name."""
    common = words("common")
    bases = (word, *(word.removesuffix(ending) for ending in _ENDINGS), word.removesuffix("ing") + "e")
    return kinds[word] != PLAIN or any(
        base in common or (base[:-1] in common and base[-1:] == base[-2:-1]) for base in bases
    )


@cache
def _numbers() -> dict[str, float]:
    table = _table()["number"].values()
    return {word.casefold(): float(value) for language in table for word, value in language.items()}


class Number(NamedTuple):
    """A number in a headline: its value, and the word that follows."""

    value: str
    of: str


def numbers(folded: list[str]) -> list[Number]:
    """The numbers of a headline in order: ``1,000``, ``twelve``, ``twenty one``, ``3bn``, ``2-1``, ``5th``."""
    found: list[Number] = []
    index = 0
    while index < len(folded):
        if kinds[folded[index]] != NUMBER:
            index += 1
            continue
        value, used = _number_at(folded, index)
        index += used
        found.append(Number(value, folded[index] if index < len(folded) else ""))
    return found


def _number_at(folded: list[str], index: int) -> tuple[str, int]:
    """The number that begins at a word, and how many words it takes, one at least."""
    word = folded[index]
    if not _NUMBER.search(word):
        return _written(tuple(_numerals(folded, index)))
    value = _figure(word)
    scale = _numbers().get(folded[index + 1], 0.0) if index + 1 < len(folded) else 0.0
    if value is not None and scale >= 1000:
        return f"{value * scale:.12g}", 2
    return (word if value is None else f"{value:.12g}"), 1


def _numerals(folded: list[str], index: int) -> Iterator[str]:
    """The written numbers that stand in a row from a word on: "two", "hundred"."""
    for word in folded[index:]:
        if kinds[word] != NUMBER or _NUMBER.search(word):
            return
        yield word


@lru_cache(maxsize=4096)
def _figure(word: str) -> float | None:
    """The value of a number in figures; None for what is not one number (a score, a date, a time)."""
    plain = _SEPARATED.sub("", word).lstrip("£$€¥").rstrip("%").replace(",", ".")
    scale = next((name for name in ("bn", "m", "k") if plain.endswith(name)), "")
    try:
        return float(plain.removesuffix(scale)) * _SCALES.get(scale, 1.0)
    except ValueError:
        return None


@lru_cache(maxsize=4096)
def _written(row: tuple[str, ...]) -> tuple[str, int]:
    """The value of a number in words, compounds added up and multiplied, and how many words it takes."""
    total = part = 0.0
    for word in row:
        for piece in word.split("-"):
            value = _numbers().get(piece)
            if value is None:  # "three-year", "two-thirds"
                continue
            if value >= 1000:
                total, part = total + max(part, 1.0) * value, 0.0
            else:
                part = max(part, 1.0) * value if value == 100 else part + value
    return f"{total + part:.12g}", len(row)


@cache
def _table() -> dict[str, dict[str, Any]]:
    return tomllib.loads(files("transforms").joinpath("wording.toml").read_text("utf-8"))
