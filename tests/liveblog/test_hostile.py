"""One run over all bad servers of the newsroom, beside healthy blogs: these complete, the others with their reasons."""

import json
import subprocess
import sys
import time

import pytest

from tests.liveblog.conftest import LIVEBLOG, Liveblog
from tests.newsroom import Newsroom
from tests.newsroom.trouble import TROUBLES

PAGE = {  # a page comes all the same, and is read
    "always-304", "broken-bytes", "broken-json-ld", "cut-page", "flapping", "http-1.0", "huge-headers", "never-304",
    "no-validators", "redirect-once", "relaunch", "stale", "stale-mute", "stale-silent", "wrong-charset", "wrong-type",
}  # fmt: skip
ENDS = {
    "bad-chunks": ("failed", "not a valid HTTP answer"),
    "bad-gateway": ("failed", "status 502"),
    "broken": ("failed", "status 500"),
    "consent": ("unreadable", "asks for consent"),
    "consent-redirect": ("unreadable", "asks for consent"),
    "drip": ("failed", "no end of the answer within 8 s"),
    "empty": ("unreadable", "the body is empty"),
    "endless": ("too_large", "longer than 5242880 bytes"),
    "false-gzip": ("unreadable", "cannot decode the body"),
    "flaky": ("failed", "status 503"),
    "forbidden": ("failed", "status 403"),
    "garbage": ("failed", "not a valid HTTP answer"),
    "gone": ("failed", "status 410"),
    "gzip-bomb": ("unreadable", "longer than 67108864 bytes once decoded"),
    "hang": ("failed", "no answer within 8 s"),
    "huge": ("too_large", "the answer announces"),
    "login": ("unreadable", "a form to sign in"),
    "not-found": ("failed", "status 404"),
    "pdf": ("unreadable", "a PDF document"),
    "redirect-chain": ("failed", "more than 5 redirects"),
    "redirect-file": ("failed", "only http and https"),
    "redirect-loop": ("failed", "more than 5 redirects"),
    "redirect-nowhere": ("failed", "without an address"),
    "redirect-ring": ("failed", "more than 5 redirects"),
    "reset": ("failed", "connection lost"),
    "slow": ("failed", "no end of the answer within 8 s"),
    "slow-start": ("failed", "no answer within 8 s"),
    "soft-404": ("unreadable", "not a live blog"),
    "taken-down": ("failed", "status 451"),
    "too-many": ("failed", "status 429"),
    "too-many-until": ("failed", "status 429"),
    "truncated": ("failed", "broke off"),
    "truncated-chunks": ("failed", "broke off"),
    "truncated-gzip": ("unreadable", "compressed data ends too early"),
    "unavailable": ("failed", "status 503"),
}
LEFT_OUT = {"redirect-private"}  # leads out of loopback; `tests.crawler.test_addresses` shows that nobody follows it
PEAK_MIB = 600
"""Of one process, readers and Arrow included: a healthy run takes half of it. The bomb holds 4 GiB."""
MOST_S = 100
"""Longest look: 8 s for an answer. A minute of the rest is a busy machine's."""
RUN = """
import json, resource, subprocess, sys
done = subprocess.run(sys.argv[1:], capture_output=True, text=True)
peak_mib = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
print(json.dumps([done.returncode, done.stderr, peak_mib]))
"""


def test_every_behaviour_of_the_newsroom_is_expected_here():
    assert PAGE | ENDS.keys() | LEFT_OUT == TROUBLES.keys()


@pytest.mark.slow
def test_one_run_over_all_bad_servers_records_the_healthy_blogs_completely(liveblog: Liveblog, environ):
    with Newsroom() as newsroom:
        newsroom.clock.advance(2 * 3600)
        slug = newsroom.url("gazette-ferry").rpartition("/")[2]
        bad = {
            name: f"http://{name.replace('.', '-')}.localhost:{newsroom.port}/@gazette/trouble/{name}/live/{slug}"
            for name in sorted(PAGE | ENDS.keys())
        }
        healthy = {name: newsroom.url(name) for name in newsroom.site.world.blogs if newsroom.look(name).status == 200}
        truth = {name: newsroom.truth(name)["all_updates"] for name in healthy}
        settings = {"LIVEBLOG_TIMEOUT_S": "8", "LIVEBLOG_MAX_BODY_MIB": "5"}
        began = time.monotonic()
        command = [sys.executable, "-c", RUN, LIVEBLOG, "record", "--once", *bad.values(), *healthy.values()]
        done = subprocess.run(command, env={**environ, **settings}, capture_output=True, text=True, check=True)
        took_s = time.monotonic() - began
    status, said, peak_mib = json.loads(done.stdout)
    assert (status, "Traceback" in said) == (1, False), said
    assert peak_mib < PEAK_MIB
    assert took_s < MOST_S
    rows = ask(liveblog, "SELECT url, outcome, reason FROM captures")
    looks = {row["url"]: (row["outcome"], row["reason"] or "") for row in rows}
    assert len(rows) == len(bad) + len(healthy)
    assert {name: looks[bad[name]][0] for name in PAGE} == dict.fromkeys(PAGE, "changed")
    for name, (outcome, word) in ENDS.items():
        assert (name, looks[bad[name]][0]) == (name, outcome)
        assert word in looks[bad[name]][1], name
        assert "\n" not in looks[bad[name]][1]
    assert len(healthy) >= 4
    for name, url in healthy.items():
        assert headlines(liveblog, url) == [one["headline"] for one in truth[name] if one["kind"] == "update"], name


def headlines(liveblog: Liveblog, url: str) -> list[str]:
    query = f"SELECT u.headline FROM updates u JOIN watches w USING (blog_id) WHERE w.url = '{url}' ORDER BY u.rank"
    return [row["headline"] for row in ask(liveblog, query)]


def ask(liveblog: Liveblog, query: str) -> list[dict]:
    answer = liveblog("sql", "--format", "json", query)
    assert answer.status == 0, answer.err
    return answer.json
