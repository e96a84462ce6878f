"""Pages and truth of the newsroom agree, and the same moment always gives the same bytes."""

import json
from datetime import datetime, timedelta
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from tests.newsroom import Newsroom
from tests.newsroom.client import fetch
from tests.newsroom.clock import DEFAULT_START
from tests.newsroom.script import Do, Event, ScriptError, Story, load

HOUR = timedelta(hours=1)
MOMENTS = [DEFAULT_START + HOUR * hours for hours in (0, 1, 2.5, 3.4, 8, 20)]


@pytest.fixture(scope="module")
def newsroom():
    with Newsroom() as running:
        yield running


def page_of(newsroom, blog, at):
    reply = newsroom.look(blog, at)
    assert reply.status == 200
    return LexborHTMLParser(reply.body.decode())


def text_of(node):
    blocks = node.css("p, li")
    return "\n\n".join(block.text().strip() for block in blocks)


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
