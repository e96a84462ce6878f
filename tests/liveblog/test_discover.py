"""`liveblog discover` and `sources`: what publishers announce becomes the watch list, each blog once."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crawler.candidates import Candidate, Surface
from crawler.settings import CrawlSettings
from crawler.sources import shipped
from lake.lake import open_lake
from liveblog.discovery import doubles, holds, settled
from liveblog.judging import address_of, judge
from liveblog.sources import Sources
from liveblog.successors import is_alike, successors
from liveblog.watching import watch_list
from tests.lake.rows import at, capture, revision, watch
from tests.liveblog.conftest import Liveblog
from tests.newsroom import Newsroom
from tests.newsroom.source_file import source_file
from tests.newsroom.sources import SOURCES
from transforms.identity import blog_id
from transforms.records import Page
from transforms.rows import AliasRow, CandidateRow, Changes, KnownBlog, WatchRow

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
SURFACES = {"news_sitemaps": ["/sitemap.xml"], "feeds": ["/feed.xml"], "sections": ["/live", "/"]}


@pytest.fixture
def today() -> Iterator[Newsroom]:
    """A newsroom of today: what it announces is not too old."""
    with Newsroom(datetime.now(UTC)) as opened:
        yield opened


@pytest.fixture
def folder(tmp_path: Path, today: Newsroom, environ: dict[str, str]) -> Path:
    """The user's own sources: one, the gazette."""
    made = tmp_path / "sources"
    made.mkdir()
    file = source_file(SOURCES["gazette"], today.origin("gazette", named=True), **SURFACES)
    (made / "gazette.toml").write_text(f"{file}[paging]\nmax_pages = 3\n")
    environ["LIVEBLOG_SOURCES"] = str(made)
    return made


def watched(liveblog: Liveblog) -> list[dict]:
    return [json.loads(line) for line in liveblog("watch", "list", "--json").out.splitlines()]


def test_a_blog_announced_in_four_places_is_watched_once(liveblog: Liveblog, today: Newsroom, folder: Path):
    found = liveblog("discover", "gazette", "--json")
    assert found.status == 0, found.err
    assert found.json["verdicts"]["watched"] == 1
    assert found.json["problems"] == {}
    (blog,) = watched(liveblog)
    assert blog["url"] == today.url("gazette-ferry", named=True)
    assert (blog["source"], blog["state"]) == ("gazette", "new")
    assert "announced on" in blog["why"]
    articles = [one for one in found.json["candidates"] if one["verdict"] == "not_live"]
    assert articles, "articles are judged by their pages"
    assert all("/news" in one["url"] for one in articles)


def test_what_was_judged_is_not_asked_for_again(liveblog: Liveblog, today: Newsroom, folder: Path):
    liveblog("discover", "gazette")
    before = len(today.log())
    again = liveblog("discover", "gazette", "--json").json
    assert again["verdicts"] == {}
    paths = [line.path for line in today.log()[before:]]
    assert not any(path.startswith("/live/") for path in paths)


def test_a_dry_run_says_what_it_would_watch_and_writes_nothing(
    liveblog: Liveblog, environ: dict[str, str], today: Newsroom, folder: Path
):
    said = liveblog("discover", "gazette", "--dry-run")
    assert "1 new live blog(s) would be watched" in said.out
    assert "gazette.localhost" in said.out
    assert watched(liveblog) == []
    assert "\x1b" not in said.out
    assert "[1m" not in said.out
    assert not Path(environ["LIVEBLOG_LAKE"]).exists()


def test_the_next_recording_looks_at_what_was_discovered_in_the_time_zone_of_its_source(
    liveblog: Liveblog, today: Newsroom, folder: Path
):
    liveblog("discover", "gazette")
    done = liveblog("record", "--once", "--json")
    assert done.status == 0, done.err
    assert done.json["outcomes"] == {"changed": 1}
    rows = liveblog("sql", "--format", "json", "SELECT DISTINCT source FROM captures").json
    assert rows == [{"source": "gazette"}]


def test_amp_tracking_parameters_and_the_plain_address_are_one_blog(today: Newsroom):
    plain = today.url("gazette-ferry", named=True)
    addresses = [plain.replace("/live/", "/amp/live/"), f"{plain}?utm_source=feed&page=1", plain]
    candidates = [candidate(address) for address in addresses]
    judged = judge(candidates, Sources(), CrawlSettings(delay_s=0, allow_private=True), datetime.now(UTC))
    assert [one.address for one in judged] == [plain] * 3
    assert [one.verdict for one in settled(judged, {})] == ["watched", "known", "known"]


def test_a_page_that_calls_itself_the_front_page_or_another_site_is_known_by_its_own_address():
    page = Page(True, (), canonical_url="https://other.example/live/storm")
    assert address_of(page, "https://news.example/live/storm?ref=x") == "https://news.example/live/storm"
    page = replace(page, canonical_url="https://news.example/")
    assert address_of(page, "https://news.example/live/storm") == "https://news.example/live/storm"
    page = replace(page, canonical_url="https://www.news.example/live/storm-2")
    assert address_of(page, "https://amp.news.example/live/storm") == "https://www.news.example/live/storm-2"


def test_two_watches_that_lead_to_one_page_become_the_older_one():
    known = dict([known_blog("https://n.example/live/a", 0), known_blog("https://n.example/live/b", 5)])
    first, second = known
    assert doubles(known, NOON) == ()
    moved = AliasRow(first, None, "address", "https://n.example/live/b", NOON, "c")
    (ended,) = doubles({**known, first: replace(known[first], aliases=(moved,))}, NOON)
    assert (ended.blog_id, ended.removed) == (second, True)
    assert first in ended.why


def test_a_verdict_holds_for_a_while():
    row = CandidateRow("b", NOON, "https://n.example/x", "s", None, None, "feed", "f", "not_live", "no updates")
    hinted, plain = candidate("https://n.example/x"), replace(candidate("https://n.example/x"), hinted=False)
    assert holds(row, hinted, NOON + timedelta(minutes=20))
    assert not holds(row, hinted, NOON + timedelta(minutes=40)), "a page that announces a blog becomes one"
    assert holds(row, plain, NOON + timedelta(hours=20))
    assert holds(replace(row, verdict="watched"), hinted, NOON + timedelta(days=1))
    assert not holds(replace(row, verdict="failed"), hinted, NOON + timedelta(minutes=11))


def test_only_links_built_like_the_blog_s_own_address_may_lead_to_its_successor():
    own = "https://n.example/world/live/2026/nov/21/trial-day-1"
    assert is_alike(own, "https://n.example/world/live/2026/nov/22/trial-day-2")
    assert not is_alike(own, "https://n.example/world/2026/nov/22/what-we-know")
    assert not is_alike("https://n.example/", "https://n.example/about")


def test_a_link_that_is_no_address_stands_in_no_other_link_s_way(tmp_path: Path):
    lake = open_lake(str(tmp_path / "lake"))
    links = ("http://[no", "https://news.example/live/storm#top", "")
    rows = {
        "captures": (capture(source="gazette"),),
        "watches": (replace(watch(), source="gazette"),),
        "revisions": (revision(links=links),),
    }
    newest = lake.commit("k", lambda _: Changes(rows), "run")
    found = successors(lake, newest, watch_list(lake, newest), Sources(), {"gazette"}, at(1))
    assert [one.url for one in found] == ["https://news.example/live/storm"]


def candidate(address: str) -> Candidate:
    return Candidate("gazette", address, None, None, Surface.FEED, "https://n.example/feed", hinted=True)


def known_blog(address: str, minutes: int) -> tuple[str, KnownBlog]:
    key = blog_id(address)
    row = WatchRow(key, NOON + timedelta(minutes=minutes), address, "n", "a test", paused=False)
    return key, KnownBlog(key, watch=row)


def test_why_tells_how_a_blog_came_to_be_watched_and_what_was_judged_otherwise(
    liveblog: Liveblog, today: Newsroom, folder: Path
):
    liveblog("discover", "gazette")
    liveblog("record", "--once")
    story = liveblog("watch", "why", "ferry").out
    assert "watched" in story
    assert "announced on" in story
    assert "next look" in story
    assert "not_live" in liveblog("watch", "why", "/news/").out
    assert liveblog("watch", "why", "nothing-like-it").status == 2


def test_what_was_removed_stays_removed(liveblog: Liveblog, today: Newsroom, folder: Path):
    liveblog("discover", "gazette")
    assert "removed" in liveblog("watch", "remove", "ferry").out
    assert watched(liveblog) == []
    liveblog("discover", "gazette")
    assert watched(liveblog) == []
    assert "nothing was due" in liveblog("record", "--once").out
    liveblog("watch", "add", today.url("gazette-ferry", named=True))
    assert len(watched(liveblog)) == 1


@pytest.mark.parametrize("how", [["ferry"], ["--source", "gazette"], ["--domain", "HOST"]])
def test_what_is_paused_is_not_looked_at_until_it_is_resumed(
    liveblog: Liveblog, today: Newsroom, folder: Path, how: list[str]
):
    host = today.origin("gazette", named=True).removeprefix("http://")
    how = [word.replace("HOST", host) for word in how]
    liveblog("discover", "gazette")
    paused = liveblog("pause", *how, "--why", "they asked")
    assert paused.status == 0, paused.err
    assert watched(liveblog)[0]["state"] == "paused"
    assert "nothing was due" in liveblog("record", "--once").out
    assert "was paused already" in liveblog("pause", *how).out
    liveblog("resume", *how)
    assert liveblog("record", "--once", "--json").json["outcomes"] == {"changed": 1}


@pytest.mark.parametrize("how", [["--source", "gazette"], ["--domain", "HOST"]])
def test_what_is_paused_is_not_searched_until_it_is_resumed(
    liveblog: Liveblog, today: Newsroom, folder: Path, how: list[str]
):
    host = today.origin("gazette", named=True).removeprefix("http://")
    how = [word.replace("HOST", host) for word in how]
    liveblog("watch", "add", "https://elsewhere.example/live/storm")
    assert liveblog("pause", *how, "--why", "they asked").status == 0
    asked = len(today.log())
    assert liveblog("discover", "gazette", "--json").json["verdicts"] == {}
    assert len(today.log()) == asked
    liveblog("resume", *how)
    assert liveblog("discover", "gazette", "--json").json["verdicts"]["watched"] >= 1


def test_a_trial_run_of_a_source_says_what_it_finds_and_stores_nothing(
    liveblog: Liveblog, today: Newsroom, folder: Path, tmp_path: Path
):
    trial = liveblog("sources", "check", str(folder / "gazette.toml"))
    assert trial.status == 0, trial.out
    assert "nothing speaks against it" in trial.out
    assert "updates" in trial.out
    assert not (tmp_path / "lake").exists()


def test_a_trial_run_of_a_source_that_announces_nothing_says_so(liveblog: Liveblog, today: Newsroom, folder: Path):
    (folder / "gazette.toml").write_text((folder / "gazette.toml").read_text().replace("/feed.xml", "/no-such-feed"))
    trial = liveblog("sources", "check", "gazette")
    assert trial.status == 1
    assert "no-such-feed: status 404" in trial.out


def test_a_wrong_source_file_is_named_with_its_line_and_field(liveblog: Liveblog, folder: Path):
    (folder / "gazette.toml").write_text((folder / "gazette.toml").read_text().replace("Europe/Lisbon", "Lisbon"))
    for command in (["sources", "list"], ["sources", "check", "gazette"], ["discover"], ["record", "--once"]):
        said = liveblog(*command)
        assert said.status == 2, command
        assert "gazette.toml:3: time_zone: 'Lisbon' is no IANA time zone" in said.err


def test_the_publishers_that_ship_can_be_left_out(liveblog: Liveblog, folder: Path):
    listed = liveblog("sources", "list", "--json", LIVEBLOG_ONLY_OWN_SOURCES="1")
    assert [json.loads(line)["slug"] for line in listed.out.splitlines()] == ["gazette"]
    found = liveblog("discover", "--dry-run", "--json", LIVEBLOG_ONLY_OWN_SOURCES="1", LIVEBLOG_SOURCES="")
    assert (found.status, found.json["searched"]) == (0, 0)


def test_the_publishers_that_ship_are_listed_with_the_day_of_their_last_check(liveblog: Liveblog):
    listed = liveblog("sources", "list").out
    for source in shipped():
        (line,) = (line for line in listed.splitlines() if line.startswith(f"{source.slug} "))
        assert line.endswith(source.verified.isoformat() if source.verified else "not yet")
