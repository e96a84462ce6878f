"""Repeated blocks whose times are no marks: each opens with a line that a clock leads, or tells an age.

<div><p>Ore 16:42 – Headline</p><p>…</p></div>
<div><span>vor 3 Std.</span><h3>Headline</h3><p>…</p></div>
"""

import re
from collections.abc import Iterator

from transforms.marks import find_marks
from transforms.outline import Outline
from transforms.readers.clock_blocks import LEAST, MAX_NODES, openings
from transforms.readers.repeated_blocks import best_feed
from transforms.reading import Parsed, Reading
from transforms.times import TimeContext, read_shown
from transforms.unit import MAX_AGE

_FIGURE = re.compile(r"\d+")
MAX_TEXTS = 2000
"""Texts with figures, figures aside, of which it is asked whether they are ages; bounds time on hostile pages."""


class StampedBlocks:
    """The structural reader once more, led by the lines that open with a time."""

    name = "dom"
    generic = True

    def read(self, parsed: Parsed) -> Reading | None:
        """The best feed of blocks that open with a time; None where there is none that may be a live blog's."""
        outline = parsed.outline
        if outline is None:
            return None
        seeds = [at for at, is_firm in openings(outline, parsed.context) if is_firm]
        seeds = seeds if len(seeds) >= LEAST else list(_ages(outline, parsed.context))
        found = best_feed(parsed, outline, find_marks(outline), seeds) if len(seeds) >= LEAST else None
        return found if found and found.sections else None


def _ages(outline: Outline, context: TimeContext) -> Iterator[int]:
    """Elements whose own text is an age and little else."""
    known: dict[str, bool] = {}
    for at, size in enumerate(outline.sizes()[:MAX_NODES]):
        if not 0 < size <= MAX_AGE or not _FIGURE.search(outline.texts[at]):
            continue
        text = _FIGURE.sub("5", outline.texts[at])  # of "# min ago" one is like the other
        if text not in known and len(known) < MAX_TEXTS:
            known[text] = read_shown(text, context).is_age
        if known.get(text):
            yield outline.parents[at]
