"""A takedown killed at any write: every snapshot can be read, no row is doubled, and a rerun completes it."""

from pathlib import Path

import polars

from lake.lake import Lake, open_lake
from lake.packing import pack_day, remove_packed
from lake.parquet import read_files
from lake.verify import verify
from liveblog.takedowns import order_of_text, take_down
from tests.lake.mortal import deaths
from tests.liveblog.test_redact import DAY, EDITED, POSTS, WORDS, holding, publish, rows, segment

AUDIT = "SELECT count(DISTINCT redaction_id), max(rows) > 0, max(looks) > 0 FROM redactions"


def made(root: Path, spool: Path) -> Lake:
    """A closed day, its pack, and hot files after it."""
    lake = open_lake(str(root))
    spool.mkdir()
    publish(lake, segment(spool, "one", 0, POSTS))
    lake.compact()
    pack_day(lake.store, lake.newest(), DAY)
    remove_packed(lake.store, DAY)
    publish(lake, segment(spool, "two", 5, EDITED))
    return lake


def counted(lake: Lake) -> dict[int, int]:
    """Rows of `revisions` that can be read, by snapshot."""
    return {one.number: len(read_files(lake.store, "revisions", one.files("revisions"))) for one in lake.snapshots()}


def bare(root: Path) -> list[tuple]:
    files = list(root.glob("g1/days/revisions/*/*.parquet"))
    return polars.read_parquet(files, hive_partitioning=False).select("section_id", "seq").rows() if files else []


def test_it_may_die_at_any_write(tmp_path: Path) -> None:
    whole = made(tmp_path / "template", tmp_path / "spool")
    before, closed = counted(whole), len(bare(tmp_path / "template"))
    order = order_of_text(WORDS)

    def work(lake: Lake) -> None:
        take_down(lake, order, by="Legal desk", why="Order 12/26", run_key="first")

    for _fatal, root in deaths(tmp_path / "template", tmp_path, work):
        survivor = open_lake(str(root))
        assert {number: counted(survivor)[number] for number in before} == before
        assert len(bare(root)) == len(set(bare(root)))
        assert {finding.kind for finding in verify(survivor.chain) if not finding.harmless} <= {"returned"}
        work(survivor)
        assert holding(survivor, WORDS) == []
        assert len(bare(root)) == closed
        assert [finding for finding in verify(open_lake(str(root)).chain) if not finding.harmless] == []
        assert rows(survivor, AUDIT) == [(1, True, True)]
    assert _fatal > 20
