"""What a replay would change is told in few lines, however much it is, and steers nobody's terminal."""

from lake.differences import Difference, Pair
from liveblog.comparing import MOST_BLOGS, as_json, lines
from tests.lake.rows import revision
from transforms.rows import DuplicateRow, RevisionRow


def told(*pairs: tuple[str, Pair], examples: int = 3) -> str:
    differences = {"revisions": Difference(), "duplicates": Difference(), "watches": Difference()}
    for name, pair in pairs:
        differences[name].add(name, pair)
    return "\n".join(lines(differences, {"b1": "River floods"}, examples))


def edited(before: str, after: str, **more) -> tuple[str, Pair]:
    return "revisions", Pair(revision(text=before, **more), revision(text=after, **more))


def test_nothing_is_told_in_one_line() -> None:
    assert told() == "no difference in any table"


def test_a_change_is_shown_with_a_little_of_what_stands_around_it() -> None:
    long = "word " * 200
    shown = told(edited(f"{long}the bridge is closed {long}", f"{long}the bridge is shut {long}"))
    assert "[-closed-]{+shut+}" in shown
    assert "River floods  b1" in shown
    assert max(map(len, shown.splitlines())) < 300


def test_many_blogs_and_kinds_are_counted_and_a_few_shown() -> None:
    many = [edited("one", "two", blog=f"b{number}", section=f"s{kind}", change=f"kind{kind}")
            for number in range(60) for kind in range(9)]  # fmt: skip
    shown = told(*many).splitlines()
    assert len(shown) < 20 * MOST_BLOGS
    assert shown[-1] == "… and 40 more blog(s): --json tells of all"
    assert "    … 6 more, of 6 other kind(s)" in shown
    assert len(told(*many, examples=0).splitlines()) == 2


def test_rows_that_go_or_come_are_shown_by_their_words_or_by_what_they_hold() -> None:
    row = DuplicateRow("s1", "h1", "near", 0.9, "near/1", "b1", revision().observed_at, "c1")
    shown = told(("revisions", Pair(revision(text="Gone words"), None)), ("duplicates", Pair(None, row)))
    assert "    - 1 added\n" in shown
    assert "Gone words" in shown
    assert "    + 1 near\n" in shown
    assert "headline_id h1" in shown


def test_words_of_a_page_do_not_steer_the_terminal() -> None:
    shown = told(
        edited("calm", "calm \x1b[2J\u202e red"), ("revisions", Pair(None, revision(text="\x1b[31m", blog="b2")))
    )
    assert "\x1b" not in shown
    assert "\u202e" not in shown


def test_json_tells_of_every_blog_and_cuts_long_texts() -> None:
    differences = {"revisions": Difference()}
    for number in range(60):
        before = revision(blog=f"b{number}", text="x" * 100_000)
        differences["revisions"].add("revisions", Pair(before, None))
    blogs = as_json(differences, 3)["revisions"]["blogs"]
    assert len(blogs) == 60
    [example] = blogs["b7"]["examples"]
    assert (example["what"], example["after"]) == ("only_before", None)
    assert len(example["before"]["text"]) < 10_000
    assert set(RevisionRow.__dataclass_fields__) == set(example["before"])
