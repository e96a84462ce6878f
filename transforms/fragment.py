"""HTML that arrives inside JSON, read leniently with beautifulsoup4: paragraphs, links and media of one small piece.

Plain text and text whose HTML was escaped once more than needed are read too.
"""

import html
import re
import warnings
from dataclasses import dataclass

from bs4 import BeautifulSoup, MarkupResemblesLocatorWarning
from bs4.element import CData, NavigableString, Tag

from transforms.outline import squeeze
from transforms.pieces import ASIDE, BLOCKS

MAX_CHARS = 500_000
"""Characters of one fragment that are read; no update of a live blog comes near."""
MAX_ESCAPES = 3
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,2000}>")
_ESCAPED_TAG = re.compile(r"&(?:amp;)*(?:lt|#0*60|#x0*3c);/?[a-zA-Z]", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z][a-z0-9]{1,30});", re.IGNORECASE)
_PARAGRAPH = re.compile(r"\n\s*\n|\r\n?\s*\r\n?")
_LINE = re.compile(r"\n+")
_HANDLE = re.compile(r"\(@[\w.]{2,30}\)")
_SILENT = ("script", "style", "template", "noscript", "svg")


@dataclass(frozen=True, slots=True)
class Fragment:
    """What a piece of HTML says."""

    text: str
    """Paragraphs joined by a blank line."""
    links: tuple[str, ...] = ()
    media: tuple[str, ...] = ()
    heading: str | None = None
    """The first heading, where one stands before everything else."""


EMPTY = Fragment("")


def read_fragment(source: str, embeds: bool = False) -> Fragment:
    """Read HTML, escaped HTML or plain text; `embeds` keeps quoted posts of social networks. Never raises."""
    markup = unescaped(source[:MAX_CHARS])
    if not _TAG.search(markup):
        return Fragment(_plain(markup))
    soup = _soup(markup)
    for element in soup.find_all(_SILENT):
        element.decompose()
    links = tuple(dict.fromkeys(str(a["href"]) for a in soup.find_all("a", href=True)))
    media = tuple(dict.fromkeys(str(m["src"]) for m in soup.find_all(["img", "iframe", "video", "source"], src=True)))
    lines = _lines(soup, embeds)
    heading = lines[0][1] if lines and lines[0][0] and len(lines) > 1 else None
    return Fragment("\n\n".join(text for _, text in lines[heading is not None :]), links, media, heading)


def plain_text(source: object) -> str | None:
    """One line of text from a value that should be text, may hold HTML, and may be something else; None if empty."""
    if not isinstance(source, str):
        return None
    markup = unescaped(source[:MAX_CHARS])
    if _TAG.search(markup):
        markup = _soup(markup).get_text(" " if "<br" in markup or "<p" in markup else "")
    return squeeze(markup) or None


def unescaped(source: str) -> str:
    """HTML with the entities undone that hide tags; plain text with all entities undone."""
    for _ in range(MAX_ESCAPES):
        hides_tags = bool(_ESCAPED_TAG.search(source)) and not _TAG.search(source)
        plain = not _TAG.search(source) and bool(_ENTITY.search(source))
        if not (hides_tags or plain):
            break
        source = html.unescape(source)
    return source


def _soup(markup: str) -> BeautifulSoup:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", MarkupResemblesLocatorWarning)
        return BeautifulSoup(markup, "lxml")


def _plain(text: str) -> str:
    parts = _PARAGRAPH.split(text)
    if len(parts) == 1:
        parts = _LINE.split(text)
    return "\n\n".join(line for part in parts if (line := squeeze(part)))


def _lines(soup: BeautifulSoup, embeds: bool) -> list[tuple[bool, str]]:
    """Visible lines of a soup: whether each is a heading, and its text."""
    lines: list[tuple[bool, str]] = []
    buffer: list[str] = []

    def flush(is_heading: bool = False) -> None:
        text = squeeze("".join(buffer))
        buffer.clear()
        if text:
            lines.append((is_heading, text))

    pending: list[Tag | NavigableString | bool] = list(reversed(soup.contents))  # type: ignore[arg-type]
    while pending:
        item = pending.pop()
        if isinstance(item, bool):
            flush(item)
        elif isinstance(item, Tag):
            if item.name in ASIDE or (not embeds and _is_embed(item)):
                continue
            if item.name in BLOCKS or item.name == "br":
                flush()
                pending.append(item.name in ("h1", "h2", "h3", "h4", "h5", "h6"))
            pending.extend(reversed(item.contents))  # type: ignore[arg-type]
        elif type(item) in (NavigableString, CData):
            buffer.append(str(item))
    flush()
    return lines


def _is_embed(item: Tag) -> bool:
    return item.name == "blockquote" and bool(_HANDLE.search(item.get_text(" ")))
