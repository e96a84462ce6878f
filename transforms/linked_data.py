"""The JSON-LD of a page: found, mended where it is slightly broken, and flattened to its objects.

Mended: comment and CDATA wrappers, raw line breaks inside strings, trailing commas, a trailing semicolon, JSON that was
escaped as HTML, several objects in a row, an unfinished end.
"""

import html
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from transforms.outline import Outline

MAX_DEPTH = 12
"""Levels at which an object is looked for: a LiveBlogPosting nested deeper was never seen."""
MAX_OBJECTS = 20_000
MAX_ENDS = 50
"""Places before the end of broken JSON at which closing it is tried."""
MAX_REPAIRED_CHARS = 5_000_000
_WRAPPER = re.compile(
    r"^\s*(?:<!--|//\s*<!\[CDATA\[|/\*\s*<!\[CDATA\[\s*\*/|<!\[CDATA\[)|(?:-->|//\s*\]\]>|/\*\s*\]\]>\s*\*/|\]\]>)?\s*;?\s*$"
)
_TRAILING_COMMA = re.compile(r",(\s*[}\]])")
_BAD_ESCAPE = re.compile(r'\\(?!["\\/bfnrtu])')

Thing = Mapping[str, Any]


def linked_data(outline: Outline) -> tuple[Thing, ...]:
    """Every JSON-LD object of the page that has a type, outer ones first; updates inside a blog stay inside it."""
    return tuple(thing for value in _values(outline) for thing in things(value))


def things(value: object) -> Iterator[Thing]:
    """Typed objects within a JSON value, in document order, nested ones included."""
    pending: list[tuple[object, int]] = [(value, 0)]
    seen = 0
    while pending and seen < MAX_OBJECTS:
        item, depth = pending.pop()
        seen += 1
        if depth > MAX_DEPTH:
            continue
        if isinstance(item, list):
            pending.extend((part, depth + 1) for part in reversed(item))
        elif isinstance(item, dict):
            if types_of(item):
                yield item
            inner = [part for key, part in item.items() if key != "liveBlogUpdate" and isinstance(part, dict | list)]
            pending.extend((part, depth + 1) for part in reversed(inner))


def types_of(thing: Thing) -> tuple[str, ...]:
    """Names of an object's types, without the vocabulary's address."""
    value = thing.get("@type")
    names = value if isinstance(value, list) else [value]
    return tuple(name.rpartition("/")[2].rpartition(":")[2] for name in names if isinstance(name, str))


def loads(text: str) -> object | None:
    """A JSON value from text that should be JSON; None where it cannot be mended."""
    try:
        value: object = orjson.loads(text)
    except orjson.JSONDecodeError:
        return _mended(text)
    return value


def _values(outline: Outline) -> Iterator[object]:
    for node in outline.parser.css('script[type*="ld+json" i]'):
        text = node.text(deep=True)
        if text and not text.isspace():
            value = loads(text)
            if value is not None:
                yield value


def _mended(text: str) -> object | None:
    if len(text) > MAX_REPAIRED_CHARS:
        return None
    text = _WRAPPER.sub("", text.encode("utf-8", "replace").decode())
    for repair in (_as_is, html.unescape, _without_trailing_commas, _with_escapes_doubled):
        text = repair(text)
        value = _lenient(text)
        if value is not None:
            return value
    return _unfinished(text)


def _as_is(text: str) -> str:
    return text


def _without_trailing_commas(text: str) -> str:
    return _TRAILING_COMMA.sub(r"\1", text)


def _with_escapes_doubled(text: str) -> str:
    return _BAD_ESCAPE.sub(r"\\\\", text)


def _lenient(text: str) -> object | None:
    """One value, or a list of those that follow one another; control characters in strings are let pass."""
    decoder = json.JSONDecoder(strict=False)
    values: list[object] = []
    at = _skip(text, 0)
    while at < len(text):
        try:
            value, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            return None
        values.append(value)
        at = _skip(text, at)
    return values[0] if len(values) == 1 else values or None


def _skip(text: str, at: int) -> int:
    while at < len(text) and (text[at].isspace() or text[at] in ",;"):
        at += 1
    return at


def _unfinished(text: str) -> object | None:
    """A value cut off in the middle: closed at its end, else after the last object that is whole."""
    ends = [match.end() for match in re.finditer(r"\}", text)][-MAX_ENDS:]
    for end in (len(text), *reversed(ends)):
        closed = text[:end] + _closing(text[:end])
        value = _lenient(_without_trailing_commas(closed))
        if value is not None:
            return value
    return None


def _closing(text: str) -> str:
    """The brackets that are still open at the end of a JSON text."""
    stack: list[str] = []
    in_string = escaped = False
    for char in text:
        if in_string:
            in_string = escaped or char != '"'
            escaped = char == "\\" and not escaped
        elif char == '"':
            in_string = True
        elif char in "{[":
            stack.append("}" if char == "{" else "]")
        elif char in "}]" and stack:
            stack.pop()
    return "".join(reversed(stack))
