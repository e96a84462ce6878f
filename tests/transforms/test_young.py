"""Blogs that have hardly begun: known as live blogs from their announcement on, and at each of their first updates."""

from datetime import timedelta

import pytest

from tests.newsroom.dialects import DIALECTS
from tests.newsroom.newsroom import Newsroom
from tests.newsroom.world import scenario
from transforms.read import read
from transforms.records import BlogState, Document, Kind, Page

PAGE = """<!doctype html><html lang="en"><head><title>{title}</title></head><body><main><h1>The ferry</h1>
<div><p>{before}</p></div><ol class="stream">{items}</ol></main></body></html>"""
ITEM = """<li class="item" id="i{n}"><time datetime="2026-03-01T0{n}:00:00Z">0{n}:00</time><b>Report number {n}</b>
<p>The harbour master counts {n} boats on their way, and more are made ready at the quay.</p></li>"""
LONG = "The line has been down since the morning, and the county has asked everybody to stay at home. " * 6


def page_of(updates: int, title: str) -> Page:
    items = "".join(ITEM.format(n=number) for number in reversed(range(1, updates + 1)))
    return read(Document(PAGE.format(title=title, before=LONG, items=items).encode(), url="https://bay.example/ferry"))


@pytest.mark.parametrize("updates", [1, 2, 3])
def test_the_first_updates_below_a_long_introduction_are_a_live_blog_where_the_page_says_so(updates):
    page = page_of(updates, "The ferry – live updates")
    assert page.is_live_blog, page.reasons
    assert sum(section.kind is Kind.UPDATE for section in page.sections) == updates


def test_two_dated_blocks_on_a_page_that_does_not_call_itself_live_are_none():
    assert not page_of(2, "The ferry").is_live_blog


@pytest.mark.parametrize("ending", ["She had heard nothing until 11.23.", "Forty boats are under way."])
def test_one_stamped_heading_begins_a_ticker_also_where_its_text_ends_with_a_clock(ending):
    html = (
        "<!doctype html><html lang='de'><head><title>Ticker: Die Fähre</title></head><body><article><h1>Die Fähre</h1>"
        "<div><h2>15.15 Uhr: Was der Hafen sagt</h2><p>It took 21 days to clear the quay the last time. "
        f"{ending}</p></div></article></body></html>"
    )
    page = read(Document(html.encode(), url="https://kurier.example/faehre", timezone="Europe/Berlin"))
    assert page.is_live_blog, page.reasons


@pytest.mark.parametrize("dialect", DIALECTS)
def test_an_announced_blog_is_upcoming_in_every_dialect(dialect):
    world = scenario("upcoming", dialect)
    blog = world.blogs[f"{dialect}-upcoming"]
    at = blog.starts_at + timedelta(minutes=5)
    reply = Newsroom(world=world).look(blog.name, at)
    page = read(Document(reply.body, url="https://bay.example/live/x", fetched_at=at, timezone=blog.source.timezone))
    assert page.is_live_blog, page.reasons
    assert page.coverage.state is BlogState.UPCOMING
