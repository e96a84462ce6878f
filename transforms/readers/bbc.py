"""BBC live pages of the "lx" kind (2015-18) as block lists: every block has an id that tells its kind.

post_<hex>      an update            sty_<n>         the card of a story of its own
cit_<n>, clip_<n>, envelope_<hex>, map_<hex>         a quotation, film, mail, map: updates too
"""

import re
from dataclasses import replace

from transforms.readers.post_fields import post_section
from transforms.reading import Evidence, Parsed, Reading
from transforms.records import Kind, Section

_BLOCK = re.compile(r"(?:post|sty|cit|clip|envelope|map)_[0-9a-f]+$")
_STORY_CARD = "sty_"


class Bbc:
    """Reads ``{"documents": [{"block_id": "post_…", "title", "text", "time"}]}``."""

    name = "bbc"
    generic = False

    def read(self, parsed: Parsed) -> Reading | None:
        """The blocks in page order; None where the value is no such list."""
        page = parsed.payload if isinstance(parsed.payload, dict) else {}
        blocks = page.get("documents")
        if not isinstance(blocks, list) or not any(isinstance(b, dict) and _is_block(b) for b in blocks):
            return None
        sections = [_kinded(post_section(block, parsed.context)) for block in blocks if isinstance(block, dict)]
        title = page.get("title")
        return Reading(
            reader=self.name,
            sections=tuple(section for section in sections if section.headline or section.text),
            title=title if isinstance(title, str) else None,
            canonical_url=page.get("url") if isinstance(page.get("url"), str) else None,
            evidence=(Evidence(4, f"BBC live page with {len(sections)} blocks"),),
            certain=True,
        )


def _is_block(block: dict[str, object]) -> bool:
    return bool(_BLOCK.match(str(block.get("block_id") or "")))


def _kinded(section: Section) -> Section:
    is_card = (section.publisher_id or "").startswith(_STORY_CARD)
    return replace(section, kind=Kind.CARD) if is_card else section
