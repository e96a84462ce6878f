"""What is known of blogs between looks: read from the lake and nowhere else.

Read are the checkpoint of the last fold and the files written since, and of these only rows of the blogs that are asked
for. Of each table what is current counts: the newest revision of each section, the newest state, decision and looks of
each blog.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from lake.checkpoint import BODY_OUTCOMES, current
from lake.parquet import read_files
from lake.schemas import from_arrow
from lake.snapshots import Snapshot
from transforms.rows import AliasRow, BlogRow, CaptureRow, HeadlineRow, KnownBlog, RevisionRow, Row, WatchRow

R = TypeVar("R", bound=Row)


@dataclass(frozen=True, slots=True)
class _Known:
    """Rows by table, and by blog."""

    rows: Mapping[str, Mapping[str, list[Any]]]

    def of(self, table: str, blog_id: str, row_type: type[R]) -> list[R]:
        return cast(list[R], self.rows[table].get(blog_id, []))


LOOKS = ("captures", "blogs", "watches")
"""What planning needs: when a blog was last looked at, and whether it is watched."""
MANY = 2000
"""Rows of which Arrow picks the current ones sooner than Python does."""
EVERYTHING = (*LOOKS, "aliases", "revisions", "headlines")
"""What revising needs."""


def state(
    snapshot: Snapshot, blog_ids: Collection[str] | None = None, names: Sequence[str] = EVERYTHING
) -> dict[str, KnownBlog]:
    """What a snapshot knows of some blogs, or of all, by these tables. A blog that it does not know is absent."""
    known = _Known({table: _by_blog(snapshot, table, blog_ids) if table in names else {} for table in EVERYTHING})
    blogs = sorted({blog for rows in known.rows.values() for blog in rows})
    return {blog: _known_blog(blog, known) for blog in blogs}


def _by_blog(snapshot: Snapshot, table: str, blog_ids: Collection[str] | None) -> Mapping[str, list[Row]]:
    rows: dict[str, list[Row]] = defaultdict(list)
    files = (*snapshot.manifest.checkpoint.get(table, ()), *snapshot.unfolded(table))
    found = read_files(snapshot.store, table, files, blog_ids)
    for row in from_arrow(table, current(table, found) if len(found) > MANY else found):
        rows[row.blog_id].append(row)
    return rows


def _known_blog(blog_id: str, known: _Known) -> KnownBlog:
    looks = known.of("captures", blog_id, CaptureRow)
    revisions = newest_each(known.of("revisions", blog_id, RevisionRow), lambda row: row.section_id, revision_order)
    aliases = newest_each(known.of("aliases", blog_id, AliasRow), lambda row: (row.section_id, row.kind, row.alias))
    return KnownBlog(
        blog_id=blog_id,
        blog=newest(known.of("blogs", blog_id, BlogRow)),
        watch=newest(known.of("watches", blog_id, WatchRow)),
        last_look=newest(looks),
        last_body=newest([look for look in looks if look.outcome in BODY_OUTCOMES]),
        sections=tuple(sorted(revisions, key=lambda row: (row.rank, row.section_id))),
        aliases=tuple(sorted(aliases, key=lambda row: (row.observed_at, row.kind, row.alias))),
        headlines=_headlines(known, blog_id),
    )


def _headlines(known: _Known, blog_id: str) -> Mapping[str, str]:
    return {row.normalised: row.headline_id for row in known.of("headlines", blog_id, HeadlineRow)}


def revision_order(row: RevisionRow) -> tuple[Any, ...]:
    """What makes one revision of a section newer than another."""
    return (row.seq, row.observed_at)


def observed(row: Row) -> tuple[Any, ...]:
    """What makes one row newer than another, where nothing better is known."""
    return (row.observed_at, getattr(row, "capture_id", ""))


def newest(rows: Iterable[R]) -> R | None:
    """The newest of some rows."""
    return max(rows, key=observed, default=None)


def newest_each(rows: Iterable[R], of: Callable[[R], Hashable], order: Callable[[R], Any] = observed) -> tuple[R, ...]:
    """The newest row of each thing that `of` names."""
    found: dict[Hashable, R] = {}
    for row in rows:
        thing = of(row)
        if thing not in found or order(row) > order(found[thing]):
            found[thing] = row
    return tuple(found.values())
