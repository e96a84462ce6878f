"""Rows of two generations are paired by what they are about, and counted by how they differ."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from lake.differences import CHANGED, ONLY_AFTER, ONLY_BEFORE, Difference, Pair, pairs
from lake.schemas import to_arrow
from tests.lake.rows import capture, headline, revision
from transforms.rows import Row


def difference(name: str, old: list[Row], new: list[Row]) -> Difference:
    found = Difference()
    for pair in pairs(name, to_arrow(name, old), to_arrow(name, new)):
        found.add(name, pair)
    return found


def test_the_same_rows_differ_in_nothing() -> None:
    rows = [revision(), revision(section="s2")]
    assert difference("revisions", rows, rows[::-1]) == Difference()


def test_a_row_that_reads_differently_is_one_change_and_names_its_columns() -> None:
    old, new = revision(), revision(text="Clean text", digest="other")
    found = difference("revisions", [old], [new])
    assert found.counts() == {ONLY_BEFORE: 0, ONLY_AFTER: 0, CHANGED: 1}
    assert found.columns() == {"text": 1, "digest": 1}
    [(kind, rows)] = found.of("b1")
    assert (kind.what, kind.sort, kind.columns, rows) == (CHANGED, "added", ("text", "digest"), 1)
    assert found.examples[kind] == Pair(old, new)


def test_rows_that_go_and_come_are_told_apart_by_sort_and_blog() -> None:
    old = [revision(section="s1"), revision(section="s2", text="other", headline="one", minutes=3)]
    new = [old[0], revision("b2", "s9"), revision("b2", "s9", minutes=1, seq=2)]
    found = difference("revisions", old, new)
    assert found.blogs() == ["b2", "b1"]
    assert found.counts("b1") == {ONLY_BEFORE: 1, ONLY_AFTER: 0, CHANGED: 0}
    assert [(kind.what, kind.sort) for kind, _ in found.of("b2")] == [(ONLY_AFTER, "added"), (ONLY_AFTER, "edited")]


def test_a_section_that_got_another_id_is_known_by_its_words() -> None:
    found = difference("revisions", [revision(section="s1", text="Same")], [revision(section="s8", text="Same")])
    assert found.count(CHANGED) == 1
    assert "section_id" in found.columns()


def test_a_revision_that_moved_to_another_number_is_the_same_revision() -> None:
    old = [revision(minutes=0, seq=1), revision(minutes=5, seq=2)]
    new = [old[0], revision(minutes=3, seq=2, text="a new edit"), revision(minutes=5, seq=3, text=old[1].text)]
    found = difference("revisions", old, new)
    assert (found.count(CHANGED), found.count(ONLY_AFTER), found.count(ONLY_BEFORE)) == (1, 1, 0)
    assert "seq" in found.columns()


def test_every_look_read_by_a_newer_reader_is_one_kind_of_difference() -> None:
    old = [capture(minutes=number) for number in range(50)]
    new = [capture(minutes=number, reader_version="2") for number in range(50)]
    found = difference("captures", old, new)
    assert [(kind.columns, rows) for kind, rows in found.of("b1")] == [(("reader_version",), 50)]
    assert len(found.examples) == 1


def test_rows_without_words_are_not_paired_by_their_lack_of_them() -> None:
    found = difference(
        "revisions",
        [revision(section="s1", headline=None, text="", publisher_id=None)],
        [revision(section="s2", headline=None, text="", publisher_id=None)],
    )
    assert found.counts() == {ONLY_BEFORE: 1, ONLY_AFTER: 1, CHANGED: 0}


texts = st.lists(st.sampled_from(["one", "two", "three", "four"]), max_size=6)


@given(texts, texts)
def test_each_row_that_is_not_in_both_stands_in_one_pair(before: list[str], after: list[str]) -> None:
    old = [headline(minutes=number, text=text) for number, text in enumerate(before)]
    new = [headline(minutes=number, text=text) for number, text in enumerate(after)]
    found = list(pairs("headlines", to_arrow("headlines", old), to_arrow("headlines", new)))
    assert Counter(pair.before for pair in found if pair.before) == Counter(old) - Counter(new)
    assert Counter(pair.after for pair in found if pair.after) == Counter(new) - Counter(old)
    assert all(pair.before != pair.after for pair in found)
