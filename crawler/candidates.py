"""What goes into a discovery and what comes out of it. Standard library only.

A candidate is an address that may be a live blog; whether it is one, its page decides, not its address.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Self


class Surface(StrEnum):
    """Where a publisher announces what is new."""

    NEWS_SITEMAP = "news_sitemap"
    FEED = "feed"
    SECTION = "section"
    BLOG = "blog"
    """A link inside a watched blog."""


@dataclass(frozen=True, slots=True)
class DiscoveryRequest:
    """One address to look for candidates at."""

    source: str
    url: str
    surface: Surface
    home: str
    """The publisher's home: candidates on other sites are left out."""
    hints: tuple[str, ...] = ()
    """Regular expressions of `crawler.sources.Source.hints`."""
    since: datetime | None = None
    """Aware: entries that say they were published before this are left out."""
    delay_s: float | None = None
    """As `crawler.items.CrawlRequest.delay_s`."""

    def to_json(self) -> str:
        """One line of JSON."""
        return json.dumps(asdict(self), default=datetime.isoformat, sort_keys=True)

    @classmethod
    def from_json(cls, line: str | bytes) -> Self:
        """Read a line back. Raises ValueError if it is not such a line."""
        try:
            data = json.loads(line)
            data |= {"surface": Surface(data["surface"]), "hints": tuple(data["hints"]), "since": _when(data["since"])}
            return cls(**data)
        except (TypeError, KeyError) as error:
            raise ValueError(f"not a discovery request: {error}") from error


@dataclass(frozen=True, slots=True)
class Candidate:
    """An address that may be a live blog."""

    source: str
    url: str
    title: str | None
    published_at: datetime | None
    """As announced, aware."""
    surface: Surface
    found_at: str
    """Address of the sitemap, feed or section that names it."""
    hinted: bool
    """The source's hints match its address or title: look at it first."""

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Read back what `dataclasses.asdict` and JSON made of one."""
        fields = {"surface": Surface(data["surface"]), "published_at": _when(data["published_at"])}
        return cls(**{**data, **fields})


@dataclass(frozen=True, slots=True)
class Searched:
    """How one address was searched."""

    source: str
    url: str
    surface: Surface
    candidates: int = 0
    left_out: int = 0
    """Entries that are too old, or on other sites, or beyond the bound of what one address may name."""
    problem: str | None = None
    """Why it brought nothing: one line."""
    sitemaps: int = 0
    """Sitemaps that it names, being an index file."""


@dataclass(frozen=True, slots=True)
class DiscoveryReport:
    """What a discovery found."""

    candidates: tuple[Candidate, ...]
    """Each address once; those that the hints match first, then in the order of finding."""
    searched: tuple[Searched, ...]
    elapsed_ms: int
    finished: bool
    reason: str | None = None
    """Why it did not finish."""


def _when(value: str | None) -> datetime | None:
    return datetime.fromisoformat(value) if value else None
