"""From the answers to one request of the batch to the facts of its look.

A `Visit` gathers what comes back while Scrapy is at it; `finish` turns it into a `Capture` that can be archived. No
input or output here: what a look says follows from its arguments alone.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from urllib.parse import urldefrag

from crawler.answers import REDIRECTS, Answer, Truncation
from crawler.errors import Disallowed, NoAnswer, NotAsked, Unreachable
from crawler.items import CrawlRequest, Exchange, Look, Outcome, capture_id, record_id
from crawler.rights import Reservation
from crawler.settings import CrawlJob

MAX_FACT = 4096
"""Characters that a look keeps of a header: longer ones are nonsense, which every look would write into the lake."""


@dataclass(slots=True)
class Visit:
    """A look that is being made: grows by an answer at a time."""

    request: CrawlRequest
    began_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    answers: list[Answer] = field(default_factory=list)
    robots: str | None = None
    reservation: Reservation | None = None
    """What the site's tdmrep.json says about the page."""
    usage: str | None = None
    """What its robots.txt says in Content-Usage."""
    main: Answer | None = None
    """What ended the first page, once there is a further one: the look's own facts are this answer's."""
    pages: int = 1
    _page_began: int = 0

    @property
    def redirects(self) -> int:
        """Redirects followed so far on the way to the current page."""
        return sum(answer.status in REDIRECTS for answer in self.answers[self._page_began :])

    @property
    def wants_cookie(self) -> bool:
        """Whether the last redirect set a cookie: many a loop is a wall that opens to whoever brings it back."""
        return bool(self.answers) and self.answers[-1].header("Set-Cookie") is not None

    def turn_page(self) -> None:
        """The next answers belong to an older page of the blog."""
        self.main = self.main or self.answers[-1]
        self._page_began = len(self.answers)
        self.pages += 1

    def may_turn_to(self, url: str) -> bool:
        """Whether an address can be the next page: not one that was walked already."""
        return all(url != answer.url for answer in self.answers)

    def validators(self, url: str) -> dict[str, str]:
        """Headers of a conditional request, for the address whose body the validators belong to and for no other."""
        if url != urldefrag(self.request.refers_to_url or self.request.url).url:
            return {}
        validators = {"If-None-Match": self.request.etag, "If-Modified-Since": self.request.last_modified}
        return {name: value for name, value in validators.items() if value}


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a visit ended."""

    outcome: Outcome
    reason: str | None = None
    robots: str | None = None
    unanswered: NoAnswer | None = None
    """The last request of the visit, if nothing came back for it."""
    unanswered_url: str | None = None


@dataclass(frozen=True, slots=True)
class FinishedLook:
    """A look and the answers it consists of, ready for the archive."""

    look: Look
    answers: tuple[Answer, ...]
    request: CrawlRequest


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A blog whose turn did not come in this crawl: the next one asks for it."""

    blog_id: str


def judge(answer: Answer, conditional: bool) -> Verdict:
    """Outcome of a visit by its last answer; `conditional` says whether that was asked with validators."""
    if answer.truncated is Truncation.LENGTH:
        return Verdict(Outcome.TOO_LARGE, answer.problem)
    if answer.truncated is Truncation.UNSPECIFIED:
        return Verdict(Outcome.BLOCKED, answer.problem)
    if answer.truncated:
        return Verdict(Outcome.FAILED, answer.problem)
    if answer.status == 304:
        return Verdict(Outcome.NOT_MODIFIED) if conditional else _failed("status 304 though nothing was compared")
    if answer.status == 206:
        return _failed("status 206: a part of the page though the whole was asked for")
    if 200 <= answer.status < 300:
        return Verdict(Outcome.FETCHED)
    if answer.status in REDIRECTS:
        return _failed(f"status {answer.status} without an address to go to")
    return _failed(f"status {answer.status}")


def judge_error(error: object, url: str) -> Verdict:
    """Outcome of a visit whose last request raised `error`."""
    match error:
        case Disallowed():
            return Verdict(Outcome.BLOCKED, str(error), robots=error.robots)
        case NotAsked():
            return Verdict(Outcome.BLOCKED, str(error))
        case Unreachable():
            return Verdict(Outcome.FAILED, str(error), robots="unreachable")
        case NoAnswer():
            return Verdict(Outcome.FAILED, str(error), unanswered=error, unanswered_url=url)
        case _:
            return _failed(f"{type(error).__name__}: {error}".splitlines()[0])


class LookMaker:
    """Makes the looks of one job; no two of a blog get the same id."""

    def __init__(self, job: CrawlJob, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._job = job
        self._now = now
        self._newest: dict[str, datetime] = {}

    def finish(self, visit: Visit, verdict: Verdict) -> FinishedLook:
        """The look that a visit was; what befell an older page leaves the first one fetched."""
        if visit.main and verdict.outcome is not Outcome.FETCHED:
            verdict = replace(
                verdict, outcome=Outcome.FETCHED, reason=f"page {visit.pages}: {verdict.reason}", robots=None
            )
        exchanges_at = [answer.started_at for answer in visit.answers]
        if verdict.unanswered:
            exchanges_at.append(verdict.unanswered.started_at)
        started_at = self._distinct(visit.request.blog_id, min(exchanges_at, default=visit.began_at))
        capture = capture_id(visit.request.blog_id, started_at)
        return FinishedLook(self._look(visit, verdict, started_at, capture), tuple(visit.answers), visit.request)

    def _distinct(self, blog_id: str, started_at: datetime) -> datetime:
        newest = self._newest.get(blog_id)
        if newest and started_at <= newest:
            started_at = newest + timedelta(microseconds=1)
        self._newest[blog_id] = started_at
        return started_at

    def _look(self, visit: Visit, verdict: Verdict, started_at: datetime, capture: str) -> Look:
        exchanges = [_exchange(capture, number, answer, visit.request) for number, answer in enumerate(visit.answers)]
        if verdict.unanswered:
            exchanges.append(_unanswered(verdict.unanswered, verdict.unanswered_url or visit.request.url))
        last = visit.main or (visit.answers[-1] if visit.answers and not verdict.unanswered else None)
        bounds, rule = self._job.settings, visit.reservation
        return Look(
            capture_id=capture,
            blog_id=visit.request.blog_id,
            source=visit.request.source,
            url=visit.request.url,
            outcome=verdict.outcome,
            reason=verdict.reason,
            started_at=started_at,
            observed_at=max(started_at, _ended_at(exchanges[-1]) if exchanges else self._now()),
            run_key=self._job.run_key,
            batch_id=self._job.batch_id,
            final_url=last.url if last else None,
            status=last.status if last else None,
            etag=_fact(last, "ETag"),
            last_modified=_fact(last, "Last-Modified"),
            cache_control=_fact(last, "Cache-Control"),
            age_s=last.age_s if last else None,
            x_robots_tag=_fact(last, "X-Robots-Tag"),
            retry_after_s=last.retry_after_s if last else None,
            tdm_reservation=_fact(last, "tdm-reservation") or (rule.reservation if rule else None),
            tdm_policy=_fact(last, "tdm-policy") or (rule.policy if rule else None),
            content_usage=_fact(last, "Content-Usage") or visit.usage,
            robots=verdict.robots or visit.robots,
            user_agent=bounds.user_agent,
            exchanges=tuple(exchanges),
            settings={
                "delay_s": bounds.delay_s,
                "timeout_s": bounds.timeout_s,
                "max_body_bytes": bounds.max_body_bytes,
                "max_redirects": bounds.max_redirects,
                "respect_tdm": bounds.respect_tdm,
            },
        )


def _fact(answer: Answer | None, header: str) -> str | None:
    """What a look keeps of a header; the whole stands in the archive."""
    value = answer.header(header) if answer else None
    return value and value[:MAX_FACT]


def warc_date(moment: datetime) -> str:
    """A WARC-Date with microseconds (WARC 1.1, section 5.4)."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def digest(body: bytes) -> str:
    """``sha256:<hex>`` of a body as received."""
    return f"sha256:{hashlib.sha256(body).hexdigest()}"


def _exchange(capture: str, number: int, answer: Answer, request: CrawlRequest) -> Exchange:
    payload = None if answer.status == 304 else digest(answer.body)
    known = request.refers_to_record_id and request.refers_to_url and request.refers_to_date
    unchanged = answer.status == 304 or (payload == request.payload_digest and not answer.truncated)
    return Exchange(
        url=answer.url,
        started_at=answer.started_at,
        elapsed_ms=answer.elapsed_ms,
        status=answer.status,
        content_type=_fact(answer, "Content-Type"),
        body_bytes=len(answer.body),
        payload_digest=payload,
        request_record_id=record_id(capture, "request", number),
        response_record_id=record_id(capture, "response", number),
        revisit=bool(known) and unchanged,
        warc_date=warc_date(answer.started_at),
    )


def _unanswered(error: NoAnswer, url: str) -> Exchange:
    return Exchange(url=url, started_at=error.started_at, elapsed_ms=error.elapsed_ms, status=None)


def _ended_at(exchange: Exchange) -> datetime:
    return exchange.started_at + timedelta(milliseconds=exchange.elapsed_ms)


def _failed(reason: str) -> Verdict:
    return Verdict(Outcome.FAILED, reason)
