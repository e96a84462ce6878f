"""Second copies on one page: a pinned post that stands on top and again in its place is one update (rule R6)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from transforms.digest import plain
from transforms.records import Kind, Section


@dataclass(frozen=True, slots=True)
class Copy:
    """A section that repeats another of its page."""

    section: Section
    original: int
    """Index of the original among the sections that were kept."""


def set_aside_copies(sections: Sequence[Section]) -> tuple[tuple[Section, ...], tuple[Copy, ...]]:
    """A page's sections without second copies, and the copies; the original of a pinned copy is marked pinned.

    A copy has the same publisher id, or is pinned, has no id and says the same as an update that is not. Two updates
    that merely say the same are two updates.
    """
    original_of = _same_id(sections)
    original_of |= _same_words(sections, original_of)
    if not original_of:
        return tuple(sections), ()
    pinned = {original for copy, original in original_of.items() if sections[copy].pinned}
    kept = [place for place in range(len(sections)) if place not in original_of]
    shown = tuple(replace(sections[place], pinned=sections[place].pinned or place in pinned) for place in kept)
    index_of = {place: index for index, place in enumerate(kept)}
    copies = tuple(Copy(sections[copy], index_of[original]) for copy, original in sorted(original_of.items()))
    return shown, copies


def _same_id(sections: Sequence[Section]) -> dict[int, int]:
    """Copy -> original of sections with one publisher id; the original is the one that is not pinned."""
    places: dict[str, list[int]] = {}
    for place, section in enumerate(sections):
        if section.publisher_id:
            places.setdefault(f"{section.kind} {section.publisher_id}", []).append(place)
    found: dict[int, int] = {}
    for same in places.values():
        if len(same) > 1:
            original = next((place for place in same if not sections[place].pinned), same[0])
            found |= {place: original for place in same if place != original}
    return found


def _same_words(sections: Sequence[Section], known: dict[int, int]) -> dict[int, int]:
    """Copy -> original of pinned updates without an id that repeat an update of the page."""
    pinned = [
        place
        for place, section in enumerate(sections)
        if section.pinned and not section.publisher_id and section.kind == Kind.UPDATE and place not in known
    ]
    if not pinned:
        return {}
    found: dict[int, int] = {}
    for copy in pinned:
        for place, section in enumerate(sections):
            if section.kind == Kind.UPDATE and not section.pinned and _says_the_same(sections[copy], section):
                found[copy] = place
                break
    return found


def _says_the_same(copy: Section, section: Section) -> bool:
    if plain(copy.text) != plain(section.text):
        return False
    headline, other = plain(copy.headline or ""), plain(section.headline or "")
    return headline == other or ((not headline or not other) and bool(copy.text))
