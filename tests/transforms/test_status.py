"""What a page says of its own state beside its heading, and blogs that are announced and have no update yet."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.newsroom import Newsroom
from tests.newsroom.world import scenario
from transforms.read import read
from transforms.records import BlogState, Document, Kind

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
ENTRIES = "".join(
    f'<div class="e"><time datetime="2026-03-01T{hour}:00:00Z">{hour}:00</time><p>The pilots and the port '
    f"have talked for {hour} hours now, and nobody says what about.</p></div>"
    for hour in (11, 10, "09")
)


def page(badge: str = "", entries: str = ENTRIES, title: str = "Ferry strike – live updates") -> str:
    return (
        f"<!doctype html><title>{title}</title><main>{badge}<h1>{title}</h1>"
        f"<p>Boats stay in port until the pilots are paid.</p><div>{entries}</div></main>"
    )


def seen(html: str):
    return read(Document(html.encode(), url="https://harbour.example/ferry", fetched_at=NOON))


@pytest.mark.parametrize(
    "badge",
    [
        '<div class="badge">Coverage has ended</div>',
        "<p>ENDED: this live blog is now closed</p>",
        "<span>Beendet</span>",
        "<p>Ce direct est terminé</p>",
        "<p>Трансляция завершена</p>",
        "<p>終了</p>",
    ],
)
def test_a_badge_beside_the_heading_closes_a_blog(badge):
    found = seen(page(badge))
    assert found.is_live_blog
    assert found.coverage.state is BlogState.CLOSED
    assert found.coverage.evidence


@pytest.mark.parametrize("badge", ["", "<p>Live</p>", "<p>How the talks ended last year</p>"])
def test_without_one_it_is_live(badge):
    assert seen(page(badge)).coverage.state is BlogState.LIVE


def test_a_page_that_calls_itself_live_and_is_still_to_begin_is_announced():
    found = seen(page("<p>Our coverage begins at 8 pm</p>", entries=""))
    assert found.is_live_blog
    assert found.coverage.state is BlogState.UPCOMING
    assert found.sections == ()


@pytest.mark.parametrize(
    "html",
    [
        page("<p>Our coverage begins at 8 pm</p>", entries="", title="Election night on our stations"),
        page(entries=""),
        '<h1>Live now</h1><script type="application/ld+json">'
        '{"@type": "LiveBlogPosting", "headline": "Another page"}</script>',
    ],
    ids=["not called live", "says nothing of a beginning", "tells of another page"],
)
def test_less_than_that_announces_nothing(html):
    assert not seen(html).is_live_blog


def test_the_beginning_of_coverage_is_read_from_microdata():
    world = scenario("upcoming", "beacon")
    blog = world.blogs["beacon-upcoming"]
    newsroom = Newsroom(world=world)
    at = blog.starts_at + timedelta(minutes=30)
    found = read(Document(newsroom.look(blog.name, at).body, url=newsroom.url(blog.name), fetched_at=at))
    assert found.coverage.state is BlogState.UPCOMING
    assert found.coverage.start == blog.opens_at


@pytest.mark.parametrize("dialect", ["gazette", "herald", "courier", "beacon", "wire", "tribune", "kurier"])
def test_every_dialect_is_seen_to_begin_to_run_and_to_end(dialect):
    world = scenario("upcoming", dialect)
    blog = world.blogs[f"{dialect}-upcoming"]
    newsroom = Newsroom(world=world)
    states = []
    for minute in (30, 63, 125):
        at = blog.starts_at + timedelta(minutes=minute)
        found = read(
            Document(
                newsroom.look(blog.name, at).body,
                url=newsroom.url(blog.name),
                fetched_at=at,
                timezone=blog.source.timezone,
            )
        )
        states.append(found.coverage.state if found.is_live_blog else None)
        assert minute == 30 or any(section.kind is Kind.UPDATE for section in found.sections)
    assert states == [BlogState.UPCOMING, BlogState.LIVE, BlogState.CLOSED]
