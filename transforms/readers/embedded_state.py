"""State that a page's scripts hold as JSON, where the updates themselves are drawn by script.

Such states also list teasers of other articles; so a list counts for little by itself, and is a live blog's only where
the page calls itself live and the posts have bodies and lead nowhere else.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import replace

from transforms.flattened import is_flattened, restored
from transforms.linked_data import loads
from transforms.outline import Outline
from transforms.readers.post_list import best_list, leads_away
from transforms.reading import Evidence, Parsed, Reading

MIN_CHARS = 500
MAX_CHARS = 8_000_000
MAX_SCRIPTS = 60
POINTS = 3
"""One short of enough: the page must call itself live, or say so elsewhere."""
MAX_PARAGRAPHS = 2000
MIN_PARAGRAPH = 60
"""Characters of a paragraph that tells something."""
SUMMARIES = 0.5
"""So much of the posts' text is a longer story of the page where each post is one paragraph, as teasers are."""
MAX_VALUES = 400
"""Values of one script that are looked at."""
_ASSIGNED = re.compile(
    r"(?:^|[;\n}])[ \t]{0,40}+(?:(?:var|let|const)\s{1,8})?[\w.$\[\]'\"]{1,80}+\s{0,8}+=\s{0,8}+"
    r"(?:JSON\.parse\(\s{0,8}+(?=\")|(?=[{\[]))"
)
_PUSHED = re.compile(r"\.push\(\s{0,8}+\[\s{0,8}+\d{1,4}\s{0,8}+,\s{0,8}+(?=\")")
"""A part of a stream of values: ``self.stream.push([1, "5:[…"])``."""
_DECODER = json.JSONDecoder()


class EmbeddedState:
    """The weightiest list of posts in the page's script data."""

    name = "state"
    generic = True

    def read(self, parsed: Parsed) -> Reading | None:
        """The posts; None where no script holds a list of them, or the posts are teasers."""
        if parsed.outline is None or not parsed.live_word:
            return None
        readings = (best_list(value, parsed.context) for value in _states(parsed.outline))
        best = max((r for r in readings if r), key=lambda r: sum(len(s.text) for s in r.sections), default=None)
        if best is None or leads_away(best.sections, parsed.document.url or ""):
            return None
        if _told_elsewhere(parsed.outline, best):
            return None
        evidence = Evidence(POINTS, f"a script holds a list of {len(best.sections)} posts with times and texts")
        return replace(best, reader=self.name, evidence=(evidence,))


def _told_elsewhere(outline: Outline, posts: Reading) -> bool:
    """Whether the page shows a longer story of its own, and not these posts: they are what else there is to read."""
    shown = [text for at in outline.tagged("p")[:MAX_PARAGRAPHS] if len(text := outline.text(at)) >= MIN_PARAGRAPH]
    summaries = not any("\n" in section.text for section in posts.sections)
    if sum(map(len, shown)) <= (SUMMARIES if summaries else 1) * sum(len(section.text) for section in posts.sections):
        return False
    openings = {section.text[:MIN_PARAGRAPH] for section in posts.sections if section.text}
    return not any(text[:MIN_PARAGRAPH] in openings for text in shown)


def _states(outline: Outline) -> Iterator[object]:
    """JSON values of the page's scripts: data islands, and what is assigned to names or pushed in pieces."""
    pushed: list[str] = []
    for node in outline.parser.css("script")[:MAX_SCRIPTS]:
        kind = (node.attributes.get("type") or "").lower()
        if "src" in node.attributes or "ld+json" in kind:
            continue
        text = node.text() or ""
        if len(text) > MAX_CHARS:
            continue
        pushed += [part for part in _values(_PUSHED, text) if isinstance(part, str)]
        if len(text) >= MIN_CHARS:
            yield from [_whole(loads(text))] if "json" in kind else _assigned(text)
    yield from _rows("".join(pushed))


def _whole(value: object) -> object:
    return restored(value) if isinstance(value, list) and is_flattened(value) else value


def _assigned(text: str) -> Iterator[object]:
    """What a script assigns: ``window.state = {…};``, ``a.b = […]``, ``state = JSON.parse("{…}")``."""
    for value in _values(_ASSIGNED, text):
        inner = loads(value) if isinstance(value, str) else value
        if inner is not None:
            yield inner


def _values(opening: re.Pattern[str], text: str) -> Iterator[object]:
    """The JSON values that stand behind what a pattern finds in a script, one after the other."""
    at = 0
    for _ in range(MAX_VALUES):
        found = opening.search(text, at)
        if found is None:
            break
        try:
            value, at = _DECODER.raw_decode(text, found.end())
            yield value
        except (ValueError, RecursionError):
            at = found.end()


def _rows(text: str) -> Iterator[object]:
    """The values of a stream that was pushed in pieces: one JSON value a line, behind its number."""
    for line in text.splitlines():
        number, _, value = line.partition(":")
        if len(value) >= MIN_CHARS and number.isalnum() and value[0] in "[{":
            yield loads(value)
