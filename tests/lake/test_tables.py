"""docs/tables.md says what the schemas say."""

from pathlib import Path

from lake.schemas import tables
from lake.tables import markdown

PAGE = Path(__file__).parents[2] / "docs" / "tables.md"


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text("utf-8") == markdown(), "run: python -m lake.tables > docs/tables.md"


def test_the_page_has_a_row_for_every_column() -> None:
    rows = [line for line in markdown().splitlines() if line.startswith("| `")]
    assert len(rows) == sum(len(table.columns) for table in tables().values())
    assert {row.count(" | ") for row in rows} == {6}
