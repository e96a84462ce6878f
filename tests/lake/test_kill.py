"""Killed at every write of a fold: each row is there once for every reader, and a rerun completes."""

from pathlib import Path

import polars
import pytest

from lake.lake import Lake, open_lake
from lake.parquet import read_files
from lake.verify import verify
from tests.lake.mortal import deaths
from tests.lake.rows import at, look
from tests.lake.test_compact import DAY, clock
from tests.lake.warcs import Segment
from transforms.rows import Changes


@pytest.fixture
def template(local_lake: Lake, tmp_path: Path, monkeypatch) -> Path:
    """Two days that are over, an open one, an earlier fold, and a raw segment."""
    clock(monkeypatch, local_lake, at(2 * DAY))
    segment = Segment()
    segment.look("b1", 0)
    key = local_lake.raw.put_segment(segment.saved(tmp_path / "one.warc.gz"), "2026-03-01")
    local_lake.commit("raw", lambda _: Changes(look("b1", 0).rows, segments=(key,)), "run")
    local_lake.compact()
    for number in range(1, 7):
        local_lake.commit(f"k{number}", lambda _, n=number: look("b1", n * DAY / 3, seq=n + 1), "run")
    return Path(local_lake.root)


def revisions(lake: Lake) -> list[int]:
    newest = lake.newest()
    return sorted(read_files(lake.store, "revisions", newest.files("revisions")).column("seq").to_pylist())


def bare(root: Path) -> list[int]:
    files = list(root.glob("g1/days/revisions/*/*.parquet"))
    return sorted(polars.read_parquet(files, hive_partitioning=False)["seq"].to_list()) if files else []


def harmed(lake: Lake) -> list[object]:
    return [finding for finding in verify(lake.chain) if not finding.harmless]


def test_a_fold_may_die_at_any_write(template: Path, tmp_path: Path) -> None:
    whole = revisions(open_lake(str(template)))
    for _fatal, root in deaths(template, tmp_path, lambda lake: lake.compact()):
        survivor = open_lake(str(root))
        assert revisions(survivor) == whole
        assert len(bare(root)) == len(set(bare(root)))
        assert harmed(survivor) == []
        survivor.commit("later", lambda _: look("b2", 2 * DAY), "run")
        survivor.compact()
        assert revisions(survivor) == sorted([*whole, 1])
        assert bare(root) == [1, 2, 3, 4, 5]
        assert harmed(survivor) == []
    assert _fatal > 10
