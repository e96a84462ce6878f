"""Headlines and where they stood: canonical headlines, sightings, and links from a sighting to what it repeats.

A headline is canonical for its blog: its first sighting. Every later place or time at which the same words stand is a
sighting linked to it by a duplicate, with the rule that found it (rule R6: a link, never a deletion):

    adjacent      the same line printed again right after itself
    pinned_copy   the second copy of a pinned update
    key_event     an entry of the list of key events
    card          the title of a related-story card
    exact         anything else that says the same, case, typography, live prefixes and outlet names aside
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from transforms.near import keys
from transforms.records import Kind
from transforms.rows import DuplicateRow, HeadlineRow, SightingRow
from transforms.wording import normalise

METHOD = "normalised/1"
TITLE = "title"
"""Place of a blog's own title."""


@dataclass(frozen=True, slots=True)
class Spotted:
    """A headline that stands somewhere for the first time."""

    headline: str
    place: str
    """``title``, or the kind of the section."""
    section_id: str | None = None
    times: int = 1
    """How often it stands there in a row."""
    is_copy: bool = False
    """Of a pinned second copy."""


@dataclass(frozen=True, slots=True)
class Source:
    """Whose headlines they are, and the look that saw them."""

    blog_id: str
    source: str
    language: str | None
    observed_at: datetime
    capture_id: str


@dataclass(slots=True)
class Linked:
    """Rows of the three tables; `known` is what this blog has shown, the new ones included."""

    known: dict[str, str]
    headlines: list[HeadlineRow] = field(default_factory=list)
    sightings: list[SightingRow] = field(default_factory=list)
    duplicates: list[DuplicateRow] = field(default_factory=list)


def link(known: Mapping[str, str], spotted: Iterable[Spotted], source: Source) -> Linked:
    """Sightings of one look, linked to the blog's canonical headlines (`known`: normalised -> headline_id)."""
    linked = Linked(dict(known))
    for spot in spotted:
        normalised = normalise(spot.headline)
        if not normalised:
            continue
        repeats = normalised in linked.known
        headline_id = linked.known.setdefault(normalised, _digest(source.blog_id, normalised))
        if not repeats:
            linked.headlines.append(_headline(spot, normalised, headline_id, source))
        for number, rule in _rules(spot, repeats):
            sighting = _sighting(spot, headline_id, number, source)
            linked.sightings.append(sighting)
            if rule:
                linked.duplicates.append(_duplicate(sighting, headline_id, rule, source))
    return linked


def _rules(spot: Spotted, repeats: bool) -> Iterator[tuple[int, str | None]]:
    """The number and rule of each sighting at one place."""
    rule = "exact"
    if spot.is_copy:
        rule = "pinned_copy"
    elif spot.place == Kind.KEY_EVENTS:
        rule = "key_event"
    elif spot.place == Kind.CARD:
        rule = "card"
    yield 1, rule if repeats else None
    for number in range(2, spot.times + 1):
        yield number, "adjacent"


def _headline(spot: Spotted, normalised: str, headline_id: str, source: Source) -> HeadlineRow:
    return HeadlineRow(
        headline_id=headline_id,
        headline=spot.headline,
        normalised=normalised,
        language=source.language,
        blog_id=source.blog_id,
        source=source.source,
        observed_at=source.observed_at,
        capture_id=source.capture_id,
        keys=keys(spot.headline),
    )


def _sighting(spot: Spotted, headline_id: str, number: int, source: Source) -> SightingRow:
    copy = "copy" if spot.is_copy else ""
    return SightingRow(
        sighting_id=_digest(source.capture_id, spot.section_id or "", spot.place, headline_id, copy, str(number)),
        headline_id=headline_id,
        blog_id=source.blog_id,
        section_id=spot.section_id,
        place=spot.place,
        headline=spot.headline,
        observed_at=source.observed_at,
        capture_id=source.capture_id,
    )


def _duplicate(sighting: SightingRow, headline_id: str, rule: str, source: Source) -> DuplicateRow:
    return DuplicateRow(
        sighting_id=sighting.sighting_id,
        headline_id=headline_id,
        rule=rule,
        score=1.0,
        method=METHOD,
        blog_id=source.blog_id,
        observed_at=source.observed_at,
        capture_id=source.capture_id,
    )


def _digest(*parts: str) -> str:
    return hashlib.blake2b("\n".join(parts).encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
