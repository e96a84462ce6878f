"""DuckDB over one snapshot: the views of `lake.views`, over a folder or ``s3://`` alike, with nothing to download."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import duckdb

from lake.errors import LakeError, QueryFailed, SnapshotDamaged, StoreRefused, StoreUnreachable
from lake.lake import Lake
from lake.s3 import S3Store
from lake.snapshots import Snapshot
from lake.views import comments_sql, quoted, views_sql

Connection = duckdb.DuckDBPyConnection
FETCH_ROWS = 1000
"""Rows taken from DuckDB at a time."""
OUR_FILE = re.compile(r"\bg\d+/(hot|days)/\w+/dt=[\d-]+/[\w-]+\.parquet\b")
"""A file of the lake, in an error of DuckDB's."""


@dataclass(frozen=True, slots=True)
class Result:
    """What a query gave."""

    columns: tuple[str, ...]
    types: tuple[str, ...]
    """DuckDB's names of the columns' types."""
    rows: Iterator[tuple[Any, ...]]
    """Read once; times are aware UTC."""


def connect(lake: Lake, snapshot: Snapshot, comments: bool = False) -> duckdb.DuckDBPyConnection:
    """A connection in which the views of a snapshot stand ready; `comments` adds the docs of every column.

    Close it after use. Raises StoreRefused where S3 credentials are missing, SnapshotDamaged where a file is.
    """
    connection = duckdb.connect(":memory:")
    try:
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute("SET parquet_metadata_cache = true")  # files never change
        if isinstance(lake.store, S3Store):
            _open_s3(connection, lake.store)
        connection.execute(views_sql(snapshot))
        if comments:
            connection.execute("\n".join(comments_sql()))
    except duckdb.Error as error:
        connection.close()
        raise _failed(error) from error
    except BaseException:
        connection.close()
        raise
    return connection


def run_sql(connection: duckdb.DuckDBPyConnection, sql: str, parameters: Mapping[str, object] | None = None) -> Result:
    """Run one statement (or several; the last one's result counts), with named parameters (``$name``).

    Raises QueryFailed with DuckDB's message; SnapshotDamaged where it is about a file of the lake.
    """
    try:
        cursor = connection.execute(sql, parameters)
    except duckdb.Error as error:
        raise _failed(error) from error
    if cursor is None:
        raise QueryFailed("the query is empty: write one, like SELECT count(*) FROM updates")
    description = cursor.description or []
    columns, types = tuple(str(item[0]) for item in description), tuple(str(item[1]) for item in description)
    return Result(columns, types, _rows(cursor))


def _rows(cursor: duckdb.DuckDBPyConnection) -> Iterator[tuple[Any, ...]]:
    try:
        while rows := cursor.fetchmany(FETCH_ROWS):
            yield from rows
    except duckdb.Error as error:
        raise _failed(error) from error


def _failed(error: duckdb.Error) -> LakeError:
    """What DuckDB refused, or why it could not read a file."""
    said = str(error).strip()
    if not OUR_FILE.search(said):
        return QueryFailed(said)
    if isinstance(error, duckdb.HTTPException) and "HTTP 404" not in said:
        return StoreUnreachable(f"{said}. Try again; `liveblog doctor` tells whether the store answers.")
    what = said.partition("\n\nLINE ")[0]  # of the view's SQL, which nobody wrote
    return SnapshotDamaged(f"{what}. `liveblog verify` says what else is damaged and how to mend it.")


def _open_s3(connection: duckdb.DuckDBPyConnection, store: S3Store) -> None:
    """Load httpfs from its wheel, and hand over the credentials that boto3 found, for this bucket only."""
    folder = Path(str(files("duckdb_extension_httpfs")))
    extension = next(folder.glob("extensions/*/httpfs.duckdb_extension"))
    connection.execute(f"LOAD {quoted(str(extension))}")
    credentials = store.session.get_credentials()
    if credentials is None:
        raise StoreRefused(f"{store.root}: no credentials. Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.")
    frozen, endpoint = credentials.get_frozen_credentials(), urlsplit(store.endpoint)
    options = {
        "KEY_ID": frozen.access_key,
        "SECRET": frozen.secret_key,
        "SESSION_TOKEN": frozen.token or "",
        "REGION": store.client.meta.region_name or "us-east-1",
        "SCOPE": f"s3://{store.bucket}",
    }
    if not (endpoint.hostname or "").endswith(("amazonaws.com", "amazonaws.com.cn")):
        options |= {"ENDPOINT": endpoint.netloc, "URL_STYLE": "path"}
    listed = ", ".join(f"{name} {quoted(value)}" for name, value in options.items() if value)
    connection.execute(f"CREATE SECRET lake (TYPE s3, {listed}, USE_SSL {endpoint.scheme == 'https'})")
