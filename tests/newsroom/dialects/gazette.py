"""Gazette: complete JSON-LD beside the page's own blocks.

article.update#u-<24 hex>     header > time@datetime + h2 (or h3 for minor ones) + author; body; footer with permalink
section.key-events            repeats headlines; section.pinned holds a whole second copy without id
script[ld+json]               LiveBlogPosting with every standing update, right in every field
"""

from datetime import datetime
from html import escape
from typing import Any

from tests.newsroom import prose
from tests.newsroom.dialects.base import Dialect, digest, lines, panel, script_json
from tests.newsroom.press import Blog, Edition
from tests.newsroom.state import Phase, Update


class Gazette(Dialect):
    """JSON-LD complete, ids on every block."""

    name = "gazette"

    def publisher_id(self, blog: Blog, update: Update) -> str:
        """``u-<24 hex>``; another one after each change of id."""
        return f"u-{digest(blog.name, update.key, update.id_version)}"

    def page(self, edition: Edition) -> str:
        """The whole page."""
        state, source = edition.state, edition.source
        pinned = edition.pinned
        blocks = "\n".join(self._block(edition, update) for update in edition.updates)
        copy = f'<section class="pinned">\n{self._block(edition, pinned, copy=True)}\n</section>' if pinned else ""
        status = {Phase.UPCOMING: "Starting soon", Phase.LIVE: "Live", Phase.CLOSED: "This live blog is now closed"}
        return _PAGE.format(
            language=source.language,
            title=escape(state.title),
            outlet=escape(source.name),
            description=escape(state.standfirst),
            url=escape(edition.url),
            data=script_json(self._data(edition)),
            section=escape(edition.blog.story.section),
            status=status[state.phase],
            standfirst=escape(state.standfirst, quote=False),
            appeal=panel(source.appeal, "support-appeal", "h2"),
            lede=lines(edition.blog.story.lede),
            key_events=self._key_events(edition),
            pinned=copy,
            updates=blocks,
            pager=_pager(edition),
            bookmark=panel(source.bookmark, "bookmark-offer"),
            comments=panel(source.comments, "comments-invitation"),
        )

    def _block(self, edition: Edition, update: Update, copy: bool = False) -> str:
        identity = "" if copy else f' id="{self.publisher_id(edition.blog, update)}"'
        kind = "update update--pinned" if copy else "update update--key" if update.key_event else "update"
        level = "h2" if update.key_event else "h3"
        headline = f"<{level}>{escape(update.headline, quote=False)}</{level}>" if update.headline else ""
        author = f'<p class="update__author">{escape(update.author)}</p>' if update.author else ""
        return (
            f'<article class="{kind}"{identity}>\n'
            f"<header>{_time(edition, update)}{headline}{author}</header>\n"
            f'<div class="update__body">\n{prose.html(update.text)}\n{_card(edition, update)}</div>\n'
            f"<footer>{_updated(edition, update)}"
            f'<a class="permalink" href="{escape(self.permalink(edition, update) or "")}">Share</a></footer>\n'
            "</article>"
        )

    def _key_events(self, edition: Edition) -> str:
        items = "\n".join(
            f'<li><a href="#{self.publisher_id(edition.blog, update)}">'
            f"{_time(edition, update)} <span>{escape(update.headline, quote=False)}</span></a></li>"
            for update in edition.key_events
        )
        return f'<section class="key-events">\n<h2>Key events</h2>\n<ul>\n{items}\n</ul>\n</section>' if items else ""

    def _data(self, edition: Edition) -> dict[str, Any]:
        state, blog = edition.state, edition.blog
        standing = self.order(state)
        data = {
            "@context": "https://schema.org",
            "@type": "LiveBlogPosting",
            "@id": edition.url,
            "url": edition.url,
            "headline": state.title,
            "description": state.standfirst,
            "inLanguage": edition.source.language,
            "datePublished": _stamp(edition, blog.starts_at),
            "dateModified": _stamp(edition, state.changed_at),
            "coverageStartTime": _stamp(edition, blog.opens_at),
            "publisher": {"@type": "NewsMediaOrganization", "name": edition.source.name},
            "liveBlogUpdate": [self._posting(edition, update) for update in standing if not update.is_card],
        }
        if state.closed_at:
            data["coverageEndTime"] = _stamp(edition, state.closed_at)
        return data

    def _posting(self, edition: Edition, update: Update) -> dict[str, Any]:
        posting = {
            "@type": "BlogPosting",
            "@id": self.permalink(edition, update),
            "url": self.permalink(edition, update),
            "datePublished": _stamp(edition, update.published_at),
            "articleBody": prose.plain(update.text),
        }
        if update.headline:
            posting["headline"] = update.headline
        if update.modified_at:
            posting["dateModified"] = _stamp(edition, update.modified_at)
        if update.author:
            posting["author"] = {"@type": "Person", "name": update.author}  # type: ignore[assignment]
        return posting


def _stamp(edition: Edition, when: datetime) -> str:
    return edition.local(when).isoformat(timespec="seconds")


def _time(edition: Edition, update: Update) -> str:
    local = edition.local(update.published_at)
    return f'<time datetime="{local.isoformat(timespec="seconds")}">{local:%H.%M} {local:%Z}</time>'


def _updated(edition: Edition, update: Update) -> str:
    if update.modified_at is None:
        return ""
    local = edition.local(update.modified_at)
    return f'<span class="update__modified">Updated at {local:%H.%M} {local:%Z}</span> '


def _card(edition: Edition, update: Update) -> str:
    if update.card is None:
        return ""
    card = update.card
    return (
        f'<div class="related-card"><h3><a href="{edition.origin}{escape(card.path)}">'
        f"{escape(card.headline, quote=False)}</a></h3><p>{escape(card.teaser, quote=False)}</p></div>\n"
    )


def _pager(edition: Edition) -> str:
    older = f'<a rel="next" href="{escape(edition.older)}">Older updates</a>' if edition.older else ""
    newer = f'<a rel="prev" href="{escape(edition.newer)}">Newer updates</a>' if edition.newer else ""
    return f'<nav class="pager">{newer} {older}</nav>' if older or newer else ""


_PAGE = """<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} – live | {outlet}</title>
<meta name="description" content="{description}">
<link rel="canonical" href="{url}">
<meta property="og:type" content="article">
<meta property="og:site_name" content="{outlet}">
<link rel="stylesheet" href="/-/style.css">
<script type="application/ld+json">{data}</script>
</head>
<body>
<header class="masthead"><a href="/">{outlet}</a><nav><a href="/live">Live</a> <a href="/news">News</a></nav></header>
<main>
<p class="kicker">{section} <strong class="status">{status}</strong></p>
<h1>{title}</h1>
<p class="standfirst">{standfirst}</p>
{appeal}
<div class="lede">
{lede}
</div>
{key_events}
{pinned}
<div class="updates">
{updates}
</div>
{pager}
{bookmark}
{comments}
</main>
<footer class="colophon"><p>© {outlet}</p></footer>
</body>
</html>
"""
