"""The newsroom itself: pages and truth agree, time and validators behave, what could be seen is computed rightly."""

import gzip
import json
import os
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from tests.newsroom import Newsroom
from tests.newsroom.clock import DEFAULT_START, Clock, moment
from tests.newsroom.dialects import DIALECTS
from tests.newsroom.messages import Request
from tests.newsroom.script import Do, Event, ScriptError, Story, load
from tests.newsroom.seen import sight

HOUR = timedelta(hours=1)
MOMENTS = [DEFAULT_START + HOUR * hours for hours in (0, 1, 2.5, 3.4, 8, 20)]


@pytest.fixture(scope="module")
def newsroom():
    with Newsroom() as running:
        yield running


@pytest.fixture
def fresh():
    with Newsroom() as running:
        yield running


def fetch(url, method="GET", body=None, **headers):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    request = urllib.request.Request(url, body, named, method=method)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as answer:
        with answer:
            return answer.code, answer.headers, answer.read()


def page_of(newsroom, blog, at):
    reply = newsroom.look(blog, at)
    assert reply.status == 200
    return LexborHTMLParser(reply.body.decode())


def text_of(node):
    blocks = node.css("p, li")
    return "\n\n".join(block.text().strip() for block in blocks)


# --- pages and truth --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("at", MOMENTS)
def test_gazette_blocks_are_the_updates_of_the_truth_in_order(newsroom, at):
    page, true = page_of(newsroom, "gazette-ferry", at), newsroom.truth("gazette-ferry", at)
    blocks = page.css("div.updates > article.update")
    assert [block.attributes["id"] for block in blocks] == [update["publisher_id"] for update in true["updates"]]
    for block, update in zip(blocks, true["updates"], strict=True):
        heading = block.css_first("header h2, header h3")
        if update["kind"] == "update":
            assert (heading.text() if heading else None) == update["headline"]
            for card in block.css("div.related-card"):
                card.decompose()
            assert text_of(block.css_first("div.update__body")) == update["text"]
        shown = datetime.fromisoformat(block.css_first("time").attributes["datetime"])
        assert shown == datetime.fromisoformat(update["published_at"])


@pytest.mark.parametrize("at", MOMENTS)
def test_gazette_json_ld_is_complete_and_right(newsroom, at):
    page, true = page_of(newsroom, "gazette-ferry", at), newsroom.truth("gazette-ferry", at)
    data = json.loads(page.css_first('script[type="application/ld+json"]').text())
    assert data["@type"] == "LiveBlogPosting"
    assert data["headline"] == true["title"]
    expected = [update for update in true["updates"] if update["kind"] == "update"]
    told = data["liveBlogUpdate"]
    assert [item["url"] for item in told] == [update["permalink"] for update in expected]
    assert [item.get("headline") for item in told] == [update["headline"] for update in expected]
    assert [item["articleBody"] for item in told] == [update["text"] for update in expected]
    assert [datetime.fromisoformat(item["datePublished"]) for item in told] == [
        datetime.fromisoformat(update["published_at"]) for update in expected
    ]


@pytest.mark.parametrize("blog", ["herald-ferry", "herald-match"])
@pytest.mark.parametrize("at", MOMENTS[2:])
def test_herald_entries_are_the_updates_of_the_truth_without_ids(newsroom, blog, at):
    page, true = page_of(newsroom, blog, at), newsroom.truth(blog, at)
    entries = page.css("section.stream > div.entry")
    assert len(entries) == len(true["updates"])
    for entry, update in zip(entries, true["updates"], strict=True):
        assert "id" not in entry.attributes
        assert update["publisher_id"] is None
        if update["kind"] == "card":
            assert [link.text(strip=True) for link in entry.css("a")] == [update["headline"]] * 2
            continue
        heading = entry.css_first("h4")
        assert (heading.text() if heading else None) == update["headline"]
        local = datetime.fromisoformat(update["published_at"]).astimezone(newsroom.site.world.sources["herald"].zone)
        assert entry.css_first("span.clock").text() == f"{local:%H:%M}"
    assert "LiveBlogPosting" not in page.html


def test_herald_day_headings_follow_the_source_time_zone(newsroom):
    page = page_of(newsroom, "herald-ferry", DEFAULT_START + 20 * HOUR)
    assert [day.text() for day in page.css("h3.day")] == ["Sunday 25 October", "Saturday 24 October"]


def test_withdrawn_updates_vanish_from_page_and_json_ld_and_come_back(newsroom):
    posted, withdrawn, restored = (DEFAULT_START + timedelta(minutes=m) for m in (60, 225, 255))
    key = next(u for u in newsroom.truth("gazette-ferry", posted + HOUR)["updates"] if u["key"] == "schools")
    bodies = [newsroom.look("gazette-ferry", at).body.decode() for at in (posted, withdrawn, restored)]
    assert [key["publisher_id"] in body for body in bodies] == [True, False, True]
    assert ["gymnasiums are used for" in body for body in bodies] == [True, False, True]
    removed = newsroom.truth("gazette-ferry", withdrawn)["removed"]
    assert "schools" in {update["key"] for update in removed}


def test_a_pinned_update_stands_twice_and_its_copy_has_no_id(newsroom):
    page = page_of(newsroom, "gazette-ferry", DEFAULT_START + timedelta(minutes=20))
    copy = page.css_first("section.pinned article")
    assert "id" not in copy.attributes
    assert copy.css_first("header h3").text() == "What we know so far"
    assert len([h for h in page.css("article header h3") if h.text() == "What we know so far"]) == 2


def test_text_is_escaped_and_json_ld_cannot_end_its_script(newsroom):
    body = newsroom.look("gazette-ferry", DEFAULT_START + 20 * HOUR).body.decode()
    assert "41 marks &lt; the price" in body
    assert "<\\/" in body or "</" not in body.split("ld+json")[1].split("</script>")[0]


@pytest.mark.parametrize("source", ["gazette", "herald"])
def test_each_source_has_an_ordinary_article_that_is_no_live_blog(newsroom, source):
    status, _, body = fetch(f"{newsroom.origin(source)}/news/aldren-line-timetable")
    assert status == 200
    assert b"There has been no milk train since 1968" in body
    assert b"LiveBlogPosting" not in body


def test_the_main_story_has_at_least_forty_updates_and_every_kind_of_event():
    story = load("ferry")
    assert sum(event.do is Do.POST for event in story.events) >= 40
    kinds = {event.do for event in story.events}
    assert kinds >= {Do.EDIT, Do.REID, Do.WITHDRAW, Do.RESTORE, Do.PIN, Do.UNPIN, Do.MARK_KEY, Do.RETITLE, Do.CLOSE}


def test_every_page_is_well_formed(newsroom):
    class Balance(HTMLParser):
        def __init__(self):
            super().__init__()
            self.open = []

        def handle_starttag(self, tag, attrs):
            if tag not in ("meta", "link", "img", "br"):
                self.open.append(tag)

        def handle_endtag(self, tag):
            assert self.open.pop() == tag

    urls = [*newsroom.site.world.blogs, f"http://{newsroom.host}/"]
    urls += [f"{newsroom.origin(source)}{path}" for source in ("gazette", "herald") for path in ("/", "/live", "/news")]
    for url in urls:
        checker = Balance()
        checker.feed(newsroom.look(url, DEFAULT_START + 5 * HOUR).body.decode())
        assert checker.open == []


# --- scripts ----------------------------------------------------------------------------------------------------------


def test_a_script_that_edits_what_is_not_there_is_refused():
    with pytest.raises(ScriptError, match="no such update"):
        Story("bad", "T", "t", "S", (), (Event(0, Do.EDIT, "ghost", text="x"),))


@settings(deadline=None)
@given(st.floats(0, 72_000))
def test_the_same_moment_gives_the_same_bytes(seconds):
    at = DEFAULT_START + timedelta(seconds=seconds)
    first, second = Newsroom(), Newsroom()
    assert first.look("gazette-ferry", at).body == second.look("gazette-ferry", at).body
    assert first.truth("herald-ferry", at) == second.truth("herald-ferry", at)


# --- the clock --------------------------------------------------------------------------------------------------------


def test_the_clock_stands_still_runs_and_jumps():
    real = [100.0]
    clock = Clock(DEFAULT_START, 0, lambda: real[0])
    real[0] += 50
    assert clock.now() == DEFAULT_START
    clock.run(60)
    real[0] += 2
    assert clock.now() == DEFAULT_START + timedelta(minutes=2)
    clock.advance(30)
    clock.run(0)
    real[0] += 9
    assert clock.now() == DEFAULT_START + timedelta(seconds=150)


@pytest.mark.parametrize("bad", [-1, float("inf"), float("nan")])
def test_a_clock_refuses_an_impossible_speed(bad):
    with pytest.raises(ValueError, match="speed"):
        Clock(DEFAULT_START, bad)


def test_moments_are_read_with_an_offset_or_relative_to_now():
    now = datetime(2026, 1, 1, tzinfo=UTC)
    assert moment("-4h", now) == now - 4 * HOUR
    assert moment("2026-01-01T01:00:00+01:00") == now
    with pytest.raises(ValueError, match="offset"):
        moment("2026-01-01T00:00:00")


def test_the_clock_is_moved_over_http(fresh):
    url = f"http://{fresh.host}/-/clock"
    _, _, body = fetch(url, "POST", b'{"advance_s": 60}')
    assert datetime.fromisoformat(json.loads(body)["now"]) == DEFAULT_START + timedelta(minutes=1)
    fetch(url, "POST", b'{"now": "2026-10-24T12:00:00Z"}')
    assert json.loads(fetch(url)[2])["now"] == "2026-10-24T12:00:00+00:00"
    fetch(url, "POST", b'{"speed": 600}')
    assert json.loads(fetch(url)[2])["now"] > "2026-10-24T12:00:00"
    for bad in (b"{}", b"[]", b'{"now": "noon"}', b'{"speed": -1}', b"nonsense", b'{"advance_s": null}'):
        status, _, body = fetch(url, "POST", bad)
        assert (status, list(json.loads(body))) == (400, ["error"])


# --- HTTP -------------------------------------------------------------------------------------------------------------


def test_conditional_requests_get_304_until_something_happens(fresh):
    url = fresh.url("gazette-ferry")
    _, headers, _ = fetch(url)
    etag, modified = headers["ETag"], headers["Last-Modified"]
    status, again, body = fetch(url, If_None_Match=f'"other", W/{etag}')
    assert (status, body, again["ETag"], again["Last-Modified"]) == (304, b"", etag, modified)
    assert fetch(url, If_Modified_Since=modified)[0] == 304
    assert fetch(url, If_None_Match='"other"', If_Modified_Since=modified)[0] == 200
    assert fetch(url, If_Modified_Since="yesterday")[0] == 200
    fresh.clock.advance(600)
    assert fetch(url, If_None_Match=etag)[0] == 200
    assert fetch(url, If_Modified_Since=modified)[0] == 200


def test_gzip_is_sent_when_accepted_with_a_validator_of_its_own(newsroom):
    url = newsroom.url("gazette-ferry")
    _, plain, body = fetch(url)
    _, coded, packed = fetch(url, Accept_Encoding="br, gzip;q=0.5")
    assert plain["Content-Encoding"] is None
    assert coded["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed) == body
    assert plain["ETag"] != coded["ETag"]
    assert coded["Vary"] == "Accept-Encoding"
    assert fetch(url, Accept_Encoding="gzip;q=0")[1]["Content-Encoding"] is None
    assert fetch(url, Accept_Encoding="gzip", If_None_Match=coded["ETag"])[0] == 304


def test_the_host_header_names_the_source_and_links_keep_its_form(newsroom):
    path = "/live/sundhaven-ferry-collision"
    _, _, named = fetch(f"http://{newsroom.host}{path}", Host=f"gazette.localhost:{newsroom.port}")
    _, _, bare = fetch(f"http://{newsroom.host}/@gazette{path}")
    assert f"http://gazette.localhost:{newsroom.port}{path}#u-".encode() in named
    assert f"http://{newsroom.host}/@gazette{path}#u-".encode() in bare
    assert fetch(f"http://{newsroom.host}{path}", Host="nobody.localhost")[0] == 404


def test_head_and_robots_and_unknown_addresses(newsroom):
    status, headers, body = fetch(newsroom.url("gazette-ferry"), "HEAD")
    assert (status, body) == (200, b"")
    assert int(headers["Content-Length"]) > 1000
    assert b"User-agent: *" in fetch(f"{newsroom.origin('herald')}/robots.txt")[2]
    for path in ("/live/nothing", "/news/nothing", "/x", "/live/sundhaven-ferry-collision?page=2", "/-/nothing"):
        assert fetch(f"{newsroom.origin('gazette')}{path}")[0] == 404
    assert fetch(f"http://{newsroom.host}/-/truth/nobody.json")[0] == 404
    assert fetch(f"http://{newsroom.host}/-/truth/gazette-ferry.json?at=noon")[0] == 400


def test_the_log_tells_who_asked_for_what_when_and_what_was_sent(fresh):
    url = fresh.url("gazette-ferry")
    _, _, body = fetch(url, User_Agent="Watcher/1", If_None_Match='"x"')
    fresh.clock.advance(60)
    fetch(f"{fresh.origin('herald')}/robots.txt")
    first, second = json.loads(fetch(f"http://{fresh.host}/-/log.json")[2])
    assert (first["user_agent"], first["if_none_match"], first["blog"], first["first"]) == (
        "Watcher/1",
        '"x"',
        "gazette-ferry",
        0,
    )
    assert (first["source"], first["status"], first["complete"]) == ("gazette", 200, True)
    assert first["bytes"] == len(body)
    assert (second["path"], second["at"]) == ("/robots.txt", (DEFAULT_START + timedelta(minutes=1)).isoformat())
    fetch(f"http://{fresh.host}/-/log.json", "DELETE")
    assert json.loads(fetch(f"http://{fresh.host}/-/log.json")[2]) == []


def test_truth_is_served_as_json_at_any_moment(newsroom):
    index = json.loads(fetch(f"http://{newsroom.host}/-/truth.json")[2])
    assert {blog["blog"] for blog in index["blogs"]} == set(newsroom.site.world.blogs)
    at = "2026-10-24T09:00:00+00:00"
    served = json.loads(fetch(f"http://{newsroom.host}/-/truth/gazette-ferry.json?at={at}")[2])
    assert served == json.loads(json.dumps(newsroom.truth("gazette-ferry", datetime.fromisoformat(at))))
    assert newsroom.truth("gazette-ferry", DEFAULT_START - HOUR)["phase"] == "absent"


# --- what could be seen -----------------------------------------------------------------------------------------------


def looks(minutes):
    """A newsroom looked at after these minutes of the main story, and what could be seen of it by the last."""
    newsroom = Newsroom()
    blog = newsroom.site.world.blogs["gazette-ferry"]
    for minute in minutes:
        newsroom.look(blog.name, blog.starts_at + timedelta(minutes=minute))
    return sight(blog, newsroom.log(), blog.starts_at + timedelta(minutes=max(minutes, default=0)))


def seen(result):
    return {(item.event.do, item.event.key) for item in result.events if item.seen}


def test_a_look_a_minute_sees_every_event_but_those_undone_within_it():
    result = looks(range(1200))
    assert result.share == 1.0
    assert len(result.events) == len(load("ferry").events)


def test_an_event_between_two_looks_is_seen_and_one_before_the_first_is_not_an_edit():
    result = looks([6, 8])
    assert (Do.EDIT, "first-call") in seen(result)
    [edit] = [item for item in result.events if item.event.do is Do.EDIT]
    assert (edit.not_before, edit.not_after) == (edit.at - timedelta(minutes=1), edit.at + timedelta(minutes=1))
    assert (Do.EDIT, "first-call") not in seen(looks([8, 9]))


def test_what_came_and_went_between_two_looks_was_not_seen():
    result = looks([20, 38])
    assert (Do.POST, "false-fire") not in seen(result)
    assert (Do.WITHDRAW, "false-fire") not in seen(result)
    assert "false-fire" not in result.versions
    assert {(Do.POST, "false-fire"), (Do.WITHDRAW, "false-fire")} <= seen(looks([20, 30, 38]))


def test_a_removal_undone_between_two_looks_was_not_seen():
    assert (Do.RESTORE, "schools") not in seen(looks([240, 300]))
    assert {(Do.WITHDRAW, "schools"), (Do.RESTORE, "schools")} <= seen(looks([240, 260, 300]))


def test_replies_that_failed_or_broke_off_show_nothing(fresh):
    blog = fresh.site.world.blogs["gazette-ferry"]
    fresh.look(f"{fresh.origin('gazette')}/live/nothing")
    fetch(fresh.url(blog.name), "HEAD")
    assert sight(blog, fresh.log(), fresh.clock.now()).glimpses == ()


# --- the command ------------------------------------------------------------------------------------------------------


def test_the_command_starts_with_less_than_a_second_of_work_and_says_where_to_look():
    before = os.times()
    command = [sys.executable, "-m", "tests.newsroom", "--port", "0", "--print-port"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            port = int(process.stdout.readline())
            status, _, body = fetch(f"http://127.0.0.1:{port}/")
            assert (status, b"Sundhaven Gazette" in body) == (200, True)
            assert f"http://127.0.0.1:{port}/" in process.stdout.readline()
        finally:
            process.terminate()
    after = os.times()
    assert after.children_user + after.children_system - before.children_user - before.children_system < 1


def test_the_command_refuses_a_port_in_use(newsroom):
    command = [sys.executable, "-m", "tests.newsroom", "--port", str(newsroom.port)]
    result = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    assert result.returncode == 2
    assert "cannot start" in result.stderr


def test_dialects_are_registered_by_their_names():
    assert all(name == dialect.name for name, dialect in DIALECTS.items())


# --- whatever is asked ------------------------------------------------------------------------------------------------

PARTS = st.sampled_from(
    [
        "/",
        "//",
        "/live/",
        "/@gazette",
        "/@",
        "sundhaven-ferry-collision",
        "?page=",
        "?before=",
        "9",
        "[",
        "%00",
        "#",
        "é",
        "/-/",
        "truth/",
        "clock",
        "log.json?since=x",
        "seen.json?blog=",
        "/trouble/",
        "flaky",
        "amp",
        "posts.json",
        "http://x",
    ]
)


@settings(deadline=None)
@given(
    st.lists(PARTS, max_size=6).map("".join), st.sampled_from(["", "gazette.localhost:1", "[::1]:9", "é", "a.b.c:x"])
)
def test_whatever_is_asked_gets_an_answer(target, host):
    site = Newsroom().site
    for method in ("GET", "POST", "DELETE", "PATCH"):
        reply = site.answer(Request(method, target, {"host": host}, b'{"now": 7}'), DEFAULT_START)
        assert reply.status in (200, 301, 302, 304, 400, 404, 503)


@pytest.mark.parametrize(
    "line", [b"GET //[ HTTP/1.1", b"GET / HTTP/1.1\r\nContent-Length: much", b"PUT / HTTP/1.1", b"\xff\xfe"]
)
def test_a_clumsy_client_does_not_disturb_the_next_one(newsroom, line):
    with socket.create_connection(("127.0.0.1", newsroom.port), timeout=5) as wire:
        wire.sendall(line + b"\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert b"HTTP" in wire.recv(1024) or line.startswith(b"\xff")
    assert fetch(newsroom.url("gazette-ferry"))[0] == 200
