"""From raw segments to a snapshot: the looks that no snapshot names yet are read, compared and committed."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from lake.errors import SegmentUnreadable
from lake.headlines import headlines_with
from lake.lake import Lake
from lake.leases import Lease
from lake.parts import segment_day
from lake.snapshots import Snapshot
from liveblog.metrics import count_changes, count_looks
from liveblog.sources import Contexts
from liveblog.spooling import LOADED_BLOGS, LookSpool, in_time, recorded
from liveblog.strangers import looks_of
from transforms.near import WINDOW, query_keys, relate
from transforms.records import Capture
from transforms.rows import CaptureRow, Changes, HeadlineRow, KnownBlog, RevisionRow, Row, WatchRow

ADOPT_DAYS = 2
"""A segment that no snapshot names is looked for in today's and yesterday's raw/ (a run may cross midnight)."""
ALL = "all"
"""The one part of the spool: looks of whatever day are recorded together."""
NO_PAGE = frozenset({"failed", "blocked", "too_large", "unreadable"})
"""Outcomes of looks that brought no live blog ..."""
NO_ANSWER = frozenset({"failed", "blocked"})
"""... and of those that brought no page at all."""


@dataclass(frozen=True, slots=True)
class Published:
    """What one commit brought."""

    snapshot: int
    committed: bool
    """False where there was nothing to commit, or where this run had committed before."""
    outcomes: Mapping[str, int]
    """Looks by outcome."""
    changes: Mapping[str, int]
    """Revisions by change."""
    troubles: Mapping[str, str]
    """Address -> reason, for looks that brought no live blog; key -> what is wrong, for segments that are damaged."""
    captures: tuple[CaptureRow, ...] = ()
    """The looks' rows."""
    unwatched: tuple[str, ...] = ()
    """Addresses asked for that brought no page, now or ever: they are not put on the watch list."""

    @property
    def looks(self) -> int:
        """Looks recorded."""
        return sum(self.outcomes.values())


def publish(
    lake: Lake,
    *,
    run_key: str,
    segments: Collection[str],
    lease: Lease | None = None,
    sources: Contexts | None = None,
    asked: Sequence[WatchRow] = (),
) -> Published:
    """Read the looks of these segments, and of any that no snapshot names yet, and commit what they changed.

    `sources` are the time zone and language of each source, for pages that do not say. `asked` are put on the watch
    list in the same commit, but for those that turn out to bring no page.
    """
    built: list[Changes] = []
    unwatched: list[str] = []
    damaged: dict[str, str] = {}
    today = lake.store.now().date()
    days = [(today - timedelta(days=age)).isoformat() for age in range(ADOPT_DAYS)]

    def build(snapshot: Snapshot) -> Changes:
        waiting = {*segments, *lake.raw.unrecorded(snapshot, days)}
        taken = {entry.key for entry in snapshot.segments(sorted(set(map(segment_day, waiting))))}
        changes = transform(lake, snapshot, sorted(waiting - taken), damaged, sources)
        watches = _admitted(lake, snapshot, changes, asked) if asked else ()
        unwatched[:] = [row.url for row in asked if row not in watches]
        built.append(Changes({**changes.rows, "watches": watches}, changes.segments))
        return built[-1]

    before = lake.newest()
    after = lake.commit(_key(run_key), build, run=run_key, guard=lease.check if lease is not None else None)
    changes = built[-1] if built else Changes()
    published = replace(
        _published(after.number, after.number != before.number, changes, damaged), unwatched=tuple(unwatched)
    )
    if published.committed:
        _measure(published, changes, after)
    return published


def unpublished(lake: Lake, run_key: str, segments: Collection[str]) -> set[str]:
    """Those of a run's segments that no snapshot names; none where it has committed (the next run takes the rest)."""
    newest = lake.newest()
    if not segments or newest.manifest.committed_as(_key(run_key)) is not None:
        return set()
    return set(segments) & set(lake.raw.unrecorded(newest, set(map(segment_day, segments))))


def _key(run_key: str) -> str:
    """The key of the one commit that a run makes."""
    return f"{run_key}/publish"


def _admitted(lake: Lake, snapshot: Snapshot, changes: Changes, asked: Sequence[WatchRow]) -> tuple[WatchRow, ...]:
    """What goes on the watch list: whoever was not asked in this run (it stays due), or has ever brought a page.

    An address that is mistyped is looked at once, and that look is kept.
    """
    looks = [row for row in changes.rows.get("captures", ()) if isinstance(row, CaptureRow)]
    silent = {row.blog_id for row in looks} - {row.blog_id for row in looks if row.outcome not in NO_ANSWER}
    silent -= {key for key, known in lake.watched(snapshot).items() if known.last_body is not None}
    return tuple(row for row in asked if row.blog_id not in silent)


def _measure(published: Published, changes: Changes, after: Snapshot) -> None:
    revisions = [row for row in changes.rows.get("revisions", ()) if isinstance(row, RevisionRow)]
    count_looks(published.captures)
    count_changes(revisions, {row.blog_id: row.source for row in published.captures}, after.committed_at)


def transform(
    lake: Lake,
    snapshot: Snapshot,
    segments: Sequence[str],
    damaged: dict[str, str],
    sources: Contexts | None = None,
) -> Changes:
    """The rows that these raw segments add to a snapshot.

    Of a damaged segment the looks before the damage count; it is noted in `damaged` (key -> what is wrong), and named
    in the snapshot like any other, so that it does not stand in the way of every later run.
    """
    with TemporaryDirectory(prefix="liveblog-publish-") as folder:
        spool = LookSpool(Path(folder))
        for key in segments:
            for capture in _readable(lake, key, damaged):
                spool.add(capture, ALL)
        changes = Changes(_recorded(lake, snapshot, spool, sources or {}), tuple(segments))
    return Changes(rows=related(snapshot, changes).rows, segments=tuple(segments))


def _recorded(lake: Lake, snapshot: Snapshot, spool: LookSpool, sources: Contexts) -> dict[str, tuple[Row, ...]]:
    """The rows of the looks in a spool: blog after blog, so that no more than one look is held in memory."""
    rows: dict[str, list[Row]] = defaultdict(list)
    blogs = sorted(spool.blogs(ALL))
    for start in range(0, len(blogs), LOADED_BLOGS):
        some = blogs[start : start + LOADED_BLOGS]
        known = lake.state(snapshot, some)
        for blog_id in some:
            before = known.get(blog_id, KnownBlog(blog_id))
            for one in recorded(before, in_time(spool.looks(ALL, blog_id)), sources):
                for name, new in one.rows.items():
                    rows[name] += new
    return {name: tuple(some) for name, some in rows.items()}


def _readable(lake: Lake, key: str, damaged: dict[str, str]) -> Iterator[Capture]:
    try:
        yield from looks_of(lake, key)
    except SegmentUnreadable as error:
        damaged[key] = str(error)


def related(snapshot: Snapshot, changes: Changes) -> Changes:
    """The changes, with links from new headlines to those that they nearly repeat, in any blog of the lake."""
    new = [row.observed_at for row in changes.rows.get("headlines", ()) if isinstance(row, HeadlineRow)]
    if not new:
        return changes
    return relate(changes, headlines_with(snapshot, query_keys(changes), min(new) - WINDOW, max(new)))


def _published(number: int, committed: bool, changes: Changes, damaged: Mapping[str, str]) -> Published:
    looks = tuple(row for row in changes.rows.get("captures", ()) if isinstance(row, CaptureRow))
    revisions = Counter(str(row.change) for row in changes.rows.get("revisions", ()))  # type: ignore[union-attr]
    troubles = {row.url: row.reason or row.outcome for row in looks if row.outcome in NO_PAGE}
    outcomes = Counter(str(row.outcome) for row in looks)
    return Published(number, committed, outcomes, revisions, {**troubles, **damaged}, looks)
