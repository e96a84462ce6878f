"""The SQL that an analyst works with: a view a table over explicit file lists, views of beliefs, macros of time.

    captures, blogs, watches, candidates, aliases, revisions, headlines …   one view a table
    current_blogs        the newest row of every blog
    sources              the source, address and title of every blog that was read, one row each: to join by
    sections             the latest belief about every section
    updates              sections of that kind, real second copies left out (rule R6)
    sections_at(t)       what we held true about every section at t
    page_at(blog, t)     what readers of the blog saw at t, from the top down
    changes(blog)        the blog's changes in the order of time, each beside what stood there before

The text is plain DuckDB SQL and works without this program; one snapshot always gives the same text.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby

from lake.manifest import FileEntry
from lake.schemas import Table, tables
from lake.snapshots import Snapshot

SQL_TYPES = {
    "text": "VARCHAR",
    "int": "BIGINT",
    "real": "DOUBLE",
    "bool": "BOOLEAN",
    "time": "TIMESTAMP WITH TIME ZONE",
    "texts": "VARCHAR[]",
}

BELIEFS = """
CREATE VIEW current_blogs AS
SELECT * FROM blogs
QUALIFY row_number() OVER (PARTITION BY blog_id ORDER BY observed_at DESC, capture_id DESC) = 1;

CREATE VIEW sources AS
SELECT blog_id, source, url, title FROM current_blogs;

CREATE VIEW sections AS
SELECT * FROM revisions
QUALIFY row_number() OVER (PARTITION BY blog_id, section_id ORDER BY seq DESC, observed_at DESC) = 1;

CREATE VIEW updates AS
SELECT * FROM sections
WHERE kind = 'update' AND (blog_id, section_id) NOT IN (
    SELECT (sightings.blog_id, sightings.section_id)
    FROM duplicates JOIN sightings USING (sighting_id)
    WHERE duplicates.rule IN ('pinned_copy', 'key_event', 'card') AND sightings.section_id IS NOT NULL);

CREATE MACRO sections_at(t) AS TABLE
SELECT * FROM revisions
WHERE observed_at <= t::TIMESTAMPTZ AND dt <= (t::TIMESTAMPTZ AT TIME ZONE 'UTC')::DATE
QUALIFY row_number() OVER (PARTITION BY blog_id, section_id ORDER BY seq DESC, observed_at DESC) = 1;

CREATE MACRO page_at(blog, t) AS TABLE
SELECT * EXCLUDE (newest) FROM (
    SELECT *, row_number() OVER (PARTITION BY section_id ORDER BY seq DESC, observed_at DESC) = 1 AS newest
    FROM revisions
    WHERE blog_id = blog
      AND observed_at <= t::TIMESTAMPTZ AND dt <= (t::TIMESTAMPTZ AT TIME ZONE 'UTC')::DATE)
WHERE newest AND visibility = 'shown'
ORDER BY rank, section_id;

CREATE MACRO changes(blog) AS TABLE
SELECT observed_at, change, reason, section_id, seq, changed_fields, not_before, not_after,
       lag(headline) OVER earlier AS headline_before, headline,
       lag(text) OVER earlier AS text_before, text,
       visibility, capture_id, missing_since
FROM revisions
WHERE blog_id = blog
WINDOW earlier AS (PARTITION BY section_id ORDER BY seq)
ORDER BY observed_at, rank, section_id, seq;
"""


def views_sql(snapshot: Snapshot) -> str:
    """The views and macros over one snapshot, as a script for any DuckDB (``s3://`` needs its httpfs and a secret)."""
    head = f"-- Snapshot {snapshot.number} of {snapshot.store.root}, committed {snapshot.committed_at.isoformat()}\n"
    return head + "\n".join(_table_view(snapshot, table) for table in tables().values()) + BELIEFS


def comments_sql() -> Iterator[str]:
    """What each view and column means, as COMMENT ON statements."""
    for table in tables().values():
        yield f"COMMENT ON VIEW {table.name} IS {quoted(table.doc)};"
        for column in table.columns:
            unit = f" [{column.unit}]" if column.unit else ""
            yield f"COMMENT ON COLUMN {table.name}.{column.name} IS {quoted(column.doc + unit)};"


def quoted(text: str) -> str:
    """A string literal of SQL."""
    return "'" + text.replace("'", "''") + "'"


def _table_view(snapshot: Snapshot, table: Table) -> str:
    files = sorted(snapshot.files(table.name), key=lambda file: file.schema)
    parts = [_scan(snapshot, table, list(group), schema) for schema, group in groupby(files, key=lambda f: f.schema)]
    return f"CREATE VIEW {table.name} AS\n" + "\nUNION ALL\n".join(parts or [_nothing(table)]) + ";"


def _scan(snapshot: Snapshot, table: Table, files: Sequence[FileEntry], schema: int) -> str:
    """Files of one schema version; so DuckDB need not open each of them to learn its columns."""
    columns = ", ".join(
        column.name if column.since <= schema else f"{_absent(column.type, column.null)} AS {column.name}"
        for column in table.columns
    )
    listed = ",\n    ".join(quoted(snapshot.store.uri(file.key)) for file in files)
    # Names from tables.toml and quoted keys of our own files: nothing foreign gets in.
    return f"SELECT {columns}, dt FROM read_parquet([\n    {listed}\n  ], hive_partitioning = true)"  # noqa: S608


def _nothing(table: Table) -> str:
    columns = ", ".join(f"NULL::{SQL_TYPES[column.type]} AS {column.name}" for column in table.columns)
    return f"SELECT {columns}, NULL::DATE AS dt WHERE false"


def _absent(type_name: str, null: bool) -> str:
    """What stands in rows older than the column, as in `lake.schemas.conform`."""
    if null:
        return f"NULL::{SQL_TYPES[type_name]}"
    zero = {"text": "''", "int": "0", "real": "0", "bool": "false", "time": "'epoch'", "texts": "[]"}[type_name]
    return f"{zero}::{SQL_TYPES[type_name]}"
