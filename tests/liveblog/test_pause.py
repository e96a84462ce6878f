"""A pause works at once, in mid-crawl too; a link inside a watched blog leads to the blog that follows."""

import subprocess
import time
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from crawler.sources import Source
from lake.lake import open_lake
from liveblog.sources import Sources
from liveblog.successors import successors
from liveblog.watching import Pauses, closed_of, decide_all, paused_of, watch, watch_list
from tests.lake.rows import at, blog_row, capture, revision
from tests.liveblog.conftest import LIVEBLOG, Liveblog
from tests.newsroom import Newsroom
from tests.services.pages import Answer, pages
from transforms.identity import blog_id
from transforms.rows import Changes, WatchRow

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def test_a_pause_reaches_a_crawl_that_is_under_way(liveblog: Liveblog, environ: dict[str, str], newsroom: Newsroom):
    newsroom.clock.advance(3 * 3600)
    names = ["gazette-ferry", "gazette-budget", "herald-ferry", "herald-match", "courier-budget", "beacon-storm"]
    urls = [newsroom.url(name) for name in names]
    slow = {**environ, "LIVEBLOG_DELAY_S": "3", "LIVEBLOG_TURN_S": "200"}
    command = [LIVEBLOG, "record", "--once", "--json", *urls]
    with subprocess.Popen(command, env=slow, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        until = time.monotonic() + 60
        while not any(line.blog for line in newsroom.log()) and time.monotonic() < until:
            time.sleep(0.1)
        paused = liveblog("pause", "--domain", newsroom.host, "--why", "they asked us to")
        _, said = process.communicate(timeout=120)
    assert paused.status == 0, paused.err
    assert b"paused while the crawl went on" in said
    assert 1 <= len({line.blog for line in newsroom.log() if line.blog}) < len(names)
    assert {row["outcome"] for row in outcomes(liveblog)} == {"changed", "blocked"}


def outcomes(liveblog: Liveblog) -> list[dict]:
    return liveblog("sql", "--format", "json", "SELECT DISTINCT outcome FROM captures").json


def test_what_a_crawl_is_told_follows_the_lake(tmp_path):
    where = str(tmp_path / "lake")
    lake = open_lake(where)
    urls = [f"https://n.example/live/{name}" for name in "ab"]
    ids = watch(lake, urls, run_key="r", now=NOON, why="a test")
    pauses = Pauses(where, paused_of(ids))
    assert pauses() == frozenset()
    decide_all(lake, "source", ["n.example"], run_key="p", now=NOON, why="a test", paused=True)
    assert pauses() == frozenset(ids)
    decide_all(lake, "source", ["n.example"], run_key="q", now=NOON + timedelta(1), why="a test", paused=False)
    assert pauses() == frozenset()


def test_what_a_discovery_is_told_follows_the_lake(tmp_path):
    where = str(tmp_path / "lake")
    lake = open_lake(where)
    lake.prepare()
    places = {"n": [("n", "https://www.n.example/feed")], "m": [("m", "https://m.example:99999/")]}
    pauses = Pauses(where, closed_of(places))
    assert pauses() == frozenset()
    decide_all(lake, "domain", ["www.n.example"], run_key="p", now=NOON, why="a test", paused=True)
    assert pauses() == {"n", "//www.n.example"}, "the domain too, for what leads there"
    decide_all(lake, "source", ["m"], run_key="q", now=NOON, why="a test", paused=True)
    assert pauses() == {"n", "m", "//www.n.example"}


def test_a_redirect_into_a_paused_domain_is_not_followed(liveblog: Liveblog, newsroom: Newsroom):
    led_to = newsroom.url("herald-ferry", named=True)
    domain = urlsplit(led_to).netloc
    assert liveblog("watch", "add", led_to).status == 0
    assert liveblog("pause", "--domain", domain).status == 0
    with pages({"/live": Answer(b"", 302, {"Location": led_to})}) as served:
        done = liveblog("record", served.url("/live"))
    assert done.status == 1
    assert f"it leads to {domain}, which is paused" in done.err
    assert not newsroom.log()


def test_a_blog_found_later_is_paused_with_its_domain(tmp_path):
    lake = open_lake(str(tmp_path / "lake"))
    decide_all(lake, "domain", ["n.example"], run_key="p", now=NOON, why="a test", paused=True)
    watch(lake, ["https://n.example/live/new", "https://m.example/live/new"], run_key="r", now=NOON, why="a test")
    watches = watch_list(lake, lake.newest())
    paused = {known.watch.url for known in watches.watched.values() if watches.is_paused(known)}
    assert paused == {"https://n.example/live/new"}


def test_links_of_a_blog_that_changed_lately_are_candidates_and_those_of_others_are_not(tmp_path):
    lake = open_lake(str(tmp_path / "lake"))
    own, nexts = "https://n.example/live/day-1", "https://n.example/live/day-2"
    key = blog_id(own)
    links = (nexts, f"{own}#post-1", "https://n.example/news/what-we-know", "https://elsewhere.example/live/day-2")
    rows = {
        "watches": (WatchRow(key, at(-60), own, "n", "a test", paused=False),),
        "captures": (capture(key, url=own, last_changed_at=at(0)),),
        "blogs": (blog_row(key, url=own, state="closed"),),
        "revisions": (revision(key, links=links),),
    }
    lake.commit("k", lambda _: Changes(rows), "run")
    snapshot = lake.newest()
    sources = Sources([Source("n", "N", "https://n.example/", "UTC", "en")])

    def found(minutes: float) -> list[str]:
        watches = watch_list(lake, snapshot)
        return [one.url for one in successors(lake, snapshot, watches, sources, ["n"], at(minutes))]

    assert found(10) == [nexts]
    assert found(120) == []
