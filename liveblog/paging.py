"""The way through older pages: which address comes next, and when a look should walk at all.

A look walks where older updates may be unknown: at the first look, and when the window has moved past everything that
stood on the page before, so that updates may have come and gone between two looks. Otherwise page one is enough.
"""

from dataclasses import replace

from transforms.decode import DecodeError, decode_body
from transforms.pages import belongs
from transforms.read import read
from transforms.records import Document, Kind, Page, Payload
from transforms.rows import KnownBlog, Visibility

LONGEST_BYTES = 8 * 1024 * 1024
"""Longer pages, once decoded, end a walk: no other blog is served while one is read (8 s for the worst of 8 MiB)."""
WALKS = 64
"""Walks whose first page is remembered: more go on at once in no crawl that is polite."""
_homes: dict[tuple[str, int], Page | None] = {}


def older(payload: Payload, first: Payload) -> str | None:
    """The address of the next older updates: of a page, or what a "load more" button loads, a JSON endpoint included.

    None where the page names none, is no live blog, or is another blog than the walk's first page. Called in the
    crawl's process (`crawler.settings.CrawlSettings.paging`), which bounds the walk.
    """
    page = _read(payload)
    if page is None or not page.is_live_blog or not (payload == first or _is_of(page, first)):
        return None
    return page.paging.older or page.paging.load_more


def _is_of(page: Page, first: Payload) -> bool:
    home = _home(first)
    return home is not None and belongs(page, home)


def _home(first: Payload) -> Page | None:
    """The first page of a walk without its sections; remembered without its body, which may be large."""
    key = (first.url, hash(first.body))
    if key not in _homes:
        while len(_homes) >= WALKS:
            _homes.pop(next(iter(_homes)))
        page = _read(first)
        _homes[key] = page and replace(page, sections=())
    return _homes[key]


def _read(payload: Payload) -> Page | None:
    headers = {name.lower(): value for name, value in payload.headers}
    try:
        content = decode_body(payload.body, headers.get("content-encoding"), LONGEST_BYTES)
    except DecodeError:
        return None  # the transforms say so when they come to the page
    return read(Document(content, url=payload.url, content_type=headers.get("content-type")))


def is_walk_due(known: KnownBlog) -> bool:
    """Whether the next look at a blog should go through its older pages."""
    return known.last_body is None or has_moved_on(known)


def has_moved_on(known: KnownBlog) -> bool:
    """Whether, at the last look that changed anything, nothing was left on the page of what stood there before."""
    body = known.last_body
    updates = [row for row in known.sections if row.kind == Kind.UPDATE and not row.pinned]
    shown = [row for row in updates if row.visibility == Visibility.SHOWN]
    gone = [row for row in updates if row.visibility == Visibility.HIDDEN]
    if body is None or not shown:
        return False
    left_now = any(row.capture_id == body.capture_id for row in gone)
    return left_now and all((row.seq, row.capture_id) == (1, body.capture_id) for row in shown)
