"""Pages that stand in another one's place, with status 200: a dialogue that asks for consent, a form to sign in.

Asked only of pages that are no live blog, so that a look's reason says what a person would see there. Such a page says
little else: an article below its cookie banner is an article.
"""

import re

from transforms.cues import cues
from transforms.links import split
from transforms.outline import word_count
from transforms.reading import Form, Parsed

MOST_WORDS = 300
"""Words of a page that is a wall: dialogues run to two hundred, with their lists of purposes."""
MOST_CHARS = 30 * MOST_WORDS
"""Characters of such a page, so that the words of longer ones need not be counted."""
_GATE = re.compile(
    r"^(?:consent|cookie-?wall|cookie-?consent|privacy-?gate|privacy-?wall|gdpr-?consent)$", re.IGNORECASE
)
"""Label of a host, or segment of a path, where a consent dialogue lives by itself: ``consent.example.org``."""


def wall(parsed: Parsed) -> str | None:
    """What stands in the page's place, as a line; None where nothing says so."""
    outline = parsed.outline
    if parsed.form is not Form.HTML or outline is None:
        return None
    if sum(outline.sizes()) > MOST_CHARS:
        return None
    words = outline.text(0) if len(outline) else ""
    if word_count(words) > MOST_WORDS:
        return None
    if outline.parser.css_first('input[type="password" i]') is not None:
        return "a form to sign in stands in its place"
    if _is_gate(parsed.document.url or "") or cues("consent").find(words):
        return "a dialogue that asks for consent stands in its place"
    return None


def _is_gate(url: str) -> bool:
    parts = split(url)
    return any(_GATE.match(part) for part in (*parts.netloc.split(".")[:-1], *parts.path.split("/")))
