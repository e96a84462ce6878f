"""From what a look brought to one page: decode, read, and join the pages of a walk.

A look may have walked through several pages of one blog. They become one page whose positions count on; where a page
in between could not be read, or belongs to something else, the place is kept as a break: what stood there is not known.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from transforms.decode import DecodeError, decode_body
from transforms.links import split
from transforms.records import Capture, Document, Kind, Page, Paging, Payload, Section

MOST_BYTES = 64 * 1024 * 1024
"""A page that is longer once decoded is not read."""

Read = Callable[[Document], Page]

_ID_PREFIX = re.compile(r"[A-Za-z]+[-_:]")
"""What an element's id may put before the publisher's own: ``item-17``, where a JSON endpoint says ``17``."""


@dataclass(frozen=True, slots=True)
class Walk:
    """The pages of one look as one page."""

    page: Page
    breaks: tuple[int, ...] = ()
    """Positions before which a page of the walk is missing."""
    head: bool = True
    """It begins with the feed's first page."""
    end: bool = False
    """It states that the feed ends with its last page."""
    cut: bool = False
    """The last page breaks off in the middle."""
    unreadable: str | None = None
    """Why there is nothing to compare: the first page could not be read, or is no live blog."""


def walk(capture: Capture, read: Read, timezone: str | None, language: str | None) -> Walk:
    """Read every page of a look. Never raises for what the pages hold."""
    context = (capture, read, timezone, language)
    pages = [_read(payload, *context) for payload in capture.payloads if not 300 <= payload.status < 400]
    if not pages:
        return Walk(_nothing("the look brought no body"), unreadable="the look brought no body")
    first = pages[0]
    if first.unreadable:
        return Walk(first, unreadable=first.unreadable)
    if not first.is_live_blog:
        return Walk(first, unreadable=f"not a live blog: {'; '.join(first.reasons) or 'nothing speaks for it'}")
    return replace(_joined(pages), cut=_breaks_off(capture.payloads[-1]))


def _read(payload: Payload, capture: Capture, read: Read, timezone: str | None, language: str | None) -> Page:
    if payload.status != 200:
        return _nothing(f"status {payload.status}")
    headers = {name.lower(): value for name, value in payload.headers}
    try:
        content = _content(payload)
    except DecodeError as error:
        return _nothing(f"cannot decode the body: {error}")
    return read(
        Document(
            content=content,
            url=payload.url,
            content_type=headers.get("content-type"),
            fetched_at=capture.look.observed_at,
            timezone=timezone,
            language=language,
        )
    )


def _breaks_off(payload: Payload) -> bool:
    """Whether an HTML page ends without saying so. Some always do, so this proves nothing by itself."""
    try:
        content = _content(payload).lower()
    except DecodeError:
        return True
    return b"<html" in content[:4096] and b"</html" not in content


def _content(payload: Payload) -> bytes:
    headers = {name.lower(): value for name, value in payload.headers}
    return decode_body(payload.body, headers.get("content-encoding"), MOST_BYTES)


def _nothing(why: str) -> Page:
    return Page(is_live_blog=False, reasons=(why,), unreadable=why)


def belongs(page: Page, first: Page) -> bool:
    """Whether a further page of a walk is of the blog at its first page: it does not say that its home is elsewhere.

    A "next" link may lead to the next article, and "view more" to another blog. A page within the other's path, such as
    ``/live/ferry/page/2``, is no other home.
    """
    if page.canonical_url is None:
        return True
    own, home = (split(url or "").path.rstrip("/") for url in (page.canonical_url, first.canonical_url or first.url))
    return f"{own}/".startswith(f"{home}/") or f"{home}/".startswith(f"{own}/")


def _joined(pages: Sequence[Page]) -> Walk:
    first, last = pages[0], pages[-1]
    whole = last is first or _is_read(last, first)
    head, end = first.paging.newer is None, whole and _states_end(last.paging, len(pages))
    if len(pages) == 1:
        return Walk(first, head=head, end=end)
    sections: list[Section] = []
    seen: set[tuple[Kind, str | None, str]] = set()
    breaks: list[int] = []
    prefix = _id_prefix(first)
    for page in pages:
        if page is not first and not _is_read(page, first):
            breaks.append(len(sections))
            continue
        for section in _with_prefix(page, prefix):
            name = (section.kind, section.publisher_id, "" if section.publisher_id else section.section_id)
            if name not in seen or section.pinned:  # a post that slid to the next page while we walked
                seen.add(name)
                sections.append(replace(section, position=len(sections)))
    return Walk(replace(first, sections=tuple(sections)), tuple(breaks), head, end)


def _is_read(page: Page, first: Page) -> bool:
    return page.is_live_blog and not page.unreadable and belongs(page, first)


def _id_prefix(page: Page) -> str | None:
    """What all ids of a page's updates begin with, where that is a word and not the beginning of the ids themselves."""
    ids = [section.publisher_id for section in page.sections if section.kind is Kind.UPDATE]
    found = {match[0] if (match := _ID_PREFIX.match(one or "")) else None for one in ids}
    return found.pop() if len(found) == 1 else None


def _with_prefix(page: Page, prefix: str | None) -> Sequence[Section]:
    """The sections of a page, its updates named as those of the first page are."""
    updates = [section for section in page.sections if section.kind is Kind.UPDATE and section.publisher_id]
    if prefix is None or any((update.publisher_id or "").startswith(prefix) for update in updates):
        return page.sections
    return [
        replace(section, publisher_id=f"{prefix}{section.publisher_id}") if section in updates else section
        for section in page.sections
    ]


def _states_end(paging: Paging, walked: int) -> bool:
    """Whether the page says that nothing older follows: silence about paging says nothing."""
    if paging.older is not None or paging.load_more is not None:
        return False
    return walked > 1 if paging.total_pages is None else walked >= paging.total_pages
