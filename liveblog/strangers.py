"""Looks that others made: responses of a stranger's crawl, given the ids that our own looks have."""

import hashlib
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from lake.errors import SegmentUnreadable
from lake.lake import Lake
from liveblog.addresses import domain_of, is_address
from liveblog.errors import InputError
from liveblog.inputs import GZIP_MAGIC
from liveblog.withheld import cleaned
from transforms.identity import blog_id
from transforms.pages import walk
from transforms.read import read
from transforms.records import Capture, Outcome

READ_BYTES = 1 << 20


def adopted(capture: Capture) -> Capture | None:
    """A look with its blog's id. Of a stranger's crawl only live blogs are taken: None for all else.

    The same response is always given the same ids, so that a replay finds what an import made.
    """
    look = capture.look
    if look.blog_id:
        return capture
    if look.outcome != Outcome.FETCHED or not is_address(look.url):
        return None
    if walk(capture, read, None, None).unreadable:
        return None
    return replace(capture, look=replace(look, blog_id=blog_id(look.url), source=domain_of(look.url)))


def blog_of(capture: Capture) -> str:
    """The id of the blog that a look is at, also before it is `adopted`."""
    return capture.look.blog_id or blog_id(capture.look.url)


def looks_of(lake: Lake, key: str) -> Iterator[Capture]:
    """The looks of a raw segment, ours or a stranger's, ready to be recorded."""
    return (look for capture in lake.raw.read(key) if (look := adopted(capture)) is not None)


def archive(lake: Lake, path: Path) -> str:
    """Put a stranger's WARC into raw/ as it is, under the day of its first look and a name made of its content.

    Archiving it again changes nothing. Raises InputError if it is no WARC or is cut short: nothing is archived then.
    """
    try:
        first = min((capture.look.observed_at for capture in lake.raw.read_file(path)), default=None)
        name = _name(path)
    except SegmentUnreadable as error:
        raise InputError(f"{error} Nothing of it was imported.") from error
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror or error}") from error
    if first is None:
        raise InputError(f"{path}: it holds no response: nothing of it was imported")
    with tempfile.TemporaryDirectory(prefix="liveblog-import-") as folder:
        named = Path(folder) / name
        shutil.copyfile(path, named)
        with cleaned(lake, named) as clean:
            return lake.raw.put_segment(clean, first.date().isoformat())


def _name(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        ending = ".warc.gz" if stream.read(len(GZIP_MAGIC)) == GZIP_MAGIC else ".warc"
        stream.seek(0)
        while block := stream.read(READ_BYTES):
            digest.update(block)
    return f"import-{digest.hexdigest()[:24]}{ending}"
