"""The newsroom's bad servers misbehave exactly as their names say, and the healthy blogs beside them do not suffer."""

import gzip
import http.client
import json
import socket
import time
import zlib
from datetime import timedelta
from urllib.parse import urlsplit

import pytest

from tests.newsroom import Newsroom
from tests.newsroom.seen import sight
from tests.newsroom.trouble import TROUBLES
from tests.newsroom.trouble.bodies import bomb
from tests.newsroom.trouble.redirects import HOPS

PAGE = "/live/sundhaven-ferry-collision"


@pytest.fixture
def newsroom():
    with Newsroom() as running:
        yield running


class Answer:
    """One HTTP exchange on a connection of its own, redirects not followed."""

    def __init__(self, newsroom, path, method="GET", body=None, timeout=5, **headers):
        connection = http.client.HTTPConnection("127.0.0.1", newsroom.port, timeout=timeout)
        try:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, body, named)
            response = connection.getresponse()
            self.status, self.headers, self.version = response.status, response.headers, response.version
            self.body = response.read()
        finally:
            connection.close()


def under(newsroom, behaviour, **headers):
    return Answer(newsroom, f"/@gazette/trouble/{behaviour}{PAGE}", **headers)


def healthy(newsroom, **headers):
    return Answer(newsroom, f"/@gazette{PAGE}", **headers)


def raw(newsroom, behaviour, limit=1 << 20):
    """What comes on the wire, up to a limit or the end."""
    with socket.create_connection(("127.0.0.1", newsroom.port), timeout=5) as wire:
        wire.sendall(
            f"GET /@gazette/trouble/{behaviour}{PAGE} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode()
        )
        got = bytearray()
        while len(got) < limit and (piece := wire.recv(65536)):
            got += piece
        return bytes(got)


@pytest.mark.parametrize(
    ("behaviour", "status"),
    [
        ("too-many", 429),
        ("too-many-until", 429),
        ("unavailable", 503),
        ("broken", 500),
        ("bad-gateway", 502),
        ("forbidden", 403),
        ("not-found", 404),
        ("gone", 410),
        ("taken-down", 451),
        ("consent", 200),
        ("login", 200),
        ("soft-404", 200),
        ("empty", 200),
        ("pdf", 200),
    ],
)
def test_refusals_and_walls_show_nothing_of_the_blog(newsroom, behaviour, status):
    answer = under(newsroom, behaviour)
    assert answer.status == status
    assert b"Anna Corvin" not in answer.body
    [line] = newsroom.log()
    assert (line.status, line.trouble, line.blog) == (status, behaviour, None)


def test_a_429_says_when_to_come_back(newsroom):
    assert under(newsroom, "too-many").headers["Retry-After"] == "60"
    assert under(newsroom, "too-many-until").headers["Retry-After"] == "Sat, 24 Oct 2026 06:01:00 GMT"


def test_a_flaky_server_fails_every_second_time(newsroom):
    assert [under(newsroom, "flaky").status for _ in range(4)] == [503, 200, 503, 200]


def test_a_stale_edge_serves_an_older_page_and_says_its_age(newsroom):
    newsroom.clock.advance(240)  # an update has come since
    now, stale, silent = healthy(newsroom), under(newsroom, "stale"), under(newsroom, "stale-silent")
    assert stale.headers["Age"] == "300"
    assert silent.headers["Age"] is None
    assert stale.body == silent.body != now.body
    assert stale.headers["Last-Modified"] < now.headers["Last-Modified"]
    lines = newsroom.log()
    assert lines[1].at - lines[1].rendered_at == timedelta(minutes=5)


def test_two_edges_in_turn_show_a_page_going_back_in_time(newsroom):
    newsroom.clock.advance(240)
    bodies = [under(newsroom, "flapping").body for _ in range(4)]
    assert bodies[0] == bodies[2] != bodies[1] == bodies[3]
    blog = newsroom.site.world.blogs["gazette-ferry"]
    assert [glimpse.stale for glimpse in sight(blog, newsroom.log(), newsroom.clock.now()).glimpses] == [
        False,
        True,
        False,
        True,
    ]


def test_validators_may_be_missing_ignored_or_believed_blindly(newsroom):
    etag = healthy(newsroom).headers["ETag"]
    assert "ETag" not in under(newsroom, "no-validators").headers
    assert under(newsroom, "never-304", If_None_Match=etag).status == 200
    newsroom.clock.advance(3600)
    assert under(newsroom, "always-304", If_None_Match=etag).status == 304
    assert newsroom.log()[-1].blog is None


def test_a_consent_gate_lets_those_through_who_bring_the_cookie(newsroom):
    first = under(newsroom, "consent-redirect")
    assert first.status == 302
    gate = Answer(newsroom, first.headers["Location"].removeprefix(f"http://127.0.0.1:{newsroom.port}"))
    assert b"731 partners" in gate.body
    assert under(newsroom, "consent-redirect", Cookie="consent=all").body.count(b"<article") > 5


def test_declared_types_and_charsets_lie(newsroom):
    assert under(newsroom, "wrong-type").headers["Content-Type"] == "application/octet-stream"
    assert under(newsroom, "wrong-type").body == under(newsroom, "never-304").body
    assert "iso-8859-1" in under(newsroom, "wrong-charset").headers["Content-Type"]
    assert "–" in under(newsroom, "wrong-charset").body.decode()
    with pytest.raises(UnicodeDecodeError):
        under(newsroom, "broken-bytes").body.decode()


def test_broken_json_ld_stands_in_a_page_that_is_otherwise_whole(newsroom):
    body = under(newsroom, "broken-json-ld").body.decode()
    data = body.split('ld+json">')[1].split("</script>")[0]
    with pytest.raises(ValueError, match=r"line \d+"):
        json.loads(data)
    assert body.count("<article") == 8
    assert body.endswith("</html>\n")


def test_half_a_page_may_come_in_a_whole_reply_or_a_whole_page_in_half_a_reply(newsroom):
    assert not under(newsroom, "cut-page").body.endswith(b"</html>\n")
    for behaviour in ("truncated", "truncated-chunks"):
        with pytest.raises(http.client.IncompleteRead) as error:
            under(newsroom, behaviour)
        assert len(error.value.partial) > 1000
        assert newsroom.log()[-1].complete is False
    assert sight(newsroom.site.world.blogs["gazette-ferry"], newsroom.log(), newsroom.clock.now()).glimpses == ()


def test_gzip_may_be_cut_false_or_a_bomb(newsroom):
    with pytest.raises(EOFError):
        gzip.decompress(under(newsroom, "truncated-gzip").body)
    with pytest.raises(gzip.BadGzipFile):
        gzip.decompress(under(newsroom, "false-gzip").body)
    packed = under(newsroom, "gzip-bomb").body
    assert packed == bomb()
    assert len(packed) < 8 << 20
    assert len(zlib.decompressobj(31).decompress(packed)) == 64 << 20  # the first of 64 members


def test_what_comes_is_no_http(newsroom):
    assert raw(newsroom, "reset") == b""
    assert raw(newsroom, "garbage").startswith(b"\x00\x01\x02")
    with pytest.raises(http.client.HTTPException):
        under(newsroom, "bad-chunks")
    answer = under(newsroom, "http-1.0")
    assert (answer.version, answer.body.count(b"<article")) == (10, 8)


def test_redirects_lead_round_in_circles_far_away_or_where_nobody_should_go(newsroom):
    assert (
        under(newsroom, "redirect-loop").headers["Location"]
        == newsroom.origin("gazette") + "/trouble/redirect-loop" + PAGE
    )
    url, hops = f"/@gazette/trouble/redirect-chain{PAGE}", 0
    while (answer := Answer(newsroom, url)).status == 302:
        parts = urlsplit(answer.headers["Location"])
        url, hops = f"{parts.path}?{parts.query}", hops + 1
    assert (hops, answer.body.count(b"<article")) == (HOPS, 8)
    ring = [under(newsroom, "redirect-ring").headers["Location"]]
    ring.append(Answer(newsroom, ring[0].split(str(newsroom.port))[1]).headers["Location"])
    assert ring[0] == ring[1] + "?again=1"
    assert under(newsroom, "redirect-private").headers["Location"].startswith("http://169.254.169.254/")
    assert under(newsroom, "redirect-file").headers["Location"] == "file:///etc/passwd"
    assert "Location" not in under(newsroom, "redirect-nowhere").headers
    there = urlsplit(under(newsroom, "redirect-once").headers["Location"])
    assert Answer(newsroom, f"{there.path}?{there.query}").status == 200


def test_bodies_that_do_not_end_go_on_and_huge_ones_are_huge(newsroom):
    assert len(raw(newsroom, "endless", 4 << 20)) >= 4 << 20
    assert len(raw(newsroom, "huge", 60 << 20)) > 50 << 20
    assert len(raw(newsroom, "huge-headers")) > 200_000


def test_delays_are_simulated_seconds(newsroom):
    newsroom.clock.run(100)
    began = time.monotonic()
    assert under(newsroom, "slow-start").status == 200
    assert 0.2 <= time.monotonic() - began < 10
    began = time.monotonic()
    assert under(newsroom, "slow").body.endswith(b"</html>\n")
    assert 0.05 <= time.monotonic() - began < 5


@pytest.mark.parametrize("behaviour", ["hang", "drip"])
def test_a_server_that_hangs_lets_go_when_it_is_closed(newsroom, behaviour):
    with pytest.raises(TimeoutError):
        under(newsroom, behaviour, timeout=0.2)
    began = time.monotonic()
    newsroom.close()
    assert time.monotonic() - began < 10


def test_a_spell_troubles_a_blog_at_its_own_address_for_a_time(newsroom):
    newsroom.trouble("gazette-ferry", "unavailable", for_s=120)
    assert healthy(newsroom).status == 503
    assert Answer(newsroom, f"/@herald{PAGE}").status == 200
    newsroom.clock.advance(120)
    assert healthy(newsroom).status == 200
    with pytest.raises(KeyError, match="no behaviour 'sulk'"):
        newsroom.trouble("gazette-ferry", "sulk", for_s=1)


def test_spells_are_cast_and_lifted_over_http(newsroom):
    path = "/-/trouble.json"
    known = json.loads(Answer(newsroom, path).body)
    assert set(known["behaviours"]) == set(TROUBLES)
    wanted = json.dumps({"blog": "gazette-ferry", "behaviour": "consent", "for_s": 60})
    assert json.loads(Answer(newsroom, path, "POST", wanted).body)["spells"][0]["behaviour"] == "consent"
    assert b"731 partners" in healthy(newsroom).body
    Answer(newsroom, path, "DELETE")
    assert b"731 partners" not in healthy(newsroom).body
    for bad in ("{}", '{"blog": "nobody", "behaviour": "consent", "for_s": 1}', '{"blog": "gazette-ferry"}'):
        assert Answer(newsroom, path, "POST", bad).status == 400


@pytest.mark.parametrize("behaviour", [*TROUBLES, "unknown"])
def test_each_behaviour_meets_a_blog_that_is_not_there_without_breaking_the_server(newsroom, behaviour):
    newsroom.clock.run(10_000)
    for path in (f"/trouble/{behaviour}/live/nothing", f"/trouble/{behaviour}"):
        reply = newsroom.look(f"{newsroom.origin('gazette')}{path}")
        assert reply.status in range(200, 600)
    assert healthy(newsroom).status == 200
