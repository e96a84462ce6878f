"""A page's tree as flat lists in document order: readers walk it by index, without recursion and in linear time.

    index      0      1     2       3      4
    tags       body   div   p       #      p        "#" marks a text node
    parents    -1     0     1       2      1
    ends       5      5     4       4      5        the first index after the subtree

lexbor (selectolax) parses; scripts, styles and drawings are left out while walking. Bounded: a page with more than
`MAX_NODES` nodes is read as far as that, and says so (`cut_short`).
"""

import re
from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode

from transforms.head import read_head

TEXT = "#"
MAX_NODES = 1_000_000
"""Nodes kept: a page of 20 MB of the densest markup seen (12 bytes a node) still fits half."""
MAX_ATTRIBUTE = 4096
"""Characters of an attribute that are looked at: longer values are data, not facts about the element."""
SKIPPED = frozenset(
    {"script", "style", "noscript", "template", "svg", "math", "head", "canvas", "map", "-comment", "-pi", "-doctype"}
)
"""Nodes whose text no reader sees."""
_NONE: dict[str, str | None] = {}
"""The attributes of every text node."""
_SIGNS = r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff"
_UNSPACED = re.compile(f"[{_SIGNS}]")
_WORD = re.compile(rf"[{_SIGNS}]|[^\W{_SIGNS}]+")
_INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad\0"


def squeeze(text: str) -> str:
    """Text as it is seen: one space for any run of white space, no invisible characters."""
    if text.isprintable() and "  " not in text:  # no white space but single blanks, nothing invisible: most texts
        return text.strip()
    if not text.isascii() or "\0" in text:
        for sign in _INVISIBLE:  # faster than str.translate: most texts hold none of them
            text = text.replace(sign, "")
    return " ".join(text.split())


def word_count(text: str) -> int:
    """Words of a text; two signs of a script that parts no words count as one."""
    unspaced = 0 if text.isascii() else len(_UNSPACED.findall(text))
    return len(text.split()) + unspaced // 2


def words_in(text: str) -> list[str]:
    """The words of a text, without punctuation; each sign by itself in a script that parts no words."""
    return _WORD.findall(text)


class Outline:
    """The flat tree of one page; see the module's drawing."""

    def __init__(self, html: str | bytes) -> None:
        """Parse a page: text, or its UTF-8."""
        self.parser = LexborHTMLParser(html.encode("utf-8", "replace") if isinstance(html, str) else html)
        self.head = read_head(self.parser)
        self.tags: list[str] = []
        self.parents: list[int] = []
        self.ends: list[int] = []
        self.texts: list[str] = []
        self.raw_attributes: list[dict[str, str | None]] = []
        self._sizes: list[int] = []
        self._tagged: dict[str, list[int]] = {}
        self.cut_short = False
        body = self.parser.body
        if body is not None:
            self._walk(body)

    def __len__(self) -> int:
        return len(self.tags)

    def attribute(self, index: int, name: str) -> str:
        """An attribute of an element, cut to `MAX_ATTRIBUTE` characters; "" where it is absent or empty."""
        return (self.raw_attributes[index].get(name) or "")[:MAX_ATTRIBUTE]

    def children(self, index: int) -> Iterator[int]:
        """Indexes of the direct children, text nodes included."""
        at, end = index + 1, self.ends[index]
        while at < end:
            yield at
            at = self.ends[at]

    def ancestors(self, index: int) -> Iterator[int]:
        """From the parent up to the body."""
        at = self.parents[index]
        while at >= 0:
            yield at
            at = self.parents[at]

    def sizes(self) -> list[int]:
        """Characters of each text node, white space around it not counted; 0 for elements."""
        if len(self._sizes) != len(self.texts):
            self._sizes = [len(text.strip()) if text else 0 for text in self.texts]
        return self._sizes

    def tagged(self, tag: str) -> list[int]:
        """Indexes of the elements of one name, in document order."""
        if tag not in self._tagged:
            found: list[int] = []
            for _ in range(self.tags.count(tag)):  # these two are faster than a loop over the tags
                found.append(self.tags.index(tag, found[-1] + 1 if found else 0))
            self._tagged[tag] = found
        return self._tagged[tag]

    def text(self, start: int, end: int | None = None) -> str:
        """Squeezed text of a subtree, or of the indexes from `start` to before `end`."""
        stop = self.ends[start] if end is None else end
        return squeeze(" ".join(filter(None, self.texts[start:stop])))

    def _walk(self, body: LexborNode) -> None:
        """Fill the lists in one pass: down to the first child, else on to the next node, closing what ends there."""
        tags, parents, ends = self.tags, self.parents, self.ends
        texts, attributes = self.texts, self.raw_attributes
        above: list[LexborNode] = []
        parent = -1
        node: LexborNode | None = body
        while node is not None and len(tags) < MAX_NODES:
            tag = node.tag
            if tag == "-text":
                tags.append(TEXT)
                parents.append(parent)
                ends.append(len(tags))
                texts.append(node.text_content or "")
                attributes.append(_NONE)
            elif tag and tag not in SKIPPED:
                tags.append(tag)
                parents.append(parent)
                ends.append(len(tags))
                texts.append("")
                attributes.append(node.attributes)
                child = node.first_child
                if child is not None:
                    above.append(node)
                    parent = len(tags) - 1
                    node = child
                    continue
            node = node.next
            while node is None and len(above) > 1:
                ends[parent] = len(tags)
                parent = parents[parent]
                node = above.pop().next
        self.cut_short = len(tags) >= MAX_NODES
        while parent >= 0:
            ends[parent] = len(tags)
            parent = parents[parent]
