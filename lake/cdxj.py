"""A CDXJ index over a day's raw segments, as pywb and other replay tools read it: ``cdxj/<day>-<digest>.cdxj``.

    <SURT of the address> <14 digits> {"url", "mime", "status", "digest", "length", "offset", "filename"}

Sorted; one line a response or revisit record. https://specs.webrecorder.net/cdxj/0.1.0/
"""

import hashlib
import json
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

from lake.ranges import opened
from lake.store import ObjectStore, put_new

INDEXES = "cdxj/"
NOT_MODIFIED = "304"
BLANK = re.compile(r"\s")


def cdxj_lines(store: ObjectStore, day: str) -> list[str]:
    """The index of all segments of a day (``YYYY-MM-DD``) that stand in raw/; `filename` is relative to that.

    Records of others that name no address, or no time, have no line: nobody could ask for them. A "not modified" has no
    page of its own: its line leads to the one that it refers to, where that is indexed too.
    """
    found = [line for key in _standing(store, day) for line in _segment_lines(store, key)]
    held = _Held(store, {line.key: line.facts for line in found if not line.refers_to})
    lines = [f"{line.key} {held.facts(line)}" for line in found if held.facts(line)]
    return sorted(lines)


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

    The rules are those of the Internet Archive's canonicaliser, as far as http and https addresses need them. Raises
    ValueError where it is no address.
    """
    parts = urlsplit(BLANK.sub("%20", url.lower()))
    host = re.sub(r"^www\d*\.", "", parts.hostname or "")
    port = f":{parts.port}" if parts.port not in {None, 80, 443} else ""
    path = parts.path.rstrip("/") or "/"
    query = "&".join(sorted(parts.query.split("&"))) if parts.query else ""
    return f"{','.join(reversed(host.split('.')))}{port}){path}" + (f"?{query}" if query else "")


@dataclass(frozen=True, slots=True)
class _Line:
    """One line to be."""

    key: str
    """SURT and 14 digits."""
    facts: str
    """JSON."""
    refers_to: str = ""
    """The key of the response that a "not modified" stands for."""


@dataclass(slots=True)
class _Held:
    """Responses that can be served: of the day at hand, and of days that were indexed before."""

    store: ObjectStore
    own: dict[str, str]
    earlier: dict[str, dict[str, str]] = field(default_factory=dict)

    def facts(self, line: _Line) -> str:
        """What a line says; nothing where the response that it stands for is not at hand."""
        if not line.refers_to:
            return line.facts
        if line.refers_to in self.own:
            return self.own[line.refers_to]
        stamp = line.refers_to.rpartition(" ")[2]
        return self._indexed(f"{stamp[:4]}-{stamp[4:6]}-{stamp[6:8]}").get(line.refers_to, "")

    def _indexed(self, day: str) -> dict[str, str]:
        if day not in self.earlier:
            keys = [info.key for info in self.store.list(f"{INDEXES}{day}-")]
            lines = (line for key in keys for line in self.store.get(key).decode().splitlines())
            self.earlier[day] = {" ".join(part[:2]): part[2] for part in (line.split(" ", 2) for line in lines)}
        return self.earlier[day]


def _segment_lines(store: ObjectStore, key: str) -> Iterator[_Line]:
    """The lines of one segment; of a damaged one, of what stands before the damage."""
    with opened(store, key) as file, suppress(ArchiveLoadFailed, EOFError, OSError):
        records = ArchiveIterator(file)
        for record in records:
            if record.rec_type in {"response", "revisit"} and record.http_headers is not None:
                records.read_to_end(record)
                with suppress(ValueError):
                    yield _line(record, key, records.get_record_offset(), records.get_record_length())


def _line(record: Any, key: str, offset: int, length: int) -> _Line:  # noqa: ANN401 - warcio has no types
    """Raises ValueError where a record names no address that can be, or no time."""
    header = record.rec_headers.get_header
    url, status = header("WARC-Target-URI"), record.http_headers.get_statuscode()
    mime = (record.http_headers.get_header("Content-Type") or "").partition(";")[0].strip()
    said = {
        "url": url,
        "mime": "warc/revisit" if record.rec_type == "revisit" else mime,
        "status": status,
        "digest": header("WARC-Payload-Digest") or "",
        "length": str(length),
        "offset": str(offset),
        "filename": key.removeprefix("raw/"),
    }
    stands_for = ""
    if record.rec_type == "revisit" and status == NOT_MODIFIED:
        stands_for = _key(header("WARC-Refers-To-Target-URI") or url, header("WARC-Refers-To-Date") or "")
    return _Line(_key(url, header("WARC-Date")), json.dumps(said, ensure_ascii=False), stands_for)


def _key(url: str | None, date: str | None) -> str:
    digits = "".join(character for character in date or "" if character.isdigit())[:14]
    if not url or not digits:
        raise ValueError("a record without address or time")
    return f"{surt(url)} {digits}"
