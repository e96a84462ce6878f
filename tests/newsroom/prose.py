"""The light markup in which stories are written, as HTML and as the text that a reader sees.

Blocks are separated by blank lines: a paragraph, ``- `` list items (one a line), ``> `` a quotation, ``![caption]`` a
photograph. Inside a line: ``[label](href)`` and ``**bold**``. The visible text leaves photographs and captions out and
joins paragraphs and list items by a blank line.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from html import escape

_LINK = re.compile(r"\[([^\]]+)\]\(([^)\s]+)\)")
_SPACE = re.compile(r"[ \t\n]+")
_BOLD = re.compile(r"\*\*([^*]+)\*\*")


def html(text: str, photographs: str = "/img/") -> str:
    """The text as HTML: ``p``, ``ul``, ``blockquote``, ``figure``; everything else escaped."""
    return "\n".join(_block_html(block, photographs) for block in _blocks(text))


@lru_cache(maxsize=16_384)
def plain(text: str) -> str:
    """The text as a reader sees it: paragraphs joined by a blank line."""
    return "\n\n".join(line for block in _blocks(text) for line in _lines(block))


def inline(text: str) -> str:
    """One line as HTML."""
    linked = _LINK.sub(r'<a href="\2">\1</a>', escape(text, quote=False))
    return _BOLD.sub(r"<strong>\1</strong>", linked)


def inline_plain(text: str) -> str:
    """One line as a reader sees it: runs of white space are one space, as in a browser."""
    return _SPACE.sub(" ", _BOLD.sub(r"\1", _LINK.sub(r"\1", text)))


def paragraphs(text: str) -> list[str]:
    """The visible text, a string a paragraph."""
    return plain(text).split("\n\n") if text.strip() else []


def _blocks(text: str) -> Iterator[str]:
    yield from (block.strip() for block in re.split(r"\n\s*\n", text) if block.strip())


def _lines(block: str) -> Iterator[str]:
    if block.startswith("!["):
        return
    if block.startswith("- "):
        yield from (inline_plain(_item(line)) for line in block.splitlines())
    else:
        yield inline_plain(_joined(block))


def _block_html(block: str, photographs: str) -> str:
    if block.startswith("!["):
        caption = escape(block[2:].rstrip("]"))
        name = re.sub(r"[^a-z]+", "-", caption.lower())[:40].strip("-")
        return f'<figure><img src="{photographs}{name}.jpg" alt=""><figcaption>{caption}</figcaption></figure>'
    if block.startswith("- "):
        return "<ul>" + "".join(f"<li>{inline(_item(line))}</li>" for line in block.splitlines()) + "</ul>"
    if block.startswith("> "):
        return f"<blockquote><p>{inline(_joined(block))}</p></blockquote>"
    return f"<p>{inline(_joined(block))}</p>"


def _item(line: str) -> str:
    return line.removeprefix("- ").strip()


def _joined(block: str) -> str:
    return " ".join(line.removeprefix("> ").strip() for line in block.splitlines())
