"""What `extract` is pointed at: files, addresses, standard input, each made into documents to read."""

import gzip
import re
import sys
import zlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from crawler.settings import MIB
from liveblog.errors import InputError
from transforms.records import Document

MAX_INPUT_BYTES = 64 * MIB
"""A file or pipe longer than this is no page; WARC files are streamed and have no such bound."""
GZIP_MAGIC = b"\x1f\x8b"
TYPES = {
    ".html": "text/html",
    ".htm": "text/html",
    ".xhtml": "application/xhtml+xml",
    ".txt": "text/plain",
    ".json": "application/json",
}


@dataclass(frozen=True, slots=True)
class Given:
    """What the command line says about the documents, beside where they are."""

    url: str | None = None
    fetched_at: datetime | None = None
    timezone: str | None = None
    language: str | None = None
    generic: bool = False


def from_file(path: str, given: Given) -> Document:
    """The document in a file, or on standard input for ``-``; gzip is undone. Raises InputError."""
    content = gunzipped(_stdin() if path == "-" else _file(Path(path)), path)
    name = Path(path.removesuffix(".gz"))
    return Document(
        content=content,
        url=given.url,
        content_type=TYPES.get(name.suffix.lower()),
        fetched_at=given.fetched_at,
        timezone=given.timezone,
        language=given.language,
        generic=given.generic,
    )


def gunzipped(content: bytes, name: str) -> bytes:
    """Content with gzip undone, where it is gzip (RFC 1952). Raises InputError if it is broken or too large."""
    if not content.startswith(GZIP_MAGIC):
        return content
    unpacker = zlib.decompressobj(wbits=31)
    try:
        plain = unpacker.decompress(content, MAX_INPUT_BYTES + 1)
    except (zlib.error, gzip.BadGzipFile) as error:
        raise InputError(f"{name}: broken gzip ({error}): fetch or copy it again") from error
    return _bounded(plain, name)


def _file(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            return _bounded(stream.read(MAX_INPUT_BYTES + 1), str(path))
    except FileNotFoundError:
        if scheme := re.match(r"[a-z][a-z0-9+.-]*:/", str(path)):
            raise InputError(f"{scheme[0]}/…: cannot be fetched: give an address as https://…, or a file") from None
        raise InputError(f"{path}: no such file: check the path, or give an address as https://…") from None
    except IsADirectoryError:
        raise InputError(f"{path}: a folder: name the files in it") from None
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror or error}") from error


def _stdin() -> bytes:
    return _bounded(sys.stdin.buffer.read(MAX_INPUT_BYTES + 1), "standard input")


def _bounded(content: bytes, name: str) -> bytes:
    if len(content) > MAX_INPUT_BYTES:
        raise InputError(f"{name}: longer than {MAX_INPUT_BYTES // MIB} MiB: too large for a page")
    return content


def is_address(path: str) -> bool:
    """Whether an argument is an address to fetch, and not a file."""
    return path.startswith(("http://", "https://"))
