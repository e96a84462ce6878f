"""Objects as files in a folder: the embedded default.

Content goes to a temporary file in ``.tmp/`` of the same folder, is flushed to the disk, and gets its name by a hard
link: the one operation that both refuses to overwrite and makes a whole file appear at once. A crash leaves at most a
temporary file, which no key can name.
"""

import errno
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from lake.errors import ObjectMissing, StoreError, StoreFull, StoreRefused, StoreUnsafe
from lake.requests import Requests
from lake.store import ObjectInfo, Put

TEMPORARY = ".tmp"
FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
REFUSED = {errno.EACCES, errno.EPERM, errno.EROFS}


class LocalStore:
    """A folder. It is created by the first put."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.absolute()
        self.requests = Requests()

    @property
    def root(self) -> str:
        """The folder's absolute path."""
        return str(self.folder)

    def uri(self, key: str) -> str:
        """The file's absolute path."""
        return str(self.folder / key)

    def get(self, key: str) -> bytes:
        """Read the file."""
        self.requests.count("get", key)
        with self._opened(key) as file:
            return file.read()

    def get_range(self, key: str, start: int, length: int) -> bytes:
        """Read a part of the file."""
        self.requests.count("get", key)
        with self._opened(key) as file:
            file.seek(start)
            return file.read(length)

    def put_if_absent(self, key: str, content: bytes) -> Put:
        """Write a temporary file and link it to its name."""
        self.requests.count("put", key)
        with self._temporary(key) as (file, path):
            file.write(content)
            return self._publish(file, path, key)

    def put_file_if_absent(self, key: str, path: Path) -> Put:
        """Copy a file and link the copy to its name."""
        self.requests.count("put", key)
        with self._temporary(key) as (file, temporary), path.open("rb") as source:
            shutil.copyfileobj(source, file)
            return self._publish(file, temporary, key)

    def head(self, key: str) -> ObjectInfo | None:
        """Size and times of the file."""
        self.requests.count("head", key)
        with self._saying(key):
            try:
                return self._info(self.folder / key)
            except (FileNotFoundError, NotADirectoryError):
                return None

    def list(self, prefix: str, start_after: str = "") -> Iterator[ObjectInfo]:
        """Walk the folder that holds the prefix."""
        self.requests.count("list", prefix)
        with self._saying(prefix):
            top = self.folder / prefix.rpartition("/")[0]
            keys = sorted(path.relative_to(self.folder).as_posix() for path in _files(top))
        for key in keys:
            if key.startswith(prefix) and key > start_after:
                with suppress(FileNotFoundError):  # deleted meanwhile
                    yield self._info(self.folder / key)

    def delete(self, key: str) -> None:
        """Unlink the file."""
        self.requests.count("delete", key)
        with self._saying(key):
            (self.folder / key).unlink(missing_ok=True)

    def now(self) -> datetime:
        """The clock of the file system, read off a file made for it."""
        with self._temporary("") as (file, _):
            return datetime.fromtimestamp(os.fstat(file.fileno()).st_mtime, UTC)

    def _info(self, path: Path) -> ObjectInfo:
        stat = path.stat()
        modified = datetime.fromtimestamp(stat.st_mtime, UTC)
        key = path.relative_to(self.folder).as_posix()
        return ObjectInfo(key, stat.st_size, f"{stat.st_ino:x}-{stat.st_mtime_ns:x}", modified)

    @contextmanager
    def _opened(self, key: str) -> Iterator[BinaryIO]:
        with self._saying(key):
            try:
                file = (self.folder / key).open("rb")
            except (FileNotFoundError, NotADirectoryError) as error:
                raise ObjectMissing(self.uri(key)) from error
            with file:
                yield file

    @contextmanager
    def _temporary(self, key: str) -> Iterator[tuple[BinaryIO, Path]]:
        with self._saying(key):
            folder = self.folder / TEMPORARY
            folder.mkdir(parents=True, exist_ok=True)
            descriptor, name = tempfile.mkstemp(dir=folder)
            try:
                with os.fdopen(descriptor, "wb") as file:
                    yield file, Path(name)
            finally:
                Path(name).unlink(missing_ok=True)

    def _publish(self, file: BinaryIO, temporary: Path, key: str) -> Put:
        file.flush()
        os.fsync(file.fileno())
        temporary.chmod(0o644)
        target = self.folder / key
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(temporary, target)
        except FileExistsError:
            return Put.EXISTS
        except OSError as error:
            if error.errno in {errno.EPERM, errno.ENOTSUP, errno.EMLINK}:
                raise StoreUnsafe(
                    f"{self.root}: this file system has no hard links, so two writers could overwrite each other. "
                    "Keep the lake on a local disk, or in S3."
                ) from error
            raise
        _flush_folder(target.parent)
        return Put.CREATED

    @contextmanager
    def _saying(self, key: str) -> Iterator[None]:
        """Turn the system's errors into ours."""
        try:
            yield
        except OSError as error:
            where = self.uri(key)
            if error.errno in FULL:
                raise StoreFull(f"{where}: no room left. Free some; nothing half written was left behind.") from error
            if error.errno in REFUSED:
                raise StoreRefused(f"{where}: {error.strerror}. Check the folder's owner and permissions.") from error
            raise StoreError(f"{where}: {error.strerror or error}. Check the path and the disk.") from error


def _files(top: Path) -> Iterator[Path]:
    for folder, folders, names in os.walk(top, onerror=_unless_absent):
        folders[:] = [name for name in folders if name != TEMPORARY]
        yield from (Path(folder, name) for name in names)


def _unless_absent(error: OSError) -> None:
    if not isinstance(error, FileNotFoundError):
        raise error


def _flush_folder(folder: Path) -> None:
    """Make a new name last through a power cut (fsync(2): the file's own flush does not cover its folder)."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
