"""Which update of the truth a recorded section is: the one whose publisher id it carries, else the one it reads like.

Updates may read alike, letter by letter; then the time shown decides, then the interval in which the section appeared,
and no update is given twice while another that reads the same has none.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from rapidfuzz import fuzz

from tests.newsroom import prose
from tests.newsroom.dialects import DIALECTS
from tests.newsroom.press import Blog
from tests.newsroom.state import State, Update

ALIKE = 85.0
"""Likeness, of 100, from which words belong to an update: a page may cut a body short or join its paragraphs."""

Wording = tuple[str, str]
"""Headline and text, white space aside."""


class Revision(Protocol):
    """What is read of a recorded revision; rows of the table ``revisions`` have all of it."""

    @property
    def section_id(self) -> str: ...
    @property
    def change(self) -> str: ...
    @property
    def reason(self) -> str | None: ...
    @property
    def kind(self) -> str: ...
    @property
    def publisher_id(self) -> str | None: ...
    @property
    def headline(self) -> str | None: ...
    @property
    def text(self) -> str: ...
    @property
    def published_at(self) -> datetime | None: ...
    @property
    def observed_at(self) -> datetime: ...
    @property
    def not_before(self) -> datetime | None: ...
    @property
    def not_after(self) -> datetime: ...


@dataclass(frozen=True, slots=True)
class _Candidate:
    """An update as it may be recognised."""

    key: str
    posted_at: datetime
    wordings: frozenset[Wording]
    times_shown: frozenset[datetime]


def keys_of(sections: Mapping[str, Sequence[Revision]], blog: Blog, states: Sequence[State]) -> dict[str, str | None]:
    """The key of the update that each section is, or None where it is like none. Sections come in order of record."""
    ids, candidates = _ids(blog, states), _candidates(states)
    taken: set[str] = set()
    found: dict[str, str | None] = {}
    for section, revisions in sections.items():
        known = Counter(key for item in revisions if (key := ids.get(item.publisher_id or "")))
        key = known.most_common(1)[0][0] if known else _most_alike(revisions, candidates, taken)
        found[section] = key
        if key is not None:
            taken.add(key)
    return found


def mixed(
    sections: Mapping[str, Sequence[Revision]], keys: Mapping[str, str | None], blog: Blog, states: Sequence[State]
) -> dict[str, str]:
    """Sections that also carry another update, with its key: by its id, or in words that it alone has."""
    ids, candidates = _ids(blog, states), _candidates(states)
    owners: dict[Wording, set[str]] = defaultdict(set)
    for candidate in candidates:
        for words in candidate.wordings:
            owners[words].add(candidate.key)
    found = {}
    for section, revisions in sections.items():
        others = {key for revision in revisions if (key := _owner(revision, ids, owners))} - {keys[section]}
        if others:
            found[section] = min(others)
    return found


def _owner(revision: Revision, ids: Mapping[str, str], owners: Mapping[Wording, AbstractSet[str]]) -> str | None:
    """The update that a revision belongs to beyond doubt."""
    if key := ids.get(revision.publisher_id or ""):
        return key
    having = owners.get(words_of(revision.headline, revision.text), frozenset())
    return next(iter(having)) if len(having) == 1 else None


def _most_alike(revisions: Sequence[Revision], candidates: Sequence[_Candidate], taken: set[str]) -> str | None:
    """The update that most revisions of a section read like."""
    votes = Counter(key for item in revisions if (key := _nearest(item, revisions[0], candidates, taken)))
    return votes.most_common(1)[0][0] if votes else None


def _nearest(revision: Revision, first: Revision, candidates: Sequence[_Candidate], taken: set[str]) -> str | None:
    words = words_of(revision.headline, revision.text)
    rated = ((_likeness(words, item), item) for item in candidates)
    likely = [(likeness, item) for likeness, item in rated if likeness >= ALIKE]
    if not likely:
        return None
    best = max(likeness for likeness, _ in likely)
    tied = [item for likeness, item in likely if likeness == best]
    return max(tied, key=lambda item: (*_circumstances(revision, first, item), item.key not in taken)).key


def _likeness(words: Wording, candidate: _Candidate) -> float:
    if words in candidate.wordings:
        return 101.0
    whole = "\n".join(words)
    return max(fuzz.ratio(whole, "\n".join(other), score_cutoff=ALIKE) for other in candidate.wordings)


def _circumstances(revision: Revision, first: Revision, candidate: _Candidate) -> tuple[bool, bool]:
    """Whether the time shown fits, and whether the section appeared when the update was posted."""
    shown = revision.published_at
    fits = shown is not None and any(abs(shown - time) < timedelta(minutes=1) for time in candidate.times_shown)
    after = first.not_before is None or first.not_before <= candidate.posted_at
    return fits, after and candidate.posted_at <= first.not_after


def _ids(blog: Blog, states: Sequence[State]) -> dict[str, str]:
    """Every id that a page has ever given to an update."""
    dialect = DIALECTS[blog.source.dialect]
    every = ((dialect.publisher_id(blog, update), update.key) for state in states for update in state.updates.values())
    return {identity: key for identity, key in every if identity}


def _candidates(states: Sequence[State]) -> list[_Candidate]:
    """Every update that there ever was, in every wording that it ever had."""
    versions: dict[str, list[Update]] = defaultdict(list)
    for state in states:
        for update in state.updates.values():
            if update not in versions[update.key]:
                versions[update.key].append(update)
    whole = [
        _candidate(key, updates, {words_of(*wording(update)) for update in updates})
        for key, updates in versions.items()
    ]
    inner = [_candidate(f"{key} card", updates, _inner_cards(updates)) for key, updates in versions.items()]
    return whole + [candidate for candidate in inner if candidate.wordings]


def _candidate(key: str, updates: Sequence[Update], wordings: AbstractSet[Wording]) -> _Candidate:
    return _Candidate(key, updates[0].posted_at, frozenset(wordings), frozenset(item.published_at for item in updates))


def _inner_cards(updates: Sequence[Update]) -> set[Wording]:
    """The cards that stood inside an update: a recorder may rightly keep them as sections of their own."""
    cards = (update.card for update in updates if not update.is_card)
    return {words_of(card.headline, card.teaser) for card in cards if card}


def wording(update: Update) -> Wording:
    """Headline and text as a reader sees them; of a card its title and teaser."""
    if update.is_card and update.card:
        return update.card.headline, update.card.teaser
    return update.headline, prose.plain(update.text)


def words_of(headline: str | None, text: str) -> Wording:
    """Headline and text, white space aside."""
    return " ".join((headline or "").split()), " ".join(text.split())
