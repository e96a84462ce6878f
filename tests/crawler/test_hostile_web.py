"""Every behaviour of a bad server ends in one look with its outcome and a reason, and harms no healthy blog."""

import gzip
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from crawler.items import CrawlRequest, Outcome

CAP = 400_000

CASES = [
    ("page", Outcome.FETCHED, None),
    ("gzip", Outcome.FETCHED, None),
    ("bomb", Outcome.FETCHED, None),
    ("chunked", Outcome.FETCHED, None),
    ("http10", Outcome.FETCHED, None),
    ("empty", Outcome.FETCHED, None),
    ("pdf", Outcome.FETCHED, None),
    ("cookie", Outcome.FETCHED, None),
    ("latin-header", Outcome.FETCHED, None),
    ("fat-headers", Outcome.FETCHED, None),
    ("redirect/5", Outcome.FETCHED, None),
    ("late/0.5", Outcome.FETCHED, None),
    ("rights", Outcome.BLOCKED, "reserves the rights to text and data mining"),
    ("redirect/6", Outcome.FAILED, "more than 5 redirects"),
    ("redirect-loop", Outcome.FAILED, "more than 5 redirects; the last to"),
    ("cookie-wall", Outcome.FAILED, "more than 5 redirects; it wants a cookie back, and none is kept"),
    ("redirect-nowhere", Outcome.FAILED, "without an address"),
    ("redirect-file", Outcome.FAILED, "only http and https"),
    ("to/http://[bad", Outcome.FAILED, "cannot resolve"),
    ("to//page#block-7", Outcome.FETCHED, None),
    ("to-place", Outcome.FAILED, "status 404"),
    ("status/404", Outcome.FAILED, "status 404"),
    ("status/410", Outcome.FAILED, "status 410"),
    ("status/429", Outcome.FAILED, "status 429"),
    ("status/500", Outcome.FAILED, "status 500"),
    ("status/503", Outcome.FAILED, "status 503"),
    ("partial", Outcome.FAILED, "status 206"),
    ("unasked-304", Outcome.FAILED, "nothing was compared"),
    ("drop", Outcome.FAILED, "connection lost"),
    ("drop-body", Outcome.FAILED, "broke off"),
    ("bad-chunks", Outcome.FAILED, ""),
    ("garbage", Outcome.FAILED, "not a valid HTTP answer"),
    ("long-header", Outcome.FAILED, "not a valid HTTP answer"),
    ("endless-headers", Outcome.FAILED, "not a valid HTTP answer"),
    ("silent", Outcome.FAILED, "no answer within 3 s"),
    ("drip", Outcome.FAILED, "no end of the answer within 3 s"),
    ("endless", Outcome.TOO_LARGE, f"longer than {CAP} bytes"),
    (f"big/{CAP + 1}", Outcome.TOO_LARGE, "announces 400001 bytes"),
    (f"big/{CAP}", Outcome.FETCHED, None),
]


@pytest.fixture(scope="module")
def crawled(site, crawl_into, tmp_path_factory):
    """All of it in one crawl; a host name each, so that nobody waits for another."""
    urls = {case: site.url(case, f"host{number}") for number, (case, _, _) in enumerate(CASES)}
    urls["tls"] = site.url("page", "tls", "https")
    urls["tls-at-plain"] = f"https://tls-at-plain.localhost:{site.http}/page"
    urls["plain-at-tls"] = f"http://plain-at-tls.localhost:{site.https}/page"
    urls["no-such-host"] = "http://no-such-host.invalid/"
    urls["refused"] = "http://refused.localhost:1/"
    urls["no-address"] = "mailto:editor@example.org"
    urls["no-host"] = "http://"
    urls["bad-host"] = "http://[bad/live"
    requests = [CrawlRequest(name, url, "test") for name, url in urls.items()]
    return crawl_into(tmp_path_factory.mktemp("hostile") / "spool", *requests, max_body_bytes=CAP)


def test_every_request_leaves_exactly_one_look(crawled):
    assert crawled.report.finished, crawled.report.reason
    assert crawled.report.missing == 0
    assert crawled.report.outcomes == Counter(look.outcome.value for look in crawled.looks.values())


@pytest.mark.parametrize(("case", "outcome", "reason"), CASES, ids=[case for case, _, _ in CASES])
def test_a_behaviour_has_its_outcome_and_reason(crawled, case, outcome, reason):
    look = crawled.looks[case]
    assert (look.outcome, look.reason) == (outcome, None) if reason is None else look.outcome == outcome
    if reason is not None:
        assert reason in look.reason
        assert "\n" not in look.reason
        assert len(look.reason) < 400


@pytest.mark.parametrize(
    ("case", "reason"),
    [
        ("tls", "TLS failed"),
        ("tls-at-plain", "no answer within 3 s"),
        ("plain-at-tls", "robots.txt was not reached"),
        ("no-such-host", "cannot resolve no-such-host.invalid"),
        ("refused", "cannot connect to refused.localhost:1"),
        ("no-address", "only http and https"),
        ("no-host", "only http and https"),
        ("bad-host", "cannot fetch"),
    ],
)
def test_a_host_that_cannot_be_reached_fails_the_look(crawled, case, reason):
    look = crawled.looks[case]
    assert look.outcome is Outcome.FAILED
    assert reason in look.reason


def test_a_body_is_kept_as_it_came_over_the_wire(crawled, site):
    (_, response) = crawled.records_of("gzip")
    assert gzip.decompress(response.body) == site.page.encode()
    assert response.http["Content-Encoding"] == "gzip"


def test_chunks_are_joined_and_their_header_is_kept_under_another_name(crawled):
    (_, response) = crawled.records_of("chunked")
    assert response.body == b"<p>12345</p>"
    assert response.http["X-Archive-Orig-Transfer-Encoding"] == "chunked"


def test_a_bomb_costs_what_was_sent_not_what_it_would_become(crawled):
    (exchange,) = crawled.looks["bomb"].exchanges
    assert exchange.body_bytes < 100_000


def test_what_came_before_the_break_is_kept_and_marked_as_cut_off(crawled):
    (_, response) = crawled.records_of("drop-body")
    assert response.headers["WARC-Truncated"] == "disconnect"
    (_, slow) = crawled.records_of("drip")
    assert slow.headers["WARC-Truncated"] == "time"
    assert 0 < len(slow.body) < 100


def test_of_a_body_that_is_too_large_only_its_beginning_is_kept(crawled):
    (_, response) = crawled.records_of("endless")
    assert response.headers["WARC-Truncated"] == "length"
    assert len(response.body) == 65536


def test_redirects_are_archived_step_by_step(crawled):
    look = crawled.looks["redirect/5"]
    assert [exchange.status for exchange in look.exchanges] == [302] * 5 + [200]
    assert look.final_url.endswith("/page")
    assert look.url.endswith("/redirect/5")
    assert [record.kind for record in crawled.records_of("redirect/5")] == ["request", "response"] * 6


def test_an_address_that_is_not_ascii_is_asked_for_as_its_bytes(crawled):
    assert crawled.looks["to-place"].final_url.endswith("/status/404?Z%C3%BCrich")


def test_a_fragment_is_no_part_of_what_is_fetched(crawled):
    assert crawled.looks["to//page#block-7"].final_url.endswith("/page")


def test_facts_of_the_answer_stand_in_the_look(crawled):
    look = crawled.looks["page"]
    assert (look.status, look.etag, look.age_s, look.cache_control) == (200, '"v1"', 7, "max-age=30")
    assert look.x_robots_tag == "noarchive"
    assert look.started_at <= look.observed_at
    assert crawled.looks["status/429"].retry_after_s == 120


def test_rights_that_the_answer_reserves_stand_in_the_look_and_its_body_is_left_alone(crawled):
    look = crawled.looks["rights"]
    assert (look.tdm_reservation, look.tdm_policy, look.content_usage) == ("1", "/tdm.json", "train-ai=n")
    (_, response) = crawled.records_of("rights")
    assert response.body == b""
    assert response.headers["WARC-Truncated"] == "unspecified"


def test_a_page_whose_rights_are_reserved_is_read_when_that_is_agreed(site, run):
    (look,) = run(site.url("rights", "agreed"), respect_tdm=False).looks.values()
    assert (look.outcome, look.tdm_reservation, look.exchanges[0].body_bytes) == (Outcome.FETCHED, "1", 3)


def test_headers_that_are_not_ascii_are_kept_byte_for_byte(crawled):
    content = b"".join(gzip.decompress(Path(segment).read_bytes()) for segment in crawled.report.segments)
    assert b"X-Place: Z\xfcrich\r\n" in content


def test_of_headers_that_are_far_too_long_the_look_keeps_the_beginning_and_the_archive_all(crawled):
    look = crawled.looks["fat-headers"]
    assert [len(value) for value in (look.etag, look.x_robots_tag, look.cache_control)] == [4096] * 3
    (_, response) = crawled.records_of("fat-headers")
    assert len(response.http["X-Robots-Tag"]) == 60_000


def test_capture_ids_are_distinct(crawled):
    ids = {look.capture_id for look in crawled.looks.values()}
    assert len(ids) == len(crawled.looks)


def test_warcio_finds_nothing_wrong_with_the_segments(crawled):
    check = [sys.executable, "-c", "from warcio.cli import main; main()", "check", "-v", *crawled.report.segments]
    result = subprocess.run(check, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout
    assert "digest pass" in result.stdout
    assert "failed" not in result.stdout


CROWD = """
import json, resource, sys
from pathlib import Path
from crawler.items import CrawlRequest
from crawler.run import crawl
from crawler.settings import CrawlSettings
urls = json.load(sys.stdin)
settings = CrawlSettings(delay_s=0, timeout_s=20, budget_s=100, allow_private=True, max_body_bytes=12 * 2**20)
requests = [CrawlRequest(str(number), url, "s") for number, url in enumerate(urls)]
report = crawl(requests, spool=Path(sys.argv[1]), run_key="r", batch_id="b", settings=settings)
peak_mib = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
print(json.dumps([report.outcomes, peak_mib]))
"""


def test_a_crowd_of_endless_bodies_cannot_fill_the_memory(site, tmp_path):
    """Sixty bodies of 12 MiB would be 720 MiB."""
    urls = [site.url("endless", f"crowd{number}") for number in range(60)]
    urls += [site.url("page", f"healthy{number}") for number in range(20)]
    command = [sys.executable, "-c", CROWD, str(tmp_path)]
    result = subprocess.run(command, input=json.dumps(urls).encode(), stdout=subprocess.PIPE, check=True)
    outcomes, peak_mib = json.loads(result.stdout)
    assert outcomes["fetched"] == 20
    assert outcomes["fetched"] + outcomes.get("too_large", 0) + outcomes.get("failed", 0) == 80
    assert peak_mib < 360
