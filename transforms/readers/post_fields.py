"""What stands in a post of an engine never seen before: its time, headline, body, authors, address, id.

Keys are told by what the words in their names mean to programmers everywhere (``published_at``, ``bodyHtml``); where no
name speaks (``inhalt``, ``zeit``), by what stands under them in most posts of the list: a time, a line, the most prose.

    {"uuid": "7f…", "zeit": "2025-03-11T14:32Z", "titel": "Barrier closed", "inhalt": "<p>…</p>"}
     identifier      published                    headline                   body
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from transforms.fragment import Fragment, plain_text, read_fragment
from transforms.outline import word_count
from transforms.records import Kind, Section, TimeSource
from transforms.times import TimeContext, TimeRead, read_machine

MAX_DEPTH = 12
MAX_PARTS = 1000
"""Parts of one list within a post that are read."""
MAX_KEY = 80
"""Characters of a key's name that are looked at."""
SAMPLE = 40
"""Posts from which the meaning of a key without a telling name is learnt."""
RIVAL = 0.5
"""A body under a key with a telling name wins over one with up to this much more text under a key without."""
MOST = 0.8
SOME = 0.4
MAX_TITLE = 160
LEAST_TITLE, LEAST_PROSE = 3, 3
"""Words of a line that may be a headline, and of a text that is prose, where no name tells."""
_TAG = re.compile(r"<[a-zA-Z/!]")
_TAGS = re.compile(r"<[^<>]*>")
_PUBLISHED = re.compile(r"publi|creat|date|time|posted|stamp", re.IGNORECASE)
_MODIFIED = re.compile(r"modif|updat|edit|version", re.IGNORECASE)
_NO_TIME = re.compile(
    r"expir|read_?time|reading|duration|timezone|display$|image|photo|embargo|publisher|created_?by", re.IGNORECASE
)
_BEST_TIME = re.compile(r"publi|display", re.IGNORECASE)
_BODY = re.compile(
    r"^(?:body|contents?|text|html|articlebody|description|message|markup|copy|paragraphs?|(?:content_?)?elements"
    r"|blocks|items|groups|refs|item|data|value|model|rendered)$|body|html$|text$",
    re.IGNORECASE,
)
_NO_BODY = re.compile(
    r"caption|credit|^alt|_alt$|title|head|author|byline|label|display|id$|url|image|media|rights|type|link|class|role|seo"
    r"|share|source|agency|slug|tag|categor|location|lang|format|style|status",
    re.IGNORECASE,
)
_TAGGED = re.compile(r"html|render|markup", re.IGNORECASE)
"""A whole element as it stands on the page, with the furniture in it, where the content stands beside it."""
_TITLE = re.compile(r"^(?:title|headlines?|header|heading|hed|kicker_?title)$", re.IGNORECASE)
_IDENTIFIER = re.compile(r"^(?:_?id|n?id|urn|guid|uuid|key|(?:post|block|entry|update|item|local)_?id)$", re.IGNORECASE)
_AUTHOR = re.compile(r"author|byline|contributor|creator|sender|uname|user_?name", re.IGNORECASE)
_HEX = re.compile(r"[0-9a-f-]{6,}|\d+")
_NAMED = ("name", "display_name", "displayName", "full_name")
_LINK = re.compile(r"permalink|^url$|^link$|share_?(?:url|link)|canonical", re.IGNORECASE)

Post = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Fields:
    """Keys of a list's posts that no name tells; None where the names speak, or nothing was found."""

    body: str | None = None
    headline: str | None = None
    published: str | None = None


NAMED = Fields()
"""Only names are listened to."""


def fields_of(posts: Sequence[Post], context: TimeContext) -> Fields | None:
    """The keys that hold body, headline and time in most of the posts; None where most have no time."""
    sample = posts[:SAMPLE]
    timed = sum(_is_timed(_time(post, _PUBLISHED, context)) for post in sample) >= MOST * len(sample)
    published = None if timed else _time_key(sample, context)
    if not timed and published is None:
        return None
    body = _body_key(sample)
    titled = any(_TITLE.match(key) for post in sample for key in post)
    return Fields(body, None if titled else _headline_key(sample, body), published)


def post_section(post: Post, context: TimeContext, fields: Fields = NAMED) -> Section:
    """One post as an update."""
    published = post_time(post, context, fields)
    body = _body(post, fields.body)
    headline = _headline(post, fields)
    link = next((value for key, value in post.items() if _LINK.search(key) and isinstance(value, str)), None)
    identifier = next((value for key, value in post.items() if _IDENTIFIER.match(key)), None)
    return Section(
        section_id="",
        kind=Kind.UPDATE,
        position=0,
        headline=headline or body.heading,
        text="" if headline and body.text.casefold() == headline.casefold() else _told(body, headline),
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


def post_time(post: Post, context: TimeContext, fields: Fields = NAMED) -> TimeRead:
    """When a post was published, as far as it says."""
    if fields.published:
        return _read_time(post.get(fields.published), context)
    return _time(post, _PUBLISHED, context)


def names_time(post: Post) -> bool:
    """Whether a key of its own names the time of publication."""
    named = (key for key, value in post.items() if isinstance(value, str | int | float) and value)
    return any(_says(_PUBLISHED, key) and not (_says(_NO_TIME, key) or _says(_MODIFIED, key)) for key in named)


@lru_cache(maxsize=4096)
def _says(names: re.Pattern[str], key: str) -> bool:
    """Whether a key's name is one of those; every post of a list has the same keys."""
    return names.search(key[:MAX_KEY]) is not None


# --- what names tell -------------------------------------------------------------------------------------------------


def _time(post: Post, names: re.Pattern[str], context: TimeContext) -> TimeRead:
    best = TimeRead(None, "")
    for key, value in sorted(post.items(), key=lambda item: isinstance(item[1], dict)):
        wrong = _says(_NO_TIME, key) or (names is _PUBLISHED and _says(_MODIFIED, key))
        if wrong or not _says(names, key):
            continue
        read = _time(value, names, context) if isinstance(value, dict) else _read_time(value, context)
        better = best.at is None or (_says(_BEST_TIME, key) and not isinstance(value, dict))
        if (read.at and better) or (read.clock and not (best.at or best.clock)):
            best = read
    return best


def _read_time(value: object, context: TimeContext) -> TimeRead:
    if isinstance(value, list) and 5 <= len(value) <= 6 and all(isinstance(part, int) for part in value):
        year, month, day, hour, minute = value[:5]
        value = f"{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}"
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return TimeRead(None, "")
    return read_machine(value, context, TimeSource.PAYLOAD)


def _is_timed(read: TimeRead) -> bool:
    return read.at is not None or read.clock is not None


def _headline(post: Post, fields: Fields) -> str | None:
    for key, value in post.items():
        if key == fields.headline or _TITLE.match(key):
            lines = [value] if isinstance(value, str) else [*_leaves(value), *_only_text(value)]
            if line := next((line for text in lines if (line := plain_text(text))), None):
                return line
    return None


def _only_text(value: object) -> list[str]:
    """The one text of an object: {"basic": "Good morning"}."""
    texts = [part for part in value.values() if isinstance(part, str)] if isinstance(value, dict) else []
    return texts if len(texts) == 1 else []


def _names(post: Post) -> Iterator[str]:
    for key, value in post.items():
        if _says(_AUTHOR, key):
            for part in value if isinstance(value, list) else [value]:
                told = next((part[name] for name in _NAMED if part.get(name)), None) if isinstance(part, dict) else part
                name = plain_text(told)
                if name and len(name) < 80 and not _HEX.fullmatch(name):
                    yield name


# --- the body --------------------------------------------------------------------------------------------------------


def _body(post: Post, key: str | None) -> Fragment:
    """The text under the body's key; of a post without it, what stands under all keys that names tell."""
    texts = list(_leaves(post.get(key))) if key else []
    texts = texts or [text for name, value in post.items() if _is_body(name) for text in _leaves(value)]
    if not any(_TAG.search(text) for text in texts):
        return Fragment("\n\n".join(dict.fromkeys(line for text in texts if (line := read_fragment(text).text))))
    body = _joined([read_fragment(text) for text in dict.fromkeys(texts)])
    return body if body.text or body.heading else _joined([read_fragment(text, embeds=True) for text in texts])


def _joined(parts: Sequence[Fragment]) -> Fragment:
    heading = parts[0].heading if parts else None
    lines = [line for part in parts for line in (part.heading, part.text) if line and line != heading]
    links = dict.fromkeys(link for part in parts for link in part.links)
    media = dict.fromkeys(source for part in parts for source in part.media)
    return Fragment("\n\n".join(lines), tuple(links), tuple(media), heading)


def _told(body: Fragment, headline: str | None) -> str:
    """The body's text, with the heading above it where the post has another headline."""
    if headline and body.heading and body.heading != headline:
        return f"{body.heading}\n\n{body.text}"
    return body.text


def _is_body(name: str) -> bool:
    return bool(_says(_BODY, name)) and not _says(_NO_BODY, name)


def _leaves(value: object, depth: int = 0) -> Iterator[str]:
    """Prose within a value, in the order in which it stands there: all under telling names, else what is shaped so."""
    if depth > MAX_DEPTH:
        return
    if isinstance(value, str):
        if value.strip():
            yield value
    elif isinstance(value, list):
        for part in value[:MAX_PARTS]:
            yield from _leaves(part, depth + 1)
    elif isinstance(value, dict):
        for key, part in value.items():
            if _says(_NO_BODY, key) or isinstance(part, bool | int | float):
                continue
            if _says(_BODY, key) or not isinstance(part, str) or _is_prose(part):
                yield from _leaves(part, depth + 1)


def _is_prose(text: str) -> bool:
    return word_count(text) >= LEAST_PROSE or bool(_TAG.search(text))


def _body_key(posts: Sequence[Post]) -> str | None:
    """The key under which most prose stands; of those that hold nearly as much, one with a telling name."""
    volume: Counter[str] = Counter()
    for post in posts:
        for key, value in post.items():
            if not (_says(_NO_BODY, key) or isinstance(value, bool | int | float)):
                volume[key] += sum(len(_TAGS.sub("", text)) for text in _leaves(value) if _is_prose(text))
    largest = max(volume.values(), default=0)
    rivals = [key for key, size in volume.items() if size and size >= RIVAL * largest]
    return min(rivals, key=lambda key: (not _is_body(key), _TAGGED.search(key) is not None, -volume[key]), default=None)


# --- what the values tell --------------------------------------------------------------------------------------------


def _headline_key(posts: Sequence[Post], body: str | None) -> str | None:
    """A key under which many posts hold a short line each, hardly any twice."""
    lines: dict[str, list[str]] = {}
    for post in posts:
        for key, value in post.items():
            if key != body and isinstance(value, str) and not _says(_AUTHOR, key) and _is_line(value):
                lines.setdefault(key, []).append(value)
    fitting = [
        key for key, found in lines.items() if len(found) >= SOME * len(posts) and len(set(found)) >= MOST * len(found)
    ]
    return next(iter(fitting), None)


def _is_line(text: str) -> bool:
    return len(text) <= MAX_TITLE and word_count(text) >= LEAST_TITLE and not _TAG.search(text)


def _time_key(posts: Sequence[Post], context: TimeContext) -> str | None:
    """A key under which most posts hold a time for machines."""
    counts: Counter[str] = Counter()
    for post in posts:
        for key, value in post.items():
            wrong = _says(_NO_TIME, key) or _says(_MODIFIED, key)
            if not wrong and isinstance(value, str | int) and _read_time(value, context).at:
                counts[key] += 1
    return next((key for key, count in counts.most_common() if count >= MOST * len(posts)), None)
