"""Is this address a live blog? Its page decides, not its address.

Pages are fetched once, with the manners of recording, and read; nothing is stored. A blog that stands at several
addresses (AMP, tracking parameters, an older slug) is known by the one that its page calls canonical.
"""

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from crawler.candidates import Candidate
from crawler.child import AskPaused
from crawler.hosts import host_of
from crawler.items import CrawlRequest
from crawler.run import crawl
from crawler.settings import CrawlSettings
from lake.warc import captures_of
from liveblog.sources import Sources
from transforms.identity import blog_id, canonical_address
from transforms.pages import walk
from transforms.read import read
from transforms.record import RESERVED, reserved
from transforms.records import BlogState, Capture, Kind, Outcome, Page

OVER_FOR = timedelta(days=2)
"""A blog that is closed and has said nothing for so long is not watched any more."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What became of one candidate."""

    candidate: Candidate
    verdict: str
    """watched, ended, not_live, failed or blocked, as in the table ``candidates``."""
    reason: str | None
    blog_id: str
    address: str
    """Where the blog is to be looked at."""
    judged_at: datetime | None = None
    page: Page | None = None


def judge(
    candidates: Sequence[Candidate],
    sources: Sources,
    settings: CrawlSettings,
    now: datetime,
    paused: AskPaused | None = None,
) -> list[Judged]:
    """Fetch and read these pages; one that could not be asked in the time given is left out.

    `paused` is as in `crawler.run.crawl`, by the ids that the candidates' addresses have.
    """
    by_id = {blog_id(candidate.url): candidate for candidate in candidates}
    captures = _fetched(by_id, sources, settings, paused)
    return [_judged(by_id[key], captures[key], sources, now) for key in by_id if key in captures]


def _fetched(
    by_id: Mapping[str, Candidate], sources: Sources, settings: CrawlSettings, paused: AskPaused | None
) -> dict[str, Capture]:
    requests = [_request(key, candidate, sources) for key, candidate in by_id.items()]
    found: dict[str, Capture] = {}
    with tempfile.TemporaryDirectory(prefix="liveblog-judging-") as folder:

        def keep(segment: Path) -> None:
            with segment.open("rb") as stream:
                found.update({capture.look.blog_id: capture for capture in captures_of(stream, "judging", None, None)})
            segment.unlink()

        if requests:
            bounds = replace(settings, paging=None, turn_s=None)
            spool = Path(folder)
            crawl(
                requests, spool=spool, run_key="judging", batch_id="0", settings=bounds, on_segment=keep, paused=paused
            )
    return found


def _request(key: str, candidate: Candidate, sources: Sources) -> CrawlRequest:
    source = sources.get(candidate.source)
    return CrawlRequest(key, candidate.url, candidate.source, delay_s=source.delay_s if source else None)


def _judged(candidate: Candidate, capture: Capture, sources: Sources, now: datetime) -> Judged:
    look = capture.look
    plain = Judged(candidate, str(look.outcome), look.reason, blog_id(candidate.url), candidate.url, look.observed_at)
    if look.outcome != Outcome.FETCHED:
        return plain if look.outcome == Outcome.BLOCKED else replace(plain, verdict="failed")
    source = sources.get(candidate.source)
    zone, language = (source.time_zone, source.language) if source else (None, None)
    walked = walk(capture, read, zone, language)
    if reserved(look, walked.page) and look.settings.get("respect_tdm"):
        return replace(plain, verdict="blocked", reason=RESERVED)
    if walked.unreadable:
        return replace(plain, verdict="not_live", reason=walked.unreadable)
    address = address_of(walked.page, look.final_url or candidate.url)
    found = replace(plain, blog_id=blog_id(address), address=address, page=walked.page)
    if why := _over(walked.page, now):
        return replace(found, verdict="ended", reason=why)
    return replace(found, verdict="watched", reason=walked.page.reasons[0] if walked.page.reasons else None)


def address_of(page: Page, fetched: str) -> str:
    """The address by which a blog is to be known: what its page calls itself, if that can be; else where it was found.

    A page that names another site or the front page is not believed.
    """
    told = canonical_address(page.canonical_url) if page.canonical_url else ""
    same_site = _site(told) == _site(fetched)
    return told if told and same_site and urlsplit(told).path.strip("/") else canonical_address(fetched)


def _site(address: str) -> str:
    return host_of(address).removeprefix("www.").removeprefix("amp.")


def _over(page: Page, now: datetime) -> str | None:
    """Why a blog is not worth watching, if it is not."""
    times = [one.published_at for one in page.sections if one.kind == Kind.UPDATE and one.published_at]
    if page.coverage.state != BlogState.CLOSED or not times or now - max(times) < OVER_FOR:
        return None
    return f"closed, and silent since {max(times):%Y-%m-%d %H:%M}"
