"""Find live blogs: what publishers announce, and what watched blogs link to, becomes the watch list.

    sources ──(sitemaps, feeds, sections)──┐
    watched blogs ──(links, successors)────┴─> candidates ─(not known, not judged lately)─> judged by their pages
        ─> watches (new blogs) and candidates (every verdict, with its reason), one commit

One blog under several addresses is one watch: a candidate is known by the address that its page calls canonical, and
two watches that turn out to lead to the same page become one, the older one.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from crawler.candidates import Candidate, Searched
from crawler.discover import discover as search
from crawler.discover import requests_of
from crawler.settings import CrawlSettings
from lake.lake import Lake
from lake.rewind import rows_of
from lake.snapshots import Snapshot
from lake.state import LOOKS, state
from liveblog.judging import Judged, judge
from liveblog.metrics import count_judged
from liveblog.settings import Settings
from liveblog.sources import Sources, known_sources
from liveblog.successors import successors
from liveblog.turns import in_turn
from liveblog.watching import Pauses, closed_of, is_watched, watch_list
from transforms.identity import blog_id
from transforms.rows import CandidateRow, Changes, KnownBlog, WatchRow

SINCE = timedelta(days=2)
"""What was announced earlier is left out: a news sitemap holds two days."""
AGAIN: Mapping[str, timedelta] = {
    "failed": timedelta(minutes=10),
    "not_live": timedelta(minutes=30),
    "blocked": timedelta(days=1),
}
"""How long a verdict holds; those not named hold for as long as an announcement stands."""
YOUNG = timedelta(hours=3)
YOUNG_HOLDS = timedelta(minutes=9)
"""... where the page was announced lately (`YOUNG`): one that holds no updates yet may be a live blog by now."""
UNHINTED_HOLDS = timedelta(days=1)
"""... that an address is no live blog, where nothing but its being announced spoke for it."""
MOST_UNHINTED = 10
"""Candidates a source that no hint speaks for, judged at a time: the newest first, the others next time."""
MOST_HINTED = 40
BUDGET_S = 90.0
"""Seconds for searching, and for judging: recording waits for both."""
PATIENCE_S = 120.0
"""Seconds to wait for a recording run to end."""
LEASE_SPARE_S = 60.0


@dataclass(frozen=True, slots=True)
class Discovered:
    """What one discovery brought."""

    searched: tuple[Searched, ...]
    judged: tuple[Judged, ...]
    """Each candidate that was judged; the verdict `known` where its page is that of a watched blog."""
    announced: int = 0
    """Addresses announced, known ones included."""
    waiting: int = 0
    """Candidates left for next time."""
    reason: str | None = None
    """Why the search did not finish, where it did not."""

    @property
    def verdicts(self) -> Mapping[str, int]:
        """Candidates by verdict."""
        return Counter(one.verdict for one in self.judged)

    @property
    def problems(self) -> dict[str, str]:
        """Address -> reason, for surfaces that brought nothing."""
        return {one.url: one.problem for one in self.searched if one.problem}


def discover(
    lake: Lake,
    settings: Settings,
    *,
    run_key: str,
    clock: Callable[[], datetime],
    only: Collection[str] = (),
    dry_run: bool = False,
    patience_s: float = PATIENCE_S,
) -> Discovered:
    """Search the sources (`only` these slugs, or all), judge what is new, and watch what is a live blog.

    Holds the recording lease, so that no domain is asked by two crawls at once. In a dry run nothing is written.
    Raises InputError for a slug that is not known; LeaseHeld where a recording run does not end within `patience_s`.
    """
    sources = known_sources(settings)
    slugs = [sources.named(slug).slug for slug in only] or [source.slug for source in sources.all]
    if dry_run:
        return _found(lake, settings, sources, slugs, clock)
    with in_turn(lake, run_key, 2 * BUDGET_S + LEASE_SPARE_S, patience_s):
        found = _found(lake, settings, sources, slugs, clock)
        lake.commit(f"{run_key}/discover", lambda snapshot: _rows(lake, snapshot, found, clock()), run=run_key)
    count_judged(found.verdicts)
    return found


def _found(
    lake: Lake, settings: Settings, sources: Sources, slugs: Sequence[str], clock: Callable[[], datetime]
) -> Discovered:
    snapshot, now = lake.newest(), clock()
    watches = watch_list(lake, snapshot)
    bounds = replace(settings.crawl, budget_s=min(settings.crawl.budget_s, BUDGET_S))
    open_slugs = [slug for slug in slugs if ("source", slug) not in watches.paused_scopes]
    places = [one for slug in open_slugs for one in requests_of(sources.named(slug), now - SINCE)]
    asked = [one for one in places if not watches.closes(one.source, one.url)]
    by_source = {slug: [(one.source, one.url) for one in asked if one.source == slug] for slug in open_slugs}
    report = search(asked, settings=bounds, paused=Pauses(settings.lake, closed_of(by_source))) if asked else None
    links = successors(lake, snapshot, watches, sources, open_slugs, now)
    announced = [*(report.candidates if report else ()), *links]
    known = _names(snapshot)
    wanted = [one for one in announced if not watches.closes(one.source, one.url)]
    fresh = _fresh(snapshot, wanted, known, now)
    judged = _judged(settings, _bounded(fresh), sources, bounds, clock())
    return Discovered(
        searched=report.searched if report else (),
        judged=tuple(settled(judged, known)),
        announced=len(announced),
        waiting=len(fresh) - len(judged),
        reason=report.reason if report else None,
    )


def _judged(
    settings: Settings, candidates: Sequence[Candidate], sources: Sources, bounds: CrawlSettings, now: datetime
) -> list[Judged]:
    """The verdicts on candidates; none on what is paused meanwhile: it is judged when it is resumed."""
    paused = Pauses(settings.lake, closed_of({blog_id(one.url): [(one.source, one.url)] for one in candidates}))
    judged = judge(candidates, sources, bounds, now, paused)
    closed = paused() if any(one.verdict == "blocked" for one in judged) else frozenset()
    return [one for one in judged if one.verdict != "blocked" or blog_id(one.candidate.url) not in closed]


def _names(snapshot: Snapshot) -> dict[str, str]:
    """Every id under which a blog is known (its own, and those of its other addresses) -> its id.

    Blogs that were removed from the watch list are known too: what a person took off does not come back by itself.
    """
    known = state(snapshot, names=(*LOOKS, "aliases"))
    return {name: one.blog_id for one in known.values() if one.watch is not None for name in names_of(one)}


def names_of(known: KnownBlog) -> Iterator[str]:
    """The ids that the addresses of one blog have."""
    yield known.blog_id
    yield from (blog_id(row.alias) for row in known.aliases if row.kind == "address")


def _fresh(
    snapshot: Snapshot, announced: Iterable[Candidate], known: Mapping[str, str], now: datetime
) -> list[Candidate]:
    """Candidates that are not watched and were not judged lately, each blog once."""
    judged = _verdicts(snapshot, now)
    fresh: dict[str, Candidate] = {}
    for candidate in announced:
        key = blog_id(candidate.url)
        if key not in known and not holds(judged.get(key), candidate, now):
            fresh.setdefault(key, candidate)
    return list(fresh.values())


def _verdicts(snapshot: Snapshot, now: datetime) -> dict[str, CandidateRow]:
    """The newest verdict on each address judged in the last days, by the id that the address has."""
    days = [(now - age).date().isoformat() for age in (SINCE, SINCE / 2, timedelta(0))]
    rows = [row for row in rows_of(snapshot, "candidates", sorted(set(days))) if isinstance(row, CandidateRow)]
    return {blog_id(row.url): row for row in sorted(rows, key=lambda row: row.observed_at)}


def holds(row: CandidateRow | None, candidate: Candidate, now: datetime) -> bool:
    """Whether the last verdict on an address still stands, so that it need not be asked for again."""
    if row is None:
        return False
    again = AGAIN.get(row.verdict)
    if row.verdict == "not_live" and not candidate.hinted:
        again = UNHINTED_HOLDS
    elif row.verdict == "not_live" and candidate.published_at and now - candidate.published_at < YOUNG:
        again = YOUNG_HOLDS
    return again is None or now - row.observed_at < again


def _bounded(fresh: Sequence[Candidate]) -> list[Candidate]:
    """The candidates to judge now: of each source the hinted ones first, then the newest."""

    def order(candidate: Candidate) -> tuple[bool, float]:
        at = candidate.published_at
        return (not candidate.hinted, -at.timestamp() if at else 0.0)

    counts: Counter[tuple[str, bool]] = Counter()
    taken = []
    for candidate in sorted(fresh, key=order):
        counts[candidate.source, candidate.hinted] += 1
        if counts[candidate.source, candidate.hinted] <= (MOST_HINTED if candidate.hinted else MOST_UNHINTED):
            taken.append(candidate)
    return taken


def settled(judged: Iterable[Judged], known: Mapping[str, str]) -> Iterator[Judged]:
    """Verdicts, those on pages of watched blogs, and on the second address of a new one, made `known`."""
    names = dict(known)
    for one in judged:
        if one.verdict == "watched" and one.blog_id in names:
            yield replace(one, verdict="known", reason=f"the page of {one.address}", blog_id=names[one.blog_id])
        else:
            if one.verdict == "watched":
                names[one.blog_id] = one.blog_id
            yield one


def _rows(lake: Lake, snapshot: Snapshot, found: Discovered, now: datetime) -> Changes:
    watched = watch_list(lake, snapshot).watched
    new = [one for one in found.judged if one.verdict == "watched" and one.blog_id not in watched]
    watches = [WatchRow(one.blog_id, now, one.address, one.candidate.source, _why(one), paused=False) for one in new]
    merged = doubles(state(snapshot, names=(*LOOKS, "aliases")), now)
    return Changes({"watches": (*watches, *merged), "candidates": tuple(_row(one, now) for one in found.judged)})


def _why(one: Judged) -> str:
    return f"announced on {one.candidate.found_at} ({one.candidate.surface})"


def _row(one: Judged, now: datetime) -> CandidateRow:
    candidate = one.candidate
    return CandidateRow(
        blog_id=one.blog_id,
        observed_at=now,
        url=candidate.url,
        source=candidate.source,
        title=candidate.title,
        announced_at=candidate.published_at,
        surface=candidate.surface,
        found_at=candidate.found_at,
        verdict=one.verdict,
        reason=one.reason,
    )


def doubles(known: Mapping[str, KnownBlog], now: datetime) -> tuple[WatchRow, ...]:
    """Decisions that end watches of blogs whose page another watch, an older one, looks at already."""
    watched = {key: one.watch for key, one in known.items() if is_watched(one) and one.watch and not one.watch.scope}
    ended: dict[str, WatchRow] = {}
    for key in sorted(watched):
        for name in names_of(known[key]):
            if name == key or name not in watched or {name, key} & ended.keys():
                continue
            older, newer = sorted((watched[key], watched[name]), key=lambda row: (row.observed_at, row.blog_id))
            why = f"the same page as blog {older.blog_id} ({older.url})"
            ended[newer.blog_id] = replace(newer, observed_at=now, why=why, removed=True)
    return tuple(ended.values())
