"""A page's tree as flat lists in document order: readers walk it by index, without recursion and in linear time.

    index      0      1     2       3      4
    tags       body   div   p       #      p        "#" marks a text node
    parents    -1     0     1       2      1
    ends       5      5     4       4      5        the first index after the subtree

lexbor (selectolax) parses; scripts, styles and drawings are left out while walking. Bounded: a page with more than
`MAX_NODES` nodes is read as far as that, and says so (`cut_short`).
"""

from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode

TEXT = "#"
MAX_NODES = 1_000_000
"""Nodes kept: a page of 20 MB of the densest markup seen (12 bytes a node) still fits half."""
MAX_ATTRIBUTE = 4096
"""Characters of an attribute that are looked at: longer values are data, not facts about the element."""
SILENT = frozenset({"script", "style", "noscript", "template", "svg", "math", "head", "canvas", "map"})
"""Elements whose text no reader sees."""
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad\0"))


def squeeze(text: str) -> str:
    """Text as it is seen: one space for any run of white space, no invisible characters."""
    return " ".join(text.translate(_INVISIBLE).split())


class Outline:
    """The flat tree of one page; see the module's drawing."""

    __slots__ = ("cut_short", "ends", "index_of", "parents", "parser", "raw_attributes", "tags", "texts")

    def __init__(self, html: str) -> None:
        self.parser = LexborHTMLParser(html.encode("utf-8", "replace"))
        self.tags: list[str] = []
        self.parents: list[int] = []
        self.ends: list[int] = []
        self.texts: list[str] = []
        self.raw_attributes: list[dict[str, str | None]] = []
        self.index_of: dict[int, int] = {}
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

    def select(self, selector: str) -> list[int]:
        """Indexes of the elements in the body that a CSS selector matches, in document order."""
        found = (self.index_of.get(node.mem_id) for node in self.parser.css(selector))
        return sorted(index for index in found if index is not None)

    def text(self, start: int, end: int | None = None) -> str:
        """Squeezed text of a subtree, or of the indexes from `start` to before `end`."""
        stop = self.ends[start] if end is None else end
        return squeeze(" ".join(text for text in self.texts[start:stop] if text))

    def _walk(self, body: LexborNode) -> None:
        open_elements: list[tuple[int, LexborNode]] = []
        node: LexborNode | None = body
        while node is not None:
            tag = node.tag or ""
            child = None
            if tag not in SILENT and tag != "-comment":
                index = self._add(node, tag, open_elements[-1][0] if open_elements else -1)
                child = node.first_child if tag != "-text" else None
                if child is not None:
                    open_elements.append((index, node))
            if len(self.tags) >= MAX_NODES:
                self.cut_short = True
                break
            node = child if child is not None else self._next(node, open_elements)
        for index, _ in open_elements:
            self.ends[index] = len(self.tags)

    def _add(self, node: LexborNode, tag: str, parent: int) -> int:
        index = len(self.tags)
        self.parents.append(parent)
        self.ends.append(index + 1)
        if tag == "-text":
            self.tags.append(TEXT)
            self.texts.append(node.text_content or "")
            self.raw_attributes.append({})
        else:
            self.tags.append(tag)
            self.texts.append("")
            self.raw_attributes.append(node.attributes)
            self.index_of[node.mem_id] = index
        return index

    def _next(self, node: LexborNode, open_elements: list[tuple[int, LexborNode]]) -> LexborNode | None:
        """The node after a finished one, closing the elements that end with it; None after the body."""
        following = node.next
        while following is None and open_elements:
            index, element = open_elements.pop()
            self.ends[index] = len(self.tags)
            if index == 0:
                return None
            following = element.next
        return following
