"""How a page is called, and whether it calls itself live: its heads, headings and article objects."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from transforms.cues import live_mark
from transforms.fragment import plain_text
from transforms.linked_data import types_of
from transforms.outline import Outline

ARTICLE_TYPES = (
    "LiveBlogPosting", "NewsArticle", "ReportageNewsArticle", "AnalysisNewsArticle", "BackgroundNewsArticle",
    "Article", "BlogPosting", "SportsEvent", "BroadcastEvent", "WebPage",
)  # fmt: skip
"""Objects that may describe the page, the best first."""
MAX_HEADINGS = 3
_WORD = re.compile(r"\w{3,}")
_META = frozenset(
    {"og:title", "og:description", "og:url", "og:updated_time", "description", "author", "datepublished"}
    | {"article:published_time", "article:modified_time"}
)


def articles(linked: tuple[Mapping[str, Any], ...]) -> Iterator[Mapping[str, Any]]:
    """Objects that describe the page, by `ARTICLE_TYPES`."""
    typed = [(types_of(thing), thing) for thing in linked if thing.get("headline") or thing.get("datePublished")]
    for name in ARTICLE_TYPES:
        yield from (thing for types, thing in typed if name in types)


def meta(outline: Outline) -> dict[str, str]:
    """Texts of the meta elements that matter, by name, property or itemprop in lower case."""
    told = outline.head.meta
    return {name: text for name in _META if (text := plain_text(told.get(name)))}


def stated_dates(outline: Outline, linked: tuple[Mapping[str, Any], ...]) -> tuple[str | None, str | None]:
    """When the page says that it was published and last changed, as it writes it in its head or its article object."""
    head, told = meta(outline), next(articles(linked), {})
    published = told.get("datePublished") or head.get("article:published_time") or head.get("datepublished")
    modified = told.get("dateModified") or head.get("article:modified_time") or head.get("og:updated_time")
    return published if isinstance(published, str) else None, modified if isinstance(modified, str) else None


def headings(outline: Outline) -> list[str]:
    """Texts of the page's first headings of the first rank."""
    return [text for at in outline.tagged("h1")[:MAX_HEADINGS] if (text := outline.text(at))]


def page_heading(outline: Outline, told: Iterable[str | None]) -> str | None:
    """The heading that names the page: of several (a site's name, the teams of a match) the one most like what it is
    called elsewhere, in `told`."""
    found = headings(outline)
    if len(found) < 2:
        return next(iter(found), None)
    names = [set(_WORD.findall(name.casefold())) for name in told if name]
    return max(found, key=lambda text: sum(len(name & set(_WORD.findall(text.casefold()))) for name in names))


def canonical_address(outline: Outline) -> str | None:
    """The address that the page calls its own."""
    node = outline.parser.css_first('link[rel="canonical"]')
    return (node.attributes.get("href") or None) if node else None


def head_title(outline: Outline) -> str | None:
    """The text of the title element."""
    return plain_text(outline.head.title)


def live_word(outline: Outline, linked: tuple[Mapping[str, Any], ...]) -> str | None:
    """The word by which the page calls itself live in one of its titles; None where it does not."""
    titles = [*headings(outline), head_title(outline), plain_text(outline.head.meta.get("og:title"))]
    titles += [plain_text(thing.get("headline")) for thing in articles(linked)]
    return next((word for title in dict.fromkeys(titles) if title and (word := live_mark(title))), None)
