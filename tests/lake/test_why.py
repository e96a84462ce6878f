"""Any row leads to its look, its WARC records and the run that made it."""

from pathlib import Path

from lake.budget import Usage, over_budget, usage
from lake.lake import Lake
from lake.why import why
from tests.lake.rows import capture, headline, revision, sighting, watch
from tests.lake.warcs import Segment
from transforms.records import CaptureRow, Changes


def test_a_row_leads_to_the_bytes_that_prove_it(lake: Lake, tmp_path: Path) -> None:
    segment = Segment()
    look = segment.look(body=b"<p>the proof</p>")
    key = lake.raw.put_segment(segment.saved(tmp_path / "a.warc.gz"), "2026-03-01")
    proof = capture(capture_id=look.capture_id, segment=key, run_key="run-7")
    row = revision(section="s1", capture_id=look.capture_id)
    changes = Changes({"captures": (proof,), "revisions": (row, revision(section="s2"))}, segments=(key,))
    lake.commit("k", lambda _: changes, "run-7")
    lake.compact()
    [lineage] = why(lake.newest(), "s1")
    assert (lineage.table, lineage.row, lineage.look) == ("revisions", row, proof)
    assert isinstance(lineage.look, CaptureRow)
    [found] = [item for item in lake.raw.read(lineage.look.segment or "") if item.look.capture_id == look.capture_id]
    assert found.payloads[0].body == b"<p>the proof</p>"


def test_a_look_leads_to_every_row_it_proves(local_lake: Lake) -> None:
    rows = {
        "captures": (capture(),),
        "revisions": (revision(),),
        "headlines": (headline(),),
        "sightings": (sighting(),),
    }
    local_lake.commit("k", lambda _: Changes(rows | {"watches": (watch(),)}), "run")
    tables = [lineage.table for lineage in why(local_lake.newest(), "b1-0")]
    assert tables == ["captures", "headlines", "revisions", "sightings"]


def test_an_unknown_id_leads_nowhere(local_lake: Lake) -> None:
    local_lake.commit("k", lambda _: Changes({"captures": (capture(),)}), "run")
    assert why(local_lake.newest(), "nothing") == ()


def test_usage_counts_every_object_and_byte_by_layer(lake: Lake, tmp_path: Path) -> None:
    (tmp_path / "a.warc.gz").write_bytes(b"12345")
    lake.raw.put_segment(tmp_path / "a.warc.gz", "2026-03-01")
    lake.commit("k", lambda _: Changes({"captures": (capture(),)}), "run")
    used = usage(lake.store)
    assert {item.layer for item in used} == {"format.json", "hot", "raw", "snapshots"}
    assert sum(item.objects for item in used) == len(list(lake.store.list("")))
    assert [item.bytes for item in used if item.layer == "raw"] == [5]


def test_days_over_the_limit_are_told() -> None:
    used = [Usage("hot", "2026-03-01", 5, 100), Usage("raw", "2026-03-01", 5, 200), Usage("raw", "2026-03-02", 1, 50)]
    assert over_budget(used, bytes_a_day=299, objects_a_day=100) == [Usage("all", "2026-03-01", 10, 300)]
    assert over_budget(used, bytes_a_day=1000, objects_a_day=9) == [Usage("all", "2026-03-01", 10, 300)]
    assert over_budget(used, bytes_a_day=300, objects_a_day=10) == []
