"""HTML that arrives inside JSON: paragraphs, links and media of one small piece.

    plain text                         as it is
    paragraphs, emphasis and links     by their tags alone, in whatever order: they say nothing but where a line ends
    all else                           beautifulsoup4, which is lenient

Text whose HTML was escaped once more than needed is read too.
"""

import html
import re
from dataclasses import dataclass
from functools import lru_cache

from bs4 import BeautifulSoup
from bs4.builder._lxml import LXMLTreeBuilder, _LXMLParser  # bs4.builder exports it where no type checker sees it
from bs4.element import CData, NavigableString, PageElement, Tag

from transforms.outline import squeeze
from transforms.pieces import ASIDE, BLOCKS, HEADINGS

MAX_CHARS = 500_000
"""Characters of one fragment that are read; no update of a live blog comes near."""
MAX_ESCAPES = 3
REMEMBERED, SHORT = 1024, 100
"""Lines kept as read, and how many characters each has at most: every update names the same authors."""
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,2000}>")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z][a-z0-9]{1,30});", re.IGNORECASE)
_PARAGRAPH = re.compile(r"\n\s*\n|\r\n?\s*\r\n?")
_LINE = re.compile(r"\n+")
_HANDLE = re.compile(r"\(@[\w.]{2,30}\)")
_PLAIN_TAG = re.compile(
    r"""<(/?)(a|b|br|em|i|li|ol|p|span|strong|u|ul)((?:\s+[a-z-]+="[^"<>]*")*)\s*/?>""", re.IGNORECASE
)
_HREF = re.compile(r'\shref="([^"]*)"', re.IGNORECASE)
_SILENT = frozenset({"script", "style", "template", "noscript", "svg"})
_MEDIA = frozenset({"img", "iframe", "video", "source"})


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
    found = _Found()
    if not _read_plain_tags(markup, found):
        _read_soup(_soup(markup), found, embeds)
    lines = found.lines
    heading = lines[0][1] if lines and lines[0][0] and len(lines) > 1 else None
    text = "\n\n".join(text for _, text in lines[heading is not None :])
    return Fragment(text, tuple(dict.fromkeys(found.links)), tuple(dict.fromkeys(found.media)), heading)


def plain_text(source: object) -> str | None:
    """One line of text from a value that should be text, may hold HTML, and may be something else; None if empty."""
    if not isinstance(source, str):
        return None
    return _line(source) if len(source) <= SHORT else _line.__wrapped__(source)


@lru_cache(maxsize=REMEMBERED)
def _line(source: str) -> str | None:
    if "<" not in source and "&" not in source:
        return squeeze(source[:MAX_CHARS]) or None
    markup = unescaped(source[:MAX_CHARS])
    if _TAG.search(markup):
        markup = _soup(markup).get_text(" " if "<br" in markup or "<p" in markup else "")
    return squeeze(markup) or None


def unescaped(source: str) -> str:
    """HTML with the entities undone that hide tags; plain text with all entities undone."""
    for _ in range(MAX_ESCAPES):
        if "&" not in source or _TAG.search(source) or not _ENTITY.search(source):
            break
        source = html.unescape(source)
    return source


class _Builder(LXMLTreeBuilder):
    """Builds with one parser after the other document: making a parser costs as much as reading a fragment."""

    _kept: _LXMLParser | None = None

    def parser_for(self, encoding: str | None) -> _LXMLParser:
        if self._kept is None:
            self._kept = super().parser_for(encoding)
        return self._kept


_spare: list[_Builder] = []


def _soup(markup: str) -> BeautifulSoup:
    builder = _spare.pop() if _spare else _Builder(multi_valued_attributes=None)
    soup = BeautifulSoup(markup, builder=builder)
    _spare.append(builder)  # not where it failed: its parser may be in the middle of something
    return soup


def _plain(text: str) -> str:
    if "\n" not in text and "\r" not in text:
        return squeeze(text)
    parts = _PARAGRAPH.split(text)
    if len(parts) == 1:
        parts = _LINE.split(text)
    return "\n\n".join(line for part in parts if (line := squeeze(part)))


class _Found:
    """The visible lines of a piece, and the addresses in it, those beside the text included."""

    def __init__(self) -> None:
        self.lines: list[tuple[bool, str]] = []
        """Whether each is a heading, and its text."""
        self.links: list[str] = []
        self.media: list[str] = []
        self.line: list[str] = []
        """What stands in the line so far."""

    def end_line(self, is_heading: bool = False) -> None:
        text = squeeze("".join(self.line))
        self.line.clear()
        if text:
            self.lines.append((is_heading, text))


def _read_plain_tags(markup: str, found: _Found) -> bool:
    """Read a piece whose only tags are those of paragraphs, emphasis and links; False where it has others."""
    pieces = _PLAIN_TAG.split(markup)
    texts = pieces[::4]
    if any("<" in text for text in texts):
        return False
    found.line.append(html.unescape(texts[0]))
    for closing, name, attributes, text in zip(pieces[1::4], pieces[2::4], pieces[3::4], texts[1:], strict=True):
        tag = name.lower()
        if tag in BLOCKS or tag == "br":
            found.end_line()
        elif tag == "a" and not closing and (href := _HREF.search(attributes)):
            found.links.append(html.unescape(href[1]))
        found.line.append(html.unescape(text))
    found.end_line()
    return True


def _read_soup(soup: BeautifulSoup, found: _Found, embeds: bool) -> None:
    """Walk once over a soup, without recursion."""
    pending: list[tuple[PageElement | bool, bool]] = [(item, True) for item in reversed(soup.contents)]
    while pending:
        item, visible = pending.pop()
        if isinstance(item, bool):  # the end of a block
            found.end_line(item)
        elif isinstance(item, Tag) and item.name not in _SILENT:
            _note_address(item, found)
            visible = visible and item.name not in ASIDE and (embeds or not _is_embed(item))
            if visible and (item.name in BLOCKS or item.name == "br"):
                found.end_line()
                pending.append((item.name in HEADINGS, True))
            pending.extend((part, visible) for part in reversed(item.contents))
        elif visible and type(item) in (NavigableString, CData):
            found.line.append(str(item))
    found.end_line()


def _note_address(item: Tag, found: _Found) -> None:
    if item.name == "a" and "href" in item.attrs:
        found.links.append(str(item.attrs["href"]))
    elif item.name in _MEDIA and "src" in item.attrs:
        found.media.append(str(item.attrs["src"]))


def _is_embed(item: Tag) -> bool:
    return item.name == "blockquote" and bool(_HANDLE.search(item.get_text(" ")))
