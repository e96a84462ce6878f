"""Runs of words, known by digests alone, found and taken out of plain text and of pages.

A takedown must not keep the words that it takes down, so what is looked for is a salted digest of each run of words.
Words are compared without case, typography, soft hyphens and what stands between them. A page may hold the same words
as text between tags, in attributes, as JSON in a script, or in the address of a share button: so it is looked at in
several projections, each of which remembers where its characters came from.
"""

import hashlib
import html
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from urllib.parse import unquote

WORD = re.compile(r"(?:[^\W_]|[\u0300-\u036f\u00ad\u200b-\u200d\u2060])+")
INVISIBLE = re.compile(r"[\u00ad\u200b-\u200d\u2060]")
BETWEEN = re.compile(r"[\s\u00a0.,;:!?'\"‘’“”()\u2010-\u2015-]*")
"""What may stand between two words of a run and goes with them; markup stays."""
DIGEST_HEX = 32
FIRST_HEX = 4
"""Of the digest of a run's first word: enough to pass over nearly all places, too little to tell the word."""

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Run:
    """Some words in a row."""

    words: int
    first: str
    """The beginning of a salted digest of the first word."""
    digest: str
    """Salted digest of all of them, case folded and joined by blanks."""


def run_of(text: str, salt: str) -> Run | None:
    """The words of a text as one run; None where it holds none."""
    words = [_folded(match.group()) for match in WORD.finditer(text)]
    words = [word for word in words if word]
    if not words:
        return None
    return Run(len(words), _digest(salt, words[:1])[:FIRST_HEX], _digest(salt, words)[:DIGEST_HEX])


def found(text: str, runs: Iterable[Run], salt: str) -> list[list[Span]]:
    """Where the runs stand in a text: the places of the words of each, those that overlap taken together."""
    tokens = [(match.span(), word) for match in WORD.finditer(text) if (word := _folded(match.group()))]
    by_first: dict[str, dict[int, set[str]]] = {}
    for run in runs:
        by_first.setdefault(run.first, {}).setdefault(run.words, set()).add(run.digest)
    firsts = {word: _digest(salt, [word])[:FIRST_HEX] for word in {word for _, word in tokens}}
    hits: list[Span] = []
    for place, (_, word) in enumerate(tokens):
        for length, digests in by_first.get(firsts[word], {}).items():
            words = [other for _, other in tokens[place : place + length]]
            if len(words) == length and _digest(salt, words)[:DIGEST_HEX] in digests:
                hits.append((place, place + length))
    return [[span for span, _ in tokens[start:end]] for start, end in _united(hits)]


def without(text: str, runs: Iterable[Run], salt: str, mark: str) -> str:
    """A plain text with each run replaced by a mark."""
    for spans in reversed(found(text, runs, salt)):
        text = f"{text[: spans[0][0]]}{mark}{text[spans[-1][1] :]}"
    return text


def page_without(page: str, runs: Sequence[Run], salt: str, mark: str) -> str:
    """A page, or JSON, with each run replaced by a mark wherever it can be read; its markup stays."""
    for layers in PROJECTIONS:
        page = _blanked(page, _projected_words(page, layers, runs, salt), mark)
    return page


def _projected_words(page: str, layers: Sequence["Layer"], runs: Iterable[Run], salt: str) -> Iterator[list[Span]]:
    """The places, in the page itself, of words that are found in one projection of it."""
    projections: list[Projection] = []
    text = page
    for layer in layers:
        projections.append(layer(text))
        text = projections[-1].text
    for spans in found(text, runs, salt):
        for projection in reversed(projections):
            spans = [projection.origin(span) for span in spans]
        yield spans


def _blanked(page: str, hits: Iterable[list[Span]], mark: str) -> str:
    """Each run's first stretch of words gives way to the mark, the others to nothing."""
    cuts = [(span, mark if number == 0 else "") for spans in hits for number, span in enumerate(_joined(page, spans))]
    for (start, end), instead in sorted(cuts, reverse=True):
        page = page[:start] + instead + page[end:]
    return page


def _joined(page: str, spans: Sequence[Span]) -> list[Span]:
    """Words with nothing but blanks and punctuation between them as one stretch; stretches go with the blanks between
    them and the markup that parts them, as they would in plain text."""
    joined = [spans[0]]
    for start, end in spans[1:]:
        first, last = joined[-1]
        gap = page[last:start]
        if BETWEEN.fullmatch(gap):
            joined[-1] = first, end
        else:
            joined[-1] = first, last + len(gap) - len(gap.lstrip())
            joined.append((last + len(gap.rstrip()), end))
    return joined


@dataclass(frozen=True, slots=True)
class Projection:
    """A text made of another, and where each piece of it came from."""

    text: str
    starts: Sequence[int]
    """Where its pieces begin, in it …"""
    origins: Sequence[int]
    """… and in the other text; one more, for the end."""
    literal: Sequence[bool]
    """Whether a piece was taken over as it is."""

    def origin(self, span: Span) -> Span:
        """The place in the other text that a place in this one came from."""
        first, last = bisect_right(self.starts, span[0]) - 1, bisect_right(self.starts, span[1] - 1) - 1
        start, end = self.origins[first], self.origins[last + 1]
        if self.literal[first]:
            start += span[0] - self.starts[first]
        if self.literal[last]:
            end = self.origins[last] + span[1] - self.starts[last]
        return start, end


Layer = Callable[[str], Projection]


def _layer(pattern: re.Pattern[str], instead: Callable[[str], str], text: str) -> Projection:
    pieces: list[str] = []
    starts, origins, literal, length, at = list[int](), list[int](), list[bool](), 0, 0

    def add(piece: str, origin: int, as_it_is: bool) -> None:
        nonlocal length
        if piece:
            pieces.append(piece)
            starts.append(length)
            origins.append(origin)
            literal.append(as_it_is)
            length += len(piece)

    for match in pattern.finditer(text):
        add(text[at : match.start()], at, True)
        add(instead(match.group()), match.start(), False)
        at = match.end()
    add(text[at:], at, True)
    return Projection("".join(pieces), starts, [*origins, len(text)], literal)


def _unescaped(escape: str) -> str:
    """A JSON escape as its character."""
    if escape[1] != "u":
        return {"n": " ", "r": " ", "t": " ", "b": " ", "f": " "}.get(escape[1], escape[1])
    units = b"".join(int(code, 16).to_bytes(2, "big") for code in escape.split("\\u")[1:])
    return units.decode("utf-16-be", "replace")


_TAG = re.compile(r"<!--.{0,20000}?-->|<[a-zA-Z/!?][^<>]{0,20000}>", re.DOTALL)
_INLINE = re.compile(r"</?(?:b|i|u|s|em|strong|span|mark|wbr|sup|sub|small|font|abbr)\b[^<>]{0,2000}>", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});?")
_ESCAPE = re.compile(r"(?:\\u[0-9a-fA-F]{4})+|\\[\"\\/bfnrt]")
_PERCENT = re.compile(r"(?:%[0-9a-fA-F]{2})+")

tags: Layer = partial(_layer, _TAG, lambda _: " ")
inline: Layer = partial(_layer, _INLINE, lambda _: "")
entities: Layer = partial(_layer, _ENTITY, html.unescape)
escapes: Layer = partial(_layer, _ESCAPE, _unescaped)
percents: Layer = partial(_layer, _PERCENT, partial(unquote, errors="replace"))

PROJECTIONS: Sequence[Sequence[Layer]] = (
    (),
    (entities,),
    (tags, entities),
    (inline, tags, entities),
    (escapes, tags, entities),
    (escapes, escapes, inline, tags, entities),
    (entities, escapes),
    (entities, escapes, inline, tags, entities),
    (entities, percents),
)
"""Text as it is, in attributes, between tags; the same within JSON, JSON within JSON, JSON within an attribute; and in
addresses."""


def _folded(word: str) -> str:
    word = INVISIBLE.sub("", word)
    return word.casefold() if word.isascii() else unicodedata.normalize("NFKC", word).casefold()


def _digest(salt: str, words: Iterable[str]) -> str:
    return hashlib.sha256(f"{salt}\n{' '.join(words)}".encode("utf-8", "surrogatepass")).hexdigest()


def _united(spans: Iterable[Span]) -> list[Span]:
    united: list[Span] = []
    for start, end in sorted(spans):
        if united and start < united[-1][1]:
            united[-1] = united[-1][0], max(end, united[-1][1])
        else:
            united.append((start, end))
    return united
