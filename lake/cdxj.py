"""A CDXJ index over a day's raw segments, as pywb and other replay tools read it: ``cdxj/<day>-<digest>.cdxj``.

    <SURT of the address> <14 digits> {"url", "mime", "status", "digest", "length", "offset", "filename"}

Sorted; one line a response or revisit record. https://specs.webrecorder.net/cdxj/0.1.0/
"""

import hashlib
import json
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

from lake.ranges import opened
from lake.store import ObjectStore, put_new

INDEXES = "cdxj/"


def cdxj_lines(store: ObjectStore, day: str) -> list[str]:
    """The index of all segments of a day (``YYYY-MM-DD``) that stand in raw/; `filename` is relative to that."""
    return sorted(line for key in _standing(store, day) for line in _segment_lines(store, key))


def put_cdxj(store: ObjectStore, day: str) -> str:
    """Write the index of a day, and remove those that spoke of other segments; its key. pywb wants all in one folder.

    Its name is made of the names of the segments, so that a day that stays as it is is read once.
    """
    digest = hashlib.sha256("\n".join(_standing(store, day)).encode()).hexdigest()[:16]
    key = f"{INDEXES}{day}-{digest}.cdxj"
    if store.head(key) is None:
        put_new(store, key, "".join(f"{line}\n" for line in cdxj_lines(store, day)).encode())
    remove_cdxj(store, day, but=key)
    return key


def remove_cdxj(store: ObjectStore, day: str, but: str | None = None) -> None:
    """Remove the indexes of a day, or all but one."""
    for info in list(store.list(f"{INDEXES}{day}-")):
        if info.key != but:
            store.delete(info.key)


def is_indexed(store: ObjectStore, day: str) -> bool:
    """Whether a day has an index."""
    return next(iter(store.list(f"{INDEXES}{day}-")), None) is not None


def _standing(store: ObjectStore, day: str) -> list[str]:
    """WARC files of a day; uncompressed ones can be served as well."""
    return [info.key for info in store.list(f"raw/dt={day}/") if info.key.endswith((".warc.gz", ".warc"))]


def surt(url: str) -> str:
    """The sort-friendly form of an address: ``https://www.news.example/Live/?b=2&a=1``: ``example,news)/live?a=1&b=2``.

    The rules are those of the Internet Archive's canonicaliser, as far as http and https addresses need them.
    """
    parts = urlsplit(url.lower())
    host = re.sub(r"^www\d*\.", "", parts.hostname or "")
    port = f":{parts.port}" if parts.port not in {None, 80, 443} else ""
    path = parts.path.rstrip("/") or "/"
    query = "&".join(sorted(parts.query.split("&"))) if parts.query else ""
    return f"{','.join(reversed(host.split('.')))}{port}){path}" + (f"?{query}" if query else "")


def _segment_lines(store: ObjectStore, key: str) -> Iterator[str]:
    """The lines of one segment; of a damaged one, of what stands before the damage."""
    with opened(store, key) as file, suppress(ArchiveLoadFailed, EOFError, OSError):
        records = ArchiveIterator(file)
        for record in records:
            if record.rec_type in {"response", "revisit"} and record.http_headers is not None:
                records.read_to_end(record)
                yield _line(record, key, records.get_record_offset(), records.get_record_length())


def _line(record: Any, key: str, offset: int, length: int) -> str:  # noqa: ANN401 - warcio has no types
    header = record.rec_headers.get_header
    url = header("WARC-Target-URI")
    stamp = "".join(character for character in header("WARC-Date") if character.isdigit())[:14]
    mime = (record.http_headers.get_header("Content-Type") or "").partition(";")[0].strip()
    said = {
        "url": url,
        "mime": "warc/revisit" if record.rec_type == "revisit" else mime,
        "status": record.http_headers.get_statuscode(),
        "digest": header("WARC-Payload-Digest") or "",
        "length": str(length),
        "offset": str(offset),
        "filename": key.removeprefix("raw/"),
    }
    return f"{surt(url)} {stamp} {json.dumps(said, ensure_ascii=False)}"
