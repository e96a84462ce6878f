"""A JSON payload names its next page in one of a few ways; what is none of them names nothing."""

import pytest

from transforms.read import read
from transforms.readers.payload_paging import payload_paging
from transforms.records import Document

BASE = "https://harbour.example/live/ferry/posts.json?page=2"
POSTS = b"""{"posts": [{"id": 1, "publishedAt": "2026-03-01T10:00:00Z", "html": "<p>The first ferry has left it.</p>"},
 {"id": 2, "publishedAt": "2026-03-01T09:00:00Z", "html": "<p>Nobody knows when the pilots will be back.</p>"}], %s}"""


@pytest.mark.parametrize(
    ("payload", "older"),
    [
        ({"next": "https://harbour.example/p?before=17"}, "https://harbour.example/p?before=17"),
        ({"_links": {"next": {"href": "/posts?page=3"}}}, "https://harbour.example/posts?page=3"),
        ({"pagination": {"older": "?page=3"}}, "https://harbour.example/live/ferry/posts.json?page=3"),
        ({"data": {"paging": {"nextUrl": "/n/3"}}}, "https://harbour.example/n/3"),
        ({"next": None}, None),
        ({"next": "Wind and rain"}, None),
        ({"next": BASE}, None),
        ({"posts": [{"next": "/other-story"}]}, None),
        ([1, 2], None),
    ],
)
def test_the_next_page(payload, older):
    assert payload_paging(payload, BASE, 2).older == older


def test_a_list_of_posts_is_read_with_its_paging():
    content = POSTS % b'"pagination": {"next": "?before=2", "prev": "?after=1", "totalPages": 4}'
    page = read(Document(content, url=BASE))
    assert page.paging.older == "https://harbour.example/live/ferry/posts.json?before=2"
    assert page.paging.newer == "https://harbour.example/live/ferry/posts.json?after=1"
    assert (page.paging.total_pages, page.paging.window) == (4, 2)


LAST = """{"blog": {"title": "The ferry"}, "posts": [{"id": "7f1", "url": "%s", "title": null,
 "publishedAt": 1772355600000, "html": "<p>The first ferry has left the harbour, with forty cars on board.</p>"}]}"""


def test_the_last_page_may_hold_a_single_post():
    page = read(Document((LAST % "https://harbour.example/live/ferry#item-7f1").encode(), url=BASE))
    assert [section.publisher_id for section in page.sections] == ["7f1"]


def test_a_single_entry_with_a_page_of_its_own_is_no_post():
    page = read(Document((LAST % "https://harbour.example/news/other-story").encode(), url=BASE))
    assert (page.is_live_blog, page.sections) == (False, ())


SIGNED = """{"posts": [%s]}"""
ONE = (
    '{"id": "p%d", "author": "%s", "title": %s, "publishedAt": "2026-03-01T1%d:00:00Z",'
    ' "html": "<p>Report number %d: the harbour master counts the boats on their way.</p>"}'
)


def signed(titles: bool) -> bytes:
    authors = ("Sten Jonker", "Lars Lorne", "Lars Verhage", "Lars Verhage")
    told = (f'"Report {n}"' if titles and n else "null" for n in range(4))
    return (
        SIGNED
        % ",".join(ONE % (n, who, title, 4 - n, n) for n, (who, title) in enumerate(zip(authors, told, strict=True)))
    ).encode()


def test_a_few_posts_with_titles_by_nearly_as_many_authors_are_no_comments():
    assert read(Document(signed(titles=True), url=BASE)).is_live_blog
    assert not read(Document(signed(titles=False), url=BASE)).is_live_blog
