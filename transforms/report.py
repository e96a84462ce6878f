"""A page as JSON for other programs: the shape that ``liveblog extract --jsonl`` prints, one object a page."""

from datetime import datetime
from typing import Any

from transforms.records import Page, Section


def page_to_json(page: Page, path: str) -> dict[str, Any]:
    """The page as plain values; times are ISO 8601 with offset, None where the page does not say."""
    return {
        "path": path,
        "url": page.url,
        "is_live_blog": page.is_live_blog,
        "title": page.title,
        "standfirst": page.standfirst,
        "language": page.language,
        "authors": list(page.authors),
        "published_at": _time(page.published_at),
        "modified_at": _time(page.modified_at),
        "coverage": {
            "start": _time(page.coverage.start),
            "end": _time(page.coverage.end),
            "state": page.coverage.state,
            "evidence": page.coverage.evidence,
        },
        "reader": page.reader,
        "reasons": list(page.reasons),
        "unreadable": page.unreadable,
        "sections": [section_to_json(section) for section in page.sections],
        "completeness": {
            "by_reader": dict(page.completeness.by_reader),
            "merged": page.completeness.merged,
            "in_all": page.completeness.in_all,
        },
        "paging": {
            "older": page.paging.older,
            "newer": page.paging.newer,
            "total_pages": page.paging.total_pages,
            "load_more": page.paging.load_more,
            "window": page.paging.window,
        },
    }


def section_to_json(section: Section) -> dict[str, Any]:
    """One section as plain values."""
    return {
        "section_id": section.section_id,
        "kind": section.kind,
        "position": section.position,
        "headline": section.headline,
        "text": section.text,
        "published_at": _time(section.published_at),
        "published_raw": section.published_raw,
        "time_source": section.time_source,
        "modified_at": _time(section.modified_at),
        "authors": list(section.authors),
        "permalink": section.permalink,
        "pinned": section.pinned,
        "key_event": section.key_event,
        "links": list(section.links),
        "media": list(section.media),
        "publisher_id": section.publisher_id,
        "headline_repeats": section.headline_repeats,
    }


def _time(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
