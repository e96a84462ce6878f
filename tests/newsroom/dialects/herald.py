"""Herald: repeated blocks without ids, clock times under day headings, and no LiveBlogPosting.

section.stream > h3.day            "Saturday 24 October"
  div.entry > span.clock "07:12" + h4 + p…; div.entry__by
an update that is nothing but a card prints the card's headline twice (image link and text link)
script[ld+json]                    NewsArticle of the page, nothing about its updates
"""

import json
from html import escape
from itertools import groupby

from tests.newsroom import prose
from tests.newsroom.dialects.base import Dialect, lines, panel
from tests.newsroom.press import Blog, Edition
from tests.newsroom.state import Phase, Update


class Herald(Dialect):
    """Repeated blocks without ids."""

    name = "herald"

    def publisher_id(self, blog: Blog, update: Update) -> None:
        """There are none."""

    def face(self, blog: Blog, update: Update) -> dict[str, object]:
        """Times to the minute; whether an update is a key event is told by the list only."""
        face = super().face(blog, update)
        return {**face, "published_at": update.published_at.replace(second=0), "key_event": None}

    def page(self, edition: Edition) -> str:
        """The whole page."""
        state, source = edition.state, edition.source
        status = {Phase.UPCOMING: "Coverage begins shortly", Phase.LIVE: "LIVE", Phase.CLOSED: "Coverage has ended"}
        return _PAGE.format(
            language=source.language,
            title=escape(state.title),
            outlet=escape(source.name),
            url=escape(edition.url),
            data=_data(state.title, edition.url, edition.local(edition.blog.starts_at).isoformat()),
            status=status[state.phase],
            standfirst=escape(state.standfirst, quote=False),
            lede=lines(edition.blog.story.lede),
            appeal=panel(source.appeal, "plea"),
            points=_points(edition),
            stream=_stream(edition),
            pager=_pager(edition),
            bookmark=panel(source.bookmark, "save"),
            comments=panel(source.comments, "talk"),
        )


def _stream(edition: Edition) -> str:
    """Blocks under the heading of their day."""
    days = groupby(edition.updates, key=lambda update: edition.local(update.published_at).date())
    return "\n".join(
        f'<h3 class="day">{day:%A} {day.day} {day:%B}</h3>\n' + "\n".join(_block(edition, update) for update in updates)
        for day, updates in days
    )


def _block(edition: Edition, update: Update) -> str:
    if update.is_card:
        return f'<div class="entry entry--teaser">\n{_card(edition, update)}</div>'
    clock = f'<span class="clock">{edition.local(update.published_at):%H:%M}</span>'
    pinned = '<span class="flag">Pinned</span>' if update.pinned else ""
    headline = f"<h4>{escape(update.headline, quote=False)}</h4>" if update.headline else ""
    author = f'<div class="entry__by">By {escape(update.author)}</div>\n' if update.author else ""
    return (
        f'<div class="entry">\n{clock}{pinned}{headline}\n{prose.html(update.text)}\n'
        f"{author}{_card(edition, update)}</div>"
    )


def _card(edition: Edition, update: Update) -> str:
    if update.card is None:
        return ""
    card = update.card
    address, headline = escape(edition.origin + card.path), escape(card.headline, quote=False)
    return (
        f'<div class="teaser"><a class="teaser__picture" href="{address}"><img src="/img/teaser.jpg" alt="">'
        f'<span>{headline}</span></a><a class="teaser__title" href="{address}">{headline}</a>'
        f"<p>{escape(card.teaser, quote=False)}</p></div>\n"
    )


def _points(edition: Edition) -> str:
    items = "\n".join(f"<li>{escape(update.headline, quote=False)}</li>" for update in edition.key_events)
    return f'<div class="points">\n<h4>At a glance</h4>\n<ul>\n{items}\n</ul>\n</div>' if items else ""


def _pager(edition: Edition) -> str:
    older = f'<a class="more" href="{escape(edition.older)}">Earlier entries</a>' if edition.older else ""
    newer = f'<a class="more" href="{escape(edition.newer)}">Later entries</a>' if edition.newer else ""
    return f'<div class="pages">{newer} {older}</div>' if older or newer else ""


def _data(title: str, url: str, published: str) -> str:
    data = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": title,
        "datePublished": published,
        "url": url,
    }
    return json.dumps(data, ensure_ascii=False).replace("</", "<\\/")


_PAGE = """<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<title>LIVE: {title} - {outlet}</title>
<link rel="canonical" href="{url}">
<link rel="stylesheet" href="/-/style.css">
<script type="application/ld+json">{data}</script>
</head>
<body>
<div class="top"><a href="/">{outlet}</a> <a href="/live">Live now</a> <a href="/news">Latest news</a></div>
<div class="content">
<div class="badge">{status}</div>
<h1>{title}</h1>
<h2 class="deck">{standfirst}</h2>
<div class="intro">
{lede}
</div>
{points}
{appeal}
<section class="stream">
{stream}
</section>
{pager}
{bookmark}
{comments}
</div>
<div class="bottom"><p>{outlet}, Velmark</p></div>
</body>
</html>
"""
