"""Parquet files: written with zstd, statistics on and rows in order; read for all blogs or for some.

g<generation>/hot/<table>/dt=<day>/<name>.parquet     the open day, a file a commit until it is folded
g<generation>/days/<table>/dt=<day>/<name>.parquet    closed days, one file a table, large through row groups
"""

import io
from collections.abc import Collection, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from hashlib import sha256

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from lake.errors import ObjectMissing, SnapshotDamaged
from lake.manifest import FileEntry
from lake.ranges import RangeFile
from lake.schemas import SCHEMA_VERSION, conform, plain_schema
from lake.store import ObjectStore, put_new

HOT_LEVEL = 3
"""Of zstd, for files that the next fold replaces …"""
CLOSED_LEVEL = 16
"""… and for those that are written once and read for years."""
ROW_GROUP_ROWS = 2048
"""Few enough that one blog's rows of a busy day are found by statistics, many enough to compress well."""
PAGE_BYTES = 8 << 20
"""More than a row group: zstd sees a column's whole chunk at once."""
DISTINCT = frozenset(
    {
        "alias", "capture_id", "digest", "etag", "headline", "headline_id", "keys", "last_modified", "normalised",
        "page_digest", "payload_digest", "permalink", "published_raw", "publisher_id", "response_date",
        "response_record_id", "section_id", "segment", "sighting_id", "text",
    }
)  # fmt: skip
"""Text that seldom repeats within a file: a dictionary would only cut it in two."""
PROSE = frozenset({"text", "headline", "keys", "normalised", "digest", "payload_digest", "page_digest", "capture_id"})
"""Of these, text that shares no beginning with its neighbours."""
READERS = 8
"""Files fetched at once."""
WHOLE_BYTES = 1 << 20
"""A file up to this size is fetched in one request."""


def write_parquet(table: pa.Table, group_rows: int = ROW_GROUP_ROWS, level: int = HOT_LEVEL) -> bytes:
    """The bytes of a Parquet file; equal tables give equal bytes."""
    sink = io.BytesIO()
    pq.write_table(
        table, sink, compression="zstd", compression_level=level, row_group_size=group_rows, data_page_size=PAGE_BYTES,
        use_dictionary=_repeating(table.schema), column_encoding=_encodings(table.schema), write_statistics=True,
        store_schema=False, version="2.6",
    )  # fmt: skip
    return sink.getvalue()


def _repeating(schema: pa.Schema) -> list[str]:
    """The columns that get a dictionary, as Parquet's paths."""
    return [
        f"{field.name}.list.element" if pa.types.is_list(field.type) else field.name
        for field in schema
        if field.name not in DISTINCT and not pa.types.is_timestamp(field.type) and not pa.types.is_boolean(field.type)
    ]


def _encodings(schema: pa.Schema) -> dict[str, str]:
    """Times as differences, distinct text by what it shares with the value before."""
    times = {field.name: "DELTA_BINARY_PACKED" for field in schema if pa.types.is_timestamp(field.type)}
    return times | {field.name: "DELTA_BYTE_ARRAY" for field in schema if field.name in DISTINCT - PROSE}


def put_table(store: ObjectStore, key: str, table: pa.Table, group_rows: int = ROW_GROUP_ROWS) -> FileEntry:
    """Write a table under a name that is ours alone, and say what a manifest should say about it."""
    content = write_parquet(table, group_rows)
    put_new(store, key, content)
    return described(key, table, content)


def described(key: str, table: pa.Table, content: bytes) -> FileEntry:
    """What a manifest says about a file that holds a table."""
    span = pc.min_max(table["observed_at"]).as_py()
    digest = sha256(content).hexdigest()
    return FileEntry(key, len(table), len(content), digest, span["min"], span["max"], schema=SCHEMA_VERSION)


def read_files(
    store: ObjectStore, name: str, files: Sequence[FileEntry], blog_ids: Collection[str] | None = None
) -> pa.Table:
    """All rows of some files of one table, or those of some blogs, in the order of the files.

    Raises SnapshotDamaged if a file cannot be read as Parquet.
    """
    chosen = None if blog_ids is None else is_one_of("blog_id", blog_ids)
    return read_rows(store, name, files, chosen)


def read_sound(store: ObjectStore, name: str, files: Sequence[FileEntry]) -> tuple[pa.Table, dict[str, str]]:
    """All rows of those of some files that are as they should be; and of each other one, what is wrong with it."""
    try:
        return read_files(store, name, files), {}
    except (SnapshotDamaged, ObjectMissing) as error:
        if len(files) == 1:
            return read_files(store, name, []), {files[0].key: str(error)}
    parts = [read_sound(store, name, [file]) for file in files]
    return pa.concat_tables(table for table, _ in parts), {key: why for _, wrong in parts for key, why in wrong.items()}


def is_one_of(column: str, values: Collection[str]) -> pc.Expression:
    """The rows in which a column holds one of some values."""
    return pc.field(column).isin(pa.array(sorted(values), pa.string()))


def read_rows(
    store: ObjectStore, name: str, files: Sequence[FileEntry], chosen: pc.Expression | None = None
) -> pa.Table:
    """All rows of some files of one table, or those that are chosen, in the order of the files.

    Raises SnapshotDamaged if a file cannot be read as Parquet.
    """
    if not files:
        return plain_schema(name).empty_table()
    with ThreadPoolExecutor(min(READERS, len(files))) as pool:
        return pa.concat_tables(pool.map(lambda file: _read(store, name, file, chosen), files))


def values_of(store: ObjectStore, files: Iterable[FileEntry], column: str) -> set[str]:
    """The distinct values of a column of text, read file by file, without nulls. Raises SnapshotDamaged."""
    found: set[str] = set()
    for file in files:
        with readable(store, file):
            table = pq.read_table(source(store, file), columns=[column], partitioning=None)
        found.update(value for value in table[column].unique().to_pylist() if value is not None)
    return found


def source(store: ObjectStore, file: FileEntry, whole: int = WHOLE_BYTES) -> pa.NativeFile:
    """A file up to a size whole; of a larger one, what its reader asks for.

    One fetched whole is held against its digest: Parquet itself does not notice every altered byte, and what is read
    here is written again, by folds and commits. Raises SnapshotDamaged.
    """
    if file.bytes > whole:
        return pa.PythonFile(RangeFile(store, file.key, file.bytes), "r")
    content = store.get(file.key)
    if file.sha256 and sha256(content).hexdigest() != file.sha256:
        raise SnapshotDamaged(
            f"{store.uri(file.key)}: not what its snapshot says. `liveblog verify` says how to mend it."
        )
    return pa.BufferReader(content)


def _read(store: ObjectStore, name: str, file: FileEntry, chosen: pc.Expression | None) -> pa.Table:
    with readable(store, file):
        if chosen is None:  # quicker than a dataset of one file: folds read many small ones
            return conform(name, pq.ParquetFile(source(store, file, whole=file.bytes)).read())
        return conform(name, pq.read_table(source(store, file), filters=chosen, partitioning=None))


@contextmanager
def readable(store: ObjectStore, file: FileEntry) -> Iterator[None]:
    """Reading within it raises SnapshotDamaged where the file is not as Parquet should be."""
    try:
        yield
    except (pa.ArrowInvalid, OSError, UnicodeError) as error:
        raise SnapshotDamaged(f"{store.uri(file.key)}: not readable as Parquet ({error}). `liveblog verify`") from error
