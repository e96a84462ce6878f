"""Every dialect of the newsroom: its pages say what the truth says, each in its own way and with its own faults."""

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from selectolax.lexbor import LexborHTMLParser

from tests.newsroom import Newsroom
from tests.newsroom.clock import DEFAULT_START
from tests.newsroom.dialects import DIALECTS
from tests.newsroom.scenarios import SCENARIOS
from tests.newsroom.sources import SOURCES
from tests.newsroom.world import blog, scenario, world_of

HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Markup:
    """Where a dialect keeps an update; written down here once more, independently of the code that writes pages."""

    block: str
    headline: str
    body: str
    card: str
    id: str | None = "id"


MARKUP = {
    "gazette": Markup("div.updates > article", "header h2, header h3", "div.update__body", "div.related-card"),
    "herald": Markup("section.stream > div.entry", "h4", "", "div.teaser", id=None),
    "courier": Markup("#liveblog > article", "h2", "", "aside"),
    "beacon": Markup("[itemprop=liveBlogUpdate]", "[itemprop=headline]", "[itemprop=articleBody]", "div.more-on"),
    "wire": Markup("ol.stream > li", "p.item__title", "div.item__text", "div.related", id="data-id"),
    "tribune": Markup("div.live-event-entry", "h3", "div.entry-content", "div.read-more"),
}


@pytest.fixture(scope="module")
def newsroom():
    with Newsroom(world=world_of(blog(source, "ferry", DEFAULT_START) for source in SOURCES.values())) as running:
        yield running


def parsed(reply):
    assert reply.status == 200
    return LexborHTMLParser(reply.body.decode())


def read(tree, markup):
    """The updates of a page: publisher id, headline, text."""
    for node in tree.css(markup.block):
        card = node.css_first(markup.card)
        if card:
            card.decompose()
        headline = node.css_first(markup.headline)
        body = node.css_first(markup.body) if markup.body else node
        title = headline.text(strip=True) if headline else None
        paragraphs = [re.sub(" +", " ", p.text()).strip() for p in body.css("p, li")]
        yield node.attributes.get(markup.id) if markup.id else None, title, "\n\n".join(paragraphs)


def told(updates):
    return [
        (update["publisher_id"], *((None, "") if update["kind"] == "card" else (update["headline"], update["text"])))
        for update in updates
    ]


@pytest.mark.parametrize("hours", [0.6, 1.2, 3, 9, 20])
@pytest.mark.parametrize("dialect", MARKUP)
def test_the_first_page_shows_the_updates_of_the_truth(newsroom, dialect, hours):
    at = DEFAULT_START + hours * HOUR
    shown = list(read(parsed(newsroom.look(f"{dialect}-ferry", at)), MARKUP[dialect]))
    expected = told(newsroom.truth(f"{dialect}-ferry", at)["updates"])
    assert shown == (expected[:30] if dialect == "tribune" else expected)
    assert len(shown) >= 7


@pytest.mark.parametrize("dialect", ["courier", "beacon"])
def test_walking_all_pages_shows_every_update_once(newsroom, dialect):
    at, url, seen = DEFAULT_START + 15 * HOUR, f"{dialect}-ferry", []
    while url:
        tree = parsed(newsroom.look(url, at))
        seen += read(tree, MARKUP[dialect])
        link = tree.css_first("a[rel=next]")
        url = link.attributes["href"] if link else None
    assert seen == told(newsroom.truth(f"{dialect}-ferry", at)["all_updates"])
    assert len(seen) > 40


def test_posts_that_arrive_between_two_pages_push_an_update_onto_the_next_page_or_not_by_kind_of_paging(newsroom):
    before, after = DEFAULT_START + 2 * HOUR, DEFAULT_START + 2.1 * HOUR
    overlap = {}
    for dialect in ("beacon", "courier"):
        first = parsed(newsroom.look(f"{dialect}-ferry", before))
        link = first.css_first("a[rel=next]").attributes["href"]
        second = parsed(newsroom.look(link, after))
        ids = [{identity for identity, *_ in read(tree, MARKUP[dialect])} for tree in (first, second)]
        overlap[dialect] = len(ids[0] & ids[1])
    assert overlap == {"beacon": 1, "courier": 0}


def test_wire_gives_what_is_older_as_json(newsroom):
    at = DEFAULT_START + 15 * HOUR
    tree = parsed(newsroom.look("wire-ferry", at))
    seen = [identity for identity, *_ in read(tree, MARKUP["wire"])]
    url = tree.css_first("button[data-next]").attributes["data-next"]
    while url:
        reply = newsroom.look(url, at)
        assert reply.header("content-type") == "application/json"
        feed = json.loads(reply.body)
        seen += [post["id"] for post in feed["posts"]]
        url = feed["next"]
    true = newsroom.truth("wire-ferry", at)
    assert seen == [update["publisher_id"] for update in true["all_updates"]]
    assert (
        feed["posts"][-1]["publishedAt"]
        == 1000 * datetime.fromisoformat(true["all_updates"][-1]["published_at"]).timestamp()
    )
    assert newsroom.look("http://x/@wire/live/sundhaven-ferry-collision/posts.json?before=nobody", at).status == 404
    assert newsroom.look("http://x/@gazette/live/sundhaven-ferry-collision/posts.json", at).status == 404


def test_kurier_leads_each_update_with_its_clock_time_and_puts_the_day_below(newsroom):
    at = DEFAULT_START + 20 * HOUR
    text = parsed(newsroom.look("kurier-ferry", at)).css_first("div.richtext")
    headings = [node.text() for node in text.css("h2")]
    days = [place for place, heading in enumerate(headings) if "Uhr" not in heading]
    assert [headings[place] for place in days] == ["Sonntag, 25. Oktober 2026", "Samstag, 24. Oktober 2026"]
    assert days[-1] == len(headings) - 1
    expected = []
    for update in newsroom.truth("kurier-ferry", at)["updates"]:
        if update["kind"] == "update" and update["headline"]:
            local = datetime.fromisoformat(update["published_at"]).astimezone(SOURCES["kurier"].zone)
            expected.append(f"{local:%H.%M} Uhr: {update['headline']}")
    assert [heading for heading in headings if "Uhr" in heading] == expected
    headless = [node.text() for node in text.css("p > strong") if "Uhr" in node.text()]
    assert len(headless) == 2


def test_courier_json_ld_knows_one_page_and_is_wrong_about_headlines_and_dates(newsroom):
    at = DEFAULT_START + 3 * HOUR
    tree, true = parsed(newsroom.look("courier-ferry", at)), newsroom.truth("courier-ferry", at)
    data = json.loads(tree.css_first("script[type='application/ld+json']").text())
    updates = data["liveBlogUpdate"]
    assert len(updates) == len(true["updates"]) == 10
    assert {update["headline"] for update in updates} == {true["title"]}
    assert len({update["datePublished"] for update in updates}) == 1
    assert [update["@id"] for update in updates] == [update["permalink"] for update in true["updates"]]


def test_tribune_json_ld_holds_what_the_page_has_dropped(newsroom):
    at = DEFAULT_START + 15 * HOUR
    tree = parsed(newsroom.look("tribune-ferry", at))
    data = json.loads(tree.css_first("script[type='application/ld+json']").text())
    assert len(tree.css("div.live-event-entry")) == 30
    assert len(data["liveBlogUpdate"]) == 40
    assert {node.text() for node in tree.css("[data-type=key-event] mark")} == {"KEY EVENT"}


def test_beacon_changes_every_minute_without_any_event(newsroom):
    at = DEFAULT_START + 12.6 * HOUR
    first, same, later = (newsroom.look("beacon-ferry", at + timedelta(seconds=s)) for s in (0, 20, 60))
    assert first.body == same.body != later.body
    assert first.header("last-modified") is None
    assert told(newsroom.truth("beacon-ferry", at)["updates"]) == list(read(parsed(later), MARKUP["beacon"]))
    assert "just now" in newsroom.look("beacon-ferry", DEFAULT_START).body.decode()


def test_a_pinned_copy_has_neither_id_nor_time_in_courier(newsroom):
    tree = parsed(newsroom.look("courier-ferry", DEFAULT_START + 2 * HOUR))
    copy = tree.css_first("#pinned-post article")
    assert copy.css_first("h2").text() == "What we know so far"
    assert "id" not in copy.attributes
    assert copy.css("time") == []


def test_courier_runs_oldest_first_once_it_is_closed(newsroom):
    live, closed = (newsroom.truth("courier-ferry", DEFAULT_START + hours * HOUR) for hours in (19, 20))
    assert live["phase"] == "live"
    assert live["updates"][0]["key"] == "after-midnight"
    assert closed["phase"] == "closed"
    assert closed["updates"][0]["key"] == "first-call"


# --- scenarios --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("name", SCENARIOS)
def test_every_scenario_plays_in_every_dialect_to_its_end(name, dialect):
    world = scenario(name, dialect)
    running = Newsroom(world=world)
    [first, *others] = world.blogs.values()
    assert len(others) == SCENARIOS[name].sources - 1
    for share in (0, 0.25, 0.5, 0.75, 1):
        at = first.starts_at + share * (first.ends_at - first.starts_at)
        running.clock.set(at)
        tree = parsed(running.look(first.name))
        if dialect in MARKUP:
            expected = told(running.truth(first.name)["updates"])
            assert list(read(tree, MARKUP[dialect])) == (expected[:30] if dialect == "tribune" else expected)
    assert running.truth(first.name)["phase"] == "closed"


def test_another_seed_tells_the_same_events_in_other_words():
    one, other = (next(iter(scenario("edits", seed=seed).blogs.values())).story for seed in (1, 2))
    assert [(event.at_s, event.do, event.key) for event in one.events] == [
        (event.at_s, event.do, event.key) for event in other.events
    ]
    assert one.events[0].headline != other.events[0].headline


def test_a_moved_blog_redirects_from_its_former_addresses():
    world = scenario("moved")
    running, start = Newsroom(world=world), world.blogs["gazette-moved"].starts_at
    assert running.look("http://x/@gazette/live/moved-twice", start).status == 404
    reply = running.look("http://x/@gazette/live/moved?page=1", start + 2 * HOUR)
    assert (reply.status, reply.header("location")) == (301, "http://x/@gazette/live/moved-twice?page=1")


@pytest.mark.parametrize(
    ("name", "clocks"),
    [("dst-autumn", ["01:18", "01:02", "01:54", "01:46"]), ("dst-spring", ["02:14", "02:06", "00:58", "00:50"])],
)
def test_clock_times_repeat_or_skip_an_hour_when_clocks_change(name, clocks):
    world = scenario(name, "herald")
    running = Newsroom(world=world)
    shown = [
        node.text() for node in parsed(running.look(f"herald-{name}", datetime(2027, 1, 1, tzinfo=UTC))).css(".clock")
    ]
    joined = " ".join(shown)
    assert " ".join(clocks) in joined


def test_three_sources_tell_one_event_in_nearly_the_same_words():
    world = scenario("agency")
    assert len(world.sources) == 3
    headlines = [
        {event.headline for event in told_by.story.events if (event.key or "").startswith("agency")}
        for told_by in world.blogs.values()
    ]
    assert headlines[0] & headlines[1] == {"Residents may return home"}


@pytest.mark.parametrize("dialect", ["gazette", "courier", "tribune", "beacon"])
def test_a_blog_that_has_not_begun_announces_when_it_will(dialect):
    world = scenario("upcoming", dialect)
    told_by = world.blogs[f"{dialect}-upcoming"]
    page = parsed(Newsroom(world=world).look(told_by.name, told_by.starts_at))
    begins = (told_by.starts_at + HOUR).astimezone(told_by.source.zone).isoformat()
    assert f'"coverageStartTime": "{begins}"' in page.html or f'coverageStartTime" content="{begins}"' in page.html
    assert list(read(page, MARKUP[dialect])) == []
