"""Cue words: what live blogs, their furniture and their appeals say, in the languages listed in ``cues.toml``.

Nothing else in this room may hang on the words of a language. Words of all languages are looked for at once, because
pages often declare the wrong one. `Phrases` looks for all of them in one pass (Aho-Corasick), however many there are.
"""

import re
import tomllib
from collections.abc import Iterable
from functools import cache, lru_cache
from importlib.resources import files
from typing import NamedTuple

from ahocorasick_rs import BytesAhoCorasick, Implementation

WILDCARD = r"[^.!?。！？\n]{0,80}?"
"""A lone ``*`` in a phrase: up to a few words, never past the end of the sentence."""
LONG = 100_000
"""Characters of one text that are looked at: a cue further in says nothing about the text."""
REMEMBERED = 4096
"""Texts kept folded: the same one is looked through for several kinds of phrase, on page after page of an outlet …"""
PUNCTUATION = 40
"""Blanks and punctuation that may stand in and around a line that is a phrase: a longer line need not be folded."""
SHORT = 160
"""… where they have no more characters than this: labels and titles come again, paragraphs do not."""
TAIL_WORDS = 2
LONGEST_TITLE = 400
"""Characters of a title in which labels are looked for."""

_WORD = re.compile(r"\w+")
_QUOTES = (("’", "'"), ("‘", "'"), ("ʼ", "'"), ("“", '"'), ("”", '"'), ("„", '"'), ("‟", '"'))
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_EDGE = " \t-–—|:·•.,!¡>»«*+()[]\u200b\u200e\u200f"


class Found(NamedTuple):
    """A phrase found in a text that `fold` made; ``start`` and ``end`` count in the folded text."""

    phrase: str
    start: int
    end: int


class Phrases:
    """A set of phrases, found in folded text. Immutable after construction."""

    def __init__(self, phrases: Iterable[str]) -> None:
        self._phrases = sorted({fold(phrase) for phrase in phrases}, key=lambda phrase: (-len(phrase), phrase))
        self._lines = frozenset(map(bare, self._phrases))
        self._longest_line = max(map(len, self._lines), default=0) + PUNCTUATION
        longest = [max(_literals(phrase), key=len).encode() for phrase in self._phrases]
        self._longest_literals = BytesAhoCorasick(longest, implementation=Implementation.DFA)

    def _likely(self, folded: str) -> list[str]:
        """The phrases whose words stand in the text, the longest first: only their patterns need to be tried."""
        found = self._longest_literals.find_matches_as_indexes(folded.encode("utf-8", "replace"), overlapping=True)
        if not found:
            return []
        phrases = (self._phrases[number] for number in sorted({number for number, _, _ in found}))
        return [phrase for phrase in phrases if all(part in folded for part in _literals(phrase))]

    def all_in(self, text: str) -> tuple[Found, ...]:
        """Every phrase that stands in the text (folded here), by place."""
        folded = fold(text)
        found = ((phrase, match) for phrase in self._likely(folded) for match in _pattern(phrase).finditer(folded))
        places = [Found(phrase, *match.span()) for phrase, match in found]
        return tuple(sorted(places, key=lambda found: (found.start, -found.end)))

    def find(self, text: str) -> str | None:
        """The longest phrase that stands anywhere in the text, or None."""
        folded = fold(text)
        return next((phrase for phrase in self._likely(folded) if _pattern(phrase).search(folded)), None)

    def opens(self, text: str) -> str | None:
        """The longest phrase with which the text opens, or None."""
        folded = fold(text)
        return next((phrase for phrase in self._likely(folded) if _pattern(phrase).match(folded)), None)

    def is_line(self, text: str) -> bool:
        """Whether the text is one of the phrases and nothing else, punctuation aside."""
        return len(text) <= self._longest_line and bare(text) in self._lines

    def __contains__(self, word: str) -> bool:
        return bare(word) in self._lines


@cache
def cues(*kinds: str) -> Phrases:
    """The phrases of some kinds, of all languages; ``cues.toml`` lists the kinds. Raises KeyError for another name."""
    table = _table()
    for kind in kinds:
        if kind not in table["en"]:
            raise KeyError(f"cues.toml has no kind {kind!r}; it has {', '.join(sorted(table['en']))}")
    return Phrases(phrase for language in table.values() for kind in kinds for phrase in language.get(kind, ()))


def languages() -> tuple[str, ...]:
    """The languages that ``cues.toml`` knows, as BCP 47 tags."""
    return tuple(_table())


def fold(text: str) -> str:
    """Text as phrases are compared: casefolded, straight quotes, single spaces, at most `LONG` characters."""
    return _folded_short(text) if len(text) <= SHORT else _folded(text[:LONG])


def _folded(plain: str) -> str:
    if not plain.isascii():
        for typographic, straight in _QUOTES:  # faster than str.translate, since most texts hold few of them
            plain = plain.replace(typographic, straight)
    folded = plain.casefold().replace("\n\n", " ")
    return folded.strip() if folded.isprintable() and "  " not in folded else " ".join(folded.split())


_folded_short = lru_cache(maxsize=REMEMBERED)(_folded)


def bare(text: str) -> str:
    """Folded text without the punctuation around it."""
    return fold(text).strip(_EDGE)


def closing_mark(text: str) -> str | None:
    """The phrase by which a blog says that it has ended, or None."""
    return cues("closing").find(text)


def live_mark(title: str) -> str | None:
    """The words of a title that promise live coverage, or None: ``live updates`` anywhere, ``LIVE:`` set apart."""
    anywhere = cues("live").find(title)
    if anywhere:
        return anywhere
    labels = cues("live_label")
    label = next((bare(part) for part in _set_apart(title) if part in labels), None)
    return label or _before_colon(title)


def _before_colon(title: str) -> str | None:
    """A word such as "live" at the end of what a colon or a dash closes ("Storm live: …"), unless it is a verb there.

    What a dash closes at the title's end is short: "… – business live".
    """
    closed = _COLON.split(title[:LONGEST_TITLE])
    closed = closed if len(closed) > 1 and len(closed[-1].split()) <= TAIL_WORDS else closed[:-1]
    words = [part.split() for part in closed if not cues("live_verb").find(part)]
    return next((bare(part[-1]) for part in words if len(part) > 1 and part[-1] in cues("live_tail")), None)


_COLON = re.compile(r":\s|\s[–—-]\s")
_APART = re.compile(r"[:|–—()\[\]【】（）：·•+.!]|\s-\s")


def _set_apart(title: str) -> tuple[str, ...]:
    """The pieces of a title that punctuation sets apart, and words in capitals at a piece's beginning or end."""
    pieces = _APART.split(title[:LONGEST_TITLE])
    shouting = title[:LONGEST_TITLE].isupper()
    edges = [word for piece in pieces for word in _edges(piece) if not shouting or len(piece.split()) == 1]
    return (*pieces, *(word for word in edges if word.isupper() and len(word) > 1))


def _edges(piece: str) -> tuple[str, ...]:
    words = piece.split()
    return (words[0], words[-1]) if words else ()


@cache
def _literals(phrase: str) -> tuple[str, ...]:
    """The parts of a phrase between its stars."""
    return tuple(part.strip() for part in phrase.split("*"))


@cache
def _pattern(phrase: str) -> re.Pattern[str]:
    return re.compile(_regex(phrase))


def _regex(phrase: str) -> str:
    body = r"\s".join(_part(part) for part in phrase.split()).replace(rf"\s{WILDCARD}\s", rf"\s{WILDCARD}")
    if _UNSPACED.search(phrase):
        return body
    before = r"(?<!\w)" if _WORD.match(phrase) else ""
    after = r"(?!\w)" if _WORD.match(phrase[-1]) else ""
    return before + body + after


def _part(part: str) -> str:
    return WILDCARD if part == "*" else r"\w*".join(re.escape(piece) for piece in part.split("*"))


@cache
def _table() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads(files("transforms").joinpath("cues.toml").read_text("utf-8"))
