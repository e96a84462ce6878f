"""The watch list: which blogs are looked at, and which of them are paused. It lives in the lake, a row a decision.

Of the decisions about one thing the newest counts. A decision is about one blog, or about all blogs of a source or of a
domain (`scope`), those included that are found later. Blogs that are removed keep all that was recorded of them.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from crawler.teller import DOMAIN
from lake.errors import LakeError
from lake.lake import Lake, open_lake
from lake.snapshots import Snapshot
from lake.state import state
from liveblog.addresses import checked_address, domain_of
from liveblog.errors import InputError
from liveblog.sources import Sources
from transforms.identity import blog_id
from transforms.rows import Changes, KnownBlog, WatchRow

Scope = Literal["source", "domain"]
NO_SOURCES = Sources()
SHORTEST_ID = 4


@dataclass(frozen=True, slots=True)
class WatchList:
    """What a snapshot says about what is looked at."""

    blogs: Mapping[str, KnownBlog]
    """By id: all blogs that anything was decided or recorded about, removed ones included."""
    paused_scopes: Mapping[tuple[str, str], WatchRow]
    """(scope, name) -> the decision that pauses it."""

    @property
    def watched(self) -> dict[str, KnownBlog]:
        """The blogs that are looked at, paused ones included."""
        return {key: known for key, known in self.blogs.items() if is_watched(known)}

    def is_paused(self, known: KnownBlog) -> bool:
        """Whether a blog is not to be looked at for now: paused by itself or with others, removed, never watched."""
        return not is_watched(known) or self.pause_of(known) is not None

    def closes(self, source: str, url: str) -> bool:
        """Whether a source, or the domain of an address, is paused as a whole."""
        return ("source", source) in self.paused_scopes or ("domain", _domain(url)) in self.paused_scopes

    @property
    def domains(self) -> tuple[str, ...]:
        """The domains that are paused, as the crawler names them (`crawler.pause`)."""
        return tuple(f"{DOMAIN}{name}" for scope, name in self.paused_scopes if scope == "domain")

    def pause_of(self, known: KnownBlog) -> WatchRow | None:
        """The decision that pauses a blog, if one does."""
        if known.watch is None or known.watch.paused:
            return known.watch
        names = (("source", known.watch.source), ("domain", domain_of(known.watch.url)))
        return next((self.paused_scopes[name] for name in names if name in self.paused_scopes), None)


def is_watched(known: KnownBlog) -> bool:
    """Whether a blog is on the watch list."""
    return known.watch is not None and not known.watch.removed


def watch_list(lake: Lake, snapshot: Snapshot) -> WatchList:
    """The watch list of a snapshot, with the newest looks at each blog."""
    return _listed(lake.watched(snapshot))


def _listed(known: Mapping[str, KnownBlog]) -> WatchList:
    blogs = {key: one for key, one in known.items() if one.watch is None or one.watch.scope is None}
    rows = [one.watch for one in known.values() if one.watch is not None and one.watch.scope and one.watch.paused]
    return WatchList(blogs, {(str(row.scope), row.source): row for row in rows})


def wanted(addresses: Iterable[str]) -> dict[str, str]:
    """Addresses as people give them, by the id of the blog that each may be. Raises InputError for a bad one."""
    return {blog_id(address): address for address in map(checked_address, addresses)}


def decisions(
    asked: Mapping[str, str], *, now: datetime, why: str, sources: Sources = NO_SOURCES
) -> tuple[WatchRow, ...]:
    """The rows that put blogs (id -> address) on the watch list."""
    return tuple(
        WatchRow(key, now, address, sources.name_of(address), why, paused=False) for key, address in asked.items()
    )


def watch(
    lake: Lake, addresses: Sequence[str], *, run_key: str, now: datetime, why: str, sources: Sources = NO_SOURCES
) -> dict[str, str]:
    """Put addresses on the watch list where they are not; blog id -> address. Raises InputError for a bad one."""
    asked = wanted(addresses)

    def build(snapshot: Snapshot) -> Changes:
        known = watch_list(lake, snapshot).watched
        rows = decisions(asked, now=now, why=why, sources=sources)
        return Changes({"watches": tuple(row for row in rows if row.blog_id not in known)})

    if asked.keys() - watch_list(lake, lake.newest()).watched.keys():
        lake.commit(f"{run_key}/watch", build, run=run_key)
    return asked


def decide(
    lake: Lake,
    blogs: Collection[str],
    *,
    run_key: str,
    now: datetime,
    why: str,
    paused: bool | None = None,
    removed: bool | None = None,
) -> tuple[str, ...]:
    """Pause, resume or remove blogs of the watch list (by id); the ids of those that this changes."""
    changed: list[str] = []

    def build(snapshot: Snapshot) -> Changes:
        known = watch_list(lake, snapshot).watched
        rows = [known[key].watch for key in sorted(blogs) if key in known]
        new = [_decided(row, now, why, paused, removed) for row in rows if row is not None]
        kept = [row for row, old in zip(new, rows, strict=True) if row is not None and old is not None]
        changed[:] = [row.blog_id for row in kept]
        return Changes({"watches": tuple(kept)})

    lake.commit(f"{run_key}/watch", build, run=run_key)
    return tuple(changed)


def _decided(row: WatchRow, now: datetime, why: str, paused: bool | None, removed: bool | None) -> WatchRow | None:
    """The row after the decision; None where it changes nothing."""
    after = (row.paused if paused is None else paused, row.removed if removed is None else removed)
    if after == (row.paused, row.removed):
        return None
    return replace(row, observed_at=now, why=why, paused=after[0], removed=after[1])


def decide_all(
    lake: Lake, scope: Scope, names: Iterable[str], *, run_key: str, now: datetime, why: str, paused: bool
) -> tuple[str, ...]:
    """Pause or resume all blogs of sources or domains, those found later included; the names that this changes."""
    wanted = sorted(set(names))
    changed: list[str] = []

    def build(snapshot: Snapshot) -> Changes:
        before = watch_list(lake, snapshot).paused_scopes
        changed[:] = [name for name in wanted if ((scope, name) in before) is not paused]
        rows = (WatchRow(scope_id(scope, name), now, "", name, why, paused, scope=scope) for name in changed)
        return Changes({"watches": tuple(rows)})

    lake.commit(f"{run_key}/{scope}", build, run=run_key)
    return tuple(changed)


def scope_id(scope: Scope, name: str) -> str:
    """What stands in the place of a blog's id where a decision is about a source or a domain."""
    return blog_id(f"{scope}:{name}")


def chosen(lake: Lake, given: Iterable[str]) -> dict[str, KnownBlog]:
    """Watched blogs by address, the beginning of an id (four characters at least), or words of an address or a title.

    Raises InputError where one means none or several.
    """
    watched = watch_list(lake, lake.newest()).watched
    found = (_chosen(watched, one) for one in given)
    return {known.blog_id: known for known in found}


def _chosen(watched: Mapping[str, KnownBlog], given: str) -> KnownBlog:
    if given.startswith(("http://", "https://")) and blog_id(given) in watched:
        return watched[blog_id(given)]
    fits = [one for one in watched.values() if _means(given, one)]
    if not fits:
        raise InputError(f"{given!r} is not on the watch list: liveblog watch list shows what is")
    if len(fits) > 1:
        names = ", ".join(f"{one.blog_id[:8]} ({one.watch.url})" for one in fits[:5] if one.watch)
        raise InputError(f"{given!r} may mean several blogs: {names}: give more of the id or the address")
    return fits[0]


def _means(given: str, known: KnownBlog) -> bool:
    told = (known.watch and known.watch.url, known.blog and known.blog.title)
    named = len(given) >= SHORTEST_ID and known.blog_id.startswith(given)
    return named or any(given.casefold() in text.casefold() for text in told if text)


class Pauses:
    """What of a crawl is paused by now: what it asks while it goes on (`crawler.run.crawl`, `crawler.discover`).

    `which` gives from a watch list the names of what is paused; paused domains are added, for what leads there. Called
    in a thread of the crawl's, so it opens the lake for itself. Reads the lake only where a snapshot came.
    """

    def __init__(self, where: str, which: Callable[[WatchList], Iterable[str]]) -> None:
        self._where = where
        self._which = which
        self._lake: Lake | None = None
        self._seen = -1
        self._paused: frozenset[str] = frozenset()

    def __call__(self) -> frozenset[str]:
        """The names of what is paused; what was last known where the lake is out of reach."""
        try:
            self._lake = self._lake or open_lake(self._where)
            newest = self._lake.newest()
            if newest.number != self._seen:
                watches = _listed(state(newest, names=("watches",)))
                self._paused = frozenset((*self._which(watches), *watches.domains))
                self._seen = newest.number
        except LakeError:
            return self._paused  # a pause that is heard of two seconds later
        return self._paused


def paused_of(
    blogs: Collection[str], asked: Mapping[str, tuple[str, str]] | None = None
) -> Callable[[WatchList], Iterable[str]]:
    """For `Pauses`: the ids of those of these blogs that are paused; of `asked`, id -> (source, address), which nobody
    watches, those whose source or domain is."""

    def which(watches: WatchList) -> Iterable[str]:
        for key in blogs:
            if asked and key in asked:
                paused = watches.closes(*asked[key])
            else:
                paused = key in watches.blogs and watches.is_paused(watches.blogs[key])
            if paused:
                yield key

    return which


def closed_of(places: Mapping[str, Collection[tuple[str, str]]]) -> Callable[[WatchList], Iterable[str]]:
    """For `Pauses`: the names under which (source, address) stand, where any of them is paused as a whole."""
    return lambda watches: (name for name, some in places.items() if any(watches.closes(*place) for place in some))


def _domain(url: str) -> str:
    """The domain of an address of which nobody knows whether it is one."""
    try:
        return domain_of(url)
    except ValueError:
        return ""
