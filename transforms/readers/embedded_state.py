"""State that a page's scripts hold as JSON, where the updates themselves are drawn by script.

Such states also list teasers of other articles; so a list counts for little by itself, and is a live blog's only where
the page calls itself live and the posts have bodies and lead nowhere else.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from transforms.linked_data import loads
from transforms.outline import Outline
from transforms.readers.post_list import best_list, leads_away
from transforms.reading import Evidence, Parsed, Reading

MIN_CHARS = 500
MAX_CHARS = 8_000_000
MAX_SCRIPTS = 60
POINTS = 3
"""One short of enough: the page must call itself live, or say so elsewhere."""
_ASSIGNED = re.compile(r"^[\s;]*(?:(?:var|let|const)\s+)?[\w.$\[\]'\"]{1,80}\s*=\s*(?=[{\[])")


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
        evidence = Evidence(POINTS, f"a script holds a list of {len(best.sections)} posts with times and texts")
        return replace(best, reader=self.name, evidence=(evidence,))


def _states(outline: Outline) -> Iterator[object]:
    """JSON values of the page's scripts: data islands, and ``window.state = {…}``."""
    for node in outline.parser.css("script")[:MAX_SCRIPTS]:
        kind = (node.attributes.get("type") or "").lower()
        if "src" in node.attributes or "ld+json" in kind:
            continue
        text = node.text() or ""
        if not MIN_CHARS <= len(text) <= MAX_CHARS:
            continue
        assigned = _ASSIGNED.match(text)
        if "json" in kind or assigned:
            value = loads(text[assigned.end() :].rstrip().rstrip(";") if assigned else text)
            if value is not None:
                yield value
