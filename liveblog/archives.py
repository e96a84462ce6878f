"""WARC files as input of `extract`: our own segments or a stranger's crawl, one page a look, streamed."""

import sys
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from io import BufferedReader
from pathlib import Path
from typing import BinaryIO

from lake.errors import SegmentUnreadable
from lake.warc import captures_of
from liveblog.errors import InputError
from liveblog.inputs import GZIP_MAGIC, Given
from transforms.pages import walk
from transforms.read import read
from transforms.records import Capture, Document, Outcome, Page

SIGN = b"WARC/"
"""With it every record begins (ISO 28500, section 4)."""
SNIFFED_BYTES = 512


@dataclass(frozen=True, slots=True)
class Archived:
    """One look of an archive, read."""

    page: Page
    fetched_at: datetime
    status: int | None


def is_archive(path: str) -> bool:
    """Whether a file, or what comes on standard input (``-``), is a WARC, gzipped or not, by its first bytes."""
    try:
        head = _head(path)
    except OSError:
        return False  # whoever opens it next says what is wrong with it
    if head.startswith(GZIP_MAGIC):
        try:
            head = zlib.decompressobj(wbits=31).decompress(head, len(SIGN))
        except zlib.error:
            return False
    return head.startswith(SIGN)


def pages_of(path: str, given: Given) -> Iterator[Archived]:
    """Every look of an archive as a page, in its order; one that brought no page says why in `unreadable`.

    Addresses and times are the archive's own. Raises InputError, after what stood before the damage.
    """
    try:
        with _opened(path) as stream:
            for capture in captures_of(stream, path, None, None):
                yield archived(capture, given)
    except SegmentUnreadable as error:
        raise InputError(str(error)) from error
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror or error}") from error


def archived(capture: Capture, given: Given) -> Archived:
    """One look, read: all the pages it walked through as one."""
    look = capture.look
    if look.outcome != Outcome.FETCHED or not capture.payloads:
        page = _nothing(look.reason or f"the look brought no body ({look.outcome})")
    else:

        def read_as_given(document: Document) -> Page:
            return read(replace(document, generic=given.generic))

        page = walk(capture, read_as_given, given.timezone, given.language).page
    page = page if page.url else replace(page, url=look.final_url or look.url)
    return Archived(page, look.observed_at, look.status)


def _nothing(why: str) -> Page:
    return Page(is_live_blog=False, reasons=(why,), unreadable=why)


def _head(path: str) -> bytes:
    if path == "-":
        stream = sys.stdin.buffer
        return stream.peek(SNIFFED_BYTES)[:SNIFFED_BYTES] if isinstance(stream, BufferedReader) else b""
    with Path(path).open("rb") as file:
        return file.read(SNIFFED_BYTES)


def _opened(path: str) -> BinaryIO:
    return sys.stdin.buffer if path == "-" else Path(path).open("rb")
