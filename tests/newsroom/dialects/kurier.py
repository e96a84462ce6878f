"""Kurier: one run of rich text in which a clock time opens an update, as German tickers do; nothing is marked up.

div.richtext > h2 "12.31 Uhr: headline" + p…      or p > strong "12.31 Uhr:" where there is no headline
               h2 "Samstag, 24. Oktober 2026"     the day stands *below* its updates
ul.overview                                       "… (11.39 Uhr)" refers back to key events
no ids, no authors, no LiveBlogPosting; datePublished of the NewsArticle is the moment of the last edit
"""

from datetime import date
from html import escape
from itertools import groupby

from tests.newsroom import prose
from tests.newsroom.dialects.base import Dialect, lines, panel, script_json
from tests.newsroom.press import Blog, Edition
from tests.newsroom.state import Phase, Update

_DAYS = ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag")
_MONTHS = (
    "Januar",
    "Februar",
    "März",
    "April",
    "Mai",
    "Juni",
    "Juli",
    "August",
    "September",
    "Oktober",
    "November",
    "Dezember",
)


class Kurier(Dialect):
    """Clock-led rich text."""

    name = "kurier"

    def publisher_id(self, blog: Blog, update: Update) -> None:
        """There are none."""

    def face(self, blog: Blog, update: Update) -> dict[str, object]:
        """Times to the minute; no authors, no pins, no key events."""
        shown = update.published_at.replace(second=0)
        return {**super().face(blog, update), "published_at": shown, "author": None, "pinned": None, "key_event": None}

    def page(self, edition: Edition) -> str:
        """The whole page."""
        state, source = edition.state, edition.source
        notes = {
            Phase.UPCOMING: f"Der Ticker beginnt um {edition.local(edition.blog.opens_at):%H.%M} Uhr.",
            Phase.CLOSED: "Achtung: Dieser Ticker wird nicht länger aktualisiert.",
        }
        note = notes.get(state.phase, "")
        data = {
            "@context": "https://schema.org",
            "@type": "NewsArticle",
            "headline": state.title,
            "datePublished": edition.local(state.changed_at).isoformat(),
            "dateModified": edition.local(state.changed_at).isoformat(),
        }
        return _PAGE.format(
            language=source.language,
            title=escape(state.title),
            outlet=escape(source.name),
            url=escape(edition.url),
            data=script_json(data),
            standfirst=escape(state.standfirst, quote=False),
            note=f"<p><em>{note}</em></p>" if note else "",
            overview=_overview(edition),
            lede=lines(edition.blog.story.lede),
            text=_text(edition),
            appeal=panel(source.appeal, "abo", "h3"),
            comments=panel(source.comments, "leser", "h3"),
        )


def _text(edition: Edition) -> str:
    """The updates, each day's name below them."""
    days = groupby(edition.updates, key=lambda update: edition.local(update.published_at).date())
    return "\n".join(
        "\n".join(_update(edition, update) for update in updates) + f"\n<h2>{_day(day)}</h2>" for day, updates in days
    )


def _update(edition: Edition, update: Update) -> str:
    if update.is_card:
        return _card(edition, update)
    clock = f"{edition.local(update.published_at):%H.%M} Uhr:"
    body = prose.html(update.text)
    if update.headline:
        return f"<h2>{clock} {escape(update.headline, quote=False)}</h2>\n{body}\n{_card(edition, update)}"
    return body.replace("<p>", f"<p><strong>{clock}</strong> ", 1) + f"\n{_card(edition, update)}"


def _card(edition: Edition, update: Update) -> str:
    if update.card is None:
        return ""
    return (
        f'<div class="verweis"><h3><a href="{edition.origin}{escape(update.card.path)}">'
        f"{escape(update.card.headline, quote=False)}</a></h3><p>{escape(update.card.teaser, quote=False)}</p></div>\n"
    )


def _overview(edition: Edition) -> str:
    items = "\n".join(
        f"<li>{escape(update.headline, quote=False)} ({edition.local(update.published_at):%H.%M} Uhr)</li>"
        for update in edition.key_events
        if update.headline
    )
    heading = "<h3>Das Wichtigste im Überblick</h3>"
    return f'<div class="overview">\n{heading}\n<ul>\n{items}\n</ul>\n</div>' if items else ""


def _day(day: date) -> str:
    return f"{_DAYS[day.weekday()]}, {day.day}. {_MONTHS[day.month - 1]} {day.year}"


_PAGE = """<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<title>Ticker: {title} | {outlet}</title>
<link rel="canonical" href="{url}">
<link rel="stylesheet" href="/-/style.css">
<script type="application/ld+json">{data}</script>
</head>
<body>
<div class="top"><a href="/">{outlet}</a> <a href="/live">Live-Ticker</a></div>
<article>
<h1>{title}</h1>
<p class="teaser-text">{standfirst}</p>
{note}
<div class="vorspann">
{lede}
</div>
{overview}
<div class="richtext">
{text}
</div>
{appeal}
{comments}
</article>
<div class="bottom"><p>© {outlet}</p></div>
</body>
</html>
"""
