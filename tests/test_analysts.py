"""The questions of docs/analysts.md, each asked of a lake that was recorded from the newsroom."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lake.lake import Lake, open_lake
from lake.query import connect, run_sql
from liveblog.watching import decide, watch_list
from tests.lake.rows import revision
from tests.newsroom import Newsroom
from tests.services.airflow import ROOT
from tests.services.simulate import every, record_into
from transforms.rows import Changes

BLOGS = ("gazette-ferry", "herald-ferry", "courier-budget")
QUESTION = re.compile(r"^(\d+)\. (.+?)\n\n```sql\n(.*?)```", re.MULTILINE | re.DOTALL)
QUESTIONS = QUESTION.findall((ROOT / "docs" / "analysts.md").read_text())
MAY_BE_EMPTY = {"10", "13", "15", "16"}
"""Nothing of the kind need have happened in the hours that were recorded."""

Ask = Callable[[str], list[tuple]]


def watched(lake: Lake) -> tuple[str, ...]:
    return tuple(watch_list(lake, lake.newest()).watched)


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ask]:
    lake = open_lake(str(tmp_path_factory.mktemp("lake")))
    with Newsroom() as newsroom:
        moments = every(newsroom.clock.now(), minutes=10, count=60)
        record_into(lake, newsroom, BLOGS, moments)
    for paused in (True, False):  # decisions about a blog are rows too, and must count nothing twice
        decide(lake, watched(lake), run_key=f"paused={paused}", now=moments[-1], why="a test", paused=paused)
    with connect(lake, lake.newest()) as connection:
        yield lambda query: list(run_sql(connection, query).rows)


def test_there_are_twenty_questions():
    assert [number for number, _, _ in QUESTIONS] == [str(number) for number in range(1, 21)]


@pytest.mark.parametrize(("number", "question", "query"), QUESTIONS, ids=[number for number, _, _ in QUESTIONS])
def test_a_question_is_answered(ask: Ask, number: str, question: str, query: str):
    answer = ask(query)
    assert answer or number in MAY_BE_EMPTY, question


def test_the_answers_are_right_where_the_truth_is_known(ask: Ask):
    queries = {number: query for number, _, query in QUESTIONS}
    with Newsroom() as newsroom:
        at = every(newsroom.clock.now(), minutes=10, count=60)[-1]
        truth = newsroom.truth("gazette-ferry", at=at)
    shown = {source: count for source, _, count in ask(queries["1"])}
    assert shown["gazette"] == len([update for update in truth["updates"] if update["kind"] == "update"])
    removed = {source: count for source, count, _ in ask(queries["5"])}
    assert removed.get("gazette", 0) == len(truth["removed"])


def test_a_corrected_casualty_figure_is_told_from_any_other_edit(tmp_path: Path):
    texts = [
        "Police say 12 people are dead.",
        "Police say 12 people are dead. More soon.",
        "Police say 14 people are dead.",
    ]
    rows = tuple(revision(minutes=8 * n, seq=n + 1, text=text) for n, text in enumerate(texts))
    others = (revision(section="s2", text="Rain."), revision(section="s2", minutes=5, seq=2, text="Much rain."))
    lake = open_lake(str(tmp_path / "lake"))
    lake.commit("k", lambda _: Changes({"revisions": (*rows, *others)}), "run")
    with connect(lake, lake.newest()) as connection:
        [answer] = run_sql(connection, {number: query for number, _, query in QUESTIONS}["7"]).rows
    assert answer == (16, 1)
