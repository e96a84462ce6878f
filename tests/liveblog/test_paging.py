"""Older pages: walked through at the first look and after a gap, and only then.

Pages that link to the next (beacon), and one whose "Load more" button names a JSON endpoint (wire).
"""

import pytest

from tests.liveblog.conftest import Liveblog
from tests.newsroom import Newsroom
from tests.newsroom.world import scenario


@pytest.fixture
def paged():
    """A blog of sixty updates in two hours, ten on a page."""
    world = scenario("paging", "beacon")
    (blog,) = world.blogs.values()
    with Newsroom(world=world) as opened:
        opened.clock.set(blog.starts_at)
        yield opened, blog.name


def looks(liveblog: Liveblog) -> list[dict]:
    query = "SELECT outcome, pages_walked, updates_seen FROM captures ORDER BY observed_at"
    return liveblog("sql", "--format", "json", query).json


def recorded(liveblog: Liveblog) -> int:
    return liveblog("sql", "--format", "json", "SELECT count(*) AS n FROM updates").json[0]["n"]


def look(liveblog: Liveblog, address: str, **changed: str) -> None:
    done = liveblog("record", "--once", address, **changed)
    assert done.status == 0, done.err


def test_the_first_look_brings_all_pages_and_the_next_one_only_the_newest(liveblog: Liveblog, paged):
    newsroom, name = paged
    newsroom.clock.advance(3600)
    look(liveblog, newsroom.url(name))
    truth = [one for one in newsroom.truth(name)["all_updates"] if one["kind"] == "update"]
    assert len(truth) > 10
    assert recorded(liveblog) == len(truth)
    newsroom.clock.advance(360)
    look(liveblog, newsroom.url(name))
    assert [one["pages_walked"] > 1 for one in looks(liveblog)] == [True, False]


def test_after_the_window_has_moved_past_what_was_known_the_gap_is_filled(liveblog: Liveblog, paged):
    newsroom, name = paged
    newsroom.clock.advance(600)
    look(liveblog, newsroom.url(name))
    newsroom.clock.advance(5400)
    look(liveblog, newsroom.url(name))
    missing = len([one for one in newsroom.truth(name)["all_updates"] if one["kind"] == "update"])
    assert recorded(liveblog) < missing
    look(liveblog, newsroom.url(name))
    assert [one["pages_walked"] > 1 for one in looks(liveblog)][1:] == [False, True]
    assert recorded(liveblog) == missing
    look(liveblog, newsroom.url(name))
    assert looks(liveblog)[-1]["outcome"] == "not_modified"  # asked with validators again: no walk


def test_no_more_pages_are_walked_than_the_settings_allow(liveblog: Liveblog, paged):
    newsroom, name = paged
    newsroom.clock.advance(7000)
    look(liveblog, newsroom.url(name), LIVEBLOG_MAX_PAGES="3")
    assert looks(liveblog)[0]["pages_walked"] == 3


def test_what_a_load_more_button_loads_is_recorded_as_if_the_page_showed_it(liveblog: Liveblog):
    """Updates that were seen on the page, and later only in the answer of "Load more", are the same and unedited."""
    world = scenario("paging", "wire")
    (blog,) = world.blogs.values()
    with Newsroom(world=world) as newsroom:
        newsroom.clock.set(blog.starts_at)
        for seconds in (600, 1500, 0):  # ten on the page; all of these gone from it; walked back to them
            newsroom.clock.advance(seconds)
            look(liveblog, newsroom.url(blog.name))
        assert [one["pages_walked"] > 1 for one in looks(liveblog)] == [False, False, True]
        true = [one["headline"] for one in newsroom.truth(blog.name)["all_updates"] if one["kind"] == "update"]
    query = "SELECT headline, visibility, seq FROM updates ORDER BY rank"
    found = liveblog("sql", "--format", "json", query).json
    assert [one["headline"] for one in found] == true
    assert {one["visibility"] for one in found} == {"shown"}
    changes = liveblog("sql", "--format", "json", "SELECT DISTINCT change FROM revisions WHERE kind = 'update'").json
    assert {one["change"] for one in changes} == {"added", "hidden", "shown"}
