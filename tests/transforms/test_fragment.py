"""HTML inside JSON: escaped once too often, broken, or no HTML at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.fragment import plain_text, read_fragment


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("<p>One.</p><p>Two.</p>", "One.\n\nTwo."),
        ("&lt;p&gt;One.&lt;/p&gt;&lt;p&gt;Two.&lt;/p&gt;", "One.\n\nTwo."),
        ("&amp;lt;p&amp;gt;One &amp;amp;amp; two.&amp;lt;/p&amp;gt;", "One & two."),
        ("One.\n\nTwo.", "One.\n\nTwo."),
        ("One.\nTwo.", "One.\n\nTwo."),
        ("5 &lt; 7 and 7 &gt; 5", "5 < 7 and 7 > 5"),
        ("<div>One<br>Two<p>Three <b>bold</b>er", "One\n\nTwo\n\nThree bolder"),
        ("<ul><li>a</li><li>b</li></ul>", "a\n\nb"),
        ("<p>Seen</p><script>hidden()</script><figure><figcaption>caption</figcaption></figure>", "Seen"),
        ("<p>Said</p><blockquote><p>a post</p>— Ana (@ana) <a href='/s'>3 May</a></blockquote>", "Said"),
        ("", ""),
    ],
)
def test_paragraphs_come_out(source, text):
    assert read_fragment(source).text == text


def test_links_media_and_a_heading_are_kept_apart():
    found = read_fragment("<h3>Title</h3><p>See <a href='/a'>here</a><img src='/i.jpg'></p>")
    assert (found.heading, found.text, found.links, found.media) == ("Title", "See here", ("/a",), ("/i.jpg",))


@pytest.mark.parametrize(("value", "line"), [(" a\n b ", "a b"), ("<b>a</b> &amp; b", "a & b"), (7, None), ("", None)])
def test_one_line_of_text(value, line):
    assert plain_text(value) == line


@given(st.text())
def test_any_text_is_read(source):
    assert isinstance(read_fragment(source).text, str)


PARTS = st.lists(
    st.sampled_from(["<p>", "</p>", "<b>", "<table>", "<tr>", "</div>", "<!--", "<a href='/x'>", "one ", "two"])
)


@given(PARTS, PARTS)
def test_what_was_read_before_leaves_no_trace(before, source):
    markup = "<div>" + "".join(source)
    read_fragment("<p>")
    alone = read_fragment(markup)
    read_fragment("<div>" + "".join(before))
    assert read_fragment(markup) == alone


WORDS = st.sampled_from(["one ", "two", " three.", "&amp;", "&nbsp;", "\n", "<br>", "<br/>", ""])
WRAPS = [
    "<b>{}</b>",
    "<STRONG>{}</STRONG>",
    '<a target="_blank" href="/x?a=1&amp;b=2">{}</a>',
    '<span class="x">{}</span>',
]
INLINE = st.recursive(
    WORDS,
    lambda inner: st.builds(
        lambda parts, wrap: wrap.format("".join(parts)), st.lists(inner, max_size=4), st.sampled_from(WRAPS)
    ),
)
BLOCKS = ["<p>{}</p>", "<p>{}", "<ul><li>{}</li></ul>", '<ol type="i"><li>{}<li>last</ol>', "{}"]
PLAIN = st.lists(st.builds(lambda text, block: block.format(text), INLINE, st.sampled_from(BLOCKS)), max_size=6)


@given(PLAIN)
def test_plain_tags_say_the_same_without_a_parser(source):
    markup = "".join(source)
    parsed = read_fragment(f"<div>{markup}</div>")  # a tag that is none of the plain ones
    assert read_fragment(f"<b></b>{markup}") == parsed
