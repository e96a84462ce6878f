"""A column that came later leaves old files as they are, and readable."""

from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from lake import manifest, parquet, schemas
from lake.lake import Lake, open_lake
from lake.query import connect, run_sql
from lake.schemas import from_arrow, plain_schema, tables, to_arrow
from tests.lake.rows import look
from transforms.rows import RevisionRow

LATER = ("missing_since", "media", "pinned")
"""Columns that the test pretends came with schema version 2."""


@pytest.fixture
def evolved(local_lake: Lake, monkeypatch) -> Lake:
    """A lake with a commit of schema 1, which lacks three columns, a fold of it, and a commit of schema 2."""
    known = tables()
    columns = tuple(replace(column, since=2 if column.name in LATER else 1) for column in known["revisions"].columns)
    newer = {**known, "revisions": replace(known["revisions"], columns=columns)}
    with monkeypatch.context() as old:
        old.setattr(parquet, "write_parquet", without_later(parquet.write_parquet))
        old.setattr(parquet, "SCHEMA_VERSION", 1)
        local_lake.commit("old", lambda _: look(minutes=0), "run")
    for module in (schemas, manifest):
        monkeypatch.setattr(module, "SCHEMA_VERSION", 2)
    for module in ("lake.views", "lake.schemas"):
        monkeypatch.setattr(f"{module}.tables", lambda: newer)
    monkeypatch.setattr("lake.parquet.SCHEMA_VERSION", 2)
    local_lake.commit("new", lambda _: look(minutes=1, seq=2), "run")
    return local_lake


def without_later(write):
    """Write as the older release did."""

    def writing(table, *arguments: object, **more):
        return write(table.drop_columns([name for name in LATER if name in table.schema.names]), *arguments, **more)

    return writing


def test_old_and_new_files_answer_as_one_table(evolved: Lake) -> None:
    old, new = evolved.newest().files("revisions")
    assert (old.schema, new.schema) == (1, 2)
    assert not set(LATER) & set(pq.read_schema(Path(evolved.root, old.key)).names)
    connection = connect(evolved, evolved.newest())
    rows = list(run_sql(connection, "SELECT seq, missing_since, media, pinned FROM revisions ORDER BY seq").rows)
    connection.close()
    assert rows == [(1, None, [], False), (2, None, [], False)]


def test_state_and_folds_bring_old_rows_up_to_date(evolved: Lake) -> None:
    before = evolved.state(evolved.newest())
    snapshot = evolved.compact()
    [file] = snapshot.files("revisions")
    assert (file.rows, file.schema) == (2, 2)
    assert pq.read_schema(Path(evolved.root, file.key)).names == plain_schema("revisions").names
    assert open_lake(evolved.root).state(snapshot) == before


def test_a_closed_file_that_an_older_release_left_behind_is_adopted_as_what_it_is(evolved: Lake) -> None:
    rows = to_arrow("revisions", look(minutes=0).rows["revisions"]).drop_columns(list(LATER))
    key = "g1/days/revisions/dt=2026-03-01/00000.parquet"
    evolved.store.put_if_absent(key, parquet.write_parquet(rows))
    snapshot = evolved.compact()
    assert [(file.key == key, file.rows, file.schema) for file in snapshot.files("revisions")] == [
        (True, 1, 1),
        (False, 1, 2),
    ]
    with connect(evolved, snapshot) as connection:
        rows = list(run_sql(connection, "SELECT seq, pinned FROM revisions ORDER BY seq").rows)
    assert rows == [(1, False), (2, False)]


def test_a_row_of_an_old_file_has_every_field() -> None:
    [row] = from_arrow("revisions", to_arrow("revisions", look().rows["revisions"]).drop_columns(list(LATER)))
    assert isinstance(row, RevisionRow)
    assert (row.missing_since, row.media, row.pinned) == (None, (), False)
