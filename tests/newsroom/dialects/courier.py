"""Courier: a window of ten, and JSON-LD that knows only these ten and is wrong about all of them.

#liveblog > article.block#block-<24 hex>    time@datetime with milliseconds; h2 now and then; "Updated at 12.08 WEST"
#pinned-post > article.block                a whole second copy, first in the page, without id and without time
?before=block-<id>                          older updates, by anchor: nothing is doubled while posts arrive
script[ld+json]                             updates repeat the blog's own headline and dates; @id and body are right
closed                                      oldest first
"""

from collections.abc import Mapping
from html import escape
from typing import Any

from tests.newsroom import prose
from tests.newsroom.dialects.base import Dialect, digest, lines, panel, script_json
from tests.newsroom.press import Blog, Edition, path_of
from tests.newsroom.state import Phase, State, Update


class Courier(Dialect):
    """JSON-LD windowed and wrong; paging by anchor; flips when closed."""

    name = "courier"
    window = 10
    flips_when_closed = True

    def publisher_id(self, blog: Blog, update: Update) -> str:
        """``block-<24 hex>``."""
        return f"block-{digest('courier', blog.name, update.key, update.id_version)}"

    def face(self, blog: Blog, update: Update) -> dict[str, object]:
        """Authors stand at the blocks, key events in the list only."""
        return {**super().face(blog, update), "key_event": None}

    def fragment(self, blog: Blog, update: Update) -> str:
        """The page that holds the block, and the block."""
        identity = self.publisher_id(blog, update)
        return f"?page=with:{identity}#{identity}"

    def first_of(self, blog: Blog, state: State, query: Mapping[str, str]) -> int | None:
        """``before``: the updates below that one; ``page=with:``: the page that holds it."""
        places = {self.publisher_id(blog, update): place for place, update in enumerate(self.order(state))}
        if "before" in query:
            return places[query["before"]] + 1 if query["before"] in places else None
        if (wanted := query.get("page", "")).startswith("with:"):
            place = places.get(wanted.removeprefix("with:"))
            return None if place is None else place - place % self.room(state)
        return 0 if "page" not in query else None

    def path_from(self, blog: Blog, state: State, first: int) -> str:
        """The page below the update before it."""
        if first == 0:
            return path_of(state)
        return f"{path_of(state)}?before={self.publisher_id(blog, self.order(state)[first - 1])}"

    def page(self, edition: Edition) -> str:
        """The whole page."""
        state, source, pinned = edition.state, edition.source, edition.pinned
        closing = '<p class="closed">This live blog is now closed.</p>' if state.phase is Phase.CLOSED else ""
        copy = self._block(edition, pinned, copy=True) if pinned else ""
        return _PAGE.format(
            language=source.language,
            title=escape(state.title),
            suffix=" – as it happened" if state.phase is Phase.CLOSED else " – live",
            outlet=escape(source.name),
            url=escape(edition.url),
            data=script_json(self._data(edition)),
            standfirst=escape(state.standfirst, quote=False),
            closing=closing,
            lede=lines(edition.blog.story.lede),
            key_events=_key_events(self, edition),
            pinned=f'<section id="pinned-post">\n{copy}\n</section>' if pinned else "",
            blocks="\n".join(self._block(edition, update) for update in edition.updates),
            pager=_pager(edition),
            appeal=panel(source.appeal, "contributions-epic", "h2"),
            comments=panel(source.comments, "discussion"),
        )

    def _block(self, edition: Edition, update: Update, copy: bool = False) -> str:
        identity = "" if copy else f' id="{self.publisher_id(edition.blog, update)}"'
        local = edition.local(update.published_at)
        time = "" if copy else f'<a href="{escape(self.permalink(edition, update) or "")}">{_time(edition, update)}</a>'
        headline = f"<h2>{escape(update.headline, quote=False)}</h2>" if update.headline else ""
        author = f'<span class="contributor">{escape(update.author)}</span>' if update.author else ""
        modified = edition.local(update.modified_at) if update.modified_at else local
        updated = f"<footer>Updated at {modified:%H.%M} {modified:%Z}</footer>" if update.modified_at else ""
        return (
            f'<article class="block"{identity}>\n<header>{time}{author}</header>\n{headline}\n'
            f"{prose.html(update.text)}\n{_card(edition, update)}{updated}\n</article>"
        )

    def _data(self, edition: Edition) -> dict[str, Any]:
        state, blog = edition.state, edition.blog
        dates = {
            "datePublished": edition.local(blog.starts_at).isoformat(),
            "dateModified": edition.local(state.changed_at).isoformat(),
        }
        return {
            "@context": "https://schema.org",
            "@type": "LiveBlogPosting",
            "@id": edition.url,
            "headline": state.title,
            **dates,
            "coverageStartTime": edition.local(blog.opens_at).isoformat(),
            "liveBlogUpdate": [
                {
                    "@type": "BlogPosting",
                    "@id": self.permalink(edition, update),
                    "headline": state.title,
                    **dates,
                    "articleBody": " ".join(prose.paragraphs(update.text)),
                }
                for update in edition.updates
            ],
        }


def _time(edition: Edition, update: Update) -> str:
    local = edition.local(update.published_at)
    stamp = update.published_at.strftime("%Y-%m-%dT%H:%M:%S.000Z")
    return f'<time datetime="{stamp}">{local:%H.%M} {local:%Z}</time>'


def _key_events(dialect: Courier, edition: Edition) -> str:
    items = "\n".join(
        f'<li><a href="#{dialect.publisher_id(edition.blog, update)}">{_time(edition, update)}'
        f"<span>{escape(update.headline, quote=False)}</span></a></li>"
        for update in edition.key_events
    )
    return f'<div id="key-events-carousel">\n<h2>Key events</h2>\n<ol>\n{items}\n</ol>\n</div>' if items else ""


def _card(edition: Edition, update: Update) -> str:
    if update.card is None:
        return ""
    return (
        f'<aside class="rich-link"><a href="{edition.origin}{escape(update.card.path)}">'
        f"<h3>{escape(update.card.headline, quote=False)}</h3></a>"
        f"<p>{escape(update.card.teaser, quote=False)}</p></aside>\n"
    )


def _pager(edition: Edition) -> str:
    newest = f'<a href="{escape(edition.url)}">Newest</a>' if edition.first else ""
    older = f'<a rel="next" href="{escape(edition.older)}">Next</a>' if edition.older else ""
    return f'<div class="pagination">{newest} {older}</div>' if newest or older else ""


_PAGE = """<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<title>{title}{suffix} | {outlet}</title>
<link rel="canonical" href="{url}">
<meta property="og:site_name" content="{outlet}">
<link rel="stylesheet" href="/-/style.css">
<script type="application/ld+json">{data}</script>
</head>
<body>
<header class="masthead"><a href="/">{outlet}</a></header>
<main>
<h1>{title}</h1>
<div class="standfirst"><p>{standfirst}</p></div>
{closing}
{pinned}
{key_events}
<div class="lede">
{lede}
</div>
<div id="liveblog">
{blocks}
</div>
{pager}
{appeal}
{comments}
</main>
<footer class="colophon"><p>© {outlet} or its affiliated companies</p></footer>
</body>
</html>
"""
