"""Any row leads to its look, its WARC records and the run that made it."""

from pathlib import Path

from lake.lake import Lake
from lake.why import why
from tests.lake.rows import capture, headline, revision, sighting, watch
from tests.lake.warcs import Segment
from transforms.rows import CaptureRow, Changes


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
