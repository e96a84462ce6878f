"""The structural reader for JSON: finds the list of posts in a payload that it has never seen.

A list of objects is a feed where most of them hold a time and prose of their own, whatever the keys are called; keys
are told by what the words in their names mean to programmers everywhere (``published_at``, ``bodyHtml``).
"""

import re
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from transforms.fragment import plain_text, read_fragment
from transforms.outline import word_count
from transforms.readers.payload_paging import payload_paging
from transforms.reading import Evidence, Parsed, Reading
from transforms.records import Kind, Section, TimeSource
from transforms.times import TimeContext, TimeRead, read_machine, trusted

MIN_POSTS = 2
MIN_SHARE = 0.8
"""Share of a list's objects that must hold what makes a post."""
MIN_WORDS = 5
"""Words of the posts' texts, on the mean: a list of titles is a menu."""
MAX_DEPTH = 12
MAX_VALUES = 200_000
MAX_POSTS = 20_000
_PUBLISHED = re.compile(r"publi|creat|date|time|posted|stamp", re.IGNORECASE)
_MODIFIED = re.compile(r"modif|updat|edit", re.IGNORECASE)
_NO_TIME = re.compile(r"expir|read_?time|reading|duration|timezone|display|image|photo|embargo", re.IGNORECASE)
_BODY = re.compile(
    r"^(?:body|content|text|html|articlebody|description|message|markup|copy|paragraphs?|elements|blocks|items|groups|refs|item|data|value)$|body|html$|text$",
    re.IGNORECASE,
)
_NO_BODY = re.compile(
    r"caption|credit|alt|title|head|author|label|display|id$|url|image|media|label|rights|type", re.IGNORECASE
)
_COPIES = re.compile(r"key_?event|pinned|highlight|summar|related|most_?(?:read|viewed|popular)|comment", re.IGNORECASE)
"""Lists beside the feed that repeat posts of it, or hold something else."""
_TITLE = re.compile(r"^(?:title|headline|heading|hed|kicker_?title)$", re.IGNORECASE)
_IDENTIFIER = re.compile(r"^(?:_?id|guid|uuid|key|(?:post|block|entry|update|item)_?id)$", re.IGNORECASE)
_AUTHOR = re.compile(r"author|byline|contributor|creator", re.IGNORECASE)
_LINK = re.compile(r"permalink|^url$|^link$|shareurl|canonical", re.IGNORECASE)


class PostList:
    """Updates from the weightiest list of posts in a JSON value."""

    name = "payload"
    generic = True

    def read(self, parsed: Parsed) -> Reading | None:
        """The posts, in the list's order; None where the document is no JSON or holds no such list."""
        if parsed.payload is None:
            return None
        found = best_list(parsed.payload, parsed.context)
        base = parsed.document.url or ""
        return replace(found, paging=payload_paging(parsed.payload, base, len(found.updates))) if found else None


def best_list(value: object, context: TimeContext) -> Reading | None:
    """The weightiest list of posts in a JSON value; None where it holds none."""
    readings = (_reading(posts, context) for posts in _lists(value))
    return max((reading for reading in readings if reading), key=_weight, default=None)


def _weight(reading: Reading) -> int:
    return sum(len(section.text) for section in reading.sections)


def _lists(value: object) -> Iterator[Sequence[Mapping[str, Any]]]:
    """Every list of objects within a value, outer ones first."""
    pending: deque[tuple[object, int]] = deque([(value, 0)])
    seen = 0
    while pending and seen < MAX_VALUES:
        item, depth = pending.popleft()
        seen += 1
        if isinstance(item, list):
            objects = [part for part in item if isinstance(part, dict)]
            if len(objects) >= MIN_POSTS and len(objects) == len(item):
                yield objects[:MAX_POSTS]
        inner = item if isinstance(item, list) else ()
        if isinstance(item, dict):
            inner = [part for key, part in item.items() if not _COPIES.search(key)]
        if depth < MAX_DEPTH:
            pending.extend((part, depth + 1) for part in inner if isinstance(part, dict | list))


def _reading(posts: Sequence[Mapping[str, Any]], context: TimeContext) -> Reading | None:
    timed = [post for post in posts if _time(post, _PUBLISHED, context).at or _time(post, _PUBLISHED, context).clock]
    if len(timed) < MIN_SHARE * len(posts):
        return None
    sections = [post_section(post, context) for post in posts]
    told = [section for section in sections if section.text or section.headline]
    words = sum(word_count(f"{section.headline or ''} {section.text}") for section in told)
    if len(told) < MIN_SHARE * len(posts) or words < MIN_WORDS * len(told):
        return None
    times = [section.published_at for section in told if section.published_at]
    if times and not trusted(times):
        return None
    points = Evidence(4, f"a list of {len(told)} posts with times and texts")
    return Reading(reader="payload", sections=tuple(told), evidence=(points,))


def post_section(post: Mapping[str, Any], context: TimeContext) -> Section:
    """One post as an update, by what its keys' names mean."""
    published = _time(post, _PUBLISHED, context)
    body = read_fragment("\n\n".join(_texts(post)))
    headline = next((text for key, value in post.items() if _TITLE.match(key) and (text := plain_text(value))), None)
    link = next((value for key, value in post.items() if _LINK.search(key) and isinstance(value, str)), None)
    identifier = next((value for key, value in post.items() if _IDENTIFIER.match(key)), None)
    return Section(
        section_id="",
        kind=Kind.UPDATE,
        position=0,
        headline=headline,
        text="" if headline and body.text.casefold() == headline.casefold() else body.text,
        published_at=published.at,
        published_raw=published.raw or None,
        time_source=TimeSource.PAYLOAD if published.at else None,
        modified_at=_time(post, _MODIFIED, context).at,
        authors=tuple(dict.fromkeys(_names(post))),
        permalink=link,
        pinned=any(post.get(key) is True for key in ("pinned", "sticky", "isPinned")),
        links=body.links,
        media=body.media,
        publisher_id=str(identifier) if isinstance(identifier, str | int) else None,
    )


def _time(post: Mapping[str, Any], names: re.Pattern[str], context: TimeContext) -> TimeRead:
    best = TimeRead(None, "")
    for key, value in post.items():
        wrong = _NO_TIME.search(key) or (names is _PUBLISHED and _MODIFIED.search(key))
        if not names.search(key) or wrong:
            continue
        read = _time(value, names, context) if isinstance(value, dict) else _read_time(value, context)
        if (read.at and (best.at is None or "publi" in key.lower())) or (read.clock and not (best.at or best.clock)):
            best = read
    return best


def _read_time(value: object, context: TimeContext) -> TimeRead:
    if isinstance(value, list) and 5 <= len(value) <= 6 and all(isinstance(part, int) for part in value):
        year, month, day, hour, minute = value[:5]
        value = f"{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}"
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return TimeRead(None, "")
    return read_machine(value, context, TimeSource.PAYLOAD)


def _texts(value: object, depth: int = 0) -> Iterator[str]:
    """Prose of a post, in the order in which it stands there."""
    if depth > MAX_DEPTH:
        return
    if isinstance(value, str):
        if value.strip():
            yield value
    elif isinstance(value, list):
        for part in value[:1000]:
            yield from _texts(part, depth + 1)
    elif isinstance(value, dict):
        for key, part in value.items():
            if _BODY.search(key) and not _NO_BODY.search(key) and not isinstance(part, bool | int | float):
                yield from _texts(part, depth + 1)


def _names(post: Mapping[str, Any]) -> Iterator[str]:
    for key, value in post.items():
        if _AUTHOR.search(key):
            for part in value if isinstance(value, list) else [value]:
                name = plain_text(part.get("name") or part.get("display_name") if isinstance(part, dict) else part)
                if name and len(name) < 80:
                    yield name
