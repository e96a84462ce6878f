"""Sourcefabric/Superdesk Live Blog: posts as the client API lists them, each a group of items."""

from collections.abc import Iterator, Mapping
from math import ceil
from typing import Any

from transforms.fragment import plain_text, read_fragment
from transforms.json_values import as_mapping, as_mappings
from transforms.links import joined, split
from transforms.reading import Evidence, Parsed, Reading
from transforms.records import Kind, Paging, Section, TimeSource
from transforms.times import TimeContext, read_machine


class Sourcefabric:
    """Reads ``{"_items": [{"_id": "urn:newsml:…", "groups": […]}]}``."""

    name = "sourcefabric"
    generic = False

    def read(self, parsed: Parsed) -> Reading | None:
        """The posts that are not deleted, in the API's order; None where the value is no such list."""
        items = parsed.payload.get("_items") if isinstance(parsed.payload, dict) else None
        if not isinstance(items, list) or not any(isinstance(item, dict) and "groups" in item for item in items):
            return None
        posts = [item for item in items if isinstance(item, dict) and not item.get("deleted") and "groups" in item]
        return Reading(
            reader=self.name,
            sections=tuple(section for post in posts if (section := _section(post, parsed.context))),
            paging=_paging(parsed.payload, parsed.document.url or "", len(posts)),
            evidence=(Evidence(4, f"Sourcefabric payload with {len(posts)} posts"),),
            certain=True,
        )


def _paging(payload: Mapping[str, Any], base: str, window: int) -> Paging:
    """The API's next page, by its query at the address that was asked; and the number of pages."""
    following = as_mapping(as_mapping(payload.get("_links")).get("next")).get("href")
    query = split(following).query if isinstance(following, str) else ""
    counts = as_mapping(payload.get("_meta"))
    total, size = counts.get("total"), counts.get("max_results")
    pages = ceil(total / size) if isinstance(total, int) and isinstance(size, int) and size > 0 else None
    return Paging(
        older=joined(base, f"?{query}") if query and base else None,
        total_pages=pages,
        window=window,
    )


def _section(post: Mapping[str, Any], context: TimeContext) -> Section | None:
    parts = [read_fragment(item["text"], embeds=True) for item in _items(post) if isinstance(item.get("text"), str)]
    if not parts:
        return None
    raw = post.get("published_date") or post.get("firstcreated") or post.get("_created")
    published = read_machine(raw, context, TimeSource.PAYLOAD)
    name = plain_text(as_mapping(post.get("publisher")).get("display_name"))
    headline = plain_text(post.get("headline"))
    heading = parts[0].heading if headline is None else None
    lines = [line for part in parts for line in (part.heading, part.text)]
    return Section(
        section_id="",
        kind=Kind.UPDATE,
        position=0,
        headline=headline or heading,
        text="\n\n".join(line for line in lines if line and line != heading),
        published_at=published.at,
        published_raw=str(raw) if raw else None,
        time_source=published.source,
        modified_at=read_machine(post.get("_updated"), context, TimeSource.PAYLOAD).at,
        authors=(name,) if name else (),
        pinned=post.get("sticky") is True,
        key_event=(post.get("lb_highlight") or post.get("highlight")) is True,
        links=tuple(dict.fromkeys(link for part in parts for link in part.links)),
        media=tuple(dict.fromkeys(source for part in parts for source in part.media)),
        publisher_id=str(post.get("_id") or post.get("guid") or "") or None,
    )


def _items(post: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The items of a post's groups; a ref may hold the item itself or the item's fields."""
    for group in as_mappings(post.get("groups")):
        if group.get("id") != "root":
            for ref in as_mappings(group.get("refs")):
                yield as_mapping(ref.get("item"))
