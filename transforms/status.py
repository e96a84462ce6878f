"""What a page says of its own state in short lines around its heading: that coverage has ended, or is still to begin.

<p class="badge">ENDED: this live blog is now closed</p> <h1>…</h1> <p>Coverage begins at 8 pm</p>
"""

from transforms.cues import closing_mark, cues
from transforms.outline import Outline
from transforms.pieces import Piece, pieces
from transforms.records import BlogState, Coverage

BEFORE, AFTER = 30, 60
"""Nodes before and after the heading among which such a line stands."""
MAX_LINE = 160
"""Characters of such a line."""


def stated(outline: Outline) -> Coverage:
    """The state that the page states of itself, with its words; nothing where it states none."""
    headings = outline.tagged("h1")
    if not headings:
        return Coverage()
    first, last = headings[0], headings[-1]
    before = pieces(outline, max(0, first - BEFORE), first)
    after = pieces(outline, outline.ends[last], min(len(outline), outline.ends[last] + AFTER))
    lines = [piece for piece in (*before, *after) if len(piece.text) <= MAX_LINE and not piece.is_link]
    for state, says in ((BlogState.CLOSED, _says_closed), (BlogState.UPCOMING, _says_upcoming)):
        words = next((piece.text for piece in lines if says(piece)), None)
        if words:
            return Coverage(state=state, evidence=words)
    return Coverage()


def _says_closed(piece: Piece) -> bool:
    return cues("closed_label").is_line(piece.text) or closing_mark(piece.text) is not None


def _says_upcoming(piece: Piece) -> bool:
    return cues("upcoming").find(piece.text) is not None
