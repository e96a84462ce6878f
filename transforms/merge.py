"""Merges what the readers of one page found: by the publisher's id, then by content; nothing that one saw is lost.

match     same id token; else the same words (and no conflicting id)
fields    text: the one with more of the story, the page's own where they are even; time: the page's own where the
          two differ (rule R5), unless it is an age ("2h ago"); the rest: whoever has it
order     the page's; updates that only another reader knows stand after the neighbour they follow there
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from transforms.outline import words_in
from transforms.reading import Reading
from transforms.records import Completeness, Kind, Section, TimeSource

SAME = 0.7
"""Share of words in common that makes two updates one."""
RICHER = 1.5
"""A text of so many times the words that holds the other is the fuller one …"""
HOLDS = 0.9
"""… where it has this share of the other's words."""
SHORT = 6
"""Texts of fewer words match only when they are equal."""
RAREST, MOST_PLACES = 12, 50
"""Words of an update by which its double is looked for, the rarest of the page's, and places at which each stands."""
AGE_UNIT = timedelta(hours=1)
"""The coarsest unit of an age that is a time."""
MIN_CUT = 3
"""Words of a headline that may be the cut beginning of a text; the last one may be cut itself."""
_TOKEN = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}|[0-9a-f]*\d[0-9a-f]{7,}|\d{2,}")


def merge(readings: Sequence[Reading]) -> tuple[tuple[Section, ...], Completeness]:
    """Sections of all readings as one list in page order, and how well the readers agree on the updates."""
    giving = [reading for reading in readings if reading.updates]
    if not giving:
        return (), Completeness()
    merged = list(giving[0].sections)
    agreed = [1] * len(merged)
    for reading in giving[1:]:
        merged, agreed = _merge_into(merged, agreed, reading)
    updates = [count for section, count in zip(merged, agreed, strict=True) if section.kind is Kind.UPDATE]
    return tuple(merged), Completeness(
        by_reader={reading.reader: len(reading.updates) for reading in giving},
        merged=len(updates),
        in_all=sum(count == len(giving) for count in updates),
    )


def id_token(section: Section) -> str | None:
    """The number within an id, by which "post-1288914" and "#liveblogPost1288914" are one."""
    for value in (section.publisher_id, (section.permalink or "").partition("#")[2]):
        tokens: list[str] = _TOKEN.findall(value or "")
        if tokens:
            return max(tokens, key=len)
    return None


def _merge_into(merged: list[Section], agreed: list[int], reading: Reading) -> tuple[list[Section], list[int]]:
    pairs = _pairs(merged, reading.updates)
    slots: list[list[tuple[Section, int]]] = [[] for _ in range(len(merged) + 1)]
    result = list(merged)
    counts = list(agreed)
    after = 0
    for number, update in enumerate(reading.updates):
        match = pairs.get(number)
        if match is None:
            slots[after].append((update, 1))
        else:
            result[match] = _joined(result[match], update)
            counts[match] += 1
            after = _after_cards(result, match)
    sections: list[Section] = []
    numbers: list[int] = []
    for at in range(len(result) + 1):
        sections += [section for section, _ in slots[at]]
        numbers += [count for _, count in slots[at]]
        if at < len(result):
            sections.append(result[at])
            numbers.append(counts[at])
    return sections, numbers


def _after_cards(sections: Sequence[Section], at: int) -> int:
    at += 1
    while at < len(sections) and sections[at].kind is Kind.CARD:
        at += 1
    return at


def _pairs(merged: Sequence[Section], updates: Sequence[Section]) -> dict[int, int]:
    """For each update its section among the merged ones: first by id, then by words.

    What the page shows as a card stays one, although structured data may list it among the updates.
    """
    open_places = [at for at, section in enumerate(merged) if section.kind in (Kind.UPDATE, Kind.CARD)]
    by_token = {token: at for at in open_places if (token := id_token(merged[at]))}
    pairs: dict[int, int] = {}
    taken: set[int] = set()
    for number, update in enumerate(updates):
        at = by_token.get(id_token(update) or "")
        if at is not None and at not in taken:
            pairs[number] = at
            taken.add(at)
    if len(pairs) == len(updates):
        return pairs
    bags = {at: _bag(merged[at]) for at in open_places if at not in taken}
    index: dict[str, list[int]] = {}
    for at, bag in bags.items():
        for word in bag:
            index.setdefault(word, []).append(at)
    for number, update in enumerate(updates if bags else ()):
        if number in pairs:
            continue
        at = _likest(_bag(update), bags, index, taken)
        if at is not None:
            pairs[number] = at
            taken.add(at)
    return pairs


def _likest(
    bag: Counter[str], bags: dict[int, Counter[str]], index: dict[str, list[int]], taken: set[int]
) -> int | None:
    if not bag:
        return None
    shared = [index[word] for word in bag if word in index]
    rare = sorted(shared, key=len)[:RAREST]
    candidates = {at for places in rare for at in places[:MOST_PLACES] if at not in taken}
    scored = sorted((-_alike(bag, bags[at]), at) for at in candidates)
    return scored[0][1] if scored and -scored[0][0] >= SAME else None


def _alike(left: Counter[str], right: Counter[str]) -> float:
    smaller, larger = sorted((left.total(), right.total()))
    if smaller < SHORT:
        return 1.0 if left == right else 0.0
    return _common(left, right) / smaller if smaller * 4 >= larger else 0.0


def _common(left: Counter[str], right: Counter[str]) -> int:
    """Words that both hold, each as often as in the one that holds it less."""
    return sum(min(left[word], right[word]) for word in left.keys() & right.keys())


def _bag(section: Section) -> Counter[str]:
    return Counter(words_in(f"{section.headline or ''} {section.text}".casefold()))


def _joined(page: Section, other: Section) -> Section:
    """One update from two readings; `page` is believed where they differ."""
    timed = other if other.published_at and (not page.published_at or _is_age_of(page, other)) else page
    return replace(
        page,
        headline=page.headline or _own_headline(other, page),
        text=_fuller(page.text, other.text),
        published_at=timed.published_at,
        published_raw=timed.published_raw if timed.published_at else page.published_raw or other.published_raw,
        time_source=timed.time_source,
        modified_at=page.modified_at or other.modified_at,
        authors=page.authors or other.authors,
        permalink=page.permalink or other.permalink,
        key_event=page.key_event or other.key_event,
        pinned=page.pinned or other.pinned,
        links=tuple(dict.fromkeys([*page.links, *other.links])),
        media=tuple(dict.fromkeys([*page.media, *other.media])),
        publisher_id=page.publisher_id or other.publisher_id,
    )


def _is_age_of(page: Section, other: Section) -> bool:
    """Whether the page shows an age ("2h ago") that the other's time may well have."""
    if page.time_source is not TimeSource.RELATIVE or not page.published_at or not other.published_at:
        return False
    return other.time_source is not TimeSource.RELATIVE and abs(page.published_at - other.published_at) <= AGE_UNIT


def _own_headline(other: Section, page: Section) -> str | None:
    """The other's headline, unless it is the beginning of the text: a feed that needs a headline cuts itself one."""
    words = words_in((other.headline or "").casefold())
    opening = words_in(page.text[: 2 * len(other.headline or "")].casefold())
    cut = len(words) > MIN_CUT and len(opening) > len(words) and opening[: len(words) - 1] == words[:-1]
    return None if cut else other.headline


def _fuller(page: str, other: str) -> str:
    if page and len(other.split()) <= RICHER * len(page.split()):
        return page
    ours, theirs = Counter(words_in(page.casefold())), Counter(words_in(other.casefold()))
    if not ours:
        return page or other
    return other if _common(ours, theirs) >= HOLDS * ours.total() else page
