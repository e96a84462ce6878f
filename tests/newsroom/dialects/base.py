"""What a content-management system decides: ids, order, paging, and how a page is written."""

import json
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from hashlib import blake2b
from html import escape

from tests.newsroom import prose
from tests.newsroom.press import Article, Blog, Edition, path_of
from tests.newsroom.state import Phase, State, Update

BOUNDLESS = 100_000
"""Room of a page that shows all updates."""


class Dialect(ABC):
    """One content-management system. Its pages are a function of the edition: the same edition, the same bytes."""

    name: str
    window: int | None = None
    """Updates on one page, unless blog or event say otherwise; None is all of them."""
    ticking = False
    """The page changes with the clock even when nothing happens (relative times)."""
    flips_when_closed = False
    """A closed blog runs oldest first."""

    @abstractmethod
    def page(self, edition: Edition) -> str:
        """The HTML of one page of a blog."""

    @abstractmethod
    def publisher_id(self, blog: Blog, update: Update) -> str | None:
        """The id under which the page knows an update; None where it has none."""

    def fragment(self, blog: Blog, update: Update) -> str | None:
        """What an update's permalink adds to the page's address; None where updates have no address."""
        identity = self.publisher_id(blog, update)
        return f"#{identity}" if identity else None

    def article(self, article: Article, origin: str) -> str:
        """The HTML of an ordinary article."""
        return article_page(article, f"{origin}/news/{article.slug}")

    def face(self, blog: Blog, update: Update) -> dict[str, object]:
        """What a reader can tell of an update from its block, by aspect: a change of any value is a visible change."""
        return {
            "headline": update.headline,
            "text": prose.plain(update.text),
            "card": update.card,
            "author": update.author,
            "published_at": update.published_at,
            "pinned": update.pinned,
            "key_event": update.key_event,
            "publisher_id": self.publisher_id(blog, update),
        }

    def permalink(self, edition: Edition, update: Update) -> str | None:
        """Address of one update."""
        fragment = self.fragment(edition.blog, update)
        return f"{edition.url}{fragment}" if fragment else None

    def order(self, state: State) -> Sequence[Update]:
        """All standing updates in the order in which they are shown."""
        if self.flips_when_closed and state.phase is Phase.CLOSED:
            return state.standing[::-1]
        return state.standing

    def room(self, state: State) -> int:
        """Updates that one page has room for."""
        return state.window or self.window or BOUNDLESS

    def stretch(self, state: State, first: int, count: int) -> tuple[Update, ...]:
        """The updates from one place on, in the order in which they are shown."""
        return tuple(self.order(state)[first : first + count])

    def first_of(self, blog: Blog, state: State, query: Mapping[str, str]) -> int | None:
        """Place of the first update on the page that a query asks for; None if there is no such page."""
        text = query.get("page", "1")
        if not (text.isdecimal() and 0 < len(text) < 7 and int(text)):
            return None
        first = (int(text) - 1) * self.room(state)
        return first if first == 0 or first < len(state.standing) else None

    def path_from(self, blog: Blog, state: State, first: int) -> str:
        """Path and query of the page that begins at a place."""
        return path_of(state) + (f"?page={first // self.room(state) + 1}" if first else "")

    def feed(self, edition: Edition) -> object | None:
        """What the blog's JSON endpoint, ``/live/<slug>/posts.json``, answers; None where there is none."""
        return None


def digest(*parts: object, size: int = 12) -> str:
    """A stable id in hex, two digits a byte."""
    return blake2b(" ".join(map(str, parts)).encode(), digest_size=size).hexdigest()


def stable_number(*parts: object) -> int:
    """A stable id in seven digits."""
    return 1_000_000 + int(digest(*parts, size=4), 16) % 9_000_000


def lines(values: Sequence[str], tag: str = "p") -> str:
    """Each value in an element of its own."""
    return "\n".join(f"<{tag}>{escape(value, quote=False)}</{tag}>" for value in values)


def script_json(data: object) -> str:
    """JSON that cannot end the script element it stands in."""
    return json.dumps(data, ensure_ascii=False, indent=1).replace("</", "<\\/")


def article_page(article: Article, url: str) -> str:
    """An ordinary article with NewsArticle JSON-LD."""
    source = article.source
    published = article.published_at.astimezone(source.zone)
    data = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": article.title,
        "datePublished": published.isoformat(),
        "author": {"@type": "Person", "name": article.author},
        "mainEntityOfPage": url,
        "articleBody": prose.plain(article.text),
    }
    return _ARTICLE.format(
        language=source.language,
        title=escape(article.title),
        outlet=escape(source.name),
        url=escape(url),
        data=script_json(data),
        standfirst=escape(article.standfirst, quote=False),
        author=escape(article.author),
        time=f"{published:%A %d %B %Y, %H.%M}",
        text=prose.html(article.text),
        appeal=panel(source.appeal, "support-appeal", "h2"),
        comments=panel(source.comments, "comments-invitation"),
    )


def panel(values: Sequence[str], css: str, heading: str = "h4") -> str:
    """A box of boilerplate: a heading and paragraphs; nothing if there are none."""
    if not values:
        return ""
    first = f"<{heading}>{escape(values[0], quote=False)}</{heading}>"
    return f'<aside class="{css}">\n{first}\n{lines(values[1:])}\n</aside>'


_ARTICLE = """<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<title>{title} | {outlet}</title>
<link rel="canonical" href="{url}">
<link rel="stylesheet" href="/-/style.css">
<script type="application/ld+json">{data}</script>
</head>
<body>
<header class="masthead"><a href="/">{outlet}</a><nav><a href="/live">Live</a> <a href="/news">News</a></nav></header>
<main>
<article>
<h1>{title}</h1>
<p class="standfirst">{standfirst}</p>
<p class="byline">By {author}, {time}</p>
{text}
</article>
{appeal}
{comments}
</main>
<footer class="colophon"><p>© {outlet}</p></footer>
</body>
</html>
"""
