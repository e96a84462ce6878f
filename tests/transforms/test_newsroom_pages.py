"""Pages of the demo newsroom, whose truth is known: every update shown is read, none is invented, no time is wrong."""

from datetime import datetime, timedelta

import pytest

from tests.newsroom import Newsroom
from transforms.read import read
from transforms.records import Document, Kind


def words(headline, text):
    return " ".join(f"{headline or ''} {text or ''}".split())


@pytest.fixture(scope="module")
def newsroom():
    with Newsroom(start=None, speed=0.0, port=0) as running:
        yield running


@pytest.mark.parametrize("generic", [False, True], ids=["", "generic"])
@pytest.mark.parametrize("blog", ["gazette-ferry", "herald-ferry"])
def test_what_the_page_shows_is_what_is_read(newsroom, blog, generic):
    start = newsroom.clock.now()
    for minutes in (5, 60, 240, 900):
        when = start + timedelta(minutes=minutes)
        truth = newsroom.truth(blog, at=when)
        shown = [update for update in truth["updates"] if update["kind"] == "update"]
        body = newsroom.look(blog, at=when).body
        page = read(Document(body, url=newsroom.url(blog), fetched_at=when, timezone="Europe/Lisbon", generic=generic))
        got = [section for section in page.sections if section.kind is Kind.UPDATE]
        assert page.is_live_blog
        assert [words(s.headline, s.text) for s in got] == [words(u["headline"], u["text"]) for u in shown]
        for section, update in zip(got, shown, strict=True):
            published = datetime.fromisoformat(update["published_at"])
            assert abs((section.published_at - published).total_seconds()) <= 60
