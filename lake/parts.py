"""Parts: what was folded away, as immutable lists under ``parts/``, so that manifests do not grow with history.

    {"files": {"revisions": {"2026-03-01": [{"key", …}]}}}     of days that are closed
    {"segments": [{"key", "bytes", "sha256"}, …]}              that commits before the last fold took in

Parts of one kind and level are merged, `FAN_IN` at a time, into one of the next level: after n folds a manifest names
at most ``7 * log8(n)`` of them. A part says which days it holds, so that a question about one day reads few of them.
"""

import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, cast

import orjson

from lake.errors import SnapshotDamaged
from lake.manifest import FileEntry, Files, PartRef, SegmentEntry, files_from_json, to_json
from lake.moves import Moves
from lake.store import ObjectStore, put_new

FAN_IN = 8
FETCHERS = 8
"""Parts fetched at once."""

Part = Files | tuple[SegmentEntry, ...]


@dataclass(slots=True)
class Parts:
    """The parts of one lake, each read once a process: they never change."""

    store: ObjectStore
    moves: Moves
    _read: dict[str, Part] = field(default_factory=dict)

    def files(self, refs: Iterable[PartRef], table: str, days: Sequence[str] | None) -> Iterator[tuple[str, FileEntry]]:
        """Day and entry of the closed files of one table, in all parts or in those that hold some days."""
        for part in self._chosen(refs, "files", days):
            for day, files in cast(Files, part).get(table, {}).items():
                if days is None or day in days:
                    yield from ((day, self.moves.file(file)) for file in files)

    def segments(self, refs: Iterable[PartRef], days: Sequence[str] | None) -> Iterator[SegmentEntry]:
        """Entries of folded segments, of all days or of some."""
        for part in self._chosen(refs, "segments", days):
            entries = cast(tuple[SegmentEntry, ...], part)
            chosen = (entry for entry in entries if days is None or segment_day(entry.key) in days)
            yield from map(self.moves.segment, chosen)

    def _chosen(self, refs: Iterable[PartRef], kind: str, days: Sequence[str] | None) -> list[Part]:
        chosen = [
            ref
            for ref in refs
            if ref.kind == kind and (days is None or any(ref.first_day <= day <= ref.last_day for day in days))
        ]
        missing = [ref for ref in chosen if ref.key not in self._read]
        if missing:
            with ThreadPoolExecutor(min(FETCHERS, len(missing))) as pool:
                for ref, part in zip(missing, pool.map(self._fetch, missing), strict=True):
                    self._read[ref.key] = part
        return [self._read[ref.key] for ref in chosen]

    def _fetch(self, ref: PartRef) -> Part:
        content = self.store.get(ref.key)
        if sha256(content).hexdigest() != ref.sha256:
            raise SnapshotDamaged(f"{self.store.uri(ref.key)}: not what its manifest says. Run `liveblog verify`.")
        said = orjson.loads(content)
        if ref.kind == "files":
            return files_from_json(said["files"])
        return tuple(SegmentEntry(**item) for item in said["segments"])

    def added(self, refs: Sequence[PartRef], part: Part) -> tuple[PartRef, ...]:
        """The parts of a manifest with one more, written and, where enough stand on one level, merged."""
        if not part:
            return tuple(refs)
        kind = "files" if isinstance(part, Mapping) else "segments"
        result = [*refs, self._put(part, kind, 0)]
        level = 0
        while len(peers := [ref for ref in result if ref.kind == kind and ref.level == level]) >= FAN_IN:
            merged = self._put(_merged(self._chosen(peers, kind, None)), kind, level + 1)
            result = [ref for ref in result if ref not in peers] + [merged]
            level += 1
        return tuple(result)

    def _put(self, part: Part, kind: str, level: int) -> PartRef:
        content = to_json({kind: part})
        key = f"parts/{kind}-{level}-{secrets.token_hex(8)}.json"
        put_new(self.store, key, content)
        self._read[key] = part
        days = sorted(_days(part))
        return PartRef(key, sha256(content).hexdigest(), kind, level, days[0], days[-1])


def merged(files: Files, more: Files) -> Files:
    """The files of both, by table and day, in the order in which they were written."""
    return {
        table: {
            day: (*files.get(table, {}).get(day, ()), *more.get(table, {}).get(day, ()))
            for day in sorted({*files.get(table, {}), *more.get(table, {})})
        }
        for table in sorted({*files, *more})
    }


def segment_day(key: str) -> str:
    """The day in a raw segment's key ``raw/dt=YYYY-MM-DD/…``."""
    return key.split("/")[1].removeprefix("dt=")


def _merged(parts: Sequence[Any]) -> Part:
    if isinstance(parts[0], tuple):
        return tuple(entry for part in parts for entry in part)
    result: Files = {}
    for part in parts:
        result = merged(result, part)
    return result


def _days(part: Part) -> set[str]:
    if isinstance(part, tuple):
        return {segment_day(entry.key) for entry in part}
    return {day for days in part.values() for day in days}
