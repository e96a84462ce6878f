"""Reads what publishers announce: news sitemaps and their index files, RSS and Atom feeds, section pages.

Pure functions over bytes from strangers: no entity is resolved, nothing is fetched, sizes are bounded, and what cannot
be read raises `SurfaceError` with one line that says why.
"""

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from time import struct_time
from urllib.parse import urljoin

import feedparser
from lxml import etree
from scrapy.http import HtmlResponse
from scrapy.linkextractors import LinkExtractor

from crawler.candidates import Surface
from crawler.packing import PackingError, unpacked

MAX_BYTES = 32 * 1024 * 1024
"""Decoded; a sitemap may have 50 MB (sitemaps.org), but a news sitemap has 1,000 entries."""
MAX_ENTRIES = 5000

_XML = {"resolve_entities": False, "no_network": True, "huge_tree": False, "recover": True, "load_dtd": False}


class SurfaceError(ValueError):
    """The content is not what its address promises."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that is announced."""

    url: str
    title: str | None = None
    published_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Sitemap:
    """What is announced or, by an index file, the sitemaps that announce it, as entries too."""

    entries: tuple[Entry, ...] = ()
    sitemaps: tuple[Entry, ...] = ()


def read_surface(surface: Surface, body: bytes, url: str, content_type: str | None) -> Sitemap:
    """What an answer from such an address announces. Raises SurfaceError, also for a body that cannot be unpacked."""
    try:
        content = unpacked(body, MAX_BYTES)
    except PackingError as error:
        raise SurfaceError(str(error)) from error
    if surface is Surface.NEWS_SITEMAP:
        return read_sitemap(content)
    return Sitemap(read_feed(content, url) if surface is Surface.FEED else read_links(content, url, content_type))


def read_sitemap(content: bytes) -> Sitemap:
    """Entries of a sitemap with Google's news extension, or the sitemaps of an index file (sitemaps.org)."""
    root = _root(content, ("urlset", "sitemapindex"))
    found = []
    for element in _children(root, ("url", "sitemap")):
        facts, news = _texts(element), _texts(next(_children(element, ("news",)), None))
        if facts.get("loc"):
            when = news.get("publication_date") or facts.get("lastmod")
            found.append(Entry(facts["loc"], news.get("title") or None, _iso(when)))
    index = _name(root) == "sitemapindex"
    return Sitemap(sitemaps=tuple(found)) if index else Sitemap(entries=tuple(found))


def read_feed(content: bytes, url: str) -> tuple[Entry, ...]:
    """Entries of an RSS or Atom feed; links are made absolute against `url`."""
    # A stream: feedparser takes text and bytes for an address or a file name to open.
    feed = feedparser.parse(BytesIO(content), response_headers={"content-location": url}, sanitize_html=False)
    if not feed.get("version"):
        raise SurfaceError("neither RSS nor Atom")
    return tuple(
        Entry(joined(url, entry.link), entry.get("title") or None, _struct(_time_of(entry)))
        for entry in feed.entries
        if entry.get("link")
    )


def read_links(content: bytes, url: str, content_type: str | None) -> tuple[Entry, ...]:
    """Links of a page, each address once, with their text for a title."""
    headers = {"Content-Type": content_type} if content_type else None
    try:
        links = LinkExtractor().extract_links(HtmlResponse(url, body=content, headers=headers))
    except (ValueError, etree.LxmlError) as error:
        raise SurfaceError(f"not a page with links: {error}") from error
    return tuple(Entry(link.url, " ".join(link.text.split()) or None) for link in links)


def joined(base: str, url: str) -> str:
    """An address made absolute; empty if it is malformed."""
    try:
        return urljoin(base, url)
    except ValueError:
        return ""


def _root(content: bytes, names: tuple[str, ...]) -> etree._Element:
    try:
        root = etree.fromstring(content, etree.XMLParser(**_XML))
    except (etree.XMLSyntaxError, ValueError) as error:
        raise SurfaceError(f"not XML: {error}") from error
    if root is None or _name(root) not in names:
        raise SurfaceError(f"not a sitemap: begins with {content[:40]!r}")
    return root


def _children(root: etree._Element, names: tuple[str, ...]) -> Iterator[etree._Element]:
    return (element for element in root if isinstance(element.tag, str) and _name(element) in names)


def _texts(element: etree._Element | None) -> dict[str, str]:
    """Texts of an element's own children by their names; pictures and videos further down have places of their own."""
    children = () if element is None else element
    return {_name(one): (one.text or "").strip() for one in children if isinstance(one.tag, str)}


def _name(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[2].lower()


def _iso(value: str | None) -> datetime | None:
    """A W3C date or time as sitemaps have them; None for anything else. Without a zone: UTC."""
    try:
        when = datetime.fromisoformat((value or "").strip())
    except ValueError:
        return None
    return when if when.tzinfo else when.replace(tzinfo=UTC)


def _time_of(entry: feedparser.FeedParserDict) -> struct_time | None:
    when: struct_time | None = entry.get("published_parsed") or entry.get("updated_parsed")
    return when


def _struct(when: struct_time | None) -> datetime | None:
    """feedparser's times are UTC."""
    try:
        return datetime.fromtimestamp(calendar.timegm(when), UTC) if when else None
    except (ValueError, OverflowError, OSError):
        return None
