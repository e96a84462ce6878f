"""Conditional requests, revisit records, redirects and their validators."""

from dataclasses import replace

import pytest

from crawler.items import CrawlRequest, Look, Outcome
from crawler.warc import IDENTICAL, NOT_MODIFIED


@pytest.fixture
def known(site, run):
    """A request that knows of an earlier look at the page, and that look."""

    def known(path: str) -> tuple[CrawlRequest, object]:
        url = site.url(path)
        (look,) = run(url).looks.values()
        last = look.exchanges[-1]
        return CrawlRequest(
            url,
            url,
            "test",
            etag=look.etag,
            last_modified=look.last_modified,
            payload_digest=last.payload_digest,
            refers_to_record_id=last.response_record_id,
            refers_to_url=last.url,
            refers_to_date=last.warc_date,
        ), last

    return known


def test_an_unmodified_page_is_answered_by_304_and_becomes_a_revisit(known, run, site):
    request, before = known("page")
    crawled = run(request)
    (look,) = crawled.looks.values()
    assert (look.outcome, look.status, look.reason) == (Outcome.NOT_MODIFIED, 304, None)
    _, record = crawled.records_of(request.blog_id)
    assert (record.kind, record.headers["WARC-Profile"]) == ("revisit", NOT_MODIFIED)
    assert record.headers["WARC-Refers-To"] == before.response_record_id
    asked = site.log("plain")[-1]["headers"]
    assert (asked["if-none-match"], asked["if-modified-since"]) == (site.etag, site.last_modified)


def test_the_same_body_again_becomes_a_revisit_that_names_the_first_record(known, run):
    request, before = known("gzip")
    crawled = run(request)
    (look,) = crawled.looks.values()
    assert look.outcome is Outcome.FETCHED
    assert look.exchanges[-1].revisit
    assert look.exchanges[-1].payload_digest == before.payload_digest
    _, record = crawled.records_of(request.blog_id)
    assert record.kind == "revisit"
    assert record.body == b""
    assert record.http["Content-Encoding"] == "gzip"
    assert record.headers["WARC-Profile"] == IDENTICAL
    assert record.headers["WARC-Payload-Digest"] == before.payload_digest
    assert record.headers["WARC-Refers-To"] == before.response_record_id
    assert record.headers["WARC-Refers-To-Target-URI"] == before.url
    assert record.headers["WARC-Refers-To-Date"] == before.warc_date


def test_without_a_record_to_refer_to_the_body_is_kept(known, run):
    request, _ = known("gzip")
    crawled = run(replace(request, refers_to_record_id=None))
    _, record = crawled.records_of(request.blog_id)
    assert record.kind == "response"
    assert record.body


def test_validators_go_to_the_address_they_belong_to_and_to_no_other(known, run, site):
    request, before = known("redirect/1")
    assert before.url.endswith("/page")
    (look,) = run(request).looks.values()
    assert look.outcome is Outcome.NOT_MODIFIED
    first, second = site.log("plain")[-2:]
    assert "if-none-match" not in first["headers"]
    assert second["headers"]["if-none-match"] == site.etag


def test_two_requests_for_one_blog_leave_two_looks_with_ids_of_their_own(run):
    request = CrawlRequest("twice", "mailto:nobody", "test")
    crawled = run(request, request)
    looks = [Look.from_json(one.body) for one in crawled.records if one.kind == "metadata"]
    assert [look.blog_id for look in looks] == ["twice", "twice"]
    assert looks[0].capture_id != looks[1].capture_id
