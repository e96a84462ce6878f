"""A snapshot's manifest: one JSON object, ``snapshots/<number, 12 digits>.json``, that names every file of the state.

    {"snapshot": 42, "parent": 41, "kind": "commit", "key": "…", "run": "…", "committed_at": "…",
     "format": 2, "schema": 2, "generation": 1,
     "tables": {"revisions": {"2026-03-01": [{"key", "rows", "bytes", "sha256", "first", "last"}, …]}},   open days
     "segments": [{"key", "bytes", "sha256"}, …],      raw segments since the last fold
     "checkpoint": {"revisions": [{"key", …}, …]},     rows that are current, as of the last fold (`lake.checkpoint`)
     "parts": [{"key", "sha256", "level", …}, …],      immutable lists of what was folded away (`lake.parts`)
     "recent": {"<16 hex of a commit key>": 42, …},    the last commits, so that running one again changes nothing
     "redactions": ["redactions/…/moves-….json", …],   takedowns: what now stands for objects named here or before
     "requests": {"put hot": 12, …}}                   what was asked of the store on this day so far

What stands in it grows with the open day and is folded away; it does not grow with history.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any, Self

import orjson

from lake.errors import FormatUnknown, SnapshotDamaged
from lake.formats import FORMAT_VERSION, upgraded
from lake.schemas import SCHEMA_VERSION

RECENT_COMMITS = 128
"""Commit keys that a manifest remembers. Older ones are caught row by row, by their capture ids."""
EPOCH = datetime.fromtimestamp(0, UTC)
NUMBERED = re.compile(r"([0-9]{12})\.json")


@dataclass(frozen=True, slots=True)
class FileEntry:
    """One Parquet file of one table and day."""

    key: str
    rows: int
    bytes: int
    sha256: str
    first: datetime
    """observed_at of its earliest row."""
    last: datetime
    """observed_at of its latest row."""
    schema: int = SCHEMA_VERSION
    folded: bool = False
    """Whether the checkpoint covers it."""


@dataclass(frozen=True, slots=True)
class SegmentEntry:
    """One raw segment."""

    key: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class PartRef:
    """A part: an immutable list of what was folded away, under ``parts/``."""

    key: str
    sha256: str
    kind: str
    """``files`` of closed days, or raw ``segments``."""
    level: int
    """0 as a fold wrote it; parts of one level are merged into one of the next."""
    first_day: str
    last_day: str


Files = Mapping[str, Mapping[str, tuple[FileEntry, ...]]]
"""Files by table and day (``YYYY-MM-DD``)."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """One numbered state of the lake. Number 0 is the empty lake, which no object stands for."""

    snapshot: int = 0
    parent: int | None = None
    kind: str = "empty"
    """``commit`` added rows; ``fold`` only arranged them anew; ``replay`` switched the generation; ``redact`` put
    tombstones in the place of rows, in every snapshot; ``migrate`` only begins a newer format."""
    key: str = ""
    """The commit's key: running the same commit again finds it here."""
    run: str = ""
    committed_at: datetime = EPOCH
    """By the store's clock, and never before the parent's."""
    format: int = FORMAT_VERSION
    schema: int = SCHEMA_VERSION
    generation: int = 1
    tables: Files = field(default_factory=dict)
    segments: tuple[SegmentEntry, ...] = ()
    checkpoint: Mapping[str, tuple[FileEntry, ...]] = field(default_factory=dict)
    """Files by table, the largest layer first."""
    parts: tuple[PartRef, ...] = ()
    recent: Mapping[str, int] = field(default_factory=dict)
    redactions: tuple[str, ...] = ()
    """Keys of the lists of what takedowns put in the place of what (`lake.moves`), oldest first."""
    requests: Mapping[str, int] = field(default_factory=dict)
    """Requests to the store on this manifest's day so far, by ``<verb> <layer>`` (`lake.requests`)."""

    def entries(self) -> Iterator[tuple[str, str, FileEntry]]:
        """Table, day and entry of every file that the manifest itself names."""
        for table, days in self.tables.items():
            for day, files in days.items():
                yield from ((table, day, file) for file in files)

    def committed_as(self, key: str) -> int | None:
        """The number of the snapshot that a commit key made, if it is among the recent ones."""
        return self.recent.get(_short(key))

    def remembering(self, key: str, number: int) -> Mapping[str, int]:
        """The recent commits with one more."""
        kept = sorted(self.recent.items(), key=lambda item: item[1])[1 - RECENT_COMMITS :]
        return {**dict(kept), _short(key): number}

    def to_json(self) -> bytes:
        """Compact JSON, keys in the order of the fields."""
        return to_json(self)

    @classmethod
    def from_json(cls, content: bytes, where: str) -> Self:
        """Read a manifest. Raises FormatUnknown if it is newer than this release, SnapshotDamaged if it is none."""
        try:
            data = orjson.loads(content)
            if data["format"] > FORMAT_VERSION or data["schema"] > SCHEMA_VERSION:
                raise FormatUnknown(
                    f"{where}: written in format {data['format']}, schema {data['schema']}; this release knows "
                    f"{FORMAT_VERSION} and {SCHEMA_VERSION}. Upgrade as-it-happened."
                )
            data = upgraded(data)
            data["committed_at"] = datetime.fromisoformat(data["committed_at"])
            data["tables"] = files_from_json(data["tables"])
            data["segments"] = tuple(SegmentEntry(**item) for item in data["segments"])
            data["checkpoint"] = _days(data["checkpoint"])
            data["parts"] = tuple(PartRef(**item) for item in data["parts"])
            data["redactions"] = tuple(data["redactions"])
            return cls(**data)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise SnapshotDamaged(f"{where}: not a manifest ({error}). Run `liveblog verify`.") from error


def manifest_key(number: int) -> str:
    """Where a snapshot's manifest stands."""
    return f"snapshots/{number:012d}.json"


def number_in(key: str) -> int | None:
    """The snapshot that a key under ``snapshots/`` or ``pins/`` is about; None for a file of somebody else's."""
    name = NUMBERED.fullmatch(key.rpartition("/")[2])
    return int(name[1]) if name else None


def file_entry(item: Mapping[str, Any]) -> FileEntry:
    """A file's entry from its JSON."""
    times = {name: datetime.fromisoformat(item[name]) for name in ("first", "last")}
    return FileEntry(**{**item, **times})


def files_from_json(tables: Mapping[str, Any]) -> Files:
    """Files by table and day from their JSON."""
    return {table: _days(days) for table, days in tables.items()}


def to_json(value: object) -> bytes:
    """Compact JSON of dataclasses, mappings and times, in the order of the fields."""
    return orjson.dumps(value)


def _days(days: Mapping[str, Any]) -> Mapping[str, tuple[FileEntry, ...]]:
    return {day: tuple(map(file_entry, files)) for day, files in days.items()}


def _short(key: str) -> str:
    return blake2b(key.encode(), digest_size=8).hexdigest()
