"""What a new generation would change, row by row: which rows would go, come, or read differently.

Rows of the old and the new tables are paired by what they are about: the same look, the same revision of a section; a
section that got another id is known by its words. Pairs are counted by what kind of difference they are, and of each
kind the first is kept as an example.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import pyarrow as pa

from lake.schemas import from_arrow, tables
from transforms.rows import Row

ABOUT: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "captures": (("capture_id",),),
    "blogs": (("capture_id",),),
    "aliases": (("kind", "alias", "capture_id"),),
    "revisions": (
        ("section_id", "capture_id", "change"), ("section_id", "capture_id"), ("section_id", "seq"),
        ("capture_id", "text"), ("capture_id", "headline"), ("capture_id", "publisher_id"),
    ),
    "headlines": (("headline_id",), ("normalised",)),
    "sightings": (("sighting_id",), ("section_id", "place", "capture_id")),
    "duplicates": (("sighting_id",),),
}  # fmt: skip
"""By table: the columns by which two rows of one blog are about the same thing, the surest first."""
TELLING = {"revisions": "change", "captures": "outcome", "sightings": "place", "duplicates": "rule", "blogs": "state"}
"""By table: the column that says what sort of row it is."""
MOST_EXAMPLES = 1000
"""Examples kept of one table: kinds of difference beyond these are counted only."""
CHANGED, ONLY_BEFORE, ONLY_AFTER = "changed", "only_before", "only_after"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of difference in the rows of one blog."""

    blog_id: str
    what: str
    """``changed``; ``only_before`` for rows that would go, ``only_after`` for rows that would come."""
    sort: str
    """What sort of row it is: an added revision, a look that failed …; empty where a table knows no sorts."""
    columns: tuple[str, ...] = ()
    """Of changed rows: the columns that differ."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A row as it is and as it would be; None where there is none."""

    before: Row | None
    after: Row | None

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns in which both differ."""
        if self.before is None or self.after is None:
            return ()
        names = self.before.__dataclass_fields__
        return tuple(name for name in names if getattr(self.before, name) != getattr(self.after, name))


@dataclass(slots=True)
class Difference:
    """How a table of the new generation differs from the old one."""

    kinds: Counter[Kind] = field(default_factory=Counter)
    """How many rows differ in which way."""
    examples: dict[Kind, Pair] = field(default_factory=dict)
    """The first pair of each kind."""

    @property
    def only_before(self) -> int:
        """Rows that would go."""
        return self.count(ONLY_BEFORE)

    @property
    def only_after(self) -> int:
        """Rows that would come."""
        return self.count(ONLY_AFTER)

    @property
    def changed(self) -> int:
        """Rows that would read differently."""
        return self.count(CHANGED)

    def count(self, what: str, blog_id: str | None = None) -> int:
        """Rows that differ in one of the three ways; of all blogs, or of one."""
        ours = (one for one in self.kinds if one.what == what and blog_id in {None, one.blog_id})
        return sum(self.kinds[one] for one in ours)

    def counts(self, blog_id: str | None = None) -> dict[str, int]:
        """The three counts by name."""
        return {what: self.count(what, blog_id) for what in (ONLY_BEFORE, ONLY_AFTER, CHANGED)}

    def columns(self) -> Counter[str]:
        """In how many of the changed rows each column differs."""
        found: Counter[str] = Counter()
        for kind, rows in self.kinds.items():
            found.update(dict.fromkeys(kind.columns, rows))
        return found

    def blogs(self) -> list[str]:
        """The blogs with differences, those with the most first."""
        rows: Counter[str] = Counter()
        for kind, count in self.kinds.items():
            rows[kind.blog_id] += count
        return sorted(rows, key=lambda blog: (-rows[blog], blog))

    def of(self, blog_id: str) -> list[tuple[Kind, int]]:
        """The kinds of difference in one blog, the most frequent first."""
        ours = [(kind, rows) for kind, rows in self.kinds.items() if kind.blog_id == blog_id]
        return sorted(ours, key=lambda item: (-item[1], item[0].what, item[0].sort, item[0].columns))

    def add(self, name: str, pair: Pair) -> None:
        """Count one more pair of a table."""
        row = pair.after or pair.before
        what = CHANGED if pair.before and pair.after else ONLY_AFTER if pair.after else ONLY_BEFORE
        kind = Kind(row.blog_id if row else "", what, str(getattr(row, TELLING.get(name, ""), "")), pair.columns)
        self.kinds[kind] += 1
        if len(self.examples) < MOST_EXAMPLES:
            self.examples.setdefault(kind, pair)


def pairs(name: str, old: pa.Table, new: pa.Table) -> Iterator[Pair]:
    """The rows of one table and day that are not in both, paired where they are about the same thing."""
    if old.equals(new):
        return
    counted = Counter(from_arrow(name, old)), Counter(from_arrow(name, new))
    gone, come = list((counted[0] - counted[1]).elements()), list((counted[1] - counted[0]).elements())
    for about in ABOUT.get(name, ()):
        found, gone, come = _paired(("blog_id", *about), gone, come)
        yield from found
    yield from (Pair(row, None) for row in gone)
    yield from (Pair(None, row) for row in come)


def _paired(about: Sequence[str], gone: list[Row], come: list[Row]) -> tuple[list[Pair], list[Row], list[Row]]:
    """The rows that agree in some columns, none of which may be empty, as pairs; and those left over."""
    waiting: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for place in reversed(range(len(come))):
        waiting[_values(about, come[place])].append(place)
    found, left, taken = [], [], set()
    for row in gone:
        values = _values(about, row)
        if all(values) and waiting.get(values):
            place = waiting[values].pop()
            taken.add(place)
            found.append(Pair(row, come[place]))
        else:
            left.append(row)
    return found, left, [row for place, row in enumerate(come) if place not in taken]


def _values(columns: Sequence[str], row: Row) -> tuple[object, ...]:
    return tuple(getattr(row, column) for column in columns)


def nothing_differs() -> dict[str, Difference]:
    """A difference a table, none of which holds anything yet."""
    return {name: Difference() for name in tables()}
