"""Where objects are kept: one protocol, two stores (`lake.local`, `lake.s3`), one contract (tests/lake/test_store.py).

A key is a relative path with forward slashes. A name is never used twice: nothing can be overwritten, only put where
nothing is. A put that dies half way leaves nothing under its name.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from lake.errors import AddressUnknown, SegmentConflict
from lake.requests import Requests


class Put(Enum):
    """How a put-if-absent ended."""

    CREATED = "created"
    EXISTS = "exists"
    """Something stands there; after a lost answer it may be our own."""


@dataclass(frozen=True, slots=True)
class ObjectInfo:
    """What a store says about an object without giving its content."""

    key: str
    size: int
    """Bytes."""
    etag: str
    modified_at: datetime
    """Aware UTC, by the store's own clock."""


class ObjectStore(Protocol):
    """A flat space of immutable objects. Every method may raise a `lake.errors.StoreError`."""

    @property
    def root(self) -> str:
        """The address of the whole: a folder's path, or ``s3://bucket/prefix``."""

    @property
    def requests(self) -> Requests:
        """What this process has asked of it."""

    def uri(self, key: str) -> str:
        """The address of one object, as DuckDB, pyarrow and people write it."""

    def get(self, key: str) -> bytes:
        """The whole content. Raises ObjectMissing."""

    def get_range(self, key: str, start: int, length: int) -> bytes:
        """`length` bytes from `start`, fewer at the end of the object. Raises ObjectMissing."""

    def put_if_absent(self, key: str, content: bytes) -> Put:
        """Put the content there, whole or not at all, unless something is there already."""

    def put_file_if_absent(self, key: str, path: Path) -> Put:
        """The same with the content of a file, which is not read into memory as a whole."""

    def head(self, key: str) -> ObjectInfo | None:
        """Facts about an object, or None where there is none."""

    def list(self, prefix: str, start_after: str = "") -> Iterator[ObjectInfo]:
        """Objects whose keys begin with `prefix` and sort after `start_after`, in the order of their keys."""

    def delete(self, key: str) -> None:
        """Remove an object; nothing happens where there is none."""

    def now(self) -> datetime:
        """The store's own time, aware UTC: clients' clocks may be wrong in different ways."""


def open_store(address: str) -> ObjectStore:
    """The store for a folder's path, ``file:///folder`` or ``s3://bucket/prefix``. Touches neither disk nor network.

    Raises AddressUnknown for any other kind of address.
    """
    scheme = re.match(r"([a-z0-9+.-]+)://", address)
    if scheme is None:
        from lake.local import LocalStore

        return LocalStore(Path(address).expanduser())
    parts = urlsplit(address)
    if parts.scheme == "file":
        from lake.local import LocalStore

        return LocalStore(Path(unquote(parts.path)))
    if parts.scheme == "s3" and parts.netloc:
        from lake.s3 import S3Store

        return S3Store(parts.netloc, parts.path.strip("/"))
    raise AddressUnknown(f"{address}: not an address of a lake. Write a folder's path or s3://bucket/prefix.")


def put_new(store: ObjectStore, key: str, content: bytes) -> None:
    """Put an object under a name that nobody else can have chosen; so what stands there after a lost answer is ours.

    Raises SegmentConflict if other content stands there all the same.
    """
    if store.put_if_absent(key, content) is Put.EXISTS and store.get(key) != content:
        raise SegmentConflict(f"{store.uri(key)}: other content stands under this name. Nothing was changed.")
