"""The Velmark Wire since its relaunch: posts as JSON in the attribute ``state`` of one element, for a script to draw.

story-view[state]    {"blog": {"title", "isLive"}, "posts": [{"id", "title", "html", "publishedAt", …}], "next": url}
"""

import json

from transforms.readers.post_fields import post_section
from transforms.reading import Evidence, Parsed, Reading
from transforms.records import BlogState, Coverage, Paging


class StoryView:
    """Reads the element's state."""

    name = "story-view"
    generic = False

    def read(self, parsed: Parsed) -> Reading | None:
        """The blog, or None where the page has no such element."""
        node = parsed.outline.parser.css_first("story-view[state]") if parsed.outline else None
        if node is None:
            return None
        try:
            state = json.loads(node.attributes["state"] or "")
            blog, posts = state["blog"], state["posts"]
        except (ValueError, KeyError, TypeError):
            return None
        return Reading(
            reader=self.name,
            sections=tuple(post_section(post, parsed.context) for post in posts),
            title=blog.get("title"),
            coverage=Coverage(state=BlogState.LIVE if blog.get("isLive") else BlogState.CLOSED, evidence="isLive"),
            paging=Paging(load_more=state.get("next"), window=len(posts)),
            evidence=(Evidence(4, f"a story-view of {len(posts)} posts"),),
            certain=True,
        )
