"""A readable word diff of two texts, for people: on a terminal, in HTML, and as data.

Words are compared, not characters: a changed word is shown whole, blanks around it follow. Runs of changes that are
parted by no more than a blank or a comma are joined, so that a rewritten sentence reads as one sentence, twice.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from html import escape
from itertools import groupby

from rapidfuzz.distance import Indel

_TOKEN = re.compile(r"\w+(?:['’-]\w+)*|\s+|[^\w\s]")
SHORT_BRIDGE = 2
"""So many unchanged words between two changes are shown as changed too, if they are shorter than the changes."""
MOST_TOKENS = 20_000
"""Longer texts are compared paragraph by paragraph."""
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""Characters that would steer a terminal or turn the text round; a page may hold them."""


class Op(StrEnum):
    """What became of a piece of text."""

    KEPT = "kept"
    DELETED = "deleted"
    INSERTED = "inserted"


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text with one fate."""

    op: Op
    text: str


def word_diff(before: str, after: str) -> tuple[Piece, ...]:
    """Pieces that, inserted ones left out, spell `before`, and, deleted ones left out, spell `after`."""
    old, new = _tokens(before), _tokens(after)
    pieces = (Piece(op, text) for op, text in _bridged(list(_steps(old, new))))
    return tuple(piece for piece in pieces if piece.text)


def as_terminal(pieces: Iterable[Piece], colour: bool = True) -> str:
    """For a terminal: deleted in red, inserted in green; without colour ``[-deleted-]`` and ``{+inserted+}``."""
    marks = {Op.KEPT: ("", ""), Op.DELETED: ("[-", "-]"), Op.INSERTED: ("{+", "+}")}
    if colour:
        marks |= {Op.DELETED: ("\x1b[9;31m", "\x1b[0m"), Op.INSERTED: ("\x1b[32m", "\x1b[0m")}
    return "".join(marks[piece.op][0] + harmless(piece.text) + marks[piece.op][1] for piece in pieces)


def as_html(pieces: Iterable[Piece]) -> str:
    """For a page: ``<del>`` and ``<ins>``, everything escaped, line breaks as ``<br>``."""
    tags = {Op.KEPT: ("", ""), Op.DELETED: ("<del>", "</del>"), Op.INSERTED: ("<ins>", "</ins>")}
    return "".join(
        tags[piece.op][0] + escape(harmless(piece.text)).replace("\n", "<br>\n") + tags[piece.op][1] for piece in pieces
    )


def harmless(text: str) -> str:
    """Text without characters that steer a terminal or the direction of writing; each becomes U+FFFD."""
    return _CONTROL.sub("\ufffd", text)


def _tokens(text: str) -> list[str]:
    tokens = _TOKEN.findall(text)
    return tokens if len(tokens) <= MOST_TOKENS else text.splitlines(keepends=True)


def _steps(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[Op, list[str]]]:
    """Runs of tokens with one fate; between two runs that are kept, what was deleted comes before what was inserted."""
    for step in Indel.opcodes(old, new):
        if step.tag == "equal":
            yield Op.KEPT, list(old[step.src_start : step.src_end])
        elif step.tag == "delete":
            yield Op.DELETED, list(old[step.src_start : step.src_end])
        else:
            yield Op.INSERTED, list(new[step.dest_start : step.dest_end])


def _bridged(steps: Sequence[tuple[Op, list[str]]]) -> Iterator[tuple[Op, str]]:
    """Changes joined across short kept runs, deletions before insertions."""
    deleted: list[str] = []
    inserted: list[str] = []
    for place, (op, tokens) in enumerate(steps):
        if op == Op.KEPT and not (deleted or inserted):
            yield op, "".join(tokens)
        elif op == Op.KEPT and not _is_bridge(tokens, steps, place):
            yield Op.DELETED, "".join(deleted)
            yield Op.INSERTED, "".join(inserted)
            yield op, "".join(tokens)
            deleted, inserted = [], []
        else:
            deleted += tokens if op != Op.INSERTED else []
            inserted += tokens if op != Op.DELETED else []
    yield Op.DELETED, "".join(deleted)
    yield Op.INSERTED, "".join(inserted)


def _is_bridge(tokens: Sequence[str], steps: Sequence[tuple[Op, list[str]]], place: int) -> bool:
    """Whether a kept run between two changes is too short to be read by itself."""
    if place + 1 == len(steps) or any("\n" in token for token in tokens):
        return False
    words = sum(token[0].isalnum() for token in tokens)
    before = _words_changed(reversed(steps[:place]))
    after = _words_changed(steps[place + 1 :])
    return words == 0 or (words <= SHORT_BRIDGE and words < min(before, after))


def _words_changed(steps: Iterable[tuple[Op, list[str]]]) -> int:
    """Words in the changes that follow one another at the beginning."""
    kept, run = next(groupby(steps, key=lambda step: step[0] == Op.KEPT), (True, iter(())))
    return 0 if kept else max(sum(token[0].isalnum() for token in tokens) for _, tokens in run)
