"""A domain's delay holds from one crawl to the next, and between processes that know nothing of each other."""

import asyncio
from itertools import pairwise
from threading import Thread
from types import SimpleNamespace

import pytest

from crawler.errors import DomainPaused
from crawler.items import CrawlRequest, Outcome
from crawler.memory import KEPT_S, Kept, Memory
from crawler.politeness import Politeness
from crawler.settings import CrawlSettings

HOST = "news.example"


def wait_for(memory: Memory, host: str = HOST, delay_s: float = 0.0, most_s: float = 100.0) -> None:
    """Until the host may be asked, in a crawl that lasts `most_s`."""

    async def wait() -> None:
        assert await memory.hold(host, most_s)
        politeness = Politeness(CrawlSettings(delay_s=delay_s, budget_s=most_s), clock=lambda: 0.0)
        try:
            await asyncio.sleep(politeness.admit(host, memory.rest_of(host, delay_s), begins_look=False))
        except DomainPaused:
            memory.let_go(host)
            raise

    asyncio.run(wait())


@pytest.fixture
def now(monkeypatch):
    """A clock that a test sets; what is slept is noted, and passes at once."""

    clock = SimpleNamespace(at=1_000_000.0, slept=[])

    async def sleep(seconds: float) -> None:
        clock.slept.append(seconds)
        clock.at += seconds

    monkeypatch.setattr("crawler.memory.time", lambda: clock.at)
    monkeypatch.setattr("crawler.memory.asyncio.sleep", sleep)
    return clock


def test_another_process_waits_for_the_rest_of_the_delay(tmp_path, now):
    first, second = Memory(str(tmp_path)), Memory(str(tmp_path))
    wait_for(first, delay_s=5)
    first.answered(HOST, 5.0)
    now.at += 2
    wait_for(second, delay_s=5)
    assert sum(now.slept) == pytest.approx(3)
    wait_for(second, host="other.example", delay_s=5)
    assert sum(now.slept) == pytest.approx(3), "another host is nobody's business"


def test_what_a_domain_asked_for_is_remembered_and_a_crawl_that_ends_before_does_not_wait(tmp_path, now):
    first = Memory(str(tmp_path))
    wait_for(first)
    first.answered(HOST, 600.0)
    now.at += 60
    with pytest.raises(DomainPaused, match="left alone for 540 s more"):
        wait_for(Memory(str(tmp_path)), most_s=90)
    now.at += 541
    wait_for(Memory(str(tmp_path)), most_s=90)


def test_a_host_that_another_process_asks_is_waited_for_only_so_long(tmp_path, now):
    first, second = Memory(str(tmp_path)), Memory(str(tmp_path))
    assert asyncio.run(first.hold(HOST, 0))
    assert not asyncio.run(second.hold(HOST, 30))
    assert 30 <= sum(now.slept) < 31
    first.let_go(HOST)
    assert asyncio.run(second.hold(HOST, 0))
    second.let_go(HOST)


def test_a_clock_that_was_set_back_stops_nobody(tmp_path, now):
    first = Memory(str(tmp_path))
    wait_for(first)
    first.answered(HOST, 5.0)
    now.at -= 10_000
    wait_for(Memory(str(tmp_path)), delay_s=5)
    assert sum(now.slept) == 0


def test_a_file_is_kept_for_a_day_and_for_its_own_origin(tmp_path, now):
    memory = Memory(str(tmp_path))
    memory.remember("https://a.example", "robots.txt", Kept(200, "User-agent: *"))
    now.at += 60
    assert Memory(str(tmp_path)).recall("https://a.example", "robots.txt") == Kept(200, "User-agent: *", 60)
    assert memory.recall("http://a.example", "robots.txt") is None
    now.at += KEPT_S
    assert memory.recall("https://a.example", "robots.txt") is None
    for file in tmp_path.iterdir():
        file.write_bytes(b"\xffnonsense")
    assert memory.recall("https://a.example", "robots.txt") is None


def test_without_a_folder_nothing_is_kept():
    memory = Memory(None)
    wait_for(memory, delay_s=5)
    memory.answered(HOST, 5)
    memory.remember("https://a.example", "robots.txt", Kept(200, ""))
    assert memory.recall("https://a.example", "robots.txt") is None


def test_two_crawls_side_by_side_and_a_third_keep_one_delay_by_the_servers_own_log(site, crawl_into, tmp_path):
    memory = str(tmp_path / "hosts")

    def crawl(name: str) -> None:
        request = CrawlRequest(name, site.url(f"page?{name}", "shared"), "test")
        looks = crawl_into(tmp_path / name, request, memory=memory, delay_s=1.0).looks
        assert looks[name].outcome is Outcome.FETCHED

    threads = [Thread(target=crawl, args=(name,)) for name in ("one", "two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    crawl("three")
    times = [entry["at"] for entry in site.log("shared")]
    assert len(times) >= 5, "robots.txt, tdmrep.json and three pages"
    assert min(later - earlier for earlier, later in pairwise(times)) >= 0.99
