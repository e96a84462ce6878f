"""Sourcefabric/Superdesk Live Blog: posts as the client API lists them, each a group of items."""

from collections.abc import Iterator, Mapping
from typing import Any

from transforms.fragment import plain_text, read_fragment
from transforms.reading import Evidence, Parsed, Reading
from transforms.records import Kind, Section, TimeSource
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
            sections=tuple(_section(post, parsed.context) for post in posts),
            evidence=(Evidence(4, f"Sourcefabric payload with {len(posts)} posts"),),
            certain=True,
        )


def _section(post: Mapping[str, Any], context: TimeContext) -> Section:
    parts = [read_fragment(str(item["text"]), embeds=True) for item in _items(post) if item.get("text")]
    raw = post.get("published_date") or post.get("firstcreated") or post.get("_created")
    published = read_machine(raw, context, TimeSource.PAYLOAD)
    name = plain_text((post.get("publisher") or {}).get("display_name"))
    return Section(
        section_id="",
        kind=Kind.UPDATE,
        position=0,
        headline=plain_text(post.get("headline")),
        text="\n\n".join(part.text for part in parts if part.text),
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
    for group in post.get("groups") or []:
        if isinstance(group, dict) and group.get("id") != "root":
            for ref in group.get("refs") or []:
                item = ref.get("item") if isinstance(ref, dict) else None
                if isinstance(item, dict):
                    yield item
