"""Beacon: microdata, times as "12 minutes ago", and a page that changes every minute though nothing happens.

div[itemtype=LiveBlogPosting] > div#post-<7 digits>[itemprop=liveBlogUpdate]
    meta[itemprop=datePublished], span.ago "12 minutes ago", h3[itemprop=headline], div[itemprop=articleBody]
    div.more-on > figure + h3 > a + p       a card inside the update: a second h3
?page=2                                     by number: an update may move to the next page between two requests
noise                                       advertisement numbers and tracking parameters change with the minute
"""

from html import escape

from tests.newsroom import prose
from tests.newsroom.dialects.base import Dialect, lines, panel, stable_number
from tests.newsroom.press import Blog, Edition
from tests.newsroom.state import Phase, Update

_ADVERT_EVERY = 4
"""An advertisement stands after so many updates."""


class Beacon(Dialect):
    """Microdata; relative times; paging by number."""

    name = "beacon"
    window = 20
    ticking = True

    def publisher_id(self, blog: Blog, update: Update) -> str:
        """``post-<7 digits>``."""
        return f"post-{stable_number('beacon', blog.name, update.key, update.id_version)}"

    def face(self, blog: Blog, update: Update) -> dict[str, object]:
        """Key events are not told."""
        return {**super().face(blog, update), "key_event": None}

    def page(self, edition: Edition) -> str:
        """The whole page."""
        state, source = edition.state, edition.source
        words = {
            Phase.UPCOMING: "Live soon",
            Phase.LIVE: "Live",
            Phase.CLOSED: "That’s it for now: this blog is closed",
        }
        ended = edition.local(state.closed_at).isoformat() if state.closed_at else ""
        return _PAGE.format(
            language=source.language,
            title=escape(state.title),
            outlet=escape(source.name),
            url=escape(edition.url),
            opens=edition.local(edition.blog.opens_at).isoformat(),
            started=edition.local(edition.blog.starts_at).isoformat(),
            ended=f'<meta itemprop="coverageEndTime" content="{ended}">' if ended else "",
            modified=edition.local(state.changed_at).isoformat(),
            status=words[state.phase],
            standfirst=escape(state.standfirst, quote=False),
            lede=lines(edition.blog.story.lede),
            appeal=panel(source.appeal, "membership"),
            posts=_posts(self, edition),
            pager=_pager(edition),
            bookmark=panel(source.bookmark, "premium"),
            comments=panel(source.comments, "forum"),
        )


def _posts(dialect: Beacon, edition: Edition) -> str:
    written = []
    for number, update in enumerate(edition.updates, 1):
        written.append(_post(dialect, edition, update))
        if number % _ADVERT_EVERY == 0:
            slot = int(edition.now.timestamp() // 60 + number) % 9973
            written.append(f'<div class="advert" data-slot="{slot}"><span>Advertisement</span></div>')
    return "\n".join(written)


def _post(dialect: Beacon, edition: Edition, update: Update) -> str:
    headline = f'<h3 itemprop="headline">{escape(update.headline, quote=False)}</h3>' if update.headline else ""
    pinned = '<span class="pin">Pinned</span>' if update.pinned else ""
    author = (
        f'<span itemprop="author" itemscope itemtype="https://schema.org/Person">'
        f'<span itemprop="name">{escape(update.author)}</span></span>'
        if update.author
        else ""
    )
    modified = edition.local(update.modified_at).isoformat() if update.modified_at else ""
    return (
        f'<div class="post" id="{dialect.publisher_id(edition.blog, update)}" itemprop="liveBlogUpdate" itemscope '
        f'itemtype="https://schema.org/BlogPosting">\n'
        f'<meta itemprop="datePublished" content="{edition.local(update.published_at).isoformat()}">'
        + (f'<meta itemprop="dateModified" content="{modified}">' if modified else "")
        + f'<span class="ago">{ago(edition, update)}</span>{pinned}\n{headline}\n'
        f'<div itemprop="articleBody">\n{prose.html(update.text)}\n</div>\n{_card(edition, update)}{author}\n</div>'
    )


def ago(edition: Edition, update: Update) -> str:
    """The time as the page says it: "just now", "12 minutes ago", "3 hours ago"."""
    minutes = int((edition.now - update.published_at).total_seconds() // 60)
    if minutes < 1:
        return "just now"
    amount, unit = (minutes, "minute") if minutes < 60 else (minutes // 60, "hour")
    return f"{amount} {unit}{'s' if amount > 1 else ''} ago"


def _card(edition: Edition, update: Update) -> str:
    if update.card is None:
        return ""
    tracked = f"{edition.origin}{update.card.path}?utm_source=live&utm_content={int(edition.now.timestamp()) // 60}"
    return (
        f'<div class="more-on"><figure><img src="/img/more.jpg" alt=""></figure>'
        f'<h3><a href="{escape(tracked)}">{escape(update.card.headline, quote=False)}</a></h3>'
        f"<p>{escape(update.card.teaser, quote=False)}</p></div>\n"
    )


def _pager(edition: Edition) -> str:
    newer = f'<a rel="prev" href="{escape(edition.newer)}">Newer posts</a>' if edition.newer else ""
    older = f'<a rel="next" href="{escape(edition.older)}">Older posts</a>' if edition.older else ""
    return f'<nav class="pages">{newer} {older}</nav>' if newer or older else ""


_PAGE = """<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<title>{title} | {outlet}</title>
<link rel="canonical" href="{url}">
<link rel="stylesheet" href="/-/style.css">
</head>
<body>
<div class="top"><a href="/">{outlet}</a> <a href="/live">Live</a></div>
<div itemscope itemtype="https://schema.org/LiveBlogPosting">
<meta itemprop="url" content="{url}">
<meta itemprop="coverageStartTime" content="{opens}">
<meta itemprop="datePublished" content="{started}">
<meta itemprop="dateModified" content="{modified}">
{ended}
<p class="badge">{status}</p>
<h1 itemprop="headline">{title}</h1>
<p class="standfirst" itemprop="description">{standfirst}</p>
<div class="lede">
{lede}
</div>
{appeal}
<div class="posts">
{posts}
</div>
{pager}
</div>
{bookmark}
{comments}
<div class="bottom"><p>{outlet}</p></div>
</body>
</html>
"""
