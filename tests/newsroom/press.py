"""The press of Velmark: sources, the blogs they run, and what stands on one page at one moment."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from tests.newsroom.script import Do, Story
from tests.newsroom.state import Phase, State, Update, state_at


@dataclass(frozen=True, slots=True)
class Source:
    """A publisher."""

    slug: str
    """Its host name's first label."""
    name: str
    dialect: str
    """Name of the content-management system that writes its pages, see `tests.newsroom.dialects`."""
    timezone: str = "Europe/Lisbon"
    language: str = "en"
    appeal: tuple[str, ...] = ()
    """The plea for support in every page: a heading, then paragraphs."""
    bookmark: tuple[str, ...] = ()
    """The offer to keep the article: a heading, then paragraphs."""
    comments: tuple[str, ...] = ()
    """The invitation to discuss: a heading, then paragraphs."""
    robots: str = "User-agent: *\nDisallow: /-/\nAllow: /\n"
    robots_status: int = 200
    max_age_s: int = 30
    """Cache-Control of its pages, simulated seconds."""
    headers: tuple[tuple[str, str], ...] = ()
    """Sent with every page: reservations of rights and the like."""

    @property
    def zone(self) -> ZoneInfo:
        """Its time zone."""
        return ZoneInfo(self.timezone)

    @property
    def boilerplate(self) -> tuple[str, ...]:
        """Every line of its pages that belongs to no story."""
        return (*self.appeal, *self.bookmark, *self.comments)


@dataclass(frozen=True, slots=True, eq=False)
class Blog:
    """One live blog: a story told by a source."""

    name: str
    """``<source>-<story>``."""
    source: Source
    story: Story
    starts_at: datetime
    """Aware UTC; the page is there from then on."""
    window: int | None = None
    """Updates on one page at first; None is all of them."""

    @property
    def opens_at(self) -> datetime:
        """The moment at which coverage begins, as its page announces it: that of the first ``open``, else the start."""
        opening = next((event.at_s for event in self.story.events if event.do is Do.OPEN), 0)
        return self.starts_at + timedelta(seconds=opening)

    @property
    def ends_at(self) -> datetime:
        """The moment of the last event."""
        return self.starts_at + timedelta(seconds=self.story.length_s)

    def state(self, at: datetime) -> State | None:
        """What it is at a moment; None before its page exists."""
        return state_at(self.story, self.starts_at, at, self.window)


@dataclass(frozen=True, slots=True)
class Article:
    """An ordinary article: not a live blog."""

    source: Source
    slug: str
    title: str
    standfirst: str
    author: str
    text: str
    published_at: datetime


@dataclass(frozen=True, slots=True)
class Edition:
    """One page of one blog at one moment, before a dialect writes it down."""

    blog: Blog
    state: State
    now: datetime
    origin: str
    """Where addresses begin, without a slash at the end: ``http://gazette.localhost:8000``."""
    updates: tuple[Update, ...]
    """The updates on this page, in the order in which they stand."""
    first: int = 0
    """Place of the first of them among all that stand: 0 on the first page."""
    older: str | None = None
    """Address of the next page."""
    newer: str | None = None
    """Address of the page before."""

    @property
    def source(self) -> Source:
        """The publisher."""
        return self.blog.source

    @property
    def url(self) -> str:
        """The blog's canonical address."""
        return f"{self.origin}{path_of(self.state)}"

    @property
    def pinned(self) -> Update | None:
        """The update of which a copy stands on top: on the first page only."""
        return self.state.pinned if self.first == 0 else None

    @property
    def key_events(self) -> Sequence[Update]:
        """The list of key events: on the first page only."""
        return self.state.key_events if self.first == 0 else ()

    def local(self, when: datetime) -> datetime:
        """A moment on the source's wall clock."""
        return when.astimezone(self.source.zone)


def path_of(state: State) -> str:
    """Path of a blog's page."""
    return f"/live/{state.slug}"


def closed(state: State) -> bool:
    """Whether the blog has ended."""
    return state.phase is Phase.CLOSED
