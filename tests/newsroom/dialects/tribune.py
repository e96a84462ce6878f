"""Tribune: thirty entries in the page, all of them in JSON-LD; each is the better source for something.

div.live-event-entry#<7 digits>[data-post-time][data-last-modified-time][data-type]   milliseconds
    span.time "21:00", h3, mark (author, but "KEY EVENT" on key events), p…
ul.live-event-key-events          headline and time glued together
script[ld+json]                   every update; bodies HTML-escaped, paragraphs run together, authors are the blog's
"""

from datetime import datetime
from html import escape
from typing import Any

from tests.newsroom import prose
from tests.newsroom.dialects.base import Dialect, lines, panel, script_json, stable_number
from tests.newsroom.press import Blog, Edition
from tests.newsroom.state import Phase, Update

_ENTRIES = 30
"""Entries in the page; older ones are in JSON-LD only."""


class Tribune(Dialect):
    """A window in the page, everything in JSON-LD."""

    name = "tribune"

    def publisher_id(self, blog: Blog, update: Update) -> str:
        """Seven digits."""
        return str(stable_number("tribune", blog.name, update.key, update.id_version))

    def face(self, blog: Blog, update: Update) -> dict[str, object]:
        """The mark of a key event stands in the author's place."""
        return {**super().face(blog, update), "author": None if update.key_event else update.author, "pinned": None}

    def page(self, edition: Edition) -> str:
        """The whole page."""
        state, source = edition.state, edition.source
        words = {Phase.UPCOMING: "COMING UP", Phase.LIVE: "LIVE", Phase.CLOSED: "ENDED: this live blog is now closed"}
        return _PAGE.format(
            language=source.language,
            title=escape(state.title),
            outlet=escape(source.name),
            url=escape(edition.url),
            data=script_json(self._data(edition)),
            status=words[state.phase],
            standfirst=escape(state.standfirst, quote=False),
            lede=lines(edition.blog.story.lede),
            key_events=_key_events(self, edition),
            entries="\n".join(self._entry(edition, update) for update in edition.updates[:_ENTRIES]),
            appeal=panel(source.appeal, "newsletter-box"),
            comments=panel(source.comments, "comments-box"),
        )

    def _entry(self, edition: Edition, update: Update) -> str:
        local = edition.local(update.published_at)
        headline = f"<h3>{escape(update.headline, quote=False)}</h3>" if update.headline else ""
        mark = "KEY EVENT" if update.key_event else escape(update.author)
        return (
            f'<div class="live-event-entry" id="{self.publisher_id(edition.blog, update)}" '
            f'data-post-time="{_ms(update.published_at)}" '
            f'data-last-modified-time="{_ms(update.modified_at or update.posted_at)}" '
            f'data-type="{"key-event" if update.key_event else "post"}">\n'
            f'<span class="time">{local:%H:%M}</span>{headline}'
            + (f"<mark>{mark}</mark>" if mark else "")
            + f'\n<div class="entry-content">\n{prose.html(update.text)}\n{_card(edition, update)}</div>\n</div>'
        )

    def _data(self, edition: Edition) -> dict[str, Any]:
        state, blog = edition.state, edition.blog
        authors = sorted({update.author for update in state.standing if update.author})
        people = [{"@type": "Person", "name": name} for name in authors]
        data = {
            "@context": "https://schema.org",
            "@type": "LiveBlogPosting",
            "headline": state.title,
            "url": edition.url,
            "datePublished": edition.local(blog.starts_at).isoformat(),
            "dateModified": state.changed_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "coverageStartTime": edition.local(blog.opens_at).isoformat(),
            "author": people,
            "liveBlogUpdate": [
                self._posting(edition, update, people) for update in edition.updates if not update.is_card
            ],
        }
        if state.closed_at:
            data["coverageEndTime"] = edition.local(state.closed_at).isoformat()
        return data

    def _posting(self, edition: Edition, update: Update, people: list[dict[str, str]]) -> dict[str, Any]:
        posting: dict[str, Any] = {
            "@type": "BlogPosting",
            "url": self.permalink(edition, update),
            "datePublished": edition.local(update.published_at).isoformat(),
            "dateModified": (update.modified_at or update.posted_at).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "author": people,
            "articleBody": escape(" ".join(prose.paragraphs(update.text))),
        }
        if update.headline:
            posting["headline"] = update.headline
        return posting


def _ms(when: datetime) -> int:
    return round(when.timestamp() * 1000)


def _key_events(dialect: Tribune, edition: Edition) -> str:
    items = "\n".join(
        f'<li><a href="#{dialect.publisher_id(edition.blog, update)}">{escape(update.headline, quote=False)}'
        f"<span>{edition.local(update.published_at):%H:%M}</span></a></li>"
        for update in edition.key_events
    )
    return f'<ul class="live-event-key-events">\n{items}\n</ul>' if items else ""


def _card(edition: Edition, update: Update) -> str:
    if update.card is None:
        return ""
    return (
        f'<div class="read-more"><span>Read more:</span><a href="{edition.origin}{escape(update.card.path)}">'
        f"<h4>{escape(update.card.headline, quote=False)}</h4></a>"
        f"<p>{escape(update.card.teaser, quote=False)}</p></div>\n"
    )


_PAGE = """<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<title>{title} - live updates - {outlet}</title>
<link rel="canonical" href="{url}">
<link rel="stylesheet" href="/-/style.css">
<script type="application/ld+json">{data}</script>
</head>
<body>
<header class="masthead"><a href="/">{outlet}</a></header>
<article>
<p class="badge">{status}</p>
<h1>{title}</h1>
<p class="sub-title">{standfirst}</p>
<div class="article-body">
{lede}
</div>
{key_events}
<div class="live-event-lead">
{entries}
</div>
</article>
{appeal}
{comments}
<footer class="colophon"><p>{outlet}</p></footer>
</body>
</html>
"""
