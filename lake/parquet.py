"""Parquet files: written with zstd, statistics on and rows in order; read for all blogs or for some.

g<generation>/hot/<table>/dt=<day>/<name>.parquet     the open day, a file a commit until it is folded
g<generation>/days/<table>/dt=<day>/<name>.parquet    closed days, one file a table, large through row groups
"""

import io
from collections.abc import Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from lake.errors import SnapshotDamaged
from lake.manifest import FileEntry
from lake.schemas import conform, plain_schema
from lake.store import ObjectStore, put_new

COMPRESSION_LEVEL = 9
"""Of zstd; a file is written once and read for years."""
ROW_GROUP_ROWS = 16_384
"""Few enough that one blog's rows of a busy day are found by statistics, many enough to compress well."""
READERS = 8
"""Files fetched at once."""


def write_parquet(table: pa.Table) -> bytes:
    """The bytes of a Parquet file; equal tables give equal bytes."""
    sink = io.BytesIO()
    pq.write_table(
        table, sink, compression="zstd", compression_level=COMPRESSION_LEVEL, row_group_size=ROW_GROUP_ROWS,
        write_statistics=True, store_schema=False, version="2.6", data_page_version="1.0",
    )  # fmt: skip
    return sink.getvalue()


def put_table(store: ObjectStore, key: str, table: pa.Table) -> FileEntry:
    """Write a table under a name that is ours alone, and say what a manifest should say about it."""
    content = write_parquet(table)
    put_new(store, key, content)
    span = pc.min_max(table["observed_at"]).as_py()
    return FileEntry(key, len(table), len(content), sha256(content).hexdigest(), span["min"], span["max"])


def read_files(
    store: ObjectStore, name: str, files: Sequence[FileEntry], blog_ids: Collection[str] | None = None
) -> pa.Table:
    """All rows of some files of one table, or those of some blogs, in the order of the files.

    Raises SnapshotDamaged if a file cannot be read as Parquet.
    """
    schema = plain_schema(name)
    if not files:
        return schema.empty_table()
    with ThreadPoolExecutor(min(READERS, len(files))) as pool:
        tables = list(pool.map(lambda file: _read(store, name, file, blog_ids), files))
    return pa.concat_tables(tables)


def _read(store: ObjectStore, name: str, file: FileEntry, blog_ids: Collection[str] | None) -> pa.Table:
    chosen = None if blog_ids is None else pc.field("blog_id").isin(pa.array(sorted(blog_ids), pa.string()))
    try:
        table = pq.read_table(pa.BufferReader(store.get(file.key)), filters=chosen, partitioning=None)
    except (pa.ArrowInvalid, OSError) as error:
        raise SnapshotDamaged(f"{store.uri(file.key)}: not readable as Parquet ({error}). `liveblog verify`") from error
    return conform(name, table)
