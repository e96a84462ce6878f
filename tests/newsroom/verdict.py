"""The result of a comparison: counts that add up, the faults behind them, and a table for people."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many."""

    found: int = 0
    of: int = 0

    def __add__(self, other: "Share") -> "Share":
        return Share(self.found + other.found, self.of + other.of)

    def __str__(self) -> str:
        return f"{self.found}/{self.of}"

    @property
    def ratio(self) -> float:
        """1.0 where there was nothing to find."""
        return self.found / self.of if self.of else 1.0


@dataclass(frozen=True, slots=True)
class Comparison:
    """The result; two of them can be added."""

    looks: int = 0
    events_seen: Share = field(default_factory=Share)
    """Events that the looks could see, of all that took place."""
    updates: Share = field(default_factory=Share)
    versions: Share = field(default_factory=Share)
    """Wordings of updates that were shown, and stand in the record letter by letter (white space aside)."""
    edits: Share = field(default_factory=Share)
    """Visible edits that were seen, and recorded with an interval that holds them; so too the next two."""
    deletions: Share = field(default_factory=Share)
    restorations: Share = field(default_factory=Share)
    intervals: Share = field(default_factory=Share)
    """Of those recorded, the ones whose interval is as narrow as the looks allow."""
    identity: Share = field(default_factory=Share)
    invented: int = 0
    false_edits: int = 0
    false_removals: int = 0
    faults: tuple[str, ...] = ()
    """One line for everything missed or made up."""

    def __add__(self, other: "Comparison") -> "Comparison":
        return Comparison(*(getattr(self, name) + getattr(other, name) for name in Comparison.__slots__))

    @property
    def perfect(self) -> bool:
        """Nothing missed, nothing made up."""
        return not self.faults


def table(rows: Mapping[str, Comparison]) -> str:
    """A table for people: a line for each name, and their sum."""
    total = sum(rows.values(), Comparison())
    lines = [_line("", {name: name for name in _COLUMNS})]
    return "\n".join(lines + [_line(name, _cells(row)) for name, row in rows.items()] + [_line("all", _cells(total))])


_COLUMNS = (
    "looks",
    "events_seen",
    "updates",
    "versions",
    "edits",
    "deletions",
    "restorations",
    "intervals",
    "identity",
    "invented",
    "false_edits",
    "false_removals",
)


def _cells(row: Comparison) -> dict[str, str]:
    return {name: str(getattr(row, name)) for name in _COLUMNS}


def _line(name: str, cells: Mapping[str, str]) -> str:
    return f"{name:<32}" + "".join(f"{cell:>15}" for cell in cells.values())
