"""Which section of a page is which of those known (rule R3): the same one, although its id, words or place changed.

In this order, each step with what the steps before it left over:

    singles     a page has one lede and one list of key events
    ids         the publisher's, other ids of the section (aliases) included, unless they turn out to count places
    content     the same words at the same time; then the same words, where they are telling and stand once; then the
                same telling text at the same time, under whatever headline
    likeness    optimal assignment by words, time and neighbours
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache

from rapidfuzz.distance import Indel

from transforms.assign import assign
from transforms.digest import plain, section_digest, stated_time
from transforms.outline import word_count, words_in
from transforms.records import Kind, Section
from transforms.rows import RevisionRow, Visibility

FEED = frozenset([Kind.UPDATE, Kind.CARD])
"""Kinds that stand in the feed; a reader may take one for the other."""
TELLING_CHARS = 60
"""Words shorter than this ("GOAL!") may be said twice; longer ones are taken for the same post."""
MOST_WORDS = 400
"""Words of a text that are compared; enough to tell posts apart."""
LEAST_LIKENESS = 0.3
"""Below this share of words in common (unrelated posts of one story have up to 0.25) nothing else counts."""
LEAST_SCORE = 0.7
SAME_TIME, OTHER_TIME = 0.25, -0.35
EACH_NEIGHBOUR = 0.1
HEADLINE_WEIGHT = 0.25
HEADLINE_ALONE = 0.75
"""Where one of the two has a headline only: its text may have followed."""


@dataclass(frozen=True, slots=True)
class Matches:
    """Index of a shown section -> index of the known one that it is."""

    pairs: Mapping[int, int]
    ids_trusted: bool = True
    """False where the page's ids count places or change with every look, so that they say nothing."""


@dataclass(slots=True)
class _Matching:
    known: Sequence[RevisionRow]
    shown: Sequence[Section]
    pairs: dict[int, int] = field(default_factory=dict)
    taken: set[int] = field(default_factory=set)

    def pair(self, shown: int, known: int) -> None:
        self.pairs[shown] = known
        self.taken.add(known)

    def open_shown(self) -> list[int]:
        return [index for index in range(len(self.shown)) if index not in self.pairs]

    def open_known(self) -> list[int]:
        return [index for index in range(len(self.known)) if index not in self.taken]


def match(known: Sequence[RevisionRow], shown: Sequence[Section], aliases: Mapping[str, str]) -> Matches:
    """Pair the sections of a page, in page order, with the known ones, in rank order.

    `aliases` maps other publisher ids to section ids. Removed sections come back only by id or by their text.
    """
    state = _Matching(known, shown)
    if not known:
        return Matches({})
    _by_single_kind(state)
    trusted = _by_id(state, aliases)
    _by_digest(state)
    _by_words(state)
    _by_text_and_time(state)
    _by_likeness(state)
    return Matches(state.pairs, trusted)


def content(section: Section | RevisionRow) -> tuple[str, str]:
    """The words of a section: headline and text, without typography."""
    return plain(section.headline or ""), plain(section.text)


# --- singles and ids -------------------------------------------------------------------------------------------------


def _by_single_kind(state: _Matching) -> None:
    for kind in (Kind.LEDE, Kind.KEY_EVENTS):
        shown = [index for index, section in enumerate(state.shown) if section.kind == kind]
        known = [
            index for index, row in enumerate(state.known) if row.kind == kind and row.visibility != Visibility.REMOVED
        ]
        if len(shown) == len(known) == 1:
            state.pair(shown[0], known[0])


def _by_id(state: _Matching, aliases: Mapping[str, str]) -> bool:
    of_section = {row.section_id: index for index, row in enumerate(state.known)}
    of_id = {alias: of_section[section] for alias, section in aliases.items() if section in of_section}
    of_id |= {row.publisher_id: index for index, row in enumerate(state.known) if row.publisher_id}
    pairs: dict[int, int] = {}
    for index in state.open_shown():
        section = state.shown[index]
        found = of_id.get(section.publisher_id) if section.publisher_id else None
        if found is None or found in state.taken or not _same_family(section, state.known[found]):
            continue
        pairs[index] = found
        state.taken.add(found)
    state.taken.difference_update(pairs.values())
    moved = _moved_content(state, pairs)
    if len(moved) * 2 > len(pairs) and len(moved) > 1:
        return False
    for index, found in pairs.items():
        if not (index in moved and found in moved.values()):
            state.pair(index, found)
    return True


def _moved_content(state: _Matching, pairs: Mapping[int, int]) -> dict[int, int]:
    """Shown -> known of those whose telling words were known under another id: the ids swapped, or count places."""
    shown_by_words = _alone(pairs, lambda index: content(state.shown[index]))
    known_by_words = _alone(pairs.values(), lambda index: content(state.known[index]))
    return {
        shown: known_by_words[words]
        for words, shown in shown_by_words.items()
        if _is_telling(words) and words in known_by_words and pairs[shown] != known_by_words[words]
    }


def _same_family(section: Section, row: RevisionRow) -> bool:
    return section.kind == row.kind or (section.kind in FEED and row.kind in FEED)


# --- exact content ---------------------------------------------------------------------------------------------------


def _by_digest(state: _Matching) -> None:
    """The same in all that a reader sees, time included; where it stands several times, in order."""
    shown_groups = _groups(state.open_shown(), lambda index: section_digest(state.shown[index]))
    known_groups = _groups(state.open_known(), lambda index: state.known[index].digest)
    for digest, shown in shown_groups.items():
        known = [k for k in known_groups.get(digest, ()) if _same_family(state.shown[shown[0]], state.known[k])]
        standing = [k for k in known if state.known[k].visibility == Visibility.SHOWN]
        first = state.shown[shown[0]]
        if len(standing) == len(shown):
            known = standing
        elif len(known) != len(shown) or not (stated_time(first) or _is_telling(content(first))):
            continue
        for pair in zip(shown, known, strict=True):
            state.pair(*pair)


def _by_words(state: _Matching) -> None:
    """The same telling words, standing once on either side, where no two stated times contradict."""
    candidates = [index for index in state.open_known() if state.known[index].visibility != Visibility.REMOVED]
    shown_by_words = _alone(state.open_shown(), lambda index: content(state.shown[index]))
    if not shown_by_words:
        return
    known_by_words = _alone(candidates, lambda index: content(state.known[index]))
    for words, shown in shown_by_words.items():
        known = known_by_words.get(words)
        if known is None or not _is_telling(words) or not _same_family(state.shown[shown], state.known[known]):
            continue
        if not _times_differ(state.shown[shown], state.known[known]):
            state.pair(shown, known)


def _by_text_and_time(state: _Matching) -> None:
    """The same telling text at the same stated time, standing once on either side: removed ones come back retitled."""
    shown_by_text = _alone(state.open_shown(), lambda index: _text_and_time(state.shown[index]))
    if not shown_by_text:
        return
    known_by_text = _alone(state.open_known(), lambda index: _text_and_time(state.known[index]))
    for words, shown in shown_by_text.items():
        known = known_by_text.get(words)
        telling = all(words) and _is_telling(words[:1])
        if known is not None and telling and _same_family(state.shown[shown], state.known[known]):
            state.pair(shown, known)


def _text_and_time(section: Section | RevisionRow) -> tuple[str, str]:
    time = stated_time(section)
    return plain(section.text), time.isoformat() if time else ""


def _is_telling(words: Sequence[str]) -> bool:
    return sum(map(len, words)) >= TELLING_CHARS


def _times_differ(section: Section, row: RevisionRow) -> bool:
    mine, theirs = stated_time(section), stated_time(row)
    return mine is not None and theirs is not None and not _told_alike(mine, theirs)


def _told_alike(one: datetime, other: datetime) -> bool:
    """Whether two times are one, as far as the coarser of them tells: a new layout may print seconds, or leave them."""
    mine, theirs = _told(one), _told(other)
    return mine.startswith(theirs) or theirs.startswith(mine)


def _told(time: datetime) -> str:
    return f"{time.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}".removesuffix(".000000").removesuffix(":00")


def _groups(indices: Iterable[int], key: Callable[[int], Hashable]) -> dict[Hashable, list[int]]:
    groups: dict[Hashable, list[int]] = defaultdict(list)
    for index in indices:
        groups[key(index)].append(index)
    return groups


def _alone(indices: Iterable[int], key: Callable[[int], tuple[str, str]]) -> dict[tuple[str, str], int]:
    """Words -> index, of the words that stand once."""
    found: dict[tuple[str, str], int] = {}
    twice: set[tuple[str, str]] = set()
    for index in indices:
        words = key(index)
        if words in found:
            twice.add(words)
        found[words] = index
    return {words: index for words, index in found.items() if words not in twice}


# --- likeness --------------------------------------------------------------------------------------------------------


def _by_likeness(state: _Matching) -> None:
    shown = [index for index in state.open_shown() if state.shown[index].kind != Kind.BOILERPLATE]
    known = [index for index in state.open_known() if state.known[index].visibility != Visibility.REMOVED]
    if not shown or not known:
        return
    first_known_place = min(state.pairs, default=-1)
    around_shown = _around(range(len(state.shown)), state.pairs)
    around_known = _around(range(len(state.known)), {k: k for k in state.taken})
    scores: dict[tuple[int, int], float] = {}
    for index in shown:
        for candidate in known:
            row = state.known[candidate]
            standing = row.visibility == Visibility.SHOWN
            placed = index > first_known_place or state.shown[index].pinned
            if row.kind != state.shown[index].kind or not (standing or placed):
                continue  # what stands above everything known is new, not a hidden post come back
            likeness = _likeness(state.shown[index], row)
            if likeness < LEAST_LIKENESS:
                continue
            score = likeness + _time_score(state.shown[index], row)
            score += EACH_NEIGHBOUR * _shared_neighbours(around_shown[index], around_known[candidate])
            if score >= LEAST_SCORE:
                scores[index, candidate] = score
    for index, candidate in assign(scores).items():
        state.pair(index, candidate)


def _likeness(section: Section, row: RevisionRow) -> float:
    """0 to 1: the share of words in common, in order; headline and text weighted."""
    (headline, text), (known_headline, known_text) = content(section), content(row)
    if not text and not known_text:
        return _alike(headline, known_headline)
    if not headline and not known_headline:
        return _alike(text, known_text)
    if not text or not known_text:
        return HEADLINE_ALONE * _alike(headline, known_headline)
    return HEADLINE_WEIGHT * _alike(headline, known_headline) + (1 - HEADLINE_WEIGHT) * _alike(text, known_text)


@lru_cache(maxsize=4096)
def _alike(one: str, other: str) -> float:
    if one == other:
        return 1.0
    by_word = Indel.normalized_similarity(_words(one)[:MOST_WORDS], _words(other)[:MOST_WORDS])
    if len(one) > TELLING_CHARS:
        return by_word
    return max(by_word, 2 * Indel.normalized_similarity(one, other) - 1)  # a slip of the pen in a short line


def _words(text: str) -> list[str]:
    """Words with their punctuation; signs where a script parts no words, so that one that changed is one of many."""
    words = text.split()
    return words if text.isascii() or word_count(text) == len(words) else words_in(text)


def _time_score(section: Section, row: RevisionRow) -> float:
    if _times_differ(section, row):
        return OTHER_TIME
    return SAME_TIME if stated_time(section) is not None and stated_time(row) is not None else 0.0


def _around(indices: Sequence[int], pairs: Mapping[int, int]) -> list[tuple[int | None, int | None]]:
    """For each index the known sections that were found nearest above and below it."""
    above: list[int | None] = []
    below: list[int | None] = []
    last: int | None = None
    for index in indices:
        above.append(last)
        last = pairs.get(index, last)
    last = None
    for index in reversed(indices):
        below.append(last)
        last = pairs.get(index, last)
    return list(zip(above, reversed(below), strict=True))


def _shared_neighbours(one: tuple[int | None, int | None], other: tuple[int | None, int | None]) -> int:
    """How many of the two neighbours agree, the page read downwards or upwards."""

    def shared(first: tuple[int | None, int | None], second: tuple[int | None, int | None]) -> int:
        return sum(mine == theirs and mine is not None for mine, theirs in zip(first, second, strict=True))

    return max(shared(one, other), shared(one, other[::-1]))
