"""Pages made to hurt: read in bounded time, without an exception, and with a reason where something was left out."""

import time

import pytest

from transforms.read import read
from transforms.records import Document, Kind

ENTRY = (
    '<article id="e{n}"><time datetime="2026-03-{day:02}T{hour:02}:{minute:02}:00Z">{hour:02}:{minute:02}</time>'
    "<h3>Report number {n} from the harbour</h3><p>Boat {n} has left the quay with forty crates of herring and one "
    "passenger, the harbour master says. The weather holds for boat {n}.</p></article>"
)
HEAD = "<!doctype html><html><head><title>Harbour live</title></head><body><h1>Harbour live</h1>"


def feed(count):
    entries = (
        ENTRY.format(n=n, day=28 - n // 1440 % 28, hour=23 - n // 60 % 24, minute=59 - n % 60) for n in range(count)
    )
    return (HEAD + "<main>" + "".join(entries) + "</main></body></html>").encode()


def seconds(document):
    began = time.process_time()
    read(document)
    return time.process_time() - began


def test_a_long_feed_is_read_whole():
    page = read(Document(feed(2000)))
    updates = [section for section in page.sections if section.kind is Kind.UPDATE]
    assert [update.headline for update in updates[:2]] == [
        "Report number 0 from the harbour",
        "Report number 1 from the harbour",
    ]
    assert len(updates) == 2000


def test_time_grows_with_bytes_and_not_faster():
    small, large = feed(300), feed(4800)
    read(Document(small))
    cost_small = min(seconds(Document(small)) for _ in range(3))
    cost_large = min(seconds(Document(large)) for _ in range(2))
    assert cost_large < 2.5 * (len(large) / len(small)) * cost_small  # 1.3 today, 4 if every update scans the page


@pytest.mark.slow
def test_twenty_megabytes_are_read():
    count = 20_000_000 // len(ENTRY)
    content = feed(count)
    began = time.process_time()
    page = read(Document(content))
    assert page.is_live_blog
    assert time.process_time() - began < 120


@pytest.mark.parametrize(
    "body",
    [
        "<div>" * 100_000 + "deep",
        "<b>" * 100_000 + "bold" + "</b>" * 100_000,
        "<div><time>12:00</time>" * 100_000,
        "<time>12:00</time>" * 100_000,
        "<p>one <p>two " * 50_000,
        "".join(f"<b id={n}><p>" for n in range(50_000)),
        "<table>" * 50_000,
        f'<div data-time="{"9" * 5_000_000}">a long attribute</div>',
        f"<p>{'word ' * 200_000}</p>",
        "<a href='#1'>" * 50_000,
        '<div id="x1">' * 20_000,
        f"<article><time>12:00</time>{'<div><img>a</div>' * 50_000}</article><article><time>11:00</time>b</article>",
        "".join(f"<p>{number} a{number}b min</p>" for number in range(50_000)),
        "&lt;" * 200_000,
        "<!--" * 50_000,
        "<script>" * 50_000,
        '<script type="application/ld+json">' + "[" * 100_000 + "</script>",
        '<script type="application/ld+json">' + '{"a":' * 50_000 + "</script>",
        '<script type="application/ld+json">{"@type":"LiveBlogPosting","liveBlogUpdate":['
        + '{"headline":"x"},' * 50_000
        + "</script>",
    ],
    ids=lambda body: body[:18],
)
def test_a_page_made_to_hurt_is_read_in_bounded_time(body):
    document = Document((HEAD + body).encode())
    assert seconds(document) < 20


def test_what_is_cut_is_said():
    page = read(Document((HEAD + "<div>" * 100_000 + "deep").encode()))
    assert any("levels left out" in reason for reason in page.reasons)


@pytest.mark.parametrize(
    "content",
    [
        (HEAD + "\ud800 lone \udfff").encode("utf-8", "surrogatepass"),
        (HEAD + "nul\0nul" + '<div id="a\0b">x</div>').encode(),
        HEAD.encode() + "Überfall".encode("latin-1") + "Привет".encode("cp1251") + "ニュース".encode("shift_jis"),
        b"\xff\xfe<\x00h\x00t\x00m\x00l\x00>\x00",
        b"\xef\xbb\xbf" + HEAD.encode(),
        b'{"blocks": [{"elements": null}], "webPublicationDate": 3}',
        b'{"_items": [{"groups": [null, {"refs": [7, {"item": {"text": 4}}]}]}]}',
        b'{"documents": [{"block_id": "post_1"}, null, {"block_id": 7, "text": {"a": 1}}]}',
        b'[{"time": "12:00", "text": "' + b"a" * 1000 + b'"}, {"time": [2014, 99, 99, 99, 99], "text": "b"}]',
        b'{"a": 1e999, "b": [-1e308]}',
        b"{" * 1000,
        b"[" * 100_000,
    ],
    ids=range(12),
)
def test_broken_characters_and_values_are_no_exception(content):
    page = read(Document(content, content_type="text/html; charset=utf-8"))
    assert page.is_live_blog is False
    assert read(Document(content)).sections == ()


@pytest.mark.parametrize("url", ["http://[::1", "//x:99999999/", "javascript:void(0)", "\ud800", "http://a/\n b", ""])
def test_a_broken_address_hurts_nobody(url):
    content = feed(5).replace(b"</article>", b'<a href="http://[::1">x</a><img src="//[x"></article>')
    page = read(Document(content, url=url))
    assert sum(section.kind is Kind.UPDATE for section in page.sections) == 5
