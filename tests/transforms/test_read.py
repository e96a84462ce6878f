"""A document goes in, a page comes out, whatever the document."""

from datetime import UTC, datetime

import pytest

from transforms.read import read
from transforms.records import Document, Kind, TimeSource

FERRY = """<!doctype html><html lang="en"><head><title>Harbour</title>
<script type="application/ld+json">{"@context": "https://schema.org", "@graph": [{"@type": "WebPage"},
 {"@type": "LiveBlogPosting", "headline": "Ferry strike live: boats stay in port", "description": "What we know",
  "coverageStartTime": "2026-03-01T07:00:00Z", "liveBlogUpdate": [
  {"@type": "BlogPosting", "@id": "#e3", "headline": "Talks resume", "datePublished": "2026-03-01T09:30:00Z",
   "articleBody": "&lt;p&gt;Both sides are back at the table.&lt;/p&gt;&lt;p&gt;A result may come tonight.&lt;/p&gt;"},
  {"@type": "BlogPosting", "@id": "#e2", "headline": "Queues at pier four", "datePublished": "2026-03-01T08:10:00Z",
   "articleBody": "Passengers wait in the cold, some since dawn."},
 ]}]}</script></head><body><h1>Ferry strike live: boats stay in port</h1></body></html>"""


def updates(page):
    return [section for section in page.sections if section.kind is Kind.UPDATE]


def test_json_ld_is_found_in_a_graph_although_a_comma_is_too_many():
    page = read(Document(FERRY.encode(), url="https://harbour.example/ferry"))
    assert page.is_live_blog
    assert page.title == "Ferry strike live: boats stay in port"
    assert page.standfirst == "What we know"
    assert [update.headline for update in updates(page)] == ["Talks resume", "Queues at pier four"]
    assert [section.position for section in page.sections] == list(range(len(page.sections)))
    assert updates(page)[0].text == "Both sides are back at the table.\n\nA result may come tonight."
    assert updates(page)[0].published_at == datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
    assert updates(page)[0].time_source is TimeSource.JSON_LD
    assert updates(page)[0].publisher_id == "e3"
    assert page.coverage.start == datetime(2026, 3, 1, 7, tzinfo=UTC)
    assert page.completeness.by_reader == {"json_ld": 2}


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "the body is empty"),
        (b"  \n", "the body is empty"),
        (b"%PDF-1.7 ...", "not a page but a PDF document"),
        (bytes(range(1, 9)) * 50, "not text: too many control characters"),
    ],
)
def test_what_is_no_page_says_what_it_is(content, reason):
    page = read(Document(content))
    assert page.unreadable == reason
    assert not page.is_live_blog
    assert page.sections == ()


LAST_PAGE = """<!doctype html><html lang="en"><head><title>Harbour – live</title>
<script type="application/ld+json">{{"@context": "https://schema.org", "@type": "LiveBlogPosting",
 "headline": "Harbour", "liveBlogUpdate": [{{"@type": "BlogPosting", "@id": "#block-8f31c2d4", "headline": "Harbour",
 "datePublished": "2026-03-01T07:00:00Z", "articleBody": "{told}"}}]}}</script></head><body><main><h1>Harbour</h1>
<div id="liveblog"><article class="block" id="block-8f31c2d4">
<header><time datetime="2026-03-01T07:00:00Z">07.00</time><span class="contributor">Mona Ostrem</span></header>
<h2>The first ferry leaves on time</h2><p>{shown}</p></article></div>
</main></body></html>"""
FIRST = "Forty cars and some two hundred people went aboard before the gates were closed."


def test_the_only_update_of_a_page_is_read_from_its_block_too():
    page = read(
        Document(LAST_PAGE.format(told=FIRST, shown=FIRST).encode(), url="https://harbour.example/ferry?page=3")
    )
    assert [(update.headline, update.text, update.authors) for update in updates(page)] == [
        ("The first ferry leaves on time", FIRST, ("Mona Ostrem",))
    ]
    assert page.completeness.by_reader == {"dom": 1, "json_ld": 1}


def test_a_block_that_is_another_than_the_only_update_told_is_left_out():
    other = "Subscribers get the harbour report every morning by mail, before seven o’clock."
    content = LAST_PAGE.format(told=FIRST, shown=other).replace('"#block-8f31c2d4"', '"#block-77777777"')
    page = read(Document(content.encode(), url="https://harbour.example/ferry?page=3"))
    assert [update.text for update in updates(page)] == [FIRST]


def test_what_a_page_says_of_its_rights_is_read_with_it():
    said = '<head><meta name="TDM-Reservation" content="1"><meta name="tdm-policy" content="https://h.example/tdm">'
    page = read(Document(FERRY.replace("<head>", said).encode(), url="https://harbour.example/ferry"))
    assert (page.tdm_reservation, page.tdm_policy) == ("1", "https://h.example/tdm")
    assert page.is_live_blog
