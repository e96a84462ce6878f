"""Every scenario of the newsroom, looked at in simulated time: what is recorded beside what could be seen."""

import argparse
import random
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import cycle

import pytest

from crawler.items import capture_id
from tests.newsroom import Newsroom
from tests.newsroom.compare import Comparison, compare, table
from tests.newsroom.press import Blog
from tests.newsroom.scenarios import SCENARIOS
from tests.newsroom.world import scenario
from transforms.identity import blog_id
from transforms.read import READER_VERSION
from transforms.record import record
from transforms.records import Capture, Exchange, Look, Outcome, Payload
from transforms.rows import KnownBlog, RevisionRow

ALL_DIALECTS = ("gazette", "herald", "courier", "beacon", "wire", "tribune", "kurier")
AFTER_THE_END = timedelta(minutes=5)
RHYTHMS = {"every minute": (60, 60), "every five minutes": (300, 300), "at random": (20, 1200)}
"""Seconds between two looks, from and to."""

TROUBLED_MINUTES, TROUBLE_S = (20, 70, 130), 900
TROUBLES = (
    "stale",
    "stale-mute",
    "flapping",
    "consent",
    "soft-404",
    "empty",
    "cut-page",
    "truncated",
    "broken-json-ld",
    "wrong-charset",
)


def moments(blog: Blog, rhythm: str) -> Iterator[datetime]:
    least, most = RHYTHMS[rhythm]
    dice = random.Random(f"{blog.name} {rhythm}")
    at = blog.starts_at
    while at <= blog.ends_at + AFTER_THE_END:
        yield at
        at += timedelta(seconds=dice.randint(least, most))


def look_at(newsroom: Newsroom, blog: Blog, at: datetime, known: KnownBlog) -> Capture:
    """A conditional request, as the crawler makes it, without a socket."""
    newsroom.clock.set(at)
    url = newsroom.url(blog.name, named=True)
    validators = {"if-none-match": known.last_body.etag} if known.last_body and known.last_body.etag else {}
    reply = newsroom.look(url, at, validators)
    made = Look(
        capture_id=capture_id(known.blog_id, at),
        blog_id=known.blog_id,
        source=blog.source.slug,
        url=url,
        outcome=Outcome.NOT_MODIFIED if reply.status == 304 else Outcome.FETCHED,
        started_at=at,
        observed_at=at,
        run_key="run",
        batch_id="batch",
        final_url=url,
        status=reply.status,
        etag=reply.header("etag"),
        last_modified=reply.header("last-modified"),
        cache_control=reply.header("cache-control"),
        age_s=int(age) if (age := reply.header("age")) else None,
        exchanges=(Exchange(url, at, 0, reply.status),),
    )
    payloads = () if reply.status == 304 else (Payload(url, reply.status, reply.headers, reply.body),)
    return Capture(made, payloads)


def play(name: str, dialect: str, rhythm: str, behaviour: str | None = None) -> Comparison:
    """Record one scenario from its beginning to its end, and compare; the site may behave badly three times."""
    world = scenario(name, dialect)
    newsroom = Newsroom(world=world)
    blog = world.blogs[f"{dialect}-{name}"]
    for minute in TROUBLED_MINUTES if behaviour else ():
        newsroom.trouble(blog.name, behaviour, TROUBLE_S, blog.starts_at + timedelta(minutes=minute))
    newsroom.clock.set(blog.starts_at)
    known = KnownBlog(blog_id(newsroom.url(blog.name, named=True)))
    rows: list[RevisionRow] = []
    at = blog.starts_at
    for at in moments(blog, rhythm):
        capture = look_at(newsroom, blog, at, known)
        recorded = record(
            known, capture, timezone=blog.source.timezone, language=blog.source.language, reader_version=READER_VERSION
        )
        known = recorded.known
        rows += recorded.rows.get("revisions", ())
    return compare(rows, blog, newsroom.log(), at)


def played(dialects: tuple[str, ...], rhythm: str, names: tuple[str, ...] = tuple(SCENARIOS)) -> dict[str, Comparison]:
    return {f"{dialect}-{name}": play(name, dialect, rhythm) for name in names for dialect in dialects}


def printed(results: dict[str, Comparison], rhythm: str, capsys) -> Comparison:
    with capsys.disabled():
        sys.stdout.write(f"\n{rhythm}\n{table(results)}\n")
    return sum(results.values(), Comparison())


WELL_READ = ("gazette", "herald")
"""With ids and complete JSON-LD; with neither."""


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("rhythm", ["every five minutes", "at random"])
def test_what_the_looks_could_see_is_recorded_and_nothing_else(rhythm, capsys):
    total = printed(played(ALL_DIALECTS, rhythm), rhythm, capsys)
    assert total.faults == ()
    assert total.updates.ratio == total.edits.ratio == total.deletions.ratio == total.identity.ratio == 1.0


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_look_every_minute_sees_all_there_is_to_see(capsys):
    """One dialect a scenario, in turn; ``make scenarios`` looks at every one of them."""
    turns = zip(SCENARIOS, cycle(ALL_DIALECTS), strict=False)
    results = {f"{dialect}-{name}": play(name, dialect, "every minute") for name, dialect in turns}
    total = printed(results, "every minute", capsys)
    assert total.faults == ()
    assert total.updates.ratio == total.edits.ratio == total.deletions.ratio == total.identity.ratio == 1.0


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_site_in_trouble_never_makes_the_record_say_what_was_not(capsys):
    results = {
        f"{behaviour}-{dialect}": play("deletions", dialect, "every minute", behaviour)
        for behaviour in TROUBLES
        for dialect in WELL_READ
    }
    total = printed(results, "in trouble, every minute", capsys)
    assert (total.invented, total.false_edits, total.false_removals) == (0, 0, 0)
    assert total.updates.ratio == total.identity.ratio == total.deletions.ratio == 1.0


def main(dialects: tuple[str, ...], rhythms: tuple[str, ...], names: tuple[str, ...]) -> int:
    """Print the table of each rhythm, and every fault; 1 if there is one."""
    faults = 0
    for rhythm in rhythms:
        found = played(dialects, rhythm, names)
        sys.stdout.writelines(f"  {fault}\n" for result in found.values() for fault in result.faults)
        sys.stdout.write(f"{rhythm}\n{table(found)}\n\n")
        faults += sum(len(result.faults) for result in found.values())
    return int(faults > 0)


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    asked.add_argument("--dialect", action="append", choices=ALL_DIALECTS, help="only this one (may be repeated)")
    asked.add_argument("--rhythm", action="append", choices=tuple(RHYTHMS), help="only this one (may be repeated)")
    asked.add_argument("scenario", nargs="*", help=f"only these, of: {', '.join(SCENARIOS)}")
    given = asked.parse_args()
    sys.exit(
        main(tuple(given.dialect or ALL_DIALECTS), tuple(given.rhythm or RHYTHMS), tuple(given.scenario or SCENARIOS))
    )
