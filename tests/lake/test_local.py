"""A folder as a store: crashes, full disks and folders that may not be written."""

import os
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from lake.errors import StoreRefused
from lake.local import LocalStore

NOBODY = 65534

PUT = """
import os, resource, signal, sys
from pathlib import Path
from lake.errors import LakeError
from lake.local import LocalStore
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
if sys.argv[3:]:
    os.setuid(int(sys.argv[3]))  # root may write anywhere
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), int(sys.argv[2])))
try:
    LocalStore(Path(sys.argv[1])).put_if_absent("raw/big", b"x" * 100_000)
except LakeError as error:
    print(type(error).__name__, error)
"""


def put_in_child(folder: Path, file_size_limit: int, user: int | None = None) -> str:
    command = [sys.executable, "-c", PUT, str(folder), str(file_size_limit), *([str(user)] if user else [])]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    return done.stdout


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder below folders that everybody may enter, which pytest's own are not."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


def test_a_full_disk_leaves_nothing_half_written_and_says_so(tmp_path: Path) -> None:
    assert put_in_child(tmp_path, file_size_limit=10_000).startswith("StoreFull")
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    assert put_in_child(tmp_path, file_size_limit=1_000_000) == ""
    assert (tmp_path / "raw/big").stat().st_size == 100_000


def test_what_is_put_is_flushed_before_it_has_its_name_and_its_name_after(tmp_path: Path, monkeypatch) -> None:
    flushed: list[tuple[bool, bool]] = []

    def fsync(descriptor: int) -> None:
        flushed.append((stat.S_ISDIR(os.fstat(descriptor).st_mode), (tmp_path / "raw/one").exists()))

    monkeypatch.setattr(os, "fsync", fsync)
    LocalStore(tmp_path).put_if_absent("raw/one", b"x")
    assert flushed == [(False, False), (True, True)]


def test_a_folder_that_may_not_be_written_is_named_with_what_to_check(open_folder: Path) -> None:
    open_folder.chmod(0o555)
    user = NOBODY if os.geteuid() == 0 else None
    said = put_in_child(open_folder, 1_000_000, user)
    assert said.startswith(f"StoreRefused {open_folder}")
    assert "owner and permissions" in said


def test_a_file_that_may_not_be_read_is_refused_not_missing(tmp_path: Path, monkeypatch) -> None:
    store = LocalStore(tmp_path)
    store.put_if_absent("a", b"x")

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(StoreRefused, match="Permission denied"):
        store.get("a")


def test_temporary_files_of_a_crash_are_no_objects(tmp_path: Path) -> None:
    (tmp_path / ".tmp").mkdir()
    (tmp_path / ".tmp" / "left").write_bytes(b"half")
    store = LocalStore(tmp_path)
    store.put_if_absent("a", b"x")
    assert [info.key for info in store.list("")] == ["a"]
