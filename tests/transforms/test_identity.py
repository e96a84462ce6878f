"""Addresses that lead to one blog give one id."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.identity import blog_id, canonical_address, section_id


@pytest.mark.parametrize(
    ("spelling", "canonical"),
    [
        ("HTTPS://News.Example:443/live#block-3", "https://news.example/live"),
        ("https://news.example/live?utm_source=x&page=2&fbclid=1", "https://news.example/live?page=2"),
        ("https://news.example", "https://news.example/"),
        ("https://news.example./live?", "https://news.example/live"),
        ("http://news.example:8080/Live", "http://news.example:8080/Live"),
        (" https://news.example/\tlive\n", "https://news.example/live"),
        ("https://münchen.example/ticker", "https://xn--mnchen-3ya.example/ticker"),
        ("not an address", "notanaddress"),
    ],
)
def test_an_address_has_one_spelling(spelling, canonical):
    assert canonical_address(spelling) == canonical


def test_one_blog_has_one_id_whatever_the_scheme_or_the_place_on_the_page():
    assert blog_id("http://news.example/live#update-9") == blog_id("https://NEWS.example/live?utm_campaign=mail")
    assert blog_id("https://news.example/live?page=2") != blog_id("https://news.example/live")


def test_ids_are_sixteen_hex_digits_and_depend_on_the_blog():
    assert re.fullmatch(r"[0-9a-f]{16}", section_id("a" * 16, "7"))
    assert section_id("a" * 16, "7") != section_id("b" * 16, "7")


@given(st.text())
def test_any_text_has_a_stable_canonical_address(text):
    once = canonical_address(text)
    assert canonical_address(once) == once
    assert len(blog_id(text)) == 16


@given(st.text(alphabet=st.characters(exclude_categories=[])))
def test_lone_surrogates_have_an_id_too(text):
    assert len(section_id("0" * 16, text)) == 16
