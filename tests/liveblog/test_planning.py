"""When a blog is due: by its next look, and with LIVEBLOG_EVERY_S at a beat of the user's own."""

import pytest

from liveblog.planning import is_due, request_for
from liveblog.watching import WatchList
from tests.lake.rows import at, blog_row, capture, watch
from transforms.rows import KnownBlog

RESTING = capture(next_look_at=at(5))
"""A look at noon, after which the blog's rhythm allows five minutes."""


def due(look, minutes, every_s=0.0, state="live"):
    known = KnownBlog("b1", blog=blog_row(state=state), watch=watch(), last_look=look)
    return is_due(WatchList({"b1": known}, {}), known, at(minutes), every_s=every_s)


def test_a_blog_is_due_at_its_next_look_or_half_a_minute_before():
    assert [due(RESTING, minutes) for minutes in (4.4, 4.5, 5)] == [False, True, True]


def test_with_a_beat_it_is_due_earlier():
    assert [due(RESTING, minutes, every_s=60) for minutes in (0.4, 0.5, 1)] == [False, True, True]


def test_a_beat_never_makes_a_look_later():
    assert due(RESTING, 4.5, every_s=3600)


@pytest.mark.parametrize("state", ["upcoming", "quiet", "closed"])
def test_a_beat_is_for_blogs_that_run(state):
    assert not due(RESTING, 1, every_s=60, state=state)


@pytest.mark.parametrize(
    "asked", [{"cache_control": "max-age=120"}, {"retry_after_s": 120, "failures": 1}, {"failures": 1}]
)
def test_a_beat_does_not_override_what_the_site_asks_for(asked):
    assert not due(capture(next_look_at=at(5), **asked), 1, every_s=60)


def test_a_blog_never_looked_at_is_due_and_one_that_is_let_go_is_not():
    assert due(None, 0)
    assert not due(capture(next_look_at=None), 60, every_s=60)


def asked(last_body, last_look=None):
    known = KnownBlog("b1", watch=watch(), last_look=last_look or last_body, last_body=last_body)
    return request_for(known).etag, request_for(known).last_modified


def test_a_page_is_asked_for_with_its_validators():
    assert asked(capture(etag='W/"1"', last_modified="Sun, 01 Mar 2026 12:00:00 GMT")) == (
        'W/"1"',
        "Sun, 01 Mar 2026 12:00:00 GMT",
    )


def test_a_server_that_says_not_modified_for_an_hour_is_asked_for_the_whole_page():
    times = (59, 60)
    assert [asked(capture(), capture(minutes=time, outcome="not_modified"))[0] for time in times] == ['"1"', None]


@pytest.mark.parametrize("etag", ["", f'"{"x" * 60_000}"', '"Z\xfcrich"', '"\x7f"'])
def test_a_validator_that_cannot_be_sent_back_is_not(etag):
    assert asked(capture(etag=etag)) == (None, None)
