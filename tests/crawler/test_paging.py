"""A look may walk through several pages of a blog, as far as it is told and the pages lead."""

from itertools import pairwise

import pytest

from crawler.items import CrawlRequest, Outcome

FINDER = """
from urllib.parse import urljoin

def older(payload, first):
    headers = dict(payload.headers)
    return urljoin(payload.url, headers["X-Older"]) if "X-Older" in headers else None

def defective(payload, first):
    raise RuntimeError("a defect")
"""


@pytest.fixture(autouse=True)
def finder(tmp_path, monkeypatch):
    """A module that the crawl's process can import."""
    (tmp_path / "finder_of_older_pages.py").write_text(FINDER)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))


def walk(run, url, pages, function="older"):
    crawled = run(CrawlRequest("blog", url, "test", max_pages=pages), paging=f"finder_of_older_pages:{function}")
    return crawled.looks["blog"], crawled


def test_a_walk_ends_at_its_bound(site, run):
    look, crawled = walk(run, site.url("walk/1"), 3)
    assert [exchange.url for exchange in look.exchanges] == [site.url(f"walk/{n}") for n in (1, 2, 3)]
    assert (look.outcome, look.reason, crawled.report.outcomes) == (Outcome.FETCHED, None, {"fetched": 1})
    assert [one.body for one in crawled.records_of("blog") if one.kind == "response"] == [
        f"<p>Update {n}</p>".encode() for n in (8, 7, 6)
    ]


def test_the_looks_own_facts_are_those_of_the_first_page(site, run):
    look, _ = walk(run, site.url("to//walk/1"), 3)
    assert (look.final_url, look.etag) == (site.url("walk/1"), '"page 1"')
    assert [exchange.status for exchange in look.exchanges] == [301, 200, 200, 200]


def test_a_walk_that_leads_back_ends_there(site, run):
    look, _ = walk(run, site.url("walk/1"), 50)
    assert len(look.exchanges) == 5


def test_a_walk_of_one_page_asks_for_one(site, run):
    look, _ = walk(run, site.url("walk/1"), 1)
    assert len(look.exchanges) == 1


def test_a_page_that_fails_ends_the_walk_and_keeps_the_look(site, run):
    look, _ = walk(run, site.url("broken-walk/1"), 9)
    assert (look.outcome, look.status, look.reason) == (Outcome.FETCHED, 200, "page 3: status 500")
    assert [exchange.status for exchange in look.exchanges] == [200, 200, 500]


def test_a_defect_in_the_paging_function_costs_no_page(site, run):
    look, crawled = walk(run, site.url("walk/1"), 9, "defective")
    assert (look.outcome, len(look.exchanges)) == (Outcome.FETCHED, 1)
    assert crawled.report.finished


def test_a_paging_function_that_is_not_there_is_named(site, run):
    request = CrawlRequest("blog", site.url("walk/1"), "test", max_pages=2)
    report = run(request, paging="no_such_module_of_ours:older").report
    assert report.missing == 1
    assert "No module named 'no_such_module_of_ours'" in report.reason


def test_a_walk_goes_on_at_the_domain_s_pace_when_turns_are_over(site, run):
    walks = [CrawlRequest(f"w{n}", site.url("walk/1", "late-walk"), "test", max_pages=3) for n in range(2)]
    rest = [CrawlRequest(f"r{n}", site.url("page", "late-walk"), "test") for n in range(3)]
    bounds = {"obey_robots": False, "delay_s": 1.5, "turn_s": 4.0, "paging": "finder_of_older_pages:older"}
    crawled = run(*walks, *rest, **bounds)
    assert [len(crawled.looks[one].exchanges) for one in ("w0", "w1")] == [3, 3]
    times = [entry["at"] for entry in site.log("late-walk")]
    assert min(after - before for before, after in pairwise(times)) >= 1.5
    assert times[-1] - times[0] > 4.0, "turns were over"
    assert crawled.report.left
