"""The flat tree: every text once and in order, subtrees as ranges."""

from hypothesis import given
from hypothesis import strategies as st

from transforms.nesting import MAX_DEPTH, bounded
from transforms.outline import Outline, squeeze, word_count

MARKUP = st.lists(
    st.sampled_from(["<p>", "</p>", "<div>", "</div>", "<b>", "</b>", "<ul><li>", "one ", "two ", "<br>"])
)


def test_a_subtree_is_a_range():
    outline = Outline("<body><div><p>one</p><p>two</p></div><p>three</p></body>")
    assert outline.tags == ["body", "div", "p", "#", "p", "#", "p", "#"]
    assert outline.ends == [8, 6, 4, 4, 6, 6, 8, 8]
    assert outline.text(1) == "one two"
    assert [outline.tags[at] for at in outline.children(1)] == ["p", "p"]
    assert list(outline.ancestors(3)) == [2, 1, 0]
    assert outline.tagged("p") == [2, 4, 6]


def test_scripts_and_comments_are_not_seen():
    assert Outline("<body>a<script>b</script><!-- c --><svg>d</svg><noscript>e</noscript></body>").text(0) == "a"


@given(MARKUP)
def test_ranges_nest_and_no_text_is_lost(parts):
    outline = Outline("<body>" + "".join(parts) + "</body>")
    for at, parent in enumerate(outline.parents):
        assert parent < at < outline.ends[at]
        assert parent < 0 or outline.ends[at] <= outline.ends[parent]
    assert all(len(outline.tagged(name)) == len(outline.parser.css(name)) for name in ("p", "b", "div", "body"))
    said = outline.text(0).split()
    assert said == [part.strip() for part in parts if part.strip() in ("one", "two")]


def test_deep_nesting_is_flattened_and_its_text_stays():
    markup, cut = bounded("<div>" * 20_000 + "deep" + "</div>" * 20_000)
    assert markup.count("<div>") == MAX_DEPTH
    assert "levels left out" in cut
    assert Outline(markup).text(0) == "deep"


@given(st.text(max_size=200))
def test_a_small_page_is_passed_through(text):
    assert bounded(text) == (text, None)


def test_invisible_characters_are_no_text():
    assert squeeze(" a\u200bb \u00ad c\ufeff\n") == "ab c"
    assert word_count("two words") == 2
    assert word_count("北浜市役所の電気") >= 4
