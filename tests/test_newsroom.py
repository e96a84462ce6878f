"""The newsroom as a server: validators, codings, hosts, its log, its command, and whatever else is asked."""

import gzip
import json
import os
import socket
import subprocess
import sys
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.newsroom import Newsroom
from tests.newsroom.client import fetch
from tests.newsroom.clock import DEFAULT_START
from tests.newsroom.dialects import DIALECTS
from tests.newsroom.messages import Request

HOUR = timedelta(hours=1)


@pytest.fixture(scope="module")
def newsroom():
    with Newsroom() as running:
        yield running


@pytest.fixture
def fresh():
    with Newsroom() as running:
        yield running


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
