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
WHOLE_BYTES = 1 << 20
"""A file up to this size is fetched in one request."""


class RangeFile(io.RawIOBase):
    """An object as a file that can be read from anywhere, a request a read."""

    def __init__(self, store: ObjectStore, key: str, size: int) -> None:
        self.store, self.key, self.size, self.place = store, key, size, 0

    def readable(self) -> bool:
        """It is there to be read."""
        return True

    def seekable(self) -> bool:
        """From anywhere."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move to a place, counted from the beginning, from here, or from the end."""
        self.place = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self.place, io.SEEK_END: self.size}[whence]
        return self.place

    def tell(self) -> int:
        """The place."""
        return self.place

    def read(self, size: int = -1) -> bytes:
        """The next bytes."""
        length = self.size - self.place if size < 0 else min(size, self.size - self.place)
        content = self.store.get_range(self.key, self.place, length) if length > 0 else b""
        self.place += len(content)
        return content


def write_parquet(table: pa.Table, group_rows: int = ROW_GROUP_ROWS) -> bytes:
    """The bytes of a Parquet file; equal tables give equal bytes."""
    sink = io.BytesIO()
    pq.write_table(
        table, sink, compression="zstd", compression_level=COMPRESSION_LEVEL, row_group_size=group_rows,
        write_statistics=True, store_schema=False, version="2.6", data_page_version="1.0",
    )  # fmt: skip
    return sink.getvalue()


def put_table(store: ObjectStore, key: str, table: pa.Table, group_rows: int = ROW_GROUP_ROWS) -> FileEntry:
    """Write a table under a name that is ours alone, and say what a manifest should say about it."""
    content = write_parquet(table, group_rows)
    put_new(store, key, content)
    return described(key, table, content)


def described(key: str, table: pa.Table, content: bytes) -> FileEntry:
    """What a manifest says about a file that holds a table."""
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


def _source(store: ObjectStore, file: FileEntry) -> pa.NativeFile:
    """A small file whole; of a large one, what its reader asks for."""
    if file.bytes <= WHOLE_BYTES:
        return pa.BufferReader(store.get(file.key))
    return pa.PythonFile(RangeFile(store, file.key, file.bytes), "r")


def _read(store: ObjectStore, name: str, file: FileEntry, blog_ids: Collection[str] | None) -> pa.Table:
    chosen = None if blog_ids is None else pc.field("blog_id").isin(pa.array(sorted(blog_ids), pa.string()))
    try:
        table = pq.read_table(_source(store, file), filters=chosen, partitioning=None)
    except (pa.ArrowInvalid, OSError) as error:
        raise SnapshotDamaged(f"{store.uri(file.key)}: not readable as Parquet ({error}). `liveblog verify`") from error
    return conform(name, table)
