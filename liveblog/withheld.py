"""What takedowns keep out of the archive: every WARC file passes here on its way in."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

from lake.cleaning import Cleaning
from lake.lake import Lake
from lake.tombstones import Tombstone, standing
from lake.words import found
from transforms.read import read
from transforms.records import Document


def lingers(stone: Tombstone, url: str, content_type: str | None, body: bytes) -> bool:
    """Whether the program itself still reads words that are taken down from a page."""
    page = read(Document(content=body, url=url, content_type=content_type))
    told = [page.title or "", page.standfirst or ""]
    for section in page.sections:
        told += [section.headline or "", section.text]
    return any(found(text, stone.runs, stone.salt) for text in told if text)


@contextmanager
def cleaned(lake: Lake, path: Path) -> Iterator[Path]:
    """A WARC file as it may be archived: itself, or without what takedowns keep out."""
    stones = standing(lake.store)
    cleaning, out = Cleaning(stones, lingers), BytesIO()
    if stones:
        with path.open("rb") as file:
            cleaning.clean(file, out, zipped=path.name.endswith(".gz"))
    if not cleaning.looks:
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="liveblog-cleaned-") as folder:
        clean = Path(folder) / path.name
        clean.write_bytes(out.getvalue())
        yield clean
