"""Headlines that share a key: what a commit asks the lake for, whatever else is known."""

from dataclasses import asdict, replace
from datetime import timedelta

from lake.headlines import COMPARED, NEWEST, headlines_with
from lake.lake import Lake
from lake.parquet import ROW_GROUP_ROWS
from tests.lake.rows import at, capture, headline
from transforms.rows import Changes, HeadlineRow

DAY = 24 * 60


def keyed(text: str, *keys: str, blog: str = "b1", minutes: float = 0) -> HeadlineRow:
    return replace(headline(blog, minutes, text), keys=keys)


def commit(lake: Lake, *rows: HeadlineRow) -> None:
    looks = tuple(capture(row.blog_id, (row.observed_at - at(0)).total_seconds() / 60) for row in rows)
    lake.commit(f"key-{rows[0].headline_id}", lambda _: Changes({"captures": looks, "headlines": rows}), "run")


def found(lake: Lake, *keys: str, since: float = -7 * DAY, until: float = 7 * DAY) -> list[str]:
    return [row.headline.lower() for row in headlines_with(lake.newest(), keys, at(since), at(until))]


def test_what_shares_a_key_is_found_with_all_that_is_compared_and_nothing_else(lake: Lake):
    bridge, water = keyed("bridge closed", "a1", "b2"), keyed("water falls", "c3", minutes=1)
    commit(lake, bridge, water)
    (found_row,) = headlines_with(lake.newest(), {"b2", "ff"}, at(-1), at(9))
    assert {name: getattr(bridge, name) for name in COMPARED} == asdict(found_row)
    assert found(lake, "ff") == []
    assert found(lake) == []


def test_only_the_time_that_is_asked_for_counts_also_across_days(local_lake: Lake):
    for day in range(4):
        commit(local_lake, keyed(f"day {day}", "a1", minutes=day * DAY))
    assert found(local_lake, "a1", since=DAY, until=2 * DAY) == ["day 1", "day 2"]
    assert found(local_lake, "a1", since=DAY + 1, until=2 * DAY - 1) == []


def test_of_a_key_that_many_share_the_newest_are_given_oldest_first(local_lake: Lake):
    rows = [keyed(f"live {n}", "a1", "own" if n == 0 else f"k{n}", minutes=n) for n in range(NEWEST + 4)]
    commit(local_lake, *rows)
    assert found(local_lake, "a1") == [f"live {n}" for n in range(4, NEWEST + 4)]
    assert found(local_lake, "a1", "own") == ["live 0", *(f"live {n}" for n in range(4, NEWEST + 4))]


def test_of_many_seen_at_one_moment_none_is_left_out_for_another(local_lake: Lake):
    at_once = [keyed(f"live {n}", "a1", blog=f"b{n}") for n in range(NEWEST + 3)]
    commit(local_lake, *at_once, keyed("later", "a1", minutes=1))
    assert sorted(found(local_lake, "a1")) == ["later", *(f"live {n}" for n in range(NEWEST + 3))]


def test_rows_are_found_wherever_they_stand_in_a_large_file(local_lake: Lake):
    rows = [keyed(f"item {n:05}", f"k{n}", minutes=n / 60) for n in range(3 * ROW_GROUP_ROWS // 2)]
    commit(local_lake, *rows)
    wanted = [0, ROW_GROUP_ROWS - 1, ROW_GROUP_ROWS, len(rows) - 1]
    assert found(local_lake, *(f"k{n}" for n in wanted)) == [f"item {n:05}" for n in wanted]


def test_a_lake_without_headlines_knows_none(local_lake: Lake):
    assert headlines_with(local_lake.newest(), {"a1"}, at(0), at(0) + timedelta(days=1)) == ()
