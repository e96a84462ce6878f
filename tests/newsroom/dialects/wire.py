"""Wire: the page shows the newest ten; the rest comes from a JSON endpoint behind a "Load more" button.

ol.stream > li.item[data-id=<uuid>]       time@datetime, p.item__title, div.item__text
button[data-next]                         /live/<slug>/posts.json?before=<uuid>
posts.json                                {"blog": {…}, "posts": [{id, title, html, publishedAt (ms), …}], "next": url}
"""

from collections.abc import Mapping
from datetime import datetime
from html import escape
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from tests.newsroom import prose
from tests.newsroom.dialects.base import Dialect, lines, panel
from tests.newsroom.press import Blog, Edition, path_of
from tests.newsroom.state import Phase, State, Update


class Wire(Dialect):
    """JSON endpoint with "load more"."""

    name = "wire"
    window = 10

    def publisher_id(self, blog: Blog, update: Update) -> str:
        """A UUID."""
        return str(uuid5(NAMESPACE_URL, f"wire {blog.name} {update.key} {update.id_version}"))

    def fragment(self, blog: Blog, update: Update) -> str:
        """``#item-<uuid>``."""
        return f"#item-{self.publisher_id(blog, update)}"

    def first_of(self, blog: Blog, state: State, query: Mapping[str, str]) -> int | None:
        """``before``: the updates below that one."""
        if "before" not in query:
            return 0
        places = {self.publisher_id(blog, update): place for place, update in enumerate(self.order(state), 1)}
        return places.get(query["before"])

    def path_from(self, blog: Blog, state: State, first: int) -> str:
        """Further pages are JSON."""
        if first == 0:
            return path_of(state)
        before = self.publisher_id(blog, self.order(state)[first - 1])
        return f"{path_of(state)}/posts.json?before={before}"

    def feed(self, edition: Edition) -> dict[str, Any]:
        """The JSON of one page."""
        state = edition.state
        return {
            "blog": {
                "id": edition.blog.name,
                "title": state.title,
                "isLive": state.phase is Phase.LIVE,
                "lastUpdated": _ms(state.changed_at),
            },
            "posts": [self._post(edition, update) for update in edition.updates],
            "next": edition.older,
        }

    def page(self, edition: Edition) -> str:
        """The whole page."""
        state, source, pinned = edition.state, edition.source, edition.pinned
        words = {Phase.UPCOMING: "Starts soon", Phase.LIVE: "Live", Phase.CLOSED: "This live coverage has ended"}
        button = f'<button data-next="{escape(edition.older)}">Load more</button>' if edition.older else ""
        return _PAGE.format(
            language=source.language,
            title=escape(state.title),
            outlet=escape(source.name),
            url=escape(edition.url),
            status=words[state.phase],
            standfirst=escape(state.standfirst, quote=False),
            lede=lines(edition.blog.story.lede),
            pinned=f'<div class="sticky">\n{self._item(edition, pinned, copy=True)}\n</div>' if pinned else "",
            items="\n".join(self._item(edition, update) for update in edition.updates),
            button=button,
            appeal=panel(source.appeal, "donate"),
            bookmark=panel(source.bookmark, "readlater"),
        )

    def _item(self, edition: Edition, update: Update, copy: bool = False) -> str:
        identity = self.publisher_id(edition.blog, update)
        tag, attributes = ("div", "") if copy else ("li", f' id="item-{identity}"')
        local = edition.local(update.published_at)
        title = f'<p class="item__title"><b>{escape(update.headline, quote=False)}</b></p>' if update.headline else ""
        author = f'<span class="item__by">{escape(update.author)}</span>' if update.author else ""
        mark = '<span class="item__key">Key moment</span>' if update.key_event else ""
        return (
            f'<{tag} class="item" data-id="{identity}"{attributes}>\n'
            f'<time datetime="{local.isoformat(timespec="seconds")}">{local:%H:%M}</time>{mark}{author}\n{title}\n'
            f'<div class="item__text">\n{prose.html(update.text)}\n</div>\n{_card(edition, update)}</{tag}>'
        )

    def _post(self, edition: Edition, update: Update) -> dict[str, Any]:
        card = update.card
        return {
            "id": self.publisher_id(edition.blog, update),
            "url": self.permalink(edition, update),
            "title": update.headline or None,
            "html": prose.html(update.text),
            "author": update.author or None,
            "publishedAt": _ms(update.published_at),
            "updatedAt": _ms(update.modified_at or update.posted_at),
            "pinned": update.pinned,
            "keyEvent": update.key_event,
            "related": card and {"title": card.headline, "teaser": card.teaser, "url": edition.origin + card.path},
        }


def _ms(when: datetime) -> int:
    return round(when.timestamp() * 1000)


def _card(edition: Edition, update: Update) -> str:
    if update.card is None:
        return ""
    return (
        f'<div class="related"><a href="{edition.origin}{escape(update.card.path)}">'
        f"<h4>{escape(update.card.headline, quote=False)}</h4></a>"
        f"<p>{escape(update.card.teaser, quote=False)}</p></div>\n"
    )


_PAGE = """<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<title>{title} – live updates – {outlet}</title>
<link rel="canonical" href="{url}">
<link rel="stylesheet" href="/-/style.css">
</head>
<body>
<div class="top"><a href="/">{outlet}</a> <a href="/live">Live</a></div>
<main>
<p class="badge">{status}</p>
<h1>{title}</h1>
<p class="standfirst">{standfirst}</p>
<div class="intro">
{lede}
</div>
{pinned}
<ol class="stream">
{items}
</ol>
{button}
{appeal}
{bookmark}
</main>
<div class="bottom"><p>{outlet}</p></div>
</body>
</html>
"""
