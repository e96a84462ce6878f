"""A trial run of a source: what it would discover and fetch, at what pace, and what the readers make of the pages.

Nothing is stored, and no lake is needed.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from crawler.candidates import Candidate, Searched
from crawler.discover import discover as search
from crawler.discover import requests_of
from crawler.sources import Source
from liveblog.judging import Judged, judge
from liveblog.settings import Settings
from liveblog.sources import Sources
from transforms.identity import blog_id
from transforms.records import Kind, Page

SINCE = timedelta(days=2)
FUTURE_SLACK = timedelta(minutes=10)
"""An update from further in the future than this says that the time zone is wrong."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What a trial run of a source brought."""

    source: Source
    searched: tuple[Searched, ...]
    candidates: tuple[Candidate, ...]
    judged: tuple[Judged, ...]
    delay_s: float
    """Seconds between two requests, a larger Crawl-delay of its robots.txt aside."""
    reason: str | None
    """Why the search did not finish, where it did not."""

    @property
    def blogs(self) -> list[Judged]:
        """The live blogs among the pages that were read."""
        return [one for one in self.judged if one.verdict in ("watched", "ended")]

    @property
    def complaints(self) -> list[str]:
        """What speaks against the source as it is written."""
        found = [f"{one.url}: {one.problem}" for one in self.searched if one.problem]
        found += [f"{one.url}: announces nothing of the last two days" for one in self.searched if is_empty(one)]
        if self.source.hints and self.candidates and not any(one.hinted for one in self.candidates):
            found.append(f"no candidate matches the hints {', '.join(self.source.hints)}")
        if self.judged and not self.blogs:
            found.append("none of the pages that were read is a live blog")
        return found + [one.candidate.url + ": " + why for one in self.blogs if (why := misread(one))]


def is_empty(one: Searched) -> bool:
    """Whether an address could be read and named nothing; an index file only leads on."""
    return not (one.problem or one.candidates or one.left_out or one.sitemaps)


def check(source: Source, settings: Settings, now: datetime, pages: int = 3) -> Trial:
    """Search a source, and fetch and read so many candidates, hinted ones first; nothing is stored."""
    report = search(requests_of(source, now - SINCE), settings=settings.crawl)
    first = {blog_id(candidate.url): candidate for candidate in reversed(report.candidates)}
    hinted = sorted(first.values(), key=lambda candidate: not candidate.hinted)
    judged = judge(hinted[:pages], Sources([source]), settings.crawl, now)
    delay_s = max(settings.crawl.delay_s, source.delay_s or 0.0)
    return Trial(source, report.searched, tuple(first.values()), tuple(judged), delay_s, report.reason)


def misread(one: Judged) -> str | None:
    """What looks wrong in a live blog as it was read, if anything does."""
    page, now = one.page, one.judged_at
    times = update_times(page) if page else []
    if not times:
        return "its updates have no times"
    if now is not None and max(times) > now + FUTURE_SLACK:
        return f"its newest update is of {max(times):%H:%M} UTC, which is still to come: is the time zone right?"
    return None


def update_times(page: Page) -> list[datetime]:
    """When the updates of a page were published."""
    return [one.published_at for one in page.sections if one.kind == Kind.UPDATE and one.published_at]
