"""`liveblog compact`: days that are over are closed and their raw files packed, and every response can be had back."""

from pathlib import Path

import pytest

from lake.lake import Lake, open_lake
from tests.liveblog.conftest import Liveblog
from tests.liveblog.test_replay import record
from tests.liveblog.test_replay import segments as segments


@pytest.fixture
def recorded(tmp_path: Path, segments) -> Lake:
    """Looks of two days that are over, in the lake of the command's user."""
    return record(open_lake(str(tmp_path / "lake")), segments[:10])


def test_closed_days_are_packed_and_every_response_comes_back_as_it_was(liveblog: Liveblog, recorded: Lake):
    newest = recorded.newest()
    ids = [row[0] for row in recorded_ids(liveblog)]
    before = {name: liveblog("raw", name).out for name in ids[::9]}
    size = sum(entry.bytes for entry in newest.segments())
    left_alone = liveblog("compact", "--no-pack", "--json")
    assert left_alone.json["packed"] == []
    done = liveblog("compact", "--json")
    assert done.status == 0, done.err
    assert [day["day"] for day in done.json["packed"]] == ["2026-03-01", "2026-03-02"]
    assert sum(day["segments"] for day in done.json["packed"]) == 10
    assert sum(day["bytes_after"] for day in done.json["packed"]) < size / 3
    assert not list(Path(recorded.root).rglob("*.warc.gz"))
    assert {name: liveblog("raw", name).out for name in before} == before
    assert all(len(page) > 1000 for page in before.values())
    assert liveblog("verify").status == 0
    assert "nothing to fold" in liveblog("compact").out


def recorded_ids(liveblog: Liveblog) -> list[list[str]]:
    answer = liveblog("sql", "--format", "csv", "SELECT capture_id FROM captures ORDER BY observed_at, capture_id")
    return [line.split(",") for line in answer.out.splitlines()[1:]]


def test_raw_files_may_stay_as_warc_for_some_days_more_and_are_indexed(liveblog: Liveblog, recorded: Lake):
    young = liveblog("compact", "--pack-after", "100000")
    assert young.status == 0, young.err
    assert "2026-03-01: 5 stay as WARC, indexed in cdxj/2026-03-01-" in young.out
    assert len(list(Path(recorded.root).rglob("*.warc.gz"))) == 10
    told = liveblog("compact")
    assert "5 segments, " in told.out
    assert "packed into" in told.out
    assert not list(Path(recorded.root).rglob("*.cdxj"))


def test_recording_reads_no_list_of_what_was_recorded_on_other_days(tmp_path: Path, segments):
    lake = record(open_lake(str(tmp_path / "lake")), segments[:3])
    lake.compact()
    [part] = Path(lake.root, "parts").glob("segments-*")
    part.unlink()
    number = lake.newest().number
    later = record(open_lake(lake.root), [one for one in segments if one[1] > "2026-03-01"][:1])
    assert later.newest().number == number + 1
