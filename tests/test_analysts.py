"""The questions of docs/analysts.md, each asked of a lake that was recorded from the newsroom."""

import re
from collections.abc import Callable, Iterator

import pytest

from lake.lake import Lake, open_lake
from lake.query import connect, run_sql
from liveblog.watching import decide, watch_list
from tests.newsroom import Newsroom
from tests.services.airflow import ROOT
from tests.services.simulate import every, record_into

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
