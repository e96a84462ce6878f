"""Gzip comes off, however often and in however many pieces, and never grows beyond the limit."""

import gzip
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.packing import PackingError, unpacked

TEXT = b"User-agent: *\nDisallow: /live\n"


def packed(content: bytes = TEXT, times: int = 1) -> bytes:
    for _ in range(times):
        content = gzip.compress(content, mtime=0)
    return content


@pytest.mark.parametrize(
    "body",
    [TEXT, packed(), packed(times=2), packed(TEXT[:9]) + packed(TEXT[9:]), packed() + b"\0" * 512],
    ids=["plain", "packed", "a .gz file packed by its server", "two members", "padding"],
)
def test_a_body_comes_out_whole(body):
    assert unpacked(body, 1000) == unpacked(body, 1000, cut=True) == TEXT


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (packed(bytes(100_000)), "unpacks to more than 1000 bytes"),
        (packed() + packed(bytes(100_000)), "unpacks to more than 1000 bytes"),
        (packed()[:-9], "ends too early"),
        (packed()[:12] + b"\xff" * 20, "broken gzip"),
        (packed(times=4), "packed more than 3 times"),
    ],
)
def test_what_is_broken_or_too_much_says_so(body, why):
    with pytest.raises(PackingError, match=why):
        unpacked(body, 1000)


def test_of_a_long_or_broken_off_file_the_beginning_can_be_had():
    assert unpacked(packed(TEXT + bytes(100_000)), 30, cut=True) == TEXT[:30]
    assert TEXT.startswith(unpacked(packed()[:-9], 1000, cut=True))
    assert unpacked(TEXT, 5, cut=True) == TEXT[:5]


@given(st.binary(max_size=100), st.booleans())
def test_no_body_grows_beyond_the_limit_or_fails_in_another_way(body, cut):
    with suppress(PackingError):
        assert len(unpacked(packed(body)[:-1] if cut else b"\x1f\x8b" + body, 50, cut=cut)) <= 102
