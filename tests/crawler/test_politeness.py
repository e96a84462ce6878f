"""Domains are left alone for as long as they ask, on a clock of the test's own and against the bad server."""

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.answers import Answer
from crawler.errors import DomainPaused
from crawler.items import CrawlRequest, Outcome
from crawler.politeness import MAX_DELAY_S, Politeness
from crawler.settings import CrawlSettings

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@dataclass
class Slot:
    delay: float = 5.0
    lastseen: float = 0.0

    @property
    def next_at(self) -> float:
        return self.delay + self.lastseen


def answered(status: int = 200, **headers: str) -> Answer:
    fields = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Answer("https://example.org/", NOON, 5, status, b"", b"", fields, b"")


@pytest.fixture
def domain():
    """``domain(answer, took_s)`` at second 100: when the next request may be sent, in seconds from then."""
    politeness = Politeness(CrawlSettings(delay_s=5, budget_s=500), clock=lambda: 100.0)
    slot = Slot()

    def after(answer: Answer | None, took_s: float = 0.1) -> float:
        politeness.rest("example.org", slot, answer, took_s)
        return slot.next_at - 100

    after.politeness = politeness
    return after


def test_the_delay_counts_from_the_end_of_the_answer(domain):
    assert domain(answered()) == 5


def test_a_slow_server_is_left_alone_for_as_long_as_it_took(domain):
    assert domain(answered(), took_s=12) == 12
    assert domain(answered()) == 5


def test_a_larger_crawl_delay_wins_and_a_smaller_one_does_not(domain):
    assert domain.politeness.slow_down("example.org", 1) == 5
    assert domain(answered()) == 5
    assert domain.politeness.slow_down("example.org", 9) == 9
    assert domain(answered()) == 9


def test_429_is_followed_by_thirty_seconds_of_silence_or_more(domain):
    assert domain(answered(429)) == 30
    assert domain(answered(429, Retry_After="2")) == 30
    assert domain(answered(429, Retry_After="75")) == 75


def test_503_doubles_the_delay_and_good_answers_halve_it_again(domain):
    assert [domain(answered(503)) for _ in range(5)] == [10, 20, 40, 60, 60]
    assert [domain(answered()) for _ in range(5)] == [30, 15, 7.5, 5, 5]


def test_503_with_retry_after_is_obeyed(domain):
    assert domain(answered(503, Retry_After="90")) == 90


def test_a_failure_without_an_answer_keeps_the_delay(domain):
    assert domain(None) == 5


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        (" 7 ", 7),
        ("Sun, 22 Nov 2026 12:02:00 GMT", 120),
        ("Sun, 22 Nov 2026 11:00:00 GMT", 0),
        ("soon", None),
        ("-1", None),
        ("1.5", None),
        ("99999999999999999999", None),
        ("٣", None),
        ("1 Jan 99999999999999999999 00:00:00 GMT", None),
        ("Sun, 22 Nov 2026 12:02:00 +99999999999999999999", None),
    ],
)
def test_retry_after_is_read_as_seconds_or_as_a_date(value, seconds):
    assert answered(429, Retry_After=value).retry_after_s == seconds


def test_a_domain_that_wants_longer_than_the_crawl_lasts_is_closed(domain):
    domain.politeness.check("example.org")
    domain(answered(503, Retry_After="3600"))
    with pytest.raises(DomainPaused, match=r"example.org asked to be left alone for 3600 s, longer than this crawl"):
        domain.politeness.check("example.org")
    domain.politeness.check("other.example")


@given(st.lists(st.tuples(st.sampled_from([None, 200, 304, 404, 429, 503]), st.floats(0, 200))))
def test_no_delay_falls_below_the_usual_one_or_grows_beyond_the_largest(history):
    politeness, slot = Politeness(CrawlSettings(delay_s=5, pause_s=30), clock=lambda: 0.0), Slot()
    for status, took_s in history:
        politeness.rest("h", slot, answered(status) if status else None, took_s)
        assert 5 <= slot.delay <= MAX_DELAY_S
        assert status != 429 or slot.delay >= 30


def test_after_429_the_domain_is_asked_again_only_when_the_pause_is_over(site, run):
    bad = CrawlRequest("bad", site.url("busy/0", "busy-domain"), "test")
    good = CrawlRequest("good", site.url("page", "busy-domain"), "test")
    looks = run(bad, good, pause_s=1.5, obey_robots=False).looks
    assert [looks[one].outcome for one in ("bad", "good")] == [Outcome.FAILED, Outcome.FETCHED]
    first, second = [entry["at"] for entry in site.log("busy-domain")]
    assert second - first >= 1.5


def test_blogs_of_a_domain_that_wants_to_be_left_alone_for_long_are_blocked_at_once(site, run):
    requests = [CrawlRequest(f"b{n}", site.url("status/503", "closing"), "test") for n in range(3)]
    crawled = run(*requests, CrawlRequest("other", site.url("page", "open"), "test"), obey_robots=False, delay_s=2)
    assert crawled.looks["b0"].outcome is Outcome.FAILED
    assert crawled.looks["b0"].retry_after_s == 120
    for blog in ("b1", "b2"):
        assert crawled.looks[blog].outcome is Outcome.BLOCKED
        assert "asked to be left alone for 120 s" in crawled.looks[blog].reason
    assert crawled.looks["other"].outcome is Outcome.FETCHED
    assert len(site.log("closing")) == 1


def test_what_a_domain_s_delay_leaves_over_when_turns_end_is_left_for_the_next_crawl_without_a_look(site, run):
    slow = [CrawlRequest(f"b{n}", site.url(f"page?{n}", "turns"), "test") for n in range(6)]
    crawled = run(*slow, obey_robots=False, delay_s=1, turn_s=2.5)
    made = sorted(crawled.looks)
    assert made == [f"b{n}" for n in range(len(made))], "the first ones had their turn"
    assert 1 <= len(made) < 6
    assert crawled.report.left == tuple(f"b{n}" for n in range(len(made), 6))
    assert (crawled.report.missing, crawled.report.reason, crawled.report.finished) == (0, None, True)
    assert crawled.report.elapsed_ms < 10_000
    assert len(site.log("turns")) == len(made)


@pytest.mark.parametrize("memory", [True, False])
def test_a_crawl_delay_that_outlasts_the_turns_holds_up_no_other_domain(site, run, tmp_path, memory):
    slow = [CrawlRequest(f"slow{n}", site.url("page", "hour"), "test") for n in range(30)]
    others = [CrawlRequest(f"b{n}", site.url("page", "hurried"), "test") for n in range(4)]
    folder = str(tmp_path / "hosts") if memory else None
    for _ in range(2):
        crawled = run(*slow, *others, delay_s=0.2, turn_s=8.0, memory=folder)
        assert crawled.report.finished
        assert sorted(crawled.report.left) == sorted(one.blog_id for one in slow), "they stay due"
        assert {look.outcome for look in crawled.looks.values()} == {Outcome.FETCHED}
        assert len(crawled.looks) == 4
        assert crawled.report.elapsed_ms < 20_000
    assert {entry["path"] for entry in site.log("hour")} == {"/robots.txt"}


def test_an_answer_that_breaks_the_reading_of_its_headers_does_not_lock_its_domain(site, run, tmp_path):
    strange = CrawlRequest(
        "strange", site.url("busy/1%20Jan%2099999999999999999999%2000:00:00%20GMT", "strange"), "test"
    )
    after = CrawlRequest("after", site.url("page", "strange"), "test")
    looks = run(strange, after, pause_s=0.1, memory=str(tmp_path / "hosts")).looks
    assert [looks[one].outcome for one in ("strange", "after")] == [Outcome.FAILED, Outcome.FETCHED]
    assert "status 429" in looks["strange"].reason
