"""What the head of a page says: its language and title, meta elements and links, read once.

<html lang="en-GB"> <title>…</title> <meta property="og:title" content="…"> <link rel="canonical" href="…">
"""

from collections.abc import Mapping
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser


@dataclass(frozen=True, slots=True)
class Head:
    """Values as they stand in the markup, wherever on the page: many pages carry some of it in the body."""

    language: str | None
    title: str | None
    meta: Mapping[str, str]
    """Contents by property, name or itemprop in lower case; the first of each that is not empty."""
    links: Mapping[str, str]
    """Addresses of the canonical page, the next and the previous one, by their ``rel``; the first of each."""


def read_head(parser: LexborHTMLParser) -> Head:
    """The head of a parsed page."""
    html = parser.css_first("html")
    title = parser.css_first("title")
    meta: dict[str, str] = {}
    for node in parser.css("meta[content]"):
        found = node.attributes
        name, content = found.get("property") or found.get("name") or found.get("itemprop"), found["content"]
        if name and content and not content.isspace():
            meta.setdefault(name.lower(), content)
    links: dict[str, str] = {}
    for name in ("canonical", "next", "prev"):
        link = parser.css_first(f'link[rel~="{name}" i][href]')
        if link and link.attributes["href"]:
            links[name] = link.attributes["href"]
    return Head(html.attributes.get("lang") if html else None, title.text() if title else None, meta, links)
