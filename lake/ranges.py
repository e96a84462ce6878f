"""Objects as files that can be read from anywhere: what is small whole, of what is large the ranges asked for."""

import io
from typing import Any

from lake.errors import ObjectMissing
from lake.store import ObjectStore

WHOLE_BYTES = 16 << 20
"""Up to this size an object is fetched in one request; our own segments end at half of it."""
AHEAD_BYTES = 8 << 20
"""Of a larger one, this much at a time."""


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

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401 - any writable buffer; typing names none before 3.12
        """The next bytes, into a buffer."""
        content = self.read(len(buffer))
        buffer[: len(content)] = content
        return len(content)


def opened(store: ObjectStore, key: str) -> io.BytesIO | io.BufferedReader:
    """An object as a buffered file: one request, unless it is large. Raises ObjectMissing."""
    begin = store.get_range(key, 0, WHOLE_BYTES + 1)
    if len(begin) <= WHOLE_BYTES:
        return io.BytesIO(begin)
    info = store.head(key)
    if info is None:
        raise ObjectMissing(store.uri(key))
    return io.BufferedReader(RangeFile(store, key, info.size), AHEAD_BYTES)
