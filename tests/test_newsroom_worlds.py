"""Worlds: where blogs are announced, what sources ask of crawlers, and two hundred blogs from a seed."""

import gzip
import time
from collections import Counter
from datetime import timedelta
from urllib.robotparser import RobotFileParser
from xml.etree import ElementTree

import pytest
from selectolax.lexbor import LexborHTMLParser

from tests.newsroom import Newsroom
from tests.newsroom.__main__ import main
from tests.newsroom.clock import DEFAULT_START
from tests.newsroom.dialects import DIALECTS
from tests.newsroom.large import PRIVATE, SPAN_S, large
from tests.newsroom.script import Do
from tests.newsroom.seen import sight

HOUR = timedelta(hours=1)
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
NEWS = "{http://www.google.com/schemas/sitemap-news/0.9}"


@pytest.fixture(scope="module")
def newsroom():
    return Newsroom()


@pytest.fixture(scope="module")
def world():
    return large(seed=1)


def xml(newsroom, path, at, source="gazette"):
    reply = newsroom.look(f"{newsroom.origin(source)}{path}", at)
    assert reply.status == 200
    body = gzip.decompress(reply.body) if path.endswith(".gz") else reply.body
    return ElementTree.fromstring(body)  # noqa: S314  # our own bytes


def locations(tree):
    return [node.text for node in tree.iter(f"{SITEMAP}loc")]


# --- announcing -------------------------------------------------------------------------------------------------------


def test_robots_names_the_sitemap_index_which_names_the_news_sitemaps(newsroom):
    robots = RobotFileParser()
    robots.parse(newsroom.look(f"{newsroom.origin('gazette')}/robots.txt").body.decode().splitlines())
    assert robots.site_maps() == [f"{newsroom.origin('gazette')}/sitemap.xml"]
    assert robots.can_fetch("AsItHappened", newsroom.url("gazette-ferry"))
    index = locations(xml(newsroom, "/sitemap.xml", DEFAULT_START))
    assert [url.rsplit("/", 1)[1] for url in index] == ["sitemap-news.xml", "sitemap-news.xml.gz"]


@pytest.mark.parametrize("path", ["/sitemap-news.xml", "/sitemap-news.xml.gz"])
def test_a_blog_stands_in_the_news_sitemap_from_the_moment_its_page_is_there_for_two_days(newsroom, path):
    budget = newsroom.site.world.blogs["gazette-budget"]
    before, after, long_after = (
        locations(xml(newsroom, path, budget.starts_at + wait)) for wait in (-HOUR, timedelta(0), 49 * HOUR)
    )
    assert [budget.story.slug in " ".join(urls) for urls in (before, after, long_after)] == [False, True, False]
    titles = [node.text for node in xml(newsroom, path, budget.starts_at).iter(f"{NEWS}title")]
    assert budget.story.title in titles


def test_every_announced_address_answers(newsroom):
    at = DEFAULT_START + 20 * HOUR
    for source in newsroom.site.world.sources:
        urls = locations(xml(newsroom, "/sitemap-news.xml", at, source))
        urls += [node.text for node in xml(newsroom, "/feed.xml", at, source).iter("link")]
        for path in ("/", "/live", "/news"):
            page = LexborHTMLParser(newsroom.look(f"{newsroom.origin(source)}{path}", at).body)
            urls += [link.attributes["href"] for link in page.css("a[href]")]
        assert len(urls) > 8
        assert {newsroom.look(url, at).status for url in urls} == {200}


def test_rss_gives_addresses_with_tracking_parameters_newest_first(newsroom):
    feed = xml(newsroom, "/feed.xml", DEFAULT_START + 3 * HOUR)
    links = [node.findtext("link") for node in feed.iter("item")]
    assert all("utm_source=rss" in link for link in links)
    assert "budget-day-orrin" in links[0]


def test_a_page_has_a_second_address_whose_canonical_link_names_the_first(newsroom):
    url = newsroom.url("gazette-ferry")
    page = newsroom.look(url.replace("/live/", "/amp/live/"))
    assert page.body == newsroom.look(url).body
    assert LexborHTMLParser(page.body).css_first("link[rel=canonical]").attributes["href"] == url


def test_a_closing_blog_links_to_its_successor(newsroom):
    at = newsroom.site.world.blogs["gazette-ferry"].ends_at
    page = LexborHTMLParser(newsroom.look("gazette-ferry", at).body)
    [link] = [link for link in page.css("article a") if link.text() == "new live blog"]
    assert newsroom.look(link.attributes["href"], at).status == 200
    assert newsroom.truth("gazette-ferry-second-day", at)["phase"] == "live"


# --- two hundred blogs ------------------------------------------------------------------------------------------------


def test_the_large_world_has_two_hundred_blogs_of_twenty_sources_in_every_dialect(world):
    assert (len(world.blogs), len(world.sources)) == (200, 20)
    assert {source.dialect for source in world.sources.values()} == set(DIALECTS)
    per_source = Counter(blog.source.slug for blog in world.blogs.values())
    assert set(per_source.values()) == {10}
    starts = [(blog.starts_at - DEFAULT_START).total_seconds() for blog in world.blogs.values()]
    running, later, after = (
        sum(low <= start < high for start in starts) for low, high in ((-6e4, 0), (0, SPAN_S), (SPAN_S, 6e4))
    )
    assert (running, later, after) == (100, 80, 20)
    kinds = Counter(event.do for blog in world.blogs.values() for event in blog.story.events)
    assert kinds.keys() >= {Do.OPEN, Do.POST, Do.EDIT, Do.REID, Do.WITHDRAW, Do.RESTORE, Do.PIN, Do.RETITLE, Do.CLOSE}
    assert kinds[Do.POST] > 5000


def test_the_same_seed_makes_the_same_world_and_another_one_another(world):
    def bytes_of(made):
        running = Newsroom(world=made)
        return [running.look(name, DEFAULT_START + 3 * HOUR).body for name in list(made.blogs)[:20]]

    assert bytes_of(large(seed=1)) == bytes_of(world)
    assert bytes_of(large(seed=2)) != bytes_of(world)


def test_all_pages_of_the_large_world_are_written_fast_enough(world):
    running = Newsroom(world=world)
    at = DEFAULT_START + 5 * HOUR
    began = time.process_time()
    statuses = Counter(running.look(name, at).status for name in world.blogs)
    assert time.process_time() - began < 5
    assert statuses[200] > 150
    assert statuses.keys() == {200, 404}


def test_sources_have_rules_of_their_own(world):
    running = Newsroom(world=world)
    by_number = {int(slug[-2:]): slug for slug in world.sources}

    def robots(number):
        return running.look(f"{running.origin(by_number[number])}/robots.txt")

    assert b"Crawl-delay: 10" in robots(3).body
    assert (robots(9).status, robots(12).status) == (503, 404)
    closed = RobotFileParser()
    closed.parse(robots(6).body.decode().splitlines())
    assert not closed.can_fetch("AsItHappened", f"http://x/live/{PRIVATE}story-066")
    assert closed.can_fetch("AsItHappened", "http://x/live/story-006")
    reserved = running.look(f"{by_number[15]}-story-015")
    assert (reserved.header("tdm-reservation"), reserved.header("x-robots-tag")) == ("1", "noarchive")


def test_what_could_be_seen_is_computed_for_the_large_world(world):
    running = Newsroom(world=world)
    names = list(world.blogs)[:20]
    for minute in range(0, 360, 5):
        for name in names:
            running.look(name, DEFAULT_START + timedelta(minutes=minute))
    until = DEFAULT_START + 6 * HOUR
    shares = [sight(world.blogs[name], running.log(), until).share for name in names]
    assert 0.5 < sum(shares) / len(shares) < 1


# --- the command ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("world", ["nowhere", ""])
def test_the_command_refuses_a_world_that_it_does_not_know(world, capsys):
    with pytest.raises(SystemExit) as stop:
        main(["--world", world])
    assert stop.value.code == 2
    assert "choose from" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--world", "large"], "… and 188 more"),
        (["--world", "dst-spring", "--dialect", "herald"], "2026-03-28T23:30:00+00:00, standing still"),
        (["--start", "2026-01-01T00:00:00Z", "--speed", "60"], "2026-01-01T00:00:00+00:00, running at 60 times"),
    ],
)
def test_the_command_tells_what_it_serves(arguments, told, capsys, monkeypatch):
    def interrupted(newsroom):
        raise KeyboardInterrupt

    monkeypatch.setattr(Newsroom, "serve", interrupted)
    assert main([*arguments, "--port", "0"]) == 0
    assert told in capsys.readouterr().out


def test_a_world_moves_as_a_whole_with_the_start_it_is_given():
    here, there = (large(start=start, blogs=20).blogs.values() for start in (DEFAULT_START, DEFAULT_START + 99 * HOUR))
    assert {other.starts_at - one.starts_at for one, other in zip(here, there, strict=True)} == {99 * HOUR}
