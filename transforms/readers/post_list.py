"""The structural reader for JSON: finds the list of posts in a payload that it has never seen.

A list of objects is a feed where most of them hold a time and prose of their own, whatever the keys are called
(`post_fields`). Lists at the same place of several objects (the days of a blog) are one; so is an object whose members
are built alike (``{"-Ox1": {…}, "-Ox2": {…}}``). Posts that lead to pages of their own are teasers.
"""

import re
from collections import Counter, deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median
from typing import Any

from transforms.fragment import plain_text
from transforms.links import joined, split
from transforms.outline import word_count
from transforms.readers.payload_paging import payload_paging
from transforms.readers.post_fields import MAX_DEPTH, Post, fields_of, names_time, post_section, post_time
from transforms.reading import Evidence, Parsed, Reading
from transforms.records import Section
from transforms.times import TimeContext, trusted
from transforms.weigh import MIN_SIGNED, MIN_SIGNED_LIVE, MOST, SELDOM_MIN

MIN_POSTS = 2
MIN_MEMBERS = 3
"""Members of an object that is a list by ids."""
MIN_SHARE = 0.8
"""Share of a list's objects that must hold what makes a post."""
MIN_TOLD = 0.5
"""Share of the posts that have words; the others are pictures."""
ALIKE = 0.5
"""Share of the common keys that a post has at least: other objects of the list are something else."""
MIN_WORDS = 5
"""Words of the posts' texts, on the mean: a list of titles is a menu."""
SPLIT = 2
"""So many times the posts, with nearly the same text, make the inner lists the feed: the outer one lists its days."""
MAX_WRAPS = 3
"""Objects around one post."""
MAX_VALUES = 200_000
MAX_POSTS = 20_000
_COPIES = re.compile(r"key_?event|pinned|highlight|summar|related|most_?(?:read|viewed|popular)|comment", re.IGNORECASE)
"""Lists beside the feed that repeat posts of it, or hold something else."""
_TITLE = re.compile(r"^(?:title|headline|name)$", re.IGNORECASE)
_STANDFIRST = re.compile(r"^(?:standfirst|trail_?text|description|subtitle|dek|intro(?:duction)?)$", re.IGNORECASE)


class PostList:
    """Updates from the weightiest list of posts in a JSON value."""

    name = "payload"
    generic = True

    def read(self, parsed: Parsed) -> Reading | None:
        """The posts, in the list's order; None where the document is no JSON or holds no such list."""
        if parsed.payload is None:
            return None
        base = parsed.document.url or ""
        found = best_list(parsed.payload, parsed.context) or _last_post(parsed.payload, parsed.context, base)
        if found is None or leads_away(found.updates, base):
            return None
        return replace(found, paging=payload_paging(parsed.payload, base, len(found.updates)))


@dataclass(frozen=True, slots=True)
class _List:
    """Objects that stand in one list, and the objects around it, the nearest first."""

    posts: list[Post]
    around: tuple[Mapping[str, Any], ...]


def best_list(value: object, context: TimeContext, least: int = MIN_POSTS) -> Reading | None:
    """The weightiest list of posts in a JSON value; None where it holds none of so many."""
    best: Reading | None = None
    for found in _lists(value, least):
        reading = _reading(found, context, least)
        if reading and (best is None or _outweighs(reading, best)):
            best = reading
    return best


def _last_post(value: object, context: TimeContext, base: str) -> Reading | None:
    """A list of one post, as the last of the older pages may be: with an id, and of the page whose endpoint this is."""
    found = best_list(value, context, least=1)
    only = found.updates[0] if found and len(found.updates) == 1 else None
    if only is None or only.publisher_id is None or not only.text:
        return None
    home = split(joined(base, only.permalink)).path.rstrip("/") if only.permalink else ""
    return found if split(base).path.startswith(home) else None


def leads_away(sections: Sequence[Section], base: str) -> bool:
    """Whether most posts have an address of their own on another path: teasers of a list of pages."""
    paths = [split(joined(base, section.permalink)).path.rstrip("/") for section in sections if section.permalink]
    if len(set(paths)) < 2:
        return False  # all on one page: this one, or the page whose endpoint this is
    own = split(base).path.rstrip("/")
    away = sum(path != own for path in paths) if own else len(set(paths))
    return away >= 0.5 * len(sections)


def _outweighs(reading: Reading, best: Reading) -> bool:
    """More text; or, with nearly as much, the posts of which the other's are bundles."""
    mine, other = _weight(reading), _weight(best)
    finer = len(reading.sections) >= SPLIT * len(best.sections) and mine >= MIN_SHARE * other
    return finer or (mine > other and not len(best.sections) >= SPLIT * len(reading.sections))


def _weight(reading: Reading) -> int:
    return sum(len(section.text) for section in reading.sections)


def _lists(value: object, least: int) -> Iterator[_List]:
    """Every list of so many objects within a value, outer ones first; those at one place of several objects as one."""
    found: dict[tuple[str, ...], _List] = {}
    pending: deque[tuple[object, tuple[str, ...], tuple[Mapping[str, Any], ...]]] = deque([(value, (), ())])
    seen = 0
    while pending and seen < MAX_VALUES:
        item, path, around = pending.popleft()
        seen += 1
        posts = _posts(item)
        if posts:
            home = found.setdefault(path, _List([], around))
            home.posts.extend(posts[: MAX_POSTS - len(home.posts)])
        if len(path) >= 2 * MAX_DEPTH:
            continue
        if isinstance(item, list):
            pending.extend((part, (*path, "*"), around) for part in item if isinstance(part, dict | list))
        elif isinstance(item, dict):
            item = item if posts else _by_type(item)
            inner = [(key, part) for key, part in item.items() if isinstance(part, dict | list)]
            told = ((key, part) for key, part in inner if not _COPIES.search(key))
            pending.extend((part, (*path, "*" if posts else key), (item, *around)) for key, part in told)
    return (each for each in found.values() if len(each.posts) >= least)


def _posts(item: object) -> list[Post]:
    """The objects of a list of objects, or the members of an object that are built alike, their keys as ids."""
    if isinstance(item, list):
        return [_opened(part) for part in item] if item and all(isinstance(part, dict) for part in item) else []
    if (
        not isinstance(item, dict)
        or len(item) < MIN_MEMBERS
        or not all(isinstance(part, dict) for part in item.values())
    ):
        return []
    keys = [frozenset(part) for part in item.values()]
    common = frozenset.intersection(*keys)
    alike = len(common) >= 2 and all(len(common) >= ALIKE * len(each) for each in keys)
    return [{"id": key, **_opened(part)} for key, part in item.items()] if alike else []


def _by_type(item: Mapping[str, Any]) -> Mapping[str, Any]:
    """An object of all objects of a page by type and id ({"Post:1": {…}, "Tag:7": {…}}), a part for each type."""
    typed = [key for key in item if ":" in key]
    if len(typed) < max(MIN_MEMBERS, MIN_SHARE * len(item)):
        return item
    parts: dict[str, dict[str, Any]] = {}
    for key in typed:
        parts.setdefault(key.partition(":")[0], {})[key] = item[key]
    return parts


def _opened(post: Post) -> Post:
    """A post within another object as one object: {"node": {…}, "cursor": …}, {"id": …, "attributes": {…}}."""
    for _ in range(MAX_WRAPS):
        inner = [part for part in post.values() if isinstance(part, dict)]
        if len(post) <= 2 and len(inner) == 1 and len(inner[0]) > len(post):
            post = {**inner[0], **post}
        elif not names_time(post) and (timed := next(filter(names_time, inner), None)):
            post = {**timed, **{key: part for key, part in post.items() if part is not timed}}
        else:
            break
    return post


def _reading(found: _List, context: TimeContext, least: int) -> Reading | None:
    posts = _alike(found.posts)
    fields = fields_of(posts, context)
    if fields is None:
        return None
    reads = [post_time(post, context, fields) for post in posts]
    if sum(bool(read.at or read.clock) for read in reads) < MIN_SHARE * len(posts):
        return None
    sections = [post_section(post, context, fields) for post in posts]
    told = tuple(section for section in sections if section.text or section.headline)
    words = sum(word_count(f"{section.headline or ''} {section.text}") for section in told)
    shown = tuple(section for section in sections if section.text or section.headline or section.media)
    if len(shown) < MIN_SHARE * len(posts) or len(told) < max(least, MIN_TOLD * len(posts)):
        return None
    if words < MIN_WORDS * len(told) or _is_other(told):
        return None
    points = Evidence(4, f"a list of {len(told)} posts with times and texts")
    title, standfirst = (_line_of(found.around, names) for names in (_TITLE, _STANDFIRST))
    return Reading(reader="payload", sections=shown, title=title, standfirst=standfirst, evidence=(points,))


def _alike(posts: Sequence[Post]) -> list[Post]:
    """The posts that have most of the keys that most have."""
    counts = Counter(key for post in posts for key in post)
    common = [key for key, count in counts.items() if count >= MIN_SHARE * len(posts)]
    return [post for post in posts if sum(key in post for key in common) >= ALIKE * len(common)]


def _is_other(sections: Sequence[Section]) -> bool:
    """Posts that are no live blog's: all stamped alike, half a day apart, or by almost as many authors."""
    times = [section.published_at for section in sections if section.published_at]
    if times and not trusted(times):
        return True
    gaps = [abs((later - earlier).total_seconds()) / 60 for earlier, later in pairwise(times)]
    if gaps and median(gaps) >= SELDOM_MIN:
        return True
    signed = [section.authors for section in sections if section.authors]
    least = MIN_SIGNED_LIVE if any(section.headline for section in sections) else MIN_SIGNED  # comments have no titles
    return len(signed) >= max(least, MOST * len(sections)) and len(set(signed)) >= MOST * len(signed)


def _line_of(around: Sequence[Mapping[str, Any]], names: re.Pattern[str]) -> str | None:
    """The line under a telling name in the nearest object around the list that has one."""
    lines = (plain_text(value) for item in around for key, value in item.items() if names.match(key))
    return next((line for line in lines if line), None)
