"""JSON-LD is found, and mended where it is slightly broken."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.linked_data import linked_data, loads, things, types_of
from transforms.outline import Outline


@pytest.mark.parametrize(
    "text",
    [
        '{"a": [1, 2]}',
        '<!-- {"a": [1, 2]} -->',
        '//<![CDATA[\n{"a": [1, 2]}\n//]]>',
        '{"a": [1, 2,],}',
        '{"a": [1, 2]};',
        "{&quot;a&quot;: [1, 2]}",
        '{"a": [1, 2]',
    ],
)
def test_slightly_broken_json_is_mended(text):
    assert loads(text) == {"a": [1, 2]}


def test_a_line_break_inside_a_string_is_let_pass():
    assert loads('{"a": "one\n\ntwo"}') == {"a": "one\n\ntwo"}


def test_what_is_no_json_is_none():
    assert loads("function() { return 1 }") is None


def test_objects_are_found_wherever_they_are_nested():
    graph = {"@graph": [{"@type": "WebPage", "hasPart": {"@type": ["Article", "schema:LiveBlogPosting"]}}]}
    page = f'<html><head><script type="application/ld+json">{json.dumps(graph)}</script></head><body>x</body></html>'
    assert [types_of(thing) for thing in linked_data(Outline(page))] == [("WebPage",), ("Article", "LiveBlogPosting")]


@given(
    st.recursive(
        st.none() | st.integers(-(2**53), 2**53) | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_sound_json_comes_back_as_it_is(value):
    text = json.dumps(value)
    assert loads(text) == json.loads(text)
    list(things(value))
