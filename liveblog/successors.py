"""Links inside watched blogs that may lead to the blog that follows: "we go on here", day two of a trial.

Only blogs that changed lately are searched, and only links to their own site: those that the source's hints match, or
whose address is built like the blog's own. Whether a link leads to a live blog, its page decides.
"""

import re
from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from crawler.candidates import Candidate, Surface
from crawler.hints import Hints
from crawler.hosts import host_of
from lake.lake import Lake
from lake.snapshots import Snapshot
from liveblog.sources import Sources
from liveblog.watching import WatchList
from transforms.links import split
from transforms.rows import KnownBlog

LATELY = timedelta(hours=1)
"""Time since a blog's last change within which its links are searched."""
MOST_LINKS = 20
"""Links that one blog may bring."""
_NUMBERS = re.compile(r"\d+")


def successors(
    lake: Lake, snapshot: Snapshot, watches: WatchList, sources: Sources, slugs: Collection[str], now: datetime
) -> list[Candidate]:
    """Candidates from the links of blogs of these sources that changed lately."""
    lately = [key for key, known in watches.watched.items() if _changed_lately(known, now) and _of(known, slugs)]
    found = lake.state(snapshot, lately) if lately else {}
    return [candidate for key in lately if key in found for candidate in _links(found[key], sources)]


def _of(known: KnownBlog, slugs: Collection[str]) -> bool:
    return known.watch is not None and known.watch.source in slugs


def _changed_lately(known: KnownBlog, now: datetime) -> bool:
    body = known.last_body
    return body is not None and body.last_changed_at is not None and now - body.last_changed_at < LATELY


def _links(known: KnownBlog, sources: Sources) -> Iterator[Candidate]:
    assert known.watch is not None  # noqa: S101 - it is on the watch list
    source, own = sources.get(known.watch.source), known.watch.url
    hints = Hints(source.hints if source else ())
    seen: set[str] = {own}
    for section in sorted(known.sections, key=lambda row: row.observed_at, reverse=True):
        for link in section.links:
            address = split(link)._replace(fragment="").geturl()
            if not address or address in seen or len(seen) > MOST_LINKS:
                continue
            if not (is_alike(own, address) or hints.fit(address)):
                continue
            if not address.startswith(own) and host_of(address) == host_of(own):
                seen.add(address)
                yield Candidate(known.watch.source, address, None, None, Surface.BLOG, own, hinted=True)


def is_alike(own: str, other: str) -> bool:
    """Whether an address is built like another: as deep, and of the same folders, dates and numbers aside."""
    ours, theirs = (_NUMBERS.sub("0", urlsplit(one).path).strip("/").split("/") for one in (own, other))
    return len(ours) == len(theirs) and len(ours) > 1 and ours[:-1] == theirs[:-1]
