"""Bounds what an HTML parser must build: no tree parser is linear on a page that nests a hundred thousand elements.

Browsers flatten at 512 levels, and so does this: the tags beyond are taken out, their text stays. Elements whose end
tag may be left out (HTML, section 13.1.2.4) are not counted, since an open ``<p>`` does not nest. Formatting elements
are bounded lower: a parser opens all of them again in every paragraph that follows (HTML, section 13.2.4.3).
"""

import re

SUSPECT_TAGS = 10_000
"""Pages with fewer tags cannot hurt and are passed through unread."""
MAX_DEPTH = 512
MAX_FORMATTING = 8
MAX_TAGS = 1_500_000
_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/>]{0,40})")
_UNCOUNTED = frozenset(
    {"p", "li", "dt", "dd", "tr", "td", "th", "thead", "tbody", "tfoot", "option", "optgroup", "colgroup", "rp", "rt"}
    | {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"}
    | {"html", "head", "body", "script", "style"}
)
_FORMATTING = frozenset(
    {"a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"}
)


def bounded(html: str) -> tuple[str, str | None]:
    """The page within bounds, and what was cut from it (None where nothing was)."""
    if html.count("<") <= SUSPECT_TAGS:
        return html, None
    keeper = _Keeper()
    kept = _TAG.sub(keeper.keep, html)
    if keeper.tags > MAX_TAGS:
        end = keeper.end
        return _TAG.sub(_Keeper().keep, html[:end]), f"more than {MAX_TAGS} tags: read as far as character {end}"
    return kept, f"{keeper.cut} tags beyond {MAX_DEPTH} levels left out" if keeper.cut else None


class _Keeper:
    """Decides tag by tag; a tag that is cut becomes a comment, which a parser drops where it stands."""

    def __init__(self) -> None:
        self.depth = {True: 0, False: 0}
        self.beyond = {True: 0, False: 0}
        self.cut = 0
        self.tags = 0
        self.end = 0

    def keep(self, match: re.Match[str]) -> str:
        self.tags += 1
        if self.tags == MAX_TAGS:
            self.end = match.start()
        name = match.group(2).lower()
        if name in _UNCOUNTED:
            return match.group()
        formatting = name in _FORMATTING
        kept = self._close(formatting) if match.group(1) else self._open(formatting)
        self.cut += not kept
        return match.group() if kept else f"<!{name}"

    def _open(self, formatting: bool) -> bool:
        if self.depth[formatting] >= (MAX_FORMATTING if formatting else MAX_DEPTH):
            self.beyond[formatting] += 1
            return False
        self.depth[formatting] += 1
        return True

    def _close(self, formatting: bool) -> bool:
        if self.beyond[formatting]:
            self.beyond[formatting] -= 1
            return False
        self.depth[formatting] = max(self.depth[formatting] - 1, 0)
        return True
