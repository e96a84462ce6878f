"""What publishers say about the use of their pages is recorded, and obeyed where rights are reserved."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.items import CrawlRequest, Outcome
from crawler.rights import Reservation, fits, reservation_of, reservations, usage_of

ROBOTS = """User-agent: *
Content-Usage: train-ai=n
Content-Usage: /live/ train-ai=y
User-agent: AsItHappened
User-agent: other
Disallow: /private
Content-Usage: search=y # a comment
"""


@pytest.fixture(scope="module")
def rights(site, crawl_into, tmp_path_factory):
    """Looks by name, in two crawls that share a memory."""
    folder = tmp_path_factory.mktemp("rights")
    paths = {"reserved": ("tdmrep", "page"), "free": ("tdmrep", "gzip"), "usage": ("usage", "page")}
    asked = [CrawlRequest(name, site.url(path, host), "test") for name, (host, path) in paths.items()]
    first = crawl_into(folder / "one", *asked, memory=str(folder / "hosts"))
    crawl_into(folder / "two", *asked, memory=str(folder / "hosts"))
    return first.looks


def test_a_page_reserved_by_tdmrep_json_is_left_unread_and_says_so(rights):
    look = rights["reserved"]
    assert (look.outcome, look.tdm_reservation) == (Outcome.BLOCKED, "1")
    assert look.tdm_policy == "https://example.org/tdm"
    assert "reserves the rights" in look.reason


def test_a_page_that_tdmrep_json_sets_free_is_fetched(rights):
    assert (rights["free"].outcome, rights["free"].tdm_reservation) == (Outcome.FETCHED, "0")


def test_the_usage_that_robots_txt_prefers_is_recorded(rights):
    assert rights["usage"].content_usage == "search=y"


def test_rules_and_rights_are_asked_for_once_for_both_crawls(rights, site):
    paths = [entry["path"] for host in ("tdmrep", "usage") for entry in site.log(host)]
    assert paths.count("/robots.txt") == 2
    assert paths.count("/.well-known/tdmrep.json") == 2


def test_our_own_group_of_robots_txt_speaks_before_everybody_s_and_the_longest_path_wins():
    assert usage_of(ROBOTS, "AsItHappened", "/live/storm") == "search=y"
    assert usage_of(ROBOTS, "Nobody", "/live/storm") == "train-ai=y"
    assert usage_of(ROBOTS, "Nobody", "/news") == "train-ai=n"
    assert usage_of("User-agent: *\nDisallow:\n", "AsItHappened", "/") is None


@pytest.mark.parametrize(
    ("pattern", "path", "expected"),
    [
        ("/", "/live", True),
        ("/live", "/live/storm", True),
        ("/live$", "/live/storm", False),
        ("/*/storm$", "/live/storm", True),
        ("/*.pdf", "/a/b.pdf?x", True),
        ("/news", "/live", False),
    ],
)
def test_a_pattern_fits_as_in_robots_txt(pattern, path, expected):
    assert fits(pattern, path) is expected


def test_the_first_rule_that_fits_counts():
    rules = (Reservation("/free", "0"), Reservation("/", "1"))
    assert reservation_of(rules, "/free/page") == rules[0]
    assert reservation_of(rules, "/other") == rules[1]
    assert reservation_of((), "/other") is None


@given(st.text(max_size=200))
def test_no_content_makes_the_reader_fail(content):
    assert all(isinstance(rule, Reservation) for rule in (*reservations(content), *reservations(f"[{content}]")))
    said = usage_of(f"user-agent: *\ncontent-usage: {content}", "AsItHappened", "/live")
    assert said is None or said in content
