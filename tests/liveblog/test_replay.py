"""Replay: the tables again from raw/ alone, the same rows; late looks in their place; ranges from the state before."""

import random
from datetime import timedelta
from pathlib import Path

import pytest

from lake.lake import Lake, open_lake
from lake.rewind import rows_of
from lake.schemas import tables
from liveblog import pipeline
from liveblog.errors import InputError
from liveblog.replay import Replayed, replay
from tests.lake.warcs import START, Segment
from tests.liveblog.conftest import Liveblog
from tests.newsroom import Newsroom
from transforms.identity import blog_id

BLOGS = {"gazette-ferry": "https://gazette.example/live/ferry", "herald-ferry": "https://herald.example/live/ferry"}
LOOKS = 16
EVERY_MIN = 170


@pytest.fixture(scope="module")
def segments(tmp_path_factory) -> list[tuple[Path, str]]:
    """Looks at two blogs over two days, a segment each, as a crawl leaves them; with the day of each."""
    folder = tmp_path_factory.mktemp("spool")
    newsroom = Newsroom()
    made = []
    for number in range(LOOKS):
        minutes = number * EVERY_MIN
        segment = Segment()
        for name, url in BLOGS.items():
            body = newsroom.look(name, newsroom.clock.start + timedelta(minutes=minutes)).body
            segment.look(blog_id(url), minutes, body, run_key=f"run-{number}")
        day = (START + timedelta(minutes=minutes)).date().isoformat()
        made.append((segment.saved(folder / f"look-{number:02d}.warc.gz"), day))
    return made


def record(lake: Lake, segments: list[tuple[Path, str]]) -> Lake:
    for path, day in segments:
        pipeline.publish(lake, run_key=path.name, segments=[lake.raw.put_segment(path, day)])
    return lake


def rows(lake: Lake) -> dict[str, list]:
    newest = lake.newest()
    return {name: sorted(rows_of(newest, name, newest.days(name)), key=repr) for name in tables()}


def again(lake: Lake, **more) -> Replayed:
    return replay(lake, run_key="again", guard=lambda: None, processes=more.pop("processes", 1), **more)


@pytest.fixture
def in_order(tmp_path: Path, segments) -> Lake:
    return record(open_lake(str(tmp_path / "in-order")), segments)


def unchanged(done: Replayed) -> bool:
    return all((one.only_before, one.only_after) == (0, 0) for one in done.differences.values())


def test_a_replay_of_everything_gives_the_same_rows_with_any_number_of_processes(in_order: Lake):
    before = rows(in_order)
    assert len(before["revisions"]) > 40
    assert {row.rule for row in before["duplicates"]} & {"near", "cross_source", "exact"}
    first = again(in_order, processes=2)
    assert unchanged(first)
    assert len(first.days) >= 2
    assert rows(in_order) == before
    assert in_order.newest().generation > 1
    assert unchanged(again(in_order))


def test_looks_that_came_in_any_order_are_after_a_replay_as_if_they_had_come_in_time(
    tmp_path: Path, segments, in_order: Lake
):
    mixed = segments.copy()
    random.Random(4).shuffle(mixed)
    lake = record(open_lake(str(tmp_path / "mixed")), mixed)
    assert "late" in {row.outcome for row in rows(lake)["captures"]}
    again(lake)
    assert rows(lake) == rows(in_order)


def test_a_range_starts_from_the_state_before_it(in_order: Lake):
    before = rows(in_order)
    second_day = START.date() + timedelta(days=1)
    done = again(in_order, since=second_day)
    assert done.days[0] == second_day.isoformat()
    assert unchanged(done)
    assert rows(in_order) == before


def test_comparing_switches_to_nothing_and_a_range_that_leaves_out_later_days_can_only_be_compared(in_order: Lake):
    newest = in_order.newest().number
    done = again(in_order, until=START.date(), compare=True)
    assert done.snapshot is None
    assert unchanged(done)
    assert in_order.newest().number == newest
    with pytest.raises(InputError, match="--compare"):
        again(in_order, until=START.date())


def test_the_command_rebuilds_a_lake_whose_recorder_is_at_rest(liveblog: Liveblog, newsroom: Newsroom):
    assert liveblog("record", "--once", newsroom.url("gazette-ferry")).status == 0
    query = ("sql", "--format", "csv", "SELECT * FROM revisions ORDER BY ALL")
    before = liveblog(*query).out
    done = liveblog("replay", "--json", "--processes", "1")
    assert done.status == 0, done.err
    assert done.json["snapshot"] > 2
    assert done.json["differences"]["revisions"] == {"only_before": 0, "only_after": 0}
    assert liveblog(*query).out == before
    assert liveblog("replay", "--from", "2001-01-01", "--to", "2001-01-02").status == 2
