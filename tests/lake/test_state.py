"""What is known between looks: the newest of everything, of the blogs that are asked for."""

import pytest

from lake import state
from lake.lake import Lake
from tests.lake.rows import alias, blog_row, capture, headline, revision, watch
from transforms.rows import Changes


def commit(lake: Lake, key: str, **rows) -> None:
    lake.commit(key, lambda _: Changes({table: tuple(part) for table, part in rows.items()}), "run")


def test_a_blog_that_was_never_seen_is_absent(lake: Lake) -> None:
    assert lake.state(lake.newest(), ["b1"]) == {}


def test_the_newest_of_everything_is_known(lake: Lake) -> None:
    commit(
        lake, "one", captures=[capture(minutes=0)], revisions=[revision(section="s2"), revision(section="s1")],
        blogs=[blog_row()], watches=[watch()], headlines=[headline()], aliases=[alias()],
    )  # fmt: skip
    commit(
        lake, "two", captures=[capture(minutes=1), capture(minutes=2, outcome="failed")],
        revisions=[revision(section="s1", minutes=1, seq=2, visibility="removed")],
        blogs=[blog_row(minutes=1, state="closed")], watches=[watch(minutes=1, paused=True)],
        headlines=[headline(minutes=1, text="water falls")],
    )  # fmt: skip
    known = lake.state(lake.newest(), ["b1"])["b1"]
    assert known.last_look == capture(minutes=2, outcome="failed")
    assert known.last_body == capture(minutes=1)
    sections = [(row.section_id, row.seq, row.visibility) for row in known.sections]
    assert sections == [("s1", 2, "removed"), ("s2", 1, "shown")]
    assert known.blog == blog_row(minutes=1, state="closed")
    assert known.watch == watch(minutes=1, paused=True)
    assert known.aliases == (alias(),)
    assert known.headlines == {"bridge closed": "h-bridge closed", "water falls": "h-water falls"}


def test_only_the_blogs_that_are_asked_for_are_given(lake: Lake) -> None:
    commit(lake, "one", captures=[capture("b1"), capture("b2")], watches=[watch("b3")])
    newest = lake.newest()
    assert set(lake.state(newest, ["b2", "b9"])) == {"b2"}
    assert set(lake.state(newest, [])) == set()
    assert set(lake.state(newest)) == {"b1", "b2", "b3"}


def test_a_pinned_snapshot_knows_what_it_knew(lake: Lake) -> None:
    commit(lake, "one", captures=[capture(minutes=0)])
    first = lake.newest()
    commit(lake, "two", captures=[capture(minutes=1)])
    assert lake.state(first)["b1"].last_look == capture(minutes=0)


def test_of_many_rows_the_same_ones_are_current_as_of_few(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    outcomes = ("changed", "failed", "not_modified", "unchanged", "stale")
    looks = [capture(blog, minutes=m, outcome=outcomes[m % 5]) for blog in ("b1", "b2") for m in range(23)]
    edits = [revision(section=f"s{m % 4}", minutes=m, seq=1 + m // 4) for m in range(23)]
    titles = [headline(minutes=m, text=f"bridge {m % 3}") for m in range(9)]
    commit(lake, "all", captures=looks, revisions=edits, headlines=titles, blogs=[blog_row(), blog_row(minutes=3)])
    newest = lake.newest()
    few = lake.state(newest)
    monkeypatch.setattr(state, "MANY", 0)
    assert lake.state(newest) == few
