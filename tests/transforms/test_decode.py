"""Bodies come off the wire bounded and whole, or with a clear word about what is wrong."""

import gzip
import zlib

import brotli
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from transforms.decode import DecodeError, decode_body, decode_text

MIB = 1024 * 1024
ENCODERS = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": brotli.compress,
    "zstd": zstandard.ZstdCompressor().compress,
}


@pytest.mark.parametrize("coding", ENCODERS)
@given(body=st.binary(max_size=5000))
def test_what_was_encoded_comes_back(coding, body):
    assert decode_body(ENCODERS[coding](body), coding, MIB) == body


@pytest.mark.parametrize("coding", ENCODERS)
def test_a_bomb_is_stopped_at_the_limit(coding):
    bomb = ENCODERS[coding](b"\0" * (40 * MIB))
    with pytest.raises(DecodeError, match="longer than 1048576 bytes"):
        decode_body(bomb, coding, MIB)


@pytest.mark.parametrize("coding", ENCODERS)
def test_a_body_cut_off_on_the_way_is_an_error(coding):
    whole = ENCODERS[coding](bytes(range(256)) * 400)
    with pytest.raises(DecodeError):
        decode_body(whole[: len(whole) // 2], coding, MIB)


@pytest.mark.parametrize("coding", ENCODERS)
def test_a_body_that_is_not_what_it_says_is_an_error(coding):
    with pytest.raises(DecodeError, match="broken compressed data"):
        decode_body(b"<html>plain</html>" * 10, coding, MIB)


def test_codings_are_undone_last_first():
    body = gzip.compress(brotli.compress(b"twice"))
    assert decode_body(body, "br, gzip", MIB) == b"twice"


def test_several_members_and_raw_deflate_are_read():
    raw = zlib.compressobj(wbits=-15)
    assert decode_body(gzip.compress(b"one ") + gzip.compress(b"two"), "gzip", MIB) == b"one two"
    assert decode_body(raw.compress(b"raw") + raw.flush(), "deflate", MIB) == b"raw"
    frames = ENCODERS["zstd"](b"one ") + ENCODERS["zstd"](b"two")
    assert decode_body(frames, "zstd", MIB) == b"one two"


def test_an_unknown_coding_is_named():
    with pytest.raises(DecodeError, match="'snappy' is not known"):
        decode_body(b"x", "snappy", MIB)


def test_a_plain_body_over_the_limit_is_an_error():
    with pytest.raises(DecodeError, match="longer than 3 bytes"):
        decode_body(b"four", None, 3)


@pytest.mark.parametrize(
    ("content", "header", "text"),
    [
        ("Überfall".encode(), None, "Überfall"),
        ("Überfall".encode(), "text/html; charset=iso-8859-1", "Überfall"),
        ("“Zitat” – ja".encode("cp1252"), "text/html; charset=ISO-8859-1", "“Zitat” – ja"),
        ("<meta charset=windows-1251><p>Привет".encode("cp1251"), None, "<meta charset=windows-1251><p>Привет"),
        ("ニュース".encode("shift_jis"), 'text/html; charset="Shift_JIS"', "ニュース"),
        (b"\xef\xbb\xbfmark", None, "mark"),
        ("mark".encode("utf-16"), None, "mark"),
        ("café".encode("latin-1"), "text/html; charset=nonsense", "café"),
        ("café".encode("latin-1"), "text/html; charset=hex", "café"),
        (("ä" * 99).encode() + b"\xff", "text/html; charset=latin1", "ä" * 99 + "\ufffd"),
    ],
)
def test_the_charset_is_found(content, header, text):
    assert decode_text(content, header) == text


@given(st.binary(), st.text())
def test_any_bytes_give_some_text(content, header):
    assert isinstance(decode_text(content, header), str)
