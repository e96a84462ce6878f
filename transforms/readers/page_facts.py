"""What the page says of itself as a whole: title, standfirst, authors, times, language, canonical address."""

from dataclasses import replace

from transforms.cues import closing_mark, live_mark
from transforms.outline import Outline, word_count
from transforms.pieces import pieces
from transforms.readers.json_ld import facts
from transforms.reading import Evidence, Parsed, Reading
from transforms.records import BlogState, Coverage, TimeSource
from transforms.status import stated
from transforms.times import read_machine
from transforms.titles import articles, head_title, meta, page_heading

ANNOUNCED = 3
"""A page that calls itself live and says that coverage is still to begin needs no update yet."""
STANDFIRST_NODES = 40
"""Nodes after the heading among which a standfirst is looked for."""
STANDFIRST_WORDS = range(4, 81)


class PageFacts:
    """Reads heads and headings; gives no sections."""

    name = "page"
    generic = True

    def read(self, parsed: Parsed) -> Reading | None:
        """Facts of the page from its markup and its article object; None for what is not HTML."""
        outline = parsed.outline
        if outline is None:
            return None
        declared = self.declared(parsed, outline)
        standfirst = declared.standfirst or _below_heading(outline)
        status = stated(outline) if parsed.told_live else Coverage()
        return replace(
            declared,
            coverage=status,
            evidence=_evidence(parsed, standfirst, status),
            announced=status.state is BlogState.UPCOMING,
            standfirst=standfirst,
        )

    def declared(self, parsed: Parsed, outline: Outline) -> Reading:
        """What its head, its first heading and its article object declare."""
        head = meta(outline)
        told = next(articles(parsed.linked), None)
        said = facts(told, parsed.context) if told else {}
        published = head.get("article:published_time") or head.get("datepublished")
        modified = head.get("article:modified_time") or head.get("og:updated_time")
        return Reading(
            reader=self.name,
            title=page_heading(outline, (said.get("title"), head.get("og:title"), head_title(outline)))
            or said.get("title")
            or head.get("og:title")
            or head_title(outline),
            standfirst=said.get("standfirst") or head.get("description") or head.get("og:description"),
            language=(outline.head.language or "").strip() or said.get("language"),
            authors=said.get("authors") or tuple(filter(None, [head.get("author")])),
            published_at=said.get("published_at") or read_machine(published, parsed.context, TimeSource.DOM).at,
            modified_at=said.get("modified_at") or read_machine(modified, parsed.context, TimeSource.DOM).at,
            canonical_url=outline.head.links.get("canonical") or head.get("og:url"),
        )


def _evidence(parsed: Parsed, standfirst: str | None, status: Coverage) -> tuple[Evidence, ...]:
    """A point where the page calls itself live, in a title or the standfirst; more where it says that it will be."""
    word = parsed.live_word or ((live_mark(standfirst) or closing_mark(standfirst)) if standfirst else None)
    if not word:
        return ()
    called = Evidence(1, f"the page calls itself {word!r}")
    if status.state is not BlogState.UPCOMING:
        return (called,)
    return (called, Evidence(ANNOUNCED, f"it is still to begin: {status.evidence!r}"))


def _below_heading(outline: Outline) -> str | None:
    """The paragraph that follows the page's heading at once."""
    places = [at for at in outline.tagged("h1") if outline.text(at)]
    if not places:
        return None
    start = outline.ends[places[-1]]
    after = pieces(outline, start, min(len(outline), start + STANDFIRST_NODES))
    first = next((piece for piece in after if not piece.is_loose), None)
    whole = first is not None and first.tag == "p" and first.end < start + STANDFIRST_NODES
    return first.text if first and whole and word_count(first.text) in STANDFIRST_WORDS else None
