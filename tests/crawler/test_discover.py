"""What publishers announce is searched for candidates; what cannot be read says why."""

from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.candidates import Candidate, DiscoveryRequest, Surface
from crawler.discover import discover, requests_of
from crawler.settings import CrawlSettings
from crawler.sources import Source
from crawler.surfaces import MAX_BYTES, SurfaceError, read_feed, read_links, read_sitemap

SINCE = datetime(2026, 11, 20, tzinfo=UTC)
SETTINGS = CrawlSettings(delay_s=0, timeout_s=3, budget_s=60, allow_private=True)


@pytest.fixture(scope="module")
def found(site):
    """One discovery over all surfaces of a publisher, and broken ones of another."""
    home = site.url("", "gazette")
    good = Source(
        slug="gazette",
        name="The Gazette",
        home=home,
        time_zone="UTC",
        language="en",
        news_sitemaps=(f"{home}sitemap.xml", f"{home}sitemap-index"),
        feeds=(f"{home}feed.xml",),
        sections=(f"{home}section",),
        hints=("strike.*live|budget", "minute by minute"),
    )
    bad = ("status/503", "page", "sitemap-bomb", "sitemap-laughs", "silent", "redirect-loop", "to/sitemap.xml", "pdf")
    broken = [
        DiscoveryRequest(path, site.url(path, f"broken{number}"), Surface.NEWS_SITEMAP, home, since=SINCE)
        for number, path in enumerate(bad)
    ]
    heavy = DiscoveryRequest("heavy-feed", site.url("heavy-feed", "heavy"), Surface.FEED, home)
    feed = DiscoveryRequest("no-feed", site.url("page", "broken-feed"), Surface.FEED, home)
    denied = DiscoveryRequest("denied", site.url("page", "deny-us"), Surface.SECTION, home)
    return discover([*requests_of(good, SINCE), *broken, heavy, feed, denied], settings=SETTINGS)


def problem(found, source: str) -> str:
    (searched,) = [one for one in found.searched if one.source == source]
    assert searched.candidates == 0
    return searched.problem


def test_every_address_once_and_the_hinted_ones_first(found, site):
    assert found.finished
    home = site.url("", "gazette")
    assert sorted(one.url for one in found.candidates) == [f"{home}live/{n}" for n in ("1", "4", "5", "6?at=7")]
    assert [one.hinted for one in found.candidates] == [True, True, True, False]
    assert found.candidates[-1].title == "A recipe"


def test_a_candidate_says_what_was_announced_and_where(found, site):
    by_url = {one.url: one for one in found.candidates}
    home = site.url("", "gazette")
    assert by_url[f"{home}live/4"] == Candidate(
        source="gazette",
        url=f"{home}live/4",
        title="Budget day, live",
        published_at=datetime(2026, 11, 22, 10, tzinfo=UTC),
        surface=Surface.FEED,
        found_at=f"{home}feed.xml",
        hinted=True,
    )
    assert by_url[f"{home}live/6?at=7"].title == "The match, minute by minute"


def test_what_is_old_or_on_other_sites_is_left_out_and_counted(found):
    searched = {one.url.rpartition("/")[2]: one for one in found.searched if one.source == "gazette"}
    assert (searched["sitemap.xml"].candidates, searched["sitemap.xml"].left_out) == (1, 2)
    assert (searched["section"].candidates, searched["section"].problem) == (1, None)


def test_an_index_file_is_followed_to_gzipped_sitemaps_and_not_in_circles(found, site):
    paths = [entry["path"] for entry in site.log("gazette")]
    assert paths.count("/sitemap.gz") == 1
    assert paths.count("/sitemap-index") <= 2
    assert "/status/500" not in paths


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("status/503", "status 503"),
        ("page", "not a sitemap"),
        ("heavy-feed", "not read within 10 s: 15000029 bytes"),
        ("sitemap-bomb", f"unpacks to more than {MAX_BYTES} bytes"),
        ("silent", "no answer within 3 s"),
        ("redirect-loop", "more than 5 redirects; the last to http"),
        ("pdf", "not"),
        ("no-feed", "neither RSS nor Atom"),
        ("denied", "robots.txt disallows"),
    ],
)
def test_a_surface_that_brings_nothing_says_why(found, source, reason):
    assert reason in problem(found, source)


def test_entities_are_not_resolved(found):
    (searched,) = [one for one in found.searched if one.source == "sitemap-laughs"]
    assert searched.candidates == 0


def test_a_discovery_that_runs_out_of_time_keeps_what_it_found(site):
    home = site.url("", "hasty")
    good = DiscoveryRequest("hasty", f"{home}feed.xml", Surface.FEED, home)
    stuck = DiscoveryRequest("stuck", site.url("silent", "stuck-feed"), Surface.FEED, home)
    report = discover([good, stuck], settings=CrawlSettings(delay_s=0, budget_s=12, timeout_s=60, allow_private=True))
    assert not report.finished
    assert report.reason == "the time budget of 12 s is spent"
    assert len(report.candidates) == 2


def test_a_source_that_is_paused_while_it_is_searched_is_not_asked_any_more(site):
    home = site.url("", "halted")
    paths = ("late/4", "feed.xml", "section")
    asked = [DiscoveryRequest("halted", f"{home}{path}", Surface.SECTION, home) for path in paths]
    other = DiscoveryRequest("other", site.url("feed.xml", "unhalted"), Surface.FEED, site.url("", "unhalted"))
    settings = CrawlSettings(delay_s=0.5, timeout_s=20, budget_s=60, allow_private=True)
    report = discover([*asked, other], settings=settings, paused=lambda: {"halted"})
    problems = {one.url.removeprefix(home): one.problem for one in report.searched}
    assert [problems[path] for path in paths[1:]] == ["paused while the crawl went on"] * 2
    assert {one.source for one in report.candidates} == {"other"}
    assert "/section" not in [entry["path"] for entry in site.log("halted")]


def test_a_request_comes_back_from_its_line_as_it_was():
    request = DiscoveryRequest("s", "https://e.org/x", Surface.FEED, "https://e.org/", ("live",), SINCE)
    assert DiscoveryRequest.from_json(request.to_json()) == request
    with pytest.raises(ValueError, match="not a discovery request"):
        DiscoveryRequest.from_json("{}")


@given(st.binary(max_size=300) | st.text(max_size=200).map(lambda text: f"<urlset><url><loc>{text}".encode()))
def test_no_content_makes_the_readers_fail_in_another_way_than_theirs(content):
    for read in (
        lambda: read_sitemap(content),
        lambda: read_feed(content, "https://example.org/feed"),
        lambda: read_links(content, "https://example.org/", "text/html"),
    ):
        with suppress(SurfaceError):
            read()


def test_an_atom_feed_is_read_too():
    feed = b"""<feed xmlns="http://www.w3.org/2005/Atom"><title>t</title><entry><title>Live</title>
    <link href="https://example.org/live/1"/><updated>2026-11-22T12:00:00Z</updated></entry></feed>"""
    (entry,) = read_feed(feed, "https://example.org/atom")
    assert (entry.url, entry.title) == ("https://example.org/live/1", "Live")
    assert entry.published_at == datetime(2026, 11, 22, 12, tzinfo=UTC)


def test_the_address_of_a_page_is_its_own_and_not_that_of_its_pictures_and_videos():
    sitemap = b"""<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
    xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"
    xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"
    xmlns:video="http://www.google.com/schemas/sitemap-video/1.1"><url><loc>https://example.org/live/1</loc>
    <news:news><news:publication><news:name>The Example</news:name><news:language>en</news:language></news:publication>
    <news:publication_date>2026-11-22T12:00:00+01:00</news:publication_date><news:title>Ferry, live</news:title>
    </news:news><image:image><image:loc>https://img.example.org/a.jpg</image:loc><image:title>A ferry</image:title>
    </image:image><video:video><video:title>Horn</video:title><video:publication_date>2020-01-01</video:publication_date>
    </video:video></url></urlset>"""
    (entry,) = read_sitemap(sitemap).entries
    assert (entry.url, entry.title) == ("https://example.org/live/1", "Ferry, live")
    assert entry.published_at == datetime(2026, 11, 22, 11, tzinfo=UTC)
