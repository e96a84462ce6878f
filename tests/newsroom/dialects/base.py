"""What a content-management system decides: ids, order, paging, and how a page is written."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from hashlib import blake2b
from html import escape

from tests.newsroom import prose
from tests.newsroom.press import Article, Blog, Edition, path_of
from tests.newsroom.state import Phase, State, Update


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
    def article(self, article: Article, origin: str) -> str:
        """The HTML of an ordinary article."""

    @abstractmethod
    def publisher_id(self, blog: Blog, update: Update) -> str | None:
        """The id under which the page knows an update; None where it has none."""

    def fragment(self, blog: Blog, update: Update) -> str | None:
        """What an update's permalink adds to the page's address; None where updates have no address."""
        identity = self.publisher_id(blog, update)
        return f"#{identity}" if identity else None

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

    def editions(self, blog: Blog, state: State) -> list[tuple[Update, ...]]:
        """The updates of each page, first page first; there is always a first."""
        updates = tuple(self.order(state))
        size = state.window or self.window or max(len(updates), 1)
        return [updates[start : start + size] for start in range(0, len(updates), size)] or [()]

    def page_path(self, state: State, number: int) -> str:
        """Path and query of one page of a blog."""
        return path_of(state) + (f"?page={number}" if number > 1 else "")


def digest(*parts: object, size: int = 12) -> str:
    """A stable id in hex, two digits a byte."""
    return blake2b(" ".join(map(str, parts)).encode(), digest_size=size).hexdigest()


def stable_number(*parts: object) -> int:
    """A stable id in seven digits."""
    return 1_000_000 + int(digest(*parts, size=4), 16) % 9_000_000


def lines(values: Sequence[str], tag: str = "p") -> str:
    """Each value in an element of its own."""
    return "\n".join(f"<{tag}>{escape(value, quote=False)}</{tag}>" for value in values)


def panel(values: Sequence[str], css: str, heading: str = "h4") -> str:
    """A box of boilerplate: a heading and paragraphs; nothing if there are none."""
    if not values:
        return ""
    first = f"<{heading}>{escape(values[0], quote=False)}</{heading}>"
    return f'<aside class="{css}">\n{first}\n{lines(values[1:])}\n</aside>'
