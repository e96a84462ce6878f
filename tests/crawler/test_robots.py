"""RFC 9309, seen from the server's side, and rule by rule."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.errors import Disallowed
from crawler.items import CrawlRequest, Outcome
from crawler.robots import rules_of

NAME = "AsItHappened"
OURS_TWICE = """User-agent: asithappened
Disallow: /a

User-agent: x
Disallow: /

User-agent: AsItHappened
Disallow: /b
"""


@pytest.fixture(scope="module")
def robots(site, crawl_into, tmp_path_factory):
    """Looks by ``host path``."""
    asked = [
        "deny page", "deny status/404", "deny-us page", "deny-word page", "bom page", "broken page", "busy page",
        "forbidden page", "hop page", "loop page", "huge page", "huge gzip", "cut page", "gone page", "packed page",
        "packed-long page", "strange-coding page", "strange-404 page", "to-file page",
    ]  # fmt: skip
    requests = [CrawlRequest(one, site.url(one.split()[1], one.split()[0]), "test") for one in asked]
    return crawl_into(tmp_path_factory.mktemp("robots") / "spool", *requests).looks


@pytest.mark.parametrize(
    "allowed",
    ["deny page", "deny-word page", "forbidden page", "loop page", "huge gzip", "strange-404 page"],
    ids=[
        "no rule for it",
        "a group for a word of our User-Agent's comment is not ours",
        "4xx: no rules",
        "six redirects: no rules",
        "rules beyond 500 KiB are not read",
        "4xx, whatever its body",
    ],
)
def test_what_may_be_fetched_is_fetched(robots, allowed):
    assert (robots[allowed].outcome, robots[allowed].robots) == (Outcome.FETCHED, "allowed")


@pytest.mark.parametrize(
    "case",
    ["deny status/404", "deny-us page", "bom page", "hop page", "huge page", "packed page", "packed-long page"],
)
def test_what_is_disallowed_is_not_asked_for(robots, site, case):
    look = robots[case]
    assert (look.outcome, look.robots, look.exchanges) == (Outcome.BLOCKED, "disallowed", ())
    host, path = case.split()
    assert f"/{path}" not in [entry["path"] for entry in site.log(host)]


@pytest.mark.parametrize("case", ["broken page", "busy page"])
def test_where_robots_txt_is_answered_by_an_error_nothing_is_fetched(robots, site, case):
    look = robots[case]
    assert (look.outcome, look.robots) == (Outcome.BLOCKED, "unreachable")
    assert "robots.txt was answered by status" in look.reason
    assert [entry["path"] for entry in site.log(case.split()[0])] == ["/robots.txt"]


@pytest.mark.parametrize("case", ["cut page", "gone page", "strange-coding page", "to-file page"])
def test_where_robots_txt_does_not_arrive_nothing_is_fetched(robots, site, case):
    look = robots[case]
    assert (look.outcome, look.robots) == (Outcome.FAILED, "unreachable")
    assert "/page" not in [entry["path"] for entry in site.log(case.split()[0])]


def test_robots_txt_is_read_once_for_all_blogs_of_an_origin(site, run):
    run(*(CrawlRequest(f"b{n}", site.url("page", "once"), "test") for n in range(4)))
    assert [entry["path"] for entry in site.log("once")] == ["/robots.txt"] + ["/page"] * 4


def test_a_redirect_into_a_disallowed_place_is_blocked(site, run):
    target = site.url("status/404", "deny")
    (look,) = run(site.url(f"to/{target}", "mover")).looks.values()
    assert (look.outcome, look.robots) == (Outcome.BLOCKED, "disallowed")
    assert [exchange.status for exchange in look.exchanges] == [301]


def test_the_delay_of_a_domain_is_kept_and_a_larger_crawl_delay_wins(site, run):
    hosts = {"patient": 0.3, "delay": 0.7}
    run(*(CrawlRequest(f"{host}{n}", site.url("page", host), "test") for host in hosts for n in range(3)), delay_s=0.3)
    for host, delay in hosts.items():
        times = [entry["at"] for entry in site.log(host)]
        gaps = [after - before for before, after in pairwise(times)]
        assert len(gaps) == 3
        # The delay in force when the first page was asked for is known once robots.txt has been read.
        assert min(gaps) >= delay


def test_a_domain_is_asked_one_thing_at_a_time_even_without_a_delay(site, run):
    run(*(CrawlRequest(f"b{n}", site.url("late/0.4", "serial"), "test") for n in range(3)), delay_s=0)
    times = [entry["at"] for entry in site.log("serial")]
    assert len(times) == 4
    assert min(after - before for before, after in pairwise(times[1:])) >= 0.4


def test_the_larger_delay_of_a_source_is_kept(site, run):
    requests = [CrawlRequest(f"b{n}", site.url("page", "slow-source"), "test", delay_s=0.8) for n in range(2)]
    run(*requests, delay_s=0.1)
    times = [entry["at"] for entry in site.log("slow-source")]
    assert len(times) == 3
    assert min(after - before for before, after in pairwise(times)) >= 0.8


def test_robots_txt_is_not_asked_when_it_is_not_to_be_obeyed(site, run):
    (look,) = run(site.url("page", "bom"), obey_robots=False).looks.values()
    assert (look.outcome, look.robots) == (Outcome.FETCHED, "off")


def test_no_cookie_is_sent_back_and_the_user_agent_is_ours(site, run):
    url = site.url("cookie", "jar")
    run(*(CrawlRequest(f"b{n}", url, "test") for n in range(2)), user_agent="Recorder/1 (mailto:desk@example.org)")
    for entry in site.log("jar"):
        assert "cookie" not in entry["headers"]
        assert entry["headers"]["user-agent"] == "Recorder/1 (mailto:desk@example.org)"


def may_fetch(text: str, path: str) -> bool:
    try:
        rules_of(200, text, 0.0, NAME).check(f"https://news.example{path}", NAME)
    except Disallowed:
        return False
    return True


@pytest.mark.parametrize(
    ("rules", "path", "allowed"),
    [
        ("Disallow: /live\nAllow: /live/ferry", "/live/ferry/2", True),
        ("Allow: /live\nDisallow: /live/ferry", "/live/ferry/2", False),
        ("Allow: /a/b\nDisallow: /", "/a/b/c", True),
        ("Disallow: /live\nAllow: /live", "/live", True),
        ("Disallow:", "/live", True),
        ("Disallow: /", "/robots.txt", True),
        ("Disallow: /Live", "/live", True),
        ("DISALLOW : /live # for now", "/live", False),
        ("Disallow: /*.php$", "/live.php", False),
        ("Disallow: /*.php$", "/live.php?page=2", True),
        ("Disallow: /*/comments", "/live/ferry/comments?page=2", False),
        ("Disallow: /*/comments", "/comments", True),
        ("Disallow: /live?page=", "/live?page=2", False),
        ("Disallow: /café", "/caf%C3%A9", False),
        ("Disallow: /caf%c3%a9", "/caf%C3%A9", False),
        ("Disallow: /%7Eann", "/~ann", False),
        ("Disallow: /" + "*a" * 40 + "*z$", "/" + "a" * 2000, True),
    ],
)
def test_the_longest_rule_that_fits_wins_and_stars_and_the_end_are_patterns(rules, path, allowed):
    assert may_fetch(f"User-agent: *\n{rules}", path) is allowed
    assert may_fetch(f"User-agent: *\n{rules}".replace("\n", "\r\n"), path) is allowed
    assert may_fetch(f"User-agent: *\n{rules}".replace("\n", "\r"), path) is allowed


@pytest.mark.parametrize(
    ("text", "path", "allowed"),
    [
        (OURS_TWICE, "/a", False),
        (OURS_TWICE, "/b", False),
        (OURS_TWICE, "/c", True),
        ("User-agent: x\nUser-agent: AsItHappened\nDisallow: /a", "/a", False),
        ("User-agent: AsItHappened\nSitemap: https://n.example/s.xml\nUser-agent: x\nDisallow: /a", "/a", False),
        ("User-agent: *\nDisallow: /\n\nUser-agent: AsItHappened\nDisallow: /a", "/b", True),
        ("User-agent: AsItHappened\nDisallow:\n\nUser-agent: *\nDisallow: /", "/a", True),
        ("User-agent: AsItHappened/2.0 (all versions)\nDisallow: /", "/a", False),
        ("User-agent: AsIt\nDisallow: /", "/a", True),
        ("User-agent: AsItHappenedBot\nDisallow: /", "/a", True),
        ("User-agent: x\nDisallow: /", "/a", True),
        ("User-agent: * # everybody\nDisallow: /", "/a", False),
        ("Disallow: /\nUser-agent: *\nDisallow: /b", "/a", True),
        ("<!doctype html><title>Not found</title>", "/a", True),
    ],
)
def test_our_groups_are_one_and_stand_before_everybodys(text, path, allowed):
    assert may_fetch(text, path) is allowed


@given(st.text(alphabet="User-agent: *AsItHappened\r\n/$#dilow", max_size=200))
def test_no_robots_txt_breaks_the_crawler(text):
    may_fetch(text, "/live/ferry")


@pytest.mark.parametrize(("steps", "outcome"), [(5, Outcome.BLOCKED), (6, Outcome.FETCHED)])
def test_five_redirects_are_followed_and_no_more(site, run, steps, outcome):
    (look,) = run(site.url("page", f"hops{steps}")).looks.values()
    assert (look.outcome, look.robots) == (outcome, "disallowed" if outcome is Outcome.BLOCKED else "allowed")
    asked = [entry["path"] for entry in site.log(f"hops{steps}")]
    assert asked == ["/robots.txt", *(f"/real-robots/{n}" for n in range(1, 6)), *(["/page"] if steps == 6 else [])]


def test_a_robots_txt_is_asked_for_once_a_day_across_crawls_and_a_failure_again(site, run, tmp_path):
    for host, times in (("deny", 1), ("broken", 2)):
        before = len([entry for entry in site.log(host) if entry["path"] == "/robots.txt"])
        for number in range(2):
            run(CrawlRequest(f"kept{number}", site.url("status/404", host), "test"), memory=str(tmp_path / "hosts"))
        after = [entry for entry in site.log(host) if entry["path"] == "/robots.txt"]
        assert len(after) - before == times, host
