"""The visible text of a part of a page, cut into the pieces a reader's eye sees: headings, paragraphs, list items.

A piece ends where a block element begins or ends. Figures, forms, menus, asides and embeds are not text of the story.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import islice

from transforms.cues import cues
from transforms.names import looks_like_name
from transforms.outline import TEXT, Outline, squeeze

HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
PROPER = frozenset({"p", "li", "blockquote", "pre", "dd", "dt", "td", "th", "summary"})
"""Elements whose text is prose by its markup; outside them stand labels, names, times and sloppy prose: loose text."""
BLOCKS = (
    HEADINGS
    | PROPER
    | {"div", "section", "article", "main", "header", "footer", "ul", "ol", "dl", "table", "tbody", "thead", "tr", "hr"}
    | {"details", "address", "center", "fieldset", "hgroup", "search", "body"}
)
INHERITED = HEADINGS | {"blockquote"}
"""Elements that set all text within them, however it is wrapped."""
BOLD = frozenset({"b", "strong"})
ASIDE = frozenset(
    {"figure", "figcaption", "picture", "iframe", "object", "embed", "video", "audio", "nav", "aside", "dialog"}
    | {"form", "button", "input", "select", "textarea", "label", "datalist", "progress", "meter"}
)
"""Elements that stand beside the story's text."""
IMAGES = frozenset({"img", "amp-img", "picture"})
MAX_LOOKED = 2000
"""Characters of an element beside a picture that are looked through."""
MAX_BESIDE = 40
"""Elements beside a picture that are looked at."""
SLANTED = frozenset({"em", "i", "small"})
MAX_PICTURE = 40
"""Nodes of an element that is a picture with its line."""
MAX_CAPTION = 300
"""Characters of a line below a picture."""
MAX_WRAPS = 3
"""Elements around a picture, within the one that holds its line too."""
MAX_LOOSE = 60
"""Characters of a loose text that may be a label or a name."""
_SENTENCE_END = re.compile(r"[.!?…。！？।؟۔]['\"”’»)」』]?$")
_HANDLE = re.compile(r"\(@[\w.]{2,30}\)")
_BLANK_LINE = re.compile(r"\n\s*\n")


@dataclass(slots=True)
class Piece:
    """One piece of text."""

    tag: str
    """The element that makes it a piece: ``p``, ``li``, ``h3`` … or "" for loose text."""
    text: str
    start: int
    """Index of its first node in the outline …"""
    end: int
    """… and the index after its last."""
    linked_chars: int = 0
    """Characters inside links."""
    links: list[str] = field(default_factory=list)
    bold_chars: int = 0
    """Characters set in bold."""
    parent: int = -1
    """Index of the block element around the piece's own."""
    quoted: bool = False
    """Inside a blockquote."""
    marginal: bool = False
    """Inside a header or footer."""

    @property
    def is_heading(self) -> bool:
        """Set as a heading."""
        return self.tag in HEADINGS

    @property
    def is_loose(self) -> bool:
        """A short text outside paragraphs that is no sentence: a label, a name, a clock."""
        return not self.tag and len(self.text) <= MAX_LOOSE and not is_sentence(self.text)

    @property
    def is_bold(self) -> bool:
        """All of it is bold, but for a few characters."""
        return self.bold_chars >= 0.95 * max(len(self.text), 1)

    @property
    def is_link(self) -> bool:
        """All of it is a link, but for a few characters."""
        return self.linked_chars >= 0.85 * max(len(self.text), 1)


def is_sentence(text: str) -> bool:
    """Whether a text ends as sentences end."""
    return _SENTENCE_END.search(text) is not None


def is_social_embed(outline: Outline, index: int) -> bool:
    """A quoted post of a social network: ``<blockquote>`` that signs with a handle, "(@name)"."""
    return outline.tags[index] == "blockquote" and bool(_HANDLE.search(outline.text(index)))


def is_picture(outline: Outline, index: int) -> bool:
    """Whether an element among paragraphs is a picture with the line below it: ``<div><img><p>…</p></div>``, or
    ``<p><img><em>…</em></p>``."""
    if outline.ends[index] - index > MAX_PICTURE or not _opens_with_image(outline, index):
        return False
    told = [at for at in range(index + 1, outline.ends[index]) if outline.texts[at].strip()]
    if len(outline.text(index)) > MAX_CAPTION or len({_block_around(outline, at) for at in told}) > 1:
        return False
    if any(_signs(squeeze(outline.texts[at])) for at in told):
        return False
    if outline.tags[index] == "p":
        return all(any(outline.tags[each] in SLANTED for each in outline.ancestors(at) if each > index) for at in told)
    beside = islice(outline.children(outline.parents[index]), MAX_BESIDE)
    return any(_is_prose(outline, at) for at in beside if at != index and outline.tags[at] in ("p", "div"))


def _is_prose(outline: Outline, index: int) -> bool:
    """Whether an element's text is a sentence, or so long that it is not looked through."""
    end = outline.ends[index]
    long = end - index > MAX_PICTURE or sum(outline.sizes()[index:end]) > MAX_LOOKED
    return long or is_sentence(outline.text(index))


def _signs(text: str) -> bool:
    """Whether a line beside a picture is its author's name, and the picture a portrait."""
    return looks_like_name(text) or cues("byline").opens(text) is not None


def _opens_with_image(outline: Outline, index: int) -> bool:
    at = index + 1
    for _ in range(MAX_WRAPS):
        while at < outline.ends[index] and outline.tags[at] == TEXT and not outline.texts[at].strip():
            at += 1
        if at >= outline.ends[index] or outline.tags[at] in IMAGES:
            break
        at += 1
    return at < outline.ends[index] and outline.tags[at] in IMAGES


def _block_around(outline: Outline, index: int) -> int:
    return next((at for at in outline.ancestors(index) if outline.tags[at] in BLOCKS), -1)


def pieces(outline: Outline, start: int, end: int, skip: frozenset[int] = frozenset()) -> list[Piece]:
    """Pieces of the indexes from `start` to before `end`, without the subtrees in `skip`."""
    cutter = _Cutter(outline, start, skip)
    cutter.walk(end)
    return list(cutter.lines())


class _Cutter:
    """Walks once over the nodes and cuts at block boundaries."""

    def __init__(self, outline: Outline, start: int, skip: frozenset[int]) -> None:
        self.outline = outline
        self.root = start
        self.skip = skip
        self.done: list[Piece] = []
        self.open: list[tuple[int, str, int]] = []
        self.links: list[tuple[int, str]] = []
        self.buffer: list[str] = []
        self.hrefs: list[str] = []
        self.linked = 0
        self.bold = 0
        self.bold_end = -1
        self.innermost_end = len(outline)
        self.first = start

    def walk(self, end: int) -> None:
        """Take every node from the first to before `end`."""
        tags, ends = self.outline.tags, self.outline.ends
        at = self.root
        while at < end:
            if at >= self.innermost_end:
                self._leave(at)
            tag = tags[at]
            if tag == TEXT:
                self._take(at)
                at += 1
            elif self._is_left_out(at, tag):
                if tag in BLOCKS:
                    self._flush(at)
                at = ends[at]
            else:
                self._enter(at, tag)
                at += 1
        self._flush(end)

    def lines(self) -> Iterator[Piece]:
        """The pieces, each split at blank lines made of ``<br>``."""
        for piece in self.done:
            parts = _BLANK_LINE.split(piece.text) if "\n" in piece.text else [piece.text]
            lines = [line for part in parts if (line := squeeze(part))]
            if len(lines) == 1:
                piece.text = lines[0]
                yield piece
            else:
                yield from (replace(piece, text=line, linked_chars=0) for line in lines)

    def _enter(self, at: int, tag: str) -> None:
        if tag == "br":
            self.buffer.append("\n")
        elif tag == "a":
            href = self.outline.attribute(at, "href")
            self.links.append((self.outline.ends[at], href))
            self.innermost_end = self.outline.ends[at]
            if href:
                self.hrefs.append(href)
        elif tag in BOLD:
            self.bold_end = max(self.bold_end, self.outline.ends[at])
        else:
            as_heading = self.outline.raw_attributes[at].get("role") == "heading"
            if as_heading or tag in BLOCKS:
                self._flush(at)
                set_as = "h2" if as_heading and tag not in HEADINGS else tag
                self.open.append((self.outline.ends[at], set_as, at))
                self.innermost_end = self.outline.ends[at]

    def _leave(self, at: int) -> None:
        while self.links and at >= self.links[-1][0]:
            self.links.pop()
        while self.open and at >= self.open[-1][0]:
            self._flush(at)
            self.open.pop()
        ends = [found[-1][0] for found in (self.links, self.open) if found]
        self.innermost_end = min(ends, default=len(self.outline))

    def _take(self, at: int) -> None:
        text = self.outline.texts[at]
        if not self.buffer and text.isspace():  # between blocks
            return
        text = text.replace("\n", " ")
        self.buffer.append(text)
        if self.links or at < self.bold_end:
            size = len(squeeze(text))
            self.linked += size if self.links else 0
            self.bold += size if at < self.bold_end else 0

    def _flush(self, at: int) -> None:
        if self.buffer or self.hrefs:
            text = "".join(self.buffer)
            if text and not text.isspace():
                self.done.append(self._piece(text, at))
            self.buffer, self.linked, self.bold = [], 0, 0
            self.hrefs = [href for _, href in self.links if href]
        self.first = at

    def _piece(self, text: str, at: int) -> Piece:
        tags = [tag for _, tag, _ in self.open]
        inner = tags[-1] if tags else ""
        set_as = inner if inner in HEADINGS or inner in PROPER else next((t for t in tags if t in INHERITED), "")
        set_as = (
            "" if set_as == "li" and self.open[-1][2] == self.root else set_as
        )  # beside the paragraphs of an update
        set_as = "h6" if set_as == "summary" else set_as  # what heads a part of the page that can be folded
        return Piece(
            set_as,
            text,
            self.first,
            at,
            self.linked,
            self.hrefs,
            quoted="blockquote" in tags,
            marginal="header" in tags or "footer" in tags,
            bold_chars=self.bold,
            parent=self.outline.parents[self.open[-1][2]] if self.open else -1,
        )

    def _is_left_out(self, at: int, tag: str) -> bool:
        """Beside the story, another's words, or hidden."""
        if tag in ASIDE or at in self.skip or (tag == "blockquote" and is_social_embed(self.outline, at)):
            return True
        if at == self.root:
            return False
        if tag in ("div", "p") and is_picture(self.outline, at):
            return True
        attributes = self.outline.raw_attributes[at]
        if not attributes:
            return False
        return "hidden" in attributes or attributes.get("aria-hidden") == "true"
