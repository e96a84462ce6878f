"""Find addresses that may be live blogs, in what publishers announce."""

from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic

from crawler.candidates import Candidate, DiscoveryReport, DiscoveryRequest, Searched, Surface
from crawler.child import AskPaused, Child
from crawler.settings import CrawlJob, CrawlSettings
from crawler.sources import Source


def requests_of(source: Source, since: datetime | None = None) -> tuple[DiscoveryRequest, ...]:
    """What to search of a source; entries announced before `since` (aware) are left out."""
    addresses = {
        Surface.NEWS_SITEMAP: source.news_sitemaps,
        Surface.FEED: source.feeds,
        Surface.SECTION: source.sections,
    }
    return tuple(
        DiscoveryRequest(source.slug, url, surface, source.home, source.hints, since, source.delay_s)
        for surface, urls in addresses.items()
        for url in urls
    )


def discover(
    requests: Sequence[DiscoveryRequest], *, settings: CrawlSettings, paused: AskPaused | None = None
) -> DiscoveryReport:
    """Search these addresses, politely as ever, in a child process; nothing is stored.

    `paused` gives the slugs of sources, and the domains, that are paused by now, as in `crawler.run.crawl`.
    """
    began = monotonic()
    job = CrawlJob("discovery", datetime.now(UTC).isoformat(), "", settings, spider="discovery")
    candidates: dict[str, Candidate] = {}
    searched: list[Searched] = []
    with TemporaryDirectory(prefix="liveblog-discovery-") as folder:
        child = Child(job, (request.to_json() for request in requests), Path(folder) / "log", paused=paused)
        with closing(child.events()) as events:
            for event in events:
                if "candidate" in event:
                    candidate = Candidate.from_dict(event["candidate"])
                    candidates.setdefault(candidate.url, candidate)
                elif "searched" in event:
                    searched.append(Searched(**{**event["searched"], "surface": Surface(event["searched"]["surface"])}))
        reason = None if child.finished else child.why_not_finished
    return DiscoveryReport(
        candidates=tuple(sorted(candidates.values(), key=lambda candidate: not candidate.hinted)),
        searched=tuple(searched),
        elapsed_ms=round((monotonic() - began) * 1000),
        finished=child.finished,
        reason=reason,
    )
