"""A lake recorded from the newsroom in simulated time: hours of looks in seconds, through the same transforms."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from crawler.items import Capture, Exchange, Look, Outcome, Payload, capture_id
from lake.lake import Lake
from tests.newsroom import Newsroom
from transforms.identity import blog_id
from transforms.read import READER_VERSION
from transforms.record import record_all
from transforms.rows import Changes, WatchRow

ELAPSED = timedelta(milliseconds=200)


def looks(newsroom: Newsroom, blogs: Iterable[str], moments: Iterable[datetime]) -> Iterator[Capture]:
    """Look at each blog at each simulated moment, as the crawler would have."""
    named = list(blogs)
    for moment in moments:
        for name in named:
            yield _capture(newsroom, name, moment)


def every(start: datetime, minutes: float, count: int) -> list[datetime]:
    """So many moments, so many minutes apart."""
    return [start + timedelta(minutes=minutes * number) for number in range(count)]


def record_into(lake: Lake, newsroom: Newsroom, blogs: Iterable[str], moments: Iterable[datetime]) -> Changes:
    """Record all these looks in one commit; the rows."""
    captures = list(looks(newsroom, blogs, moments))
    changes = record_all({}, captures, reader_version=READER_VERSION)
    watches = {
        WatchRow(
            one.look.blog_id, captures[0].look.started_at, one.look.url, one.look.source, "simulated", paused=False
        )
        for one in captures
    }
    rows = {**changes.rows, "watches": tuple(sorted(watches, key=lambda row: row.blog_id))}
    lake.commit("simulated", lambda snapshot: replace(changes, rows=rows), run="simulated")
    return changes


def _capture(newsroom: Newsroom, name: str, moment: datetime) -> Capture:
    url = newsroom.url(name)
    reply = newsroom.look(url, at=moment)
    headers = {key.lower(): value for key, value in reply.headers}
    key = blog_id(url)
    exchange = Exchange(url, moment, 200, reply.status, headers.get("content-type"), len(reply.body))
    look = Look(
        capture_id=capture_id(key, moment),
        blog_id=key,
        source=name.rpartition("-")[0],
        url=url,
        outcome=Outcome.FETCHED if reply.status == 200 else Outcome.FAILED,
        started_at=moment,
        observed_at=moment + ELAPSED,
        run_key="simulated",
        batch_id="1",
        final_url=url,
        status=reply.status,
        etag=headers.get("etag"),
        last_modified=headers.get("last-modified"),
        cache_control=headers.get("cache-control"),
        exchanges=(exchange,),
    )
    return Capture(look, (Payload(url, reply.status, tuple(reply.headers), reply.body),))
