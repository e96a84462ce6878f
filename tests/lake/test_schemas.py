"""The schemas are the record types, say what each column means, and carry rows there and back."""

import dataclasses
import types
import typing
from datetime import datetime

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lake import tables as tables_page
from lake.parquet import write_parquet
from lake.schemas import SCHEMA_VERSION, TYPES, conform, from_arrow, plain_schema, tables, to_arrow
from tests.lake.rows import alias, blog_row, capture, headline, revision, sighting, watch
from transforms.rows import TABLES, CandidateRow, DuplicateRow, IncidentRow, RedactionRow

PYTHON_TYPES = {str: "text", int: "int", float: "real", bool: "bool", datetime: "time", tuple[str, ...]: "texts"}
DUPLICATE = DuplicateRow("s", "h", "exact", 1.0, "exact/1", "b1", capture().observed_at, "b1-0")
INCIDENT = IncidentRow(
    "", capture().observed_at, "i1", "opened", "freshness", "riverside", "late", 720.0, 180.0, None, "run"
)
CANDIDATE = CandidateRow(
    "b1", capture().observed_at, "https://news.example/l?r", "riverside", "Flood", None, "feed", "https://news.example/f",
    "watched", None,
)  # fmt: skip
REDACTION = RedactionRow("b1", capture().observed_at, "r1", "section", "s1", "desk", "why", ("a", "b"), "0", 1, 2)
ROWS = {
    "captures": capture(), "blogs": blog_row(), "watches": watch(), "aliases": alias(), "revisions": revision(),
    "headlines": headline(), "sightings": sighting(), "duplicates": DUPLICATE,
    "incidents": INCIDENT, "candidates": CANDIDATE, "redactions": REDACTION,
}  # fmt: skip


def declared(row_type: type) -> list[tuple[str, str, bool]]:
    """Name, type and whether null is allowed, of each field of a record type."""
    found = []
    for field in dataclasses.fields(row_type):
        hint = typing.get_type_hints(row_type)[field.name]
        options = typing.get_args(hint) if isinstance(hint, types.UnionType) else (hint,)
        [plain] = [option for option in options if option is not type(None)]
        found.append((field.name, PYTHON_TYPES[plain], type(None) in options))
    return found


def test_the_tables_are_those_of_the_records() -> None:
    assert list(tables()) == list(TABLES)


@pytest.mark.parametrize("name", TABLES)
def test_columns_are_the_fields_in_name_order_type_and_null(name: str) -> None:
    assert [(column.name, column.type, column.null) for column in tables()[name].columns] == declared(TABLES[name])


@pytest.mark.parametrize("name", TABLES)
def test_every_column_says_what_it_means(name: str) -> None:
    for field in tables()[name].schema:
        said = {key.decode(): value.decode() for key, value in field.metadata.items()}
        assert said["doc"].endswith(".")
        assert said["example"]
        assert 1 <= int(said["since"]) <= SCHEMA_VERSION
        assert not pa.types.is_null(field.type)


@pytest.mark.parametrize("name", TABLES)
def test_names_carry_their_units(name: str) -> None:
    for column in tables()[name].columns:
        if column.name.endswith(("_ms", "_s", "_bytes")):
            assert column.unit in {"ms", "s", "bytes"}


@pytest.mark.parametrize("name", TABLES)
def test_rows_come_back_as_they_were(name: str) -> None:
    assert from_arrow(name, to_arrow(name, [ROWS[name]])) == (ROWS[name],)


@pytest.mark.parametrize("name", TABLES)
def test_no_rows_make_a_table_with_all_columns(name: str) -> None:
    assert to_arrow(name, []).schema == plain_schema(name)


@settings(deadline=None)
@given(st.permutations(range(6)), st.sampled_from(["captures", "revisions"]))
def test_the_same_rows_in_any_order_give_the_same_bytes(order: list[int], name: str) -> None:
    make = {"captures": lambda n: capture(f"b{n % 2}", n), "revisions": lambda n: revision(f"b{n % 2}", f"s{n % 3}", n)}
    rows = [make[name](number) for number in range(6)]
    shuffled = [rows[number] for number in order]
    assert write_parquet(to_arrow(name, shuffled)) == write_parquet(to_arrow(name, rows))


@settings(deadline=None)
@given(st.text(), st.lists(st.text(), max_size=3), st.datetimes(timezones=st.just(capture().observed_at.tzinfo)))
def test_any_text_list_and_time_survives(text: str, authors: list[str], moment: datetime) -> None:
    row = dataclasses.replace(revision(), text=text, authors=tuple(authors), observed_at=moment)
    try:
        text.encode()
    except UnicodeEncodeError:
        return
    assert from_arrow("revisions", to_arrow("revisions", [row])) == (row,)


def test_a_file_older_than_a_column_reads_as_null_or_empty() -> None:
    old = to_arrow("revisions", [revision()]).drop_columns(["missing_since", "media", "pinned", "text", "not_after"])
    [row] = from_arrow("revisions", old)
    assert (row.missing_since, row.media, row.pinned, row.text) == (None, (), False, "")
    assert conform("revisions", old).schema == plain_schema("revisions")


@pytest.mark.parametrize("type_name", TYPES)
def test_every_type_has_a_place_in_sql(type_name: str) -> None:
    assert type_name in tables_page.SQL_TYPES
