"""What an analyst gets: views over one snapshot, beliefs, pages as of a time; on every store."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from lake.errors import QueryFailed, SnapshotDamaged
from lake.lake import Lake
from lake.query import connect, run_sql
from lake.schemas import tables
from lake.views import views_sql
from tests.lake.rows import NOON, at, blog_row, capture, headline, look, revision, sighting, watch
from transforms.rows import Changes, DuplicateRow


def ask(lake: Lake, sql: str, snapshot: int | None = None) -> list[tuple]:
    chosen = lake.newest() if snapshot is None else lake.snapshot(snapshot)
    connection = connect(lake, chosen)
    try:
        return list(run_sql(connection, sql).rows)
    finally:
        connection.close()


def commit(lake: Lake, key: str, **rows: Sequence) -> None:
    lake.commit(key, lambda _: Changes({table: tuple(part) for table, part in rows.items()}), "run")


def story(lake: Lake) -> None:
    """Minute 0: s1 and s2. Minute 1: s1 edited, s0 on top. Minute 2: s2 removed."""
    commit(
        lake, "0", captures=[capture(minutes=0)],
        revisions=[revision(section="s1"), revision(section="s2")], blogs=[blog_row()], watches=[watch()],
    )  # fmt: skip
    edited = revision(section="s1", minutes=1, seq=2, headline="Better headline")
    commit(lake, "1", captures=[capture(minutes=1)], revisions=[edited, revision(section="s0", minutes=1)])
    removed = revision(section="s2", minutes=2, seq=2, change="removed", visibility="removed")
    commit(lake, "2", captures=[capture(minutes=2)], revisions=[removed])


def test_every_view_works_in_an_empty_lake(lake: Lake) -> None:
    for view in (
        *tables(),
        "current_blogs",
        "sources",
        "sections",
        "updates",
        "sections_at(now())",
        "page_at('b1', now())",
        "changes('b1')",
    ):
        assert ask(lake, f"FROM {view}") == []


def test_views_have_the_columns_of_the_schemas_and_the_day(lake: Lake) -> None:
    commit(lake, "k", captures=[capture()])
    connection = connect(lake, lake.newest())
    for table in tables().values():
        assert run_sql(connection, f"FROM {table.name}").columns == (*table.names, "dt")
    connection.close()


def test_types_are_the_same_with_rows_and_without(local_lake: Lake) -> None:
    def types(snapshot: int) -> dict[str, tuple[str, ...]]:
        connection = connect(local_lake, local_lake.snapshot(snapshot))
        try:
            return {name: run_sql(connection, f"FROM {name}").types for name in tables()}
        finally:
            connection.close()

    commit(
        local_lake, "k", captures=[capture()], revisions=[revision()], blogs=[blog_row()], watches=[watch()],
        headlines=[headline()], sightings=[sighting()],
    )  # fmt: skip
    assert types(0) == types(1)


def test_current_blogs_are_the_newest_row_of_each(lake: Lake) -> None:
    commit(lake, "0", blogs=[blog_row(), blog_row("b2")])
    commit(lake, "1", blogs=[blog_row(minutes=9, title="River falls", state="closed")])
    rows = ask(lake, "SELECT blog_id, title, state FROM current_blogs ORDER BY blog_id")
    assert rows == [("b1", "River falls", "closed"), ("b2", "River floods", "live")]


def test_sections_are_the_latest_belief(lake: Lake) -> None:
    story(lake)
    rows = ask(lake, "SELECT section_id, seq, headline, visibility FROM sections ORDER BY rank")
    assert rows == [
        ("s0", 1, "Headline of s0", "shown"),
        ("s1", 2, "Better headline", "shown"),
        ("s2", 2, "Headline of s2", "removed"),
    ]


def test_a_page_is_shown_as_it_stood_at_any_minute(lake: Lake) -> None:
    story(lake)
    pages = {
        minute: ask(lake, f"FROM page_at('b1', '{at(minute)}') SELECT section_id, seq") for minute in (-1, 0, 1, 2)
    }
    assert pages == {
        -1: [],
        0: [("s1", 1), ("s2", 1)],
        1: [("s0", 1), ("s1", 2), ("s2", 1)],
        2: [("s0", 1), ("s1", 2)],
    }


def test_sections_at_a_time_are_what_we_held_true_then(lake: Lake) -> None:
    story(lake)
    rows = ask(lake, f"FROM sections_at(TIMESTAMPTZ '{at(1.5)}') SELECT section_id, seq ORDER BY rank")
    assert rows == [("s0", 1), ("s1", 2), ("s2", 1)]


def test_changes_stand_beside_what_was_there_before(lake: Lake) -> None:
    story(lake)
    rows = ask(lake, "SELECT change, section_id, headline_before, headline FROM changes('b1') WHERE seq > 1")
    assert rows == [
        ("edited", "s1", "Headline of s1", "Better headline"),
        ("removed", "s2", "Headline of s2", "Headline of s2"),
    ]


def test_a_second_copy_is_left_out_of_updates_and_a_repeated_headline_is_not(lake: Lake) -> None:
    duplicates = [
        DuplicateRow("b1-s1-0", "h", "exact", 1.0, "m", "b1", NOON, "b1-0"),
        DuplicateRow("b1-s2-0", "h", "pinned_copy", 1.0, "m", "b1", NOON, "b1-0"),
    ]
    commit(
        lake, "k", captures=[capture()], duplicates=duplicates,
        revisions=[revision(section="s1"), revision(section="s2"), revision(section="s3", kind="lede")],
        sightings=[sighting(section="s1"), sighting(section="s2")],
    )  # fmt: skip
    assert ask(lake, "SELECT section_id FROM updates") == [("s1",)]


def test_a_snapshot_answers_the_same_after_later_commits(lake: Lake) -> None:
    story(lake)
    before = ask(lake, "SELECT * FROM sections ORDER BY ALL", snapshot=1)
    commit(lake, "3", captures=[capture(minutes=3)], revisions=[revision(section="s1", minutes=3, seq=3)])
    assert ask(lake, "SELECT * FROM sections ORDER BY ALL", snapshot=1) == before
    assert len(before) == 2


def test_times_come_back_aware_in_utc(lake: Lake) -> None:
    commit(lake, "k", captures=[capture()])
    [(moment,)] = ask(lake, "SELECT observed_at FROM captures")
    assert moment == NOON
    assert moment.utcoffset() == datetime.now(UTC).utcoffset()


def test_a_day_can_be_asked_for_by_its_folder(lake: Lake) -> None:
    commit(lake, "k", captures=[capture(minutes=0), capture(minutes=24 * 60)])
    assert ask(lake, "SELECT count(*) FROM captures WHERE dt = '2026-03-02'") == [(1,)]


def test_a_query_that_fails_says_what_duckdb_says(local_lake: Lake) -> None:
    with pytest.raises(QueryFailed, match="no_such_table"):
        ask(local_lake, "SELECT * FROM no_such_table")
    with pytest.raises(QueryFailed, match="Conversion"):
        ask(local_lake, "SELECT CAST(range::VARCHAR || 'x' AS INTEGER) FROM range(3)")


@pytest.mark.parametrize("content", [None, b"junk"])
def test_a_damaged_file_is_named_with_what_to_do_and_is_no_fault_of_the_query(local_lake: Lake, content) -> None:
    for number in range(2):  # DuckDB opens the first of them when the views are made, the others when they are read
        local_lake.commit(f"k{number}", lambda _, n=number: look("b1", n, seq=n + 1), "run")
    files = local_lake.newest().files("revisions")
    for file in reversed(files):
        path = Path(local_lake.root, file.key)
        path.unlink()
        if content is not None:
            path.write_bytes(content)
        with pytest.raises(SnapshotDamaged, match=r"\.parquet.*liveblog verify"):
            list(run_sql(connect(local_lake, local_lake.newest()), "SELECT text FROM revisions").rows)


def test_every_column_carries_its_meaning_when_asked(local_lake: Lake) -> None:
    connection = connect(local_lake, local_lake.newest(), comments=True)
    rows = run_sql(
        connection, "SELECT comment FROM duckdb_columns() WHERE table_name = 'revisions' AND column_name = 'seq'"
    )
    assert list(rows.rows) == [("Number of this revision among those of its section, from 1.",)]
    connection.close()


def test_a_script_of_the_views_is_the_same_for_the_same_snapshot(local_lake: Lake) -> None:
    local_lake.commit("k", lambda _: look(), "run")
    assert views_sql(local_lake.snapshot(1)) == views_sql(local_lake.snapshot(1))


def test_credentials_cannot_be_read_back_through_sql(s3, s3_lake: str) -> None:
    from lake.lake import open_lake

    lake = open_lake(s3_lake)
    [(text,)] = ask(lake, "SELECT secret_string FROM duckdb_secrets()")
    assert s3.secret_key not in text
