"""Lineage: from any row to the look that proves it, the WARC records of that look, and the run that made it."""

from collections.abc import Sequence
from dataclasses import dataclass

from lake.parquet import is_one_of, read_rows
from lake.schemas import from_arrow, tables
from lake.snapshots import Snapshot
from transforms.rows import CaptureRow, Row

IDS = ("capture_id", "section_id", "headline_id", "sighting_id")


@dataclass(frozen=True, slots=True)
class Lineage:
    """One row, and where it comes from."""

    table: str
    row: Row
    look: CaptureRow | None
    """Names segment, WARC records and run; None for a decision that no look stands behind."""


def why(snapshot: Snapshot, row_id: str) -> tuple[Lineage, ...]:
    """Every row that carries an id (of a look, a section, a headline or a sighting), in the order of time.

    Empty if there is none. Read the look itself with `lake.raw.read(look.segment)`.
    """
    found = [(name, row) for name in tables() for row in _rows(snapshot, name, row_id)]
    looks = _looks(snapshot, [row for _, row in found])
    lineages = [Lineage(name, row, looks.get(getattr(row, "capture_id", ""))) for name, row in found]
    return tuple(sorted(lineages, key=lambda lineage: (lineage.row.observed_at, lineage.table)))


def _rows(snapshot: Snapshot, name: str, row_id: str) -> tuple[Row, ...]:
    columns = [column for column in IDS if column in tables()[name].names]
    if not columns:
        return ()
    chosen = is_one_of(columns[0], [row_id])
    for column in columns[1:]:
        chosen |= is_one_of(column, [row_id])
    return from_arrow(name, read_rows(snapshot.store, name, snapshot.files(name), chosen))


def _looks(snapshot: Snapshot, rows: Sequence[Row]) -> dict[str, CaptureRow]:
    wanted = {getattr(row, "capture_id", "") for row in rows}
    days = sorted({row.observed_at.date().isoformat() for row in rows})
    chosen = is_one_of("capture_id", wanted)
    looks = from_arrow("captures", read_rows(snapshot.store, "captures", snapshot.files("captures", days), chosen))
    return {look.capture_id: look for look in looks if isinstance(look, CaptureRow)}
