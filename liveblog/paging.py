"""The way through older pages: which address comes next, and when a look should walk at all.

A look walks where older updates may be unknown: at the first look, and when the window has moved past everything that
stood on the page before, so that updates may have come and gone between two looks. Otherwise page one is enough.
"""

from transforms.decode import DecodeError, decode_body
from transforms.pages import MOST_BYTES
from transforms.read import read
from transforms.records import Document, Kind, Payload
from transforms.rows import KnownBlog, Visibility


def older(payload: Payload) -> str | None:
    """The address of the page with the next older updates; None where a page names none, or is no live blog.

    Called in the crawl's process (`crawler.settings.CrawlSettings.paging`).
    """
    headers = {name.lower(): value for name, value in payload.headers}
    try:
        content = decode_body(payload.body, headers.get("content-encoding"), MOST_BYTES)
    except DecodeError:
        return None  # the transforms say so when they come to the page
    page = read(Document(content, url=payload.url, content_type=headers.get("content-type")))
    return page.paging.older if page.is_live_blog else None


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
