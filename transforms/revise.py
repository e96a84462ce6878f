"""What happened to each section between what is known and one look (rules R3 and R4).

A matched section may have been retitled, edited, pinned or unpinned, and may have come back (`shown`, `restored`). A
section that is not on the page goes this way, never faster, and comes back from anywhere:

    shown --> hidden (out_of_window) --> hidden (not_observed) --> removed
                the window moved on        a look covers its         another one does, at least
                                           place and lacks it        60 s and one max-age later

Each change is a row with the whole section as it stands after it, and the interval in which it happened: `not_before`,
the last look without the change, and `not_after`, the first look with it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise, takewhile

from transforms.change import Glance, Reason, added, changes, missing
from transforms.copies import Copy, set_aside_copies
from transforms.digest import stated_time
from transforms.identity import section_id
from transforms.match import Matches, match
from transforms.place import Anchor, Window, in_order, misplaced, new_ranks, window
from transforms.records import Kind, Page, Section
from transforms.rows import RevisionRow, Visibility


@dataclass(frozen=True, slots=True)
class Placed:
    """A section of the page and the known section that it is."""

    section: Section
    section_id: str
    is_copy: bool = False
    """A pinned second copy, which is no update of its own."""


@dataclass(frozen=True, slots=True)
class Revised:
    """What one look changes."""

    revisions: tuple[RevisionRow, ...]
    sections: tuple[RevisionRow, ...]
    """The newest revision of every section after the look, by rank."""
    aliases: tuple[tuple[str, str], ...] = ()
    """New publisher ids of known sections: (publisher id, section id)."""
    placed: tuple[Placed, ...] = ()
    """Every section of the page, in page order, copies included."""


def revise(known: Sequence[RevisionRow], page: Page, glance: Glance, aliases: Mapping[str, str]) -> Revised:
    """Compare a page with the newest revision of every section.

    `known` is in rank order; `aliases` maps other publisher ids to section ids. Pure: the same input, the same rows.
    """
    shown, copies = set_aside_copies(page.sections)
    matches = match(known, shown, aliases)
    if glance.cut and known and shown:
        shown, matches = _without_stump(known, shown, matches)
    placing = _Placing.of(known, shown, matches, _floating(shown) - {copy.original for copy in copies})
    names = _names(known, shown, matches)
    rows: dict[str, list[RevisionRow]] = {}
    for index, section in enumerate(shown):
        if (found := matches.pairs.get(index)) is not None:
            row = known[found]
            covered_at = placing.last_covered(row, glance) if row.visibility == Visibility.REMOVED else None
            rows[names[index]] = changes(replace(row, rank=placing.ranks[index]), section, covered_at, glance)
        else:
            not_before = glance.seen_before if _is_news(section, placing, index, glance) else None
            rows[names[index]] = [added(section, names[index], placing.ranks[index], not_before, glance)]
    view = placing.window(glance)
    for row in known:
        if row.section_id not in rows:
            rows[row.section_id] = missing(row, view.covers(row.rank), glance)
    return Revised(
        revisions=tuple(row for group in rows.values() for row in group),
        sections=_newest(known, rows),
        aliases=_new_aliases(known, shown, matches, aliases),
        placed=_placed(page.sections, shown, copies, names),
    )


def revise_unchanged(known: Sequence[RevisionRow], last_changed_at: datetime | None, glance: Glance) -> Revised:
    """The same page as at the last look (a 304, the same bytes or the same digest): only removals may complete.

    A place that was covered is covered still where nothing has changed since, or where neighbours on both sides stand.
    """
    anchors = [Anchor(place, row.rank) for place, row in enumerate(known) if _stands_in_feed(row)]
    view = window(anchors, (), flipped=False, head=False, end=False)
    rows: dict[str, list[RevisionRow]] = {}
    for row in known:
        still = last_changed_at is not None and last_changed_at <= row.observed_at
        if row.reason == Reason.NOT_OBSERVED and (still or view.covers(row.rank)):
            rows[row.section_id] = missing(row, True, glance)
    return Revised(tuple(row for group in rows.values() for row in group), _newest(known, rows))


def _without_stump(
    known: Sequence[RevisionRow], shown: Sequence[Section], matches: Matches
) -> tuple[tuple[Section, ...], Matches]:
    """The sections of a page that breaks off, the last one as it is known, or left out where it is not."""
    last = len(shown) - 1
    found = matches.pairs.get(last)
    if found is None:
        return tuple(shown[:last]), matches
    row = known[found]
    if not row.text.startswith(shown[last].text[:-1].rstrip()):
        return tuple(shown), matches
    whole = replace(
        shown[last], text=row.text, headline=row.headline, authors=row.authors, links=row.links, media=row.media
    )
    return (*shown[:last], whole), matches


# --- places ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Placing:
    """Where the page's sections stand in the feed."""

    shown: Sequence[Section]
    ranks: Sequence[str]
    """One for each shown section."""
    flipped: bool | None
    floating: frozenset[int]
    """Pinned on top, out of their place: they say nothing about places."""
    lowest_before: str | None
    """The lowest place that the look before showed."""
    known: Sequence[RevisionRow] = ()

    @classmethod
    def of(
        cls, known: Sequence[RevisionRow], shown: Sequence[Section], matches: Matches, floating: Iterable[int]
    ) -> "_Placing":
        apart = frozenset(floating)
        given = [known[matches.pairs[i]].rank if i in matches.pairs else None for i in range(len(shown))]
        inside = [i for i in range(len(shown)) if i not in apart]
        standing = [Anchor(i, rank) for i in inside if shown[i].kind == Kind.UPDATE and (rank := given[i]) is not None]
        back = {i for i in matches.pairs if known[matches.pairs[i]].visibility != Visibility.SHOWN}
        # What came back may stand elsewhere than it did, so it tells last which way the page runs.
        flipped = in_order([anchor for anchor in standing if anchor.position not in back])[1]
        if flipped is None:
            flipped = _flipped_by_time(known, [shown[i] for i in inside])
        if flipped is None:
            flipped = in_order(standing)[1]
        for index in misplaced(standing, back, bool(flipped)):
            given[index] = None
        taken = [row.rank for row in known]
        feed = [i for i in inside if shown[i].kind in (Kind.UPDATE, Kind.CARD)] if flipped else inside
        around = [i for i in inside if i not in set(feed)]  # a page that runs the other way keeps its lede on top
        for indices, reverse in ((around, False), (feed, bool(flipped))):
            for index, rank in zip(indices, new_ranks([given[i] for i in indices], taken, reverse), strict=True):
                given[index] = rank
            taken = sorted({*taken, *(rank for rank in given if rank)})
        taken = sorted({*taken, *(rank for rank in given if rank)})
        for index in sorted(apart):
            if given[index] is None:
                given[index] = new_ranks([taken[-1] if taken else None, None], taken, False)[-1]
        before = [row.rank for row in known if _stands_in_feed(row)]
        return cls(shown, [rank or "" for rank in given], flipped, apart, max(before, default=None), known)

    def covered_before(self, rank: str) -> bool:
        """Whether the look before showed this place: its page began with the newest."""
        return self.lowest_before is not None and rank < self.lowest_before

    def last_covered(self, row: RevisionRow, glance: Glance) -> datetime | None:
        """The last look that showed the place of a section: the one before, else one that saw both sides of it."""
        if self.covered_before(row.rank):
            return glance.seen_before
        feed = [(other.rank, _last_seen(other, glance)) for other in self.known if other.kind == Kind.UPDATE]
        above = max((seen for rank, seen in feed if seen and rank < row.rank), default=None)
        below = max((seen for rank, seen in feed if seen and rank > row.rank), default=None)
        return min(above, below) if above and below else None

    def window(self, glance: Glance) -> Window:
        anchors = [
            Anchor(section.position, self.ranks[index])
            for index, section in enumerate(self.shown)
            if section.kind == Kind.UPDATE and index not in self.floating
        ]
        return window(in_order(anchors)[0], glance.breaks, self.flipped, glance.head, glance.end)


def _floating(shown: Sequence[Section]) -> set[int]:
    """Pinned updates that stand above all others, unless they are the newest: out of their place."""
    updates = [index for index, section in enumerate(shown) if section.kind == Kind.UPDATE]
    top = list(takewhile(lambda index: shown[index].pinned, updates))
    newest = max((time for index in updates[len(top) :] if (time := stated_time(shown[index]))), default=None)
    times = {index: stated_time(shown[index]) for index in top}
    return {index for index, time in times.items() if time is None or newest is None or time < newest}


def _last_seen(row: RevisionRow, glance: Glance) -> datetime | None:
    """The last look that saw a section; None for one that is removed."""
    if row.visibility == Visibility.SHOWN:
        return glance.seen_before
    return row.not_before if row.visibility == Visibility.HIDDEN else None


def _stands_in_feed(row: RevisionRow) -> bool:
    return row.visibility == Visibility.SHOWN and row.kind == Kind.UPDATE and not row.pinned


def _flipped_by_time(known: Sequence[RevisionRow], shown: Sequence[Section]) -> bool | None:
    """Which way the page runs, where too few known sections tell: do its times run against those known?"""
    updates = [section for section in shown if section.kind == Kind.UPDATE]
    if len(updates) < 2:
        return False
    here = _direction(stated_time(section) for section in updates)
    there = _direction(
        stated_time(row) for row in known if row.kind == Kind.UPDATE and row.visibility == Visibility.SHOWN
    )
    return None if 0 in (here, there) else here != there


def _direction(times: Iterable[datetime | None]) -> int:
    """1 for times that rise, -1 for times that fall, 0 where they do not say."""
    steps = [(later > earlier) - (later < earlier) for earlier, later in pairwise(time for time in times if time)]
    return (sum(steps) > 0) - (sum(steps) < 0)


# --- what a look leaves behind -------------------------------------------------------------------------------------


def _is_news(section: Section, placing: _Placing, index: int, glance: Glance) -> bool:
    """Whether the look before would have shown the section, had it stood there then."""
    if glance.seen_before is None or index in placing.floating:
        return False
    published = stated_time(section)
    if section.kind not in (Kind.UPDATE, Kind.CARD) or (published is not None and published > glance.seen_before):
        return True
    return placing.covered_before(placing.ranks[index])


def _names(known: Sequence[RevisionRow], shown: Sequence[Section], matches: Matches) -> list[str]:
    """A section id for each shown section; a new one never takes a name that is taken."""
    taken = {row.section_id for row in known}
    names: list[str] = []
    for index, section in enumerate(shown):
        if (found := matches.pairs.get(index)) is not None:
            names.append(known[found].section_id)
            continue
        name, number = section.section_id, 1
        while name in taken:
            number += 1
            name = section_id(section.section_id, str(number))
        taken.add(name)
        names.append(name)
    return names


def _newest(known: Sequence[RevisionRow], rows: Mapping[str, Sequence[RevisionRow]]) -> tuple[RevisionRow, ...]:
    newest = {row.section_id: row for row in known}
    newest.update({name: group[-1] for name, group in rows.items() if group})
    return tuple(sorted(newest.values(), key=lambda row: (row.rank, row.section_id)))


def _new_aliases(
    known: Sequence[RevisionRow], shown: Sequence[Section], matches: Matches, aliases: Mapping[str, str]
) -> tuple[tuple[str, str], ...]:
    if not matches.ids_trusted:
        return ()
    found = []
    for index, row_index in sorted(matches.pairs.items()):
        name, row = shown[index].publisher_id, known[row_index]
        if name is not None and name != row.publisher_id and aliases.get(name) != row.section_id:
            found.append((name, row.section_id))
    return tuple(found)


def _placed(
    sections: Sequence[Section], shown: Sequence[Section], copies: Sequence[Copy], names: Sequence[str]
) -> tuple[Placed, ...]:
    placed = [Placed(section, name) for section, name in zip(shown, names, strict=True)]
    placed += [Placed(copy.section, names[copy.original], is_copy=True) for copy in copies]
    return tuple(sorted(placed, key=lambda item: item.section.position))
