"""The Guardian's page payload (``<page>.json?dcr``): blocks of elements, pinned post and key events beside them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from transforms.fragment import plain_text, read_fragment
from transforms.json_values import as_mapping, as_mappings
from transforms.readers.json_ld import facts, text_of
from transforms.reading import Evidence, Parsed, Reading
from transforms.records import BlogState, Coverage, Kind, Paging, Section, TimeSource
from transforms.times import TimeContext, read_machine

TEXT_ELEMENTS = ("TextBlockElement", "BlockquoteBlockElement", "SubheadingBlockElement", "ListBlockElement")


class Guardian:
    """Reads the payload's blocks."""

    name = "guardian"
    generic = False

    def read(self, parsed: Parsed) -> Reading | None:
        """The blog, or None where the value is not such a payload."""
        page = parsed.payload
        if not isinstance(page, dict) or not _is_blocks(page.get("blocks")) or "webPublicationDate" not in page:
            return None
        base = text_of(page.get("canonicalUrl") or page.get("webURL")) or parsed.document.url or ""
        sections = [
            *_beside(page, base, parsed.context),
            *(_section(block, base, parsed.context) for block in page["blocks"] if block["elements"]),
        ]
        pages = as_mapping(page.get("pagination"))
        linked: Mapping[str, Any] = next(
            (item for item in as_mappings(page.get("linkedData")) if "coverageStartTime" in item), {}
        )
        return Reading(
            reader=self.name,
            sections=tuple(sections),
            title=plain_text(page.get("headline")),
            standfirst=_line(page.get("standfirst")),
            authors=tuple(name for name in [plain_text(page.get("byline"))] if name),
            published_at=read_machine(page.get("webPublicationDate"), parsed.context, TimeSource.PAYLOAD).at,
            modified_at=facts(linked, parsed.context)["modified_at"],
            coverage=_coverage(page, linked, parsed.context),
            paging=Paging(
                older=_page(base, pages.get("older")),
                newer=_page(base, pages.get("newer")),
                total_pages=pages.get("totalPages") if isinstance(pages.get("totalPages"), int) else None,
                window=len(page["blocks"]),
            ),
            canonical_url=base or None,
            evidence=(Evidence(4, f"Guardian payload with {len(page['blocks'])} blocks"),),
            certain=True,
        )


def _is_blocks(blocks: object) -> bool:
    return isinstance(blocks, list) and bool(blocks) and all(isinstance(b, dict) and "elements" in b for b in blocks)


def _beside(page: Mapping[str, Any], base: str, context: TimeContext) -> list[Section]:
    """The list of key events, and a pinned post that stands on another page of the blog (on this one it is a copy)."""
    sections: list[Section] = []
    pinned = page.get("pinnedPost")
    if isinstance(pinned, dict) and str(pinned.get("id")) not in {str(block.get("id")) for block in page["blocks"]}:
        sections.append(replace(_section(pinned, base, context), kind=Kind.KEY_EVENTS, pinned=True))
    titles = [plain_text(event.get("title")) for event in as_mappings(page.get("keyEvents"))]
    if any(titles):
        sections.append(Section("", Kind.KEY_EVENTS, 0, text="\n\n".join(title for title in titles if title)))
    return sections


def _section(block: Mapping[str, Any], base: str, context: TimeContext) -> Section:
    parts = as_mappings(block.get("elements"))
    texts = [
        read_fragment(part["html"])
        for part in parts
        if str(part.get("_type", "")).endswith(TEXT_ELEMENTS) and isinstance(part.get("html"), str)
    ]
    identifier = str(block.get("id") or "") or None
    raw = block.get("blockFirstPublished") or block.get("blockCreatedOn")
    published = read_machine(raw, context, TimeSource.PAYLOAD)
    flags = as_mapping(block.get("attributes"))
    names = (plain_text(person.get("name")) for person in as_mappings(block.get("contributors")))
    return Section(
        section_id="",
        kind=Kind.UPDATE,
        position=0,
        headline=plain_text(block.get("title")),
        text="\n\n".join(part.text for part in texts if part.text),
        published_at=published.at,
        published_raw=str(block.get("blockFirstPublishedDisplay") or raw or "") or None,
        time_source=published.source,
        modified_at=read_machine(block.get("blockLastUpdated"), context, TimeSource.PAYLOAD).at,
        authors=tuple(name for name in names if name),
        permalink=f"{base}?page=with:block-{identifier}#block-{identifier}" if base and identifier else None,
        pinned=flags.get("pinned") is True,
        key_event=flags.get("keyEvent") is True,
        links=tuple(dict.fromkeys(link for part in texts for link in part.links)),
        media=tuple(dict.fromkeys(_pictures(parts))),
        publisher_id=f"block-{identifier}" if identifier else None,
    )


def _pictures(parts: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """The address of each picture, of the first size that is listed."""
    for part in parts:
        sizes = as_mappings(as_mapping(part.get("media")).get("allImages"))
        address = next((size["url"] for size in sizes if isinstance(size.get("url"), str)), None)
        if address:
            yield address


def _coverage(page: Mapping[str, Any], linked: Mapping[str, Any], context: TimeContext) -> Coverage:
    told: Coverage = facts(linked, context)["coverage"]
    form = as_mapping(page.get("format"))
    config = as_mapping(page.get("config"))
    design = str(form.get("design") or "")
    state = BlogState.CLOSED if design.startswith("Dead") else None
    if state is None and page.get("isLive", config.get("isLive")) is True:
        state = BlogState.LIVE
    return Coverage(told.start, told.end, state, f"format.design {design}" if state else None)


def _line(html: object) -> str | None:
    return " ".join(read_fragment(html).text.split()) or None if isinstance(html, str) else None


def _page(base: str, query: object) -> str | None:
    return base.partition("?")[0] + query if isinstance(query, str) and query.startswith("?") else None
