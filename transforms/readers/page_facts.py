"""What the page says of itself as a whole: title, standfirst, authors, times, language, canonical address."""

from collections.abc import Iterator

from transforms.cues import closing_mark, live_mark
from transforms.fragment import plain_text
from transforms.linked_data import types_of
from transforms.outline import Outline, word_count
from transforms.pieces import pieces
from transforms.readers.json_ld import facts
from transforms.reading import Evidence, Parsed, Reading
from transforms.records import TimeSource
from transforms.times import read_machine

ARTICLE_TYPES = (
    "LiveBlogPosting", "NewsArticle", "ReportageNewsArticle", "AnalysisNewsArticle", "BackgroundNewsArticle",
    "Article", "BlogPosting", "SportsEvent", "BroadcastEvent", "WebPage",
)  # fmt: skip
"""Objects that may describe the page, the best first."""
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
        meta = _meta(outline)
        told = next(_articles(parsed), {})
        said = facts(told, parsed.context) if told else {}
        published = meta.get("article:published_time") or meta.get("datepublished")
        modified = meta.get("article:modified_time") or meta.get("og:updated_time")
        standfirst = said.get("standfirst") or meta.get("description") or meta.get("og:description")
        standfirst = standfirst or _below_heading(outline)
        return Reading(
            reader=self.name,
            evidence=_evidence(parsed, standfirst),
            title=_heading(outline) or said.get("title") or meta.get("og:title") or _title(outline),
            standfirst=standfirst,
            language=_language(outline) or said.get("language"),
            authors=said.get("authors") or tuple(name for name in [meta.get("author")] if name),
            published_at=said.get("published_at") or read_machine(published, parsed.context, TimeSource.DOM).at,
            modified_at=said.get("modified_at") or read_machine(modified, parsed.context, TimeSource.DOM).at,
            canonical_url=_link(outline, "canonical") or meta.get("og:url"),
        )


def live_word(parsed: Parsed) -> str | None:
    """The word by which the page calls itself live in one of its titles; None where it does not."""
    outline = parsed.outline
    if outline is None:
        return None
    titles = [*map(outline.text, outline.select("h1")[:3]), _title(outline), _meta(outline).get("og:title")]
    titles += [plain_text(thing.get("headline")) for thing in _articles(parsed)]
    return next((word for title in titles if title and (word := live_mark(title))), None)


def _evidence(parsed: Parsed, standfirst: str | None) -> tuple[Evidence, ...]:
    """A point where the page calls itself live, in a title or the standfirst."""
    word = live_word(parsed) or ((live_mark(standfirst) or closing_mark(standfirst)) if standfirst else None)
    return (Evidence(1, f"the page calls itself {word!r}"),) if word else ()


def _articles(parsed: Parsed) -> Iterator[dict[str, object]]:
    for name in ARTICLE_TYPES:
        for thing in parsed.linked:
            if name in types_of(thing) and (thing.get("headline") or thing.get("datePublished")):
                yield dict(thing)


def _meta(outline: Outline) -> dict[str, str]:
    """Content of the page's meta elements by name, property or itemprop in lower case; the first of each."""
    found: dict[str, str] = {}
    for node in outline.parser.css("meta[content]"):
        attributes = node.attributes
        name = attributes.get("property") or attributes.get("name") or attributes.get("itemprop")
        content = plain_text(attributes.get("content"))
        if name and content:
            found.setdefault(name.lower(), content)
    return found


def _heading(outline: Outline) -> str | None:
    for index in outline.select("h1"):
        text = outline.text(index)
        if text:
            return text
    return None


def _below_heading(outline: Outline) -> str | None:
    """The paragraph that follows the page's heading at once."""
    headings = [at for at in outline.select("h1") if outline.text(at)]
    if not headings:
        return None
    start = outline.ends[headings[-1]]
    after = pieces(outline, start, min(len(outline), start + STANDFIRST_NODES))
    first = next((piece for piece in after if not piece.is_loose), None)
    whole = first is not None and first.tag == "p" and first.end < start + STANDFIRST_NODES
    return first.text if first and whole and word_count(first.text) in STANDFIRST_WORDS else None


def _title(outline: Outline) -> str | None:
    node = outline.parser.css_first("title")
    return plain_text(node.text()) if node else None


def _language(outline: Outline) -> str | None:
    node = outline.parser.css_first("html")
    return ((node.attributes.get("lang") or "").strip() or None) if node else None


def _link(outline: Outline, rel: str) -> str | None:
    node = outline.parser.css_first(f'link[rel="{rel}"]')
    return (node.attributes.get("href") or None) if node else None
