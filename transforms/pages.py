"""From what a look brought to one page: decode, read, and join the pages of a walk.

A look may have walked through several pages of one blog. They become one page whose positions count on; where a page
in between could not be read, the place is kept as a break: what stood there is not known.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from transforms.decode import DecodeError, decode_body
from transforms.records import Capture, Document, Kind, Page, Paging, Payload, Section

MOST_BYTES = 64 * 1024 * 1024
"""A page that is longer once decoded is not read."""

Read = Callable[[Document], Page]


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


def _joined(pages: Sequence[Page]) -> Walk:
    first, last = pages[0], pages[-1]
    head, end = first.paging.newer is None, _states_end(last.paging, len(pages)) and last.unreadable is None
    if len(pages) == 1:
        return Walk(first, head=head, end=end)
    sections: list[Section] = []
    seen: set[tuple[Kind, str | None, str]] = set()
    breaks: list[int] = []
    for page in pages:
        if page.unreadable:
            breaks.append(len(sections))
        for section in page.sections:
            name = (section.kind, section.publisher_id, "" if section.publisher_id else section.section_id)
            if name not in seen or section.pinned:  # a post that slid to the next page while we walked
                seen.add(name)
                sections.append(replace(section, position=len(sections)))
    return Walk(replace(first, sections=tuple(sections)), tuple(breaks), head, end)


def _states_end(paging: Paging, walked: int) -> bool:
    """Whether the page says that nothing older follows: silence about paging says nothing."""
    if paging.older is not None or paging.load_more is not None:
        return False
    return walked > 1 if paging.total_pages is None else walked >= paging.total_pages
