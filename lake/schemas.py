"""One explicit Arrow schema a table, and the way between rows and Arrow.

What each column means stands in ``tables.toml``, beside this file, and in each field's metadata (``doc``, ``unit``,
``example``, ``since``). Names and order are those of the record types in `transforms.rows`. Columns are only ever
appended; a file written before a column came reads as null there, or as the type's zero where null is not allowed.
"""

import tomllib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from operator import attrgetter
from pathlib import Path
from typing import Any

import pyarrow as pa

from transforms.rows import TABLES, Row

SCHEMA_VERSION = 2
"""Raised by one whenever a column is appended to any table."""

TYPES: Mapping[str, pa.DataType] = {
    "text": pa.string(),
    "int": pa.int64(),
    "real": pa.float64(),
    "bool": pa.bool_(),
    "time": pa.timestamp("us", tz="UTC"),
    "texts": pa.list_(pa.field("element", pa.string(), nullable=False)),
}

ZEROS: Mapping[pa.DataType, Any] = {
    TYPES["text"]: "",
    TYPES["int"]: 0,
    TYPES["real"]: 0.0,
    TYPES["bool"]: False,
    TYPES["time"]: datetime.fromtimestamp(0, UTC),
    TYPES["texts"]: [],
}
"""What a column that may not be null holds in rows older than itself."""


@dataclass(frozen=True, slots=True)
class Column:
    """What ``tables.toml`` says about one column."""

    name: str
    type: str
    doc: str
    example: str
    unit: str = ""
    null: bool = False
    since: int = 1

    @property
    def field(self) -> pa.Field:
        """The Arrow field, with all that is said as its metadata."""
        said = {"doc": self.doc, "unit": self.unit, "example": self.example, "since": str(self.since)}
        return pa.field(self.name, TYPES[self.type], nullable=self.null, metadata=said)


@dataclass(frozen=True, slots=True)
class Table:
    """What ``tables.toml`` says about one table."""

    name: str
    doc: str
    sort: tuple[str, ...]
    """The columns that give rows their one order."""
    columns: tuple[Column, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The columns' names, in order."""
        return tuple(column.name for column in self.columns)

    @property
    def schema(self) -> pa.Schema:
        """The Arrow schema, with docs."""
        return pa.schema([column.field for column in self.columns], metadata={"doc": self.doc})


@cache
def tables() -> Mapping[str, Table]:
    """All tables, in the order of the design."""
    said = tomllib.loads(Path(__file__).with_name("tables.toml").read_text("utf-8"))
    return {name: _table(name, table) for name, table in said.items()}


@cache
def plain_schema(name: str) -> pa.Schema:
    """A table's schema without docs, as files carry it: a hot file of three rows should not be mostly prose."""
    return pa.schema([column.field.remove_metadata() for column in tables()[name].columns])


def to_arrow(name: str, rows: Sequence[Row]) -> pa.Table:
    """Rows of one table as Arrow, in the table's order. Equal sets of rows give equal tables."""
    schema = plain_schema(name)
    arrays = [pa.array(map(attrgetter(field.name), rows), field.type, size=len(rows)) for field in schema]
    return in_order(name, pa.Table.from_arrays(arrays, schema=schema))


def in_order(name: str, table: pa.Table) -> pa.Table:
    """The same rows by blog and time, ties broken by what makes a row of this table one of a kind."""
    return table.sort_by([(column, "ascending") for column in tables()[name].sort])


def from_arrow(name: str, table: pa.Table) -> tuple[Row, ...]:
    """Arrow back to rows, in the order given. Columns that an older file lacks are filled in."""
    row_type = TABLES[name]
    columns = (_values(field, table) for field in plain_schema(name))
    return tuple(row_type(*values) for values in zip(*columns, strict=True))


def conform(name: str, table: pa.Table) -> pa.Table:
    """A table of an older schema version with today's columns; one that is up to date comes back as it is."""
    schema = plain_schema(name)
    if table.schema.equals(schema):
        return table
    return pa.Table.from_arrays([_column(field, table) for field in schema], schema=schema)


def version_of(name: str, columns: Collection[str]) -> int:
    """The schema version with which a file of one table was written, by the columns that it has."""
    absent = [column.since for column in tables()[name].columns if column.name not in columns]
    return min(absent, default=SCHEMA_VERSION + 1) - 1


def _table(name: str, said: Mapping[str, Any]) -> Table:
    columns = tuple(Column(column, **facts) for column, facts in said["columns"].items())
    return Table(name, said["doc"], tuple(said["sort"]), columns)


def _column(field: pa.Field, table: pa.Table) -> pa.Array | pa.ChunkedArray:
    if field.name in table.schema.names:
        return table.column(field.name).cast(field.type)
    if field.nullable:
        return pa.nulls(len(table), field.type)
    return pa.array([ZEROS[field.type]] * len(table), field.type)


def _values(field: pa.Field, table: pa.Table) -> Iterable[Any]:
    values = _column(field, table).to_pylist()
    return map(tuple, values) if pa.types.is_list(field.type) else values
