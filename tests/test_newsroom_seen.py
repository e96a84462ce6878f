"""The newsroom's clock, and what could be seen of a story by the looks that were made."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from tests.newsroom import Newsroom
from tests.newsroom.client import fetch
from tests.newsroom.clock import DEFAULT_START, Clock, moment
from tests.newsroom.script import Do, load
from tests.newsroom.seen import sight

HOUR = timedelta(hours=1)


@pytest.fixture
def fresh():
    with Newsroom() as running:
        yield running


def test_the_clock_stands_still_runs_and_jumps():
    real = [100.0]
    clock = Clock(DEFAULT_START, 0, lambda: real[0])
    real[0] += 50
    assert clock.now() == DEFAULT_START
    clock.run(60)
    real[0] += 2
    assert clock.now() == DEFAULT_START + timedelta(minutes=2)
    clock.advance(30)
    clock.run(0)
    real[0] += 9
    assert clock.now() == DEFAULT_START + timedelta(seconds=150)


@pytest.mark.parametrize("bad", [-1, float("inf"), float("nan")])
def test_a_clock_refuses_an_impossible_speed(bad):
    with pytest.raises(ValueError, match="speed"):
        Clock(DEFAULT_START, bad)


def test_moments_are_read_with_an_offset_or_relative_to_now():
    now = datetime(2026, 1, 1, tzinfo=UTC)
    assert moment("-4h", now) == now - 4 * HOUR
    assert moment("2026-01-01T01:00:00+01:00") == now
    with pytest.raises(ValueError, match="offset"):
        moment("2026-01-01T00:00:00")


def test_the_clock_is_moved_over_http(fresh):
    url = f"http://{fresh.host}/-/clock"
    _, _, body = fetch(url, "POST", b'{"advance_s": 60}')
    assert datetime.fromisoformat(json.loads(body)["now"]) == DEFAULT_START + timedelta(minutes=1)
    fetch(url, "POST", b'{"now": "2026-10-24T12:00:00Z"}')
    assert json.loads(fetch(url)[2])["now"] == "2026-10-24T12:00:00+00:00"
    fetch(url, "POST", b'{"speed": 600}')
    assert json.loads(fetch(url)[2])["now"] > "2026-10-24T12:00:00"
    for bad in (b"{}", b"[]", b'{"now": "noon"}', b'{"speed": -1}', b"nonsense", b'{"advance_s": null}'):
        status, _, body = fetch(url, "POST", bad)
        assert (status, list(json.loads(body))) == (400, ["error"])


def looks(minutes):
    """A newsroom looked at after these minutes of the main story, and what could be seen of it by the last."""
    newsroom = Newsroom()
    blog = newsroom.site.world.blogs["gazette-ferry"]
    for minute in minutes:
        newsroom.look(blog.name, blog.starts_at + timedelta(minutes=minute))
    return sight(blog, newsroom.log(), blog.starts_at + timedelta(minutes=max(minutes, default=0)))


def seen(result):
    return {(item.event.do, item.event.key) for item in result.events if item.seen}


def test_a_look_a_minute_sees_every_event_but_those_undone_within_it():
    result = looks(range(1200))
    assert result.share == 1.0
    assert len(result.events) == len(load("ferry").events)


def test_an_event_between_two_looks_is_seen_and_one_before_the_first_is_not_an_edit():
    result = looks([6, 8])
    assert (Do.EDIT, "first-call") in seen(result)
    [edit] = [item for item in result.events if item.event.do is Do.EDIT]
    assert (edit.not_before, edit.not_after) == (edit.at - timedelta(minutes=1), edit.at + timedelta(minutes=1))
    assert (Do.EDIT, "first-call") not in seen(looks([8, 9]))


def test_what_came_and_went_between_two_looks_was_not_seen():
    result = looks([20, 38])
    assert (Do.POST, "false-fire") not in seen(result)
    assert (Do.WITHDRAW, "false-fire") not in seen(result)
    assert "false-fire" not in result.versions
    assert {(Do.POST, "false-fire"), (Do.WITHDRAW, "false-fire")} <= seen(looks([20, 30, 38]))


def test_a_removal_undone_between_two_looks_was_not_seen():
    assert (Do.RESTORE, "schools") not in seen(looks([240, 300]))
    assert {(Do.WITHDRAW, "schools"), (Do.RESTORE, "schools")} <= seen(looks([240, 260, 300]))


def test_replies_that_failed_or_broke_off_show_nothing(fresh):
    blog = fresh.site.world.blogs["gazette-ferry"]
    fresh.look(f"{fresh.origin('gazette')}/live/nothing")
    fetch(fresh.url(blog.name), "HEAD")
    assert sight(blog, fresh.log(), fresh.clock.now()).glimpses == ()
