"""The pages of one walk become one page; what does not belong to the blog stays out of it, and proves nothing."""

import gzip
from datetime import timedelta

import pytest

from crawler.items import Payload
from liveblog.paging import older
from tests.newsroom import Newsroom
from tests.newsroom.world import scenario
from tests.transforms.looking import look, page, post, read
from transforms.pages import walk
from transforms.read import read as read_page
from transforms.records import Capture, Kind, Page, Paging, Section

HOME = "https://gazette.example/live/ferry"
OLDER = Paging(older=f"{HOME}?page=2")


def walked(*pages: Page):
    return walk(look(pages, 0), read, None, None)


def names(found):
    return [section.publisher_id for section in found.page.sections]


def first(*sections: Section, **facts):
    return page(*sections, url=HOME, canonical_url=HOME, paging=OLDER, **facts)


def test_a_post_that_slid_to_the_next_page_while_we_walked_is_there_once():
    found = walked(first(post("u3", "c"), post("u2", "b")), page(post("u2", "b"), post("u1", "a")))
    assert names(found) == ["u3", "u2", "u1"]
    assert [section.position for section in found.page.sections] == [0, 1, 2]
    assert (found.breaks, found.head, found.end) == ((), True, True)


@pytest.mark.parametrize(
    ("canonical", "joined"),
    [
        (None, True),
        (HOME, True),
        (f"{HOME}/", True),
        (f"{HOME}?page=2", True),
        (f"{HOME}/page/2", True),
        ("https://gazette.example/live/harbour", False),
        ("https://gazette.example/live/ferry-two", False),
    ],
)
def test_a_further_page_belongs_to_the_blog_unless_it_names_another_home(canonical, joined):
    found = walked(first(post("u2", "b")), page(post("u1", "a"), canonical_url=canonical))
    assert names(found) == (["u2", "u1"] if joined else ["u2"])
    assert (found.breaks, found.end) == ((), True) if joined else ((1,), False)


def test_a_further_page_that_is_no_live_blog_breaks_the_walk_and_states_no_end():
    found = walked(first(post("u2", "b")), Page(is_live_blog=False, reasons=("no updates found",)))
    assert (names(found), found.breaks, found.end) == (["u2"], (1,), False)


def test_ids_of_an_endpoint_are_those_of_the_page():
    found = walked(
        first(post("item-9", "c"), post("item-8", "b"), post("x", "a card", kind=Kind.CARD)),
        page(post("7", "a"), post("6", "z")),
    )
    assert names(found) == ["item-9", "item-8", "x", "item-7", "item-6"]


@pytest.mark.parametrize(
    ("page_ids", "endpoint_ids"),
    [(("item-9", "post-8"), ("7", "6")), (("item-9", "item-8"), ("7", "item-6")), (("9", "8"), ("7", "6"))],
    ids=["no one prefix", "the endpoint has it too", "none"],
)
def test_ids_are_left_alone_where_no_prefix_tells_them_apart(page_ids, endpoint_ids):
    found = walked(first(*(post(one, one) for one in page_ids)), page(*(post(one, one) for one in endpoint_ids)))
    assert names(found) == [*page_ids, *endpoint_ids]


@pytest.mark.parametrize("dialect", ["beacon", "courier", "wire"])
@pytest.mark.parametrize("minute", [40, 73, 100])
def test_posts_that_arrive_while_we_walk_are_neither_doubled_nor_do_they_hide_any(dialect, minute):
    """Pages by number, pages below a post, an endpoint below a post; 20 s from page to page, posts come every 20 s."""
    world = scenario("paging", dialect)
    (blog,) = world.blogs.values()
    newsroom = Newsroom(world=world)
    began = at = blog.starts_at + timedelta(minutes=minute)
    url, payloads = newsroom.url(blog.name), []
    while url:
        reply = newsroom.look(url, at)
        payloads.append(Payload(url, reply.status, reply.headers, reply.body))
        url, at = older(payloads[-1], payloads[0]), at + timedelta(seconds=20)
    seen = look(page(), 0)
    made = Capture(seen.look, tuple(payloads))
    found = walk(made, read_page, None, None)
    headlines = [section.headline for section in found.page.sections if section.kind is Kind.UPDATE]
    stood = [one["headline"] for one in newsroom.truth(blog.name, began)["all_updates"] if one["kind"] == "update"]
    assert len(payloads) >= 3
    assert [one for one in headlines if one in stood] == stood
    assert len(headlines) == len(set(headlines))
    assert found.breaks == ()


def test_a_page_that_swells_ends_the_walk():
    world = scenario("paging", "beacon")
    (blog,) = world.blogs.values()
    newsroom = Newsroom(world=world)
    reply = newsroom.look(blog.name, blog.starts_at + timedelta(hours=1))
    headers = (("Content-Type", "text/html"), ("Content-Encoding", "gzip"))
    leads_on = {}
    for mib in (1, 9):
        page = Payload(newsroom.url(blog.name), 200, headers, gzip.compress(reply.body + b"\n" * (mib << 20)))
        leads_on[mib] = older(page, page) is not None
    assert leads_on == {1: True, 9: False}
