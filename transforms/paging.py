"""Paging facts for the crawler, and whether the blog is live, each with what on the page says so."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from urllib.parse import parse_qs

from transforms.cues import closing_mark, cues
from transforms.links import joined, split
from transforms.outline import MAX_ATTRIBUTE, Outline
from transforms.reading import Parsed
from transforms.records import BlogState, Coverage, Paging, Section

MAX_LABEL = 40
MAX_QUERY = 500
MAX_NODES = 12
"""Nodes within a link or button that pages through a blog: more is a teaser."""
QUIET_AFTER = timedelta(hours=6)
"""A blog without an update for so long is quiet, though not closed."""
CLOSING_UPDATES = 2
"""The newest updates, among which a closing mark may stand."""
_ENDPOINT = re.compile(r"load|more|next|poll|live.?(?:update|list|data)|feed|endpoint|src", re.IGNORECASE)
_ADDRESS = re.compile(r"(?:https?:)?//\S+|/[\w.~%/?&=:+-]+$")
_NUMBER = re.compile(r"\d{1,5}$")
_PAGE_KEYS = ("page", "p", "seite", "pagina", "pag")
_PAGE_KEY = re.compile(rf"[?&](?:{'|'.join(_PAGE_KEYS)})=\d")
_NEIGHBOUR = re.compile(r"next|prev")
_LABELS = ("older", "newer", "load_more")


def paging(parsed: Parsed, outline: Outline, window: int) -> Paging:
    """Older and newer pages, their number, the address of a "load more" button, and the updates on this page."""
    links = outline.head.links
    base = parsed.document.url or links.get("canonical") or ""
    related, labelled = _related(outline), _labelled(outline)
    return Paging(
        older=_resolved(base, links.get("next") or related.get("next") or labelled.get("older")),
        newer=_resolved(base, links.get("prev") or related.get("prev") or labelled.get("newer")),
        total_pages=_total(outline, base),
        load_more=_resolved(base, labelled.get("load_more")),
        window=window or None,
    )


def coverage(told: Coverage, updates: Sequence[Section], standfirst: str | None, now: datetime | None) -> Coverage:
    """The coverage with its state, by the page's own words first, then by its times."""
    state, evidence = _state(told, updates, standfirst, now)
    if told.state and not (told.state is BlogState.UPCOMING and updates):
        state, evidence = told.state, told.evidence
    return Coverage(told.start, told.end, state, evidence)


def _state(
    told: Coverage, updates: Sequence[Section], standfirst: str | None, now: datetime | None
) -> tuple[BlogState | None, str | None]:
    for text in _closing_places(updates, standfirst):
        mark = closing_mark(text)
        if mark:
            return BlogState.CLOSED, mark
    if now is None:
        return None, None
    if told.start and told.start > now and not updates:
        return BlogState.UPCOMING, f"coverageStartTime {told.start.isoformat()}"
    newest = max((update.published_at for update in updates if update.published_at), default=None)
    if told.end and told.end < now - QUIET_AFTER and (newest is None or newest <= told.end):
        return BlogState.CLOSED, f"coverageEndTime {told.end.isoformat()}"
    if newest and now - newest > QUIET_AFTER:
        return BlogState.QUIET, f"newest update {newest.isoformat()}"
    return (BlogState.LIVE, f"newest update {newest.isoformat()}") if newest else (None, None)


def _closing_places(updates: Sequence[Section], standfirst: str | None) -> Iterable[str]:
    """Where a blog says that it has ended: the standfirst, and the updates at either end (pages run both ways)."""
    if standfirst:
        yield standfirst
    for update in (*updates[:CLOSING_UPDATES], *updates[-1:]):
        yield f"{update.headline or ''}. {update.text}"


def _related(outline: Outline) -> dict[str, str]:
    """Addresses of the first links in the text that name themselves the next or the previous page."""
    found: dict[str, str] = {}
    for at in outline.tagged("a"):
        link = outline.raw_attributes[at]
        rel, href = link.get("rel"), link.get("href")
        if rel and href and _NEIGHBOUR.search(rel):
            for word in rel.split():
                found.setdefault(word, href)
    return found


def _labelled(outline: Outline) -> dict[str, str]:
    """Addresses of the first links and buttons whose whole label is a cue ("Older posts"), by the cue's kind."""
    found: dict[str, str] = {}
    known = cues(*_LABELS)
    for at in sorted((*outline.tagged("a"), *outline.tagged("button"))):
        if outline.ends[at] - at >= MAX_NODES:
            continue
        label = outline.text(at) or outline.attribute(at, "aria-label")
        if not 0 < len(label) <= MAX_LABEL:
            continue
        for kind in _LABELS if known.is_line(label) else ():
            if kind not in found and cues(kind).is_line(label):
                address = _load_more(outline, at) if kind == "load_more" else _href(outline, at)
                found |= {kind: address} if address else {}
    return found


def _href(outline: Outline, at: int) -> str | None:
    """The address to which a link leads, where it leads off this page."""
    href = outline.attribute(at, "href")
    return None if href.startswith(("#", "javascript:")) else href


def _load_more(outline: Outline, at: int) -> str | None:
    """The address that a "load more" button, or the element around it, carries."""
    return _endpoint(outline, at) or _endpoint(outline, outline.parents[at])


def _endpoint(outline: Outline, at: int) -> str | None:
    for name, value in outline.raw_attributes[at].items():
        named = name == "href" or (name.startswith("data-") and _ENDPOINT.search(name))
        if named and value and not value.startswith("#") and _ADDRESS.match(value[:2000]):
            return value
    return None


def _total(outline: Outline, base: str) -> int | None:
    """The highest page number among links to this same path."""
    own = split(base).path
    highest = 0
    for at in outline.tagged("a"):
        href = outline.raw_attributes[at].get("href") or ""
        if "?" not in href or not _PAGE_KEY.search(href[:MAX_ATTRIBUTE]):
            continue
        target = split(joined(base, href))
        if target.path == own:
            values = (
                value
                for key, found in parse_qs(target.query[:MAX_QUERY]).items()
                if key in _PAGE_KEYS
                for value in found
            )
            highest = max([highest, *(int(value) for value in values if _NUMBER.match(value))])
    return highest or None


def _resolved(base: str, address: str | None) -> str | None:
    return joined(base, address) if address else None
