"""A lake of an older format is read as it is, and brought up to date by the first commit or by a migration."""

import json
from pathlib import Path

import orjson
import pytest

from lake.errors import FormatUnknown
from lake.formats import FORMAT_VERSION, STEPS, steps
from lake.lake import Lake, open_lake
from lake.manifest import Manifest, manifest_key
from lake.migrate import migrate, pending
from lake.verify import verify
from tests.lake.rows import look
from tests.lake.test_commit import captures


def as_format_1(lake: Lake) -> None:
    """Make the manifests and the format file of a lake what the first release wrote."""
    for snapshot in list(lake.snapshots()):
        path = Path(lake.root, manifest_key(snapshot.number))
        said = orjson.loads(path.read_bytes())
        del said["redactions"], said["requests"]
        path.write_bytes(orjson.dumps({**said, "format": 1, "schema": 1}))
    Path(lake.root, "format.json").write_text(json.dumps({"format": 1}))


@pytest.fixture
def old(local_lake: Lake) -> Lake:
    """A lake of format 1 with three snapshots, one of them a fold."""
    local_lake.commit("one", lambda _: look(minutes=0), "run")
    local_lake.compact()
    local_lake.commit("two", lambda _: look(minutes=1, seq=2), "run")
    as_format_1(local_lake)
    return open_lake(local_lake.root)


def written_format(lake: Lake, number: int) -> int:
    return int(orjson.loads(lake.store.get(manifest_key(number)))["format"])


def test_every_format_that_ever_was_leads_to_todays() -> None:
    assert sorted(STEPS) == list(range(1, FORMAT_VERSION))
    assert [step.to for step in steps(1)] == list(range(2, FORMAT_VERSION + 1))


def test_an_old_lake_is_read_as_it_is(old: Lake) -> None:
    before = {path: path.read_bytes() for path in Path(old.root).rglob("*.json")}
    assert captures(old.newest()) == ["b1-0", "b1-1"]
    assert old.newest().manifest.redactions == ()
    assert list(verify(old.chain)) == []
    assert {path: path.read_bytes() for path in Path(old.root).rglob("*.json")} == before


def test_a_migration_says_what_it_would_do_and_commits_no_row(old: Lake) -> None:
    found = pending(old.chain)
    assert (found.snapshot, found.format, found.schema, [step.to for step in found.steps]) == (3, 1, 1, [2])
    rows = captures(old.newest())
    snapshot = migrate(old.chain, "run")
    assert (snapshot.number, snapshot.manifest.kind) == (4, "migrate")
    assert captures(snapshot) == rows
    assert (written_format(old, 3), written_format(old, 4)) == (1, FORMAT_VERSION)
    assert pending(old.chain).empty
    assert migrate(old.chain, "run").number == 4


def test_the_first_commit_migrates_by_the_way(old: Lake) -> None:
    number = old.commit("three", lambda _: look(minutes=2, seq=3), "run").number
    assert written_format(old, number) == FORMAT_VERSION
    assert pending(old.chain).empty
    assert captures(old.newest()) == ["b1-0", "b1-1", "b1-2"]


def test_the_release_before_refuses_a_migrated_lake(old: Lake, monkeypatch) -> None:
    snapshot = migrate(old.chain, "run")
    monkeypatch.setattr("lake.manifest.FORMAT_VERSION", 1)
    with pytest.raises(FormatUnknown, match="Upgrade"):
        Manifest.from_json(old.store.get(manifest_key(snapshot.number)), "here")


def test_an_empty_lake_has_nothing_to_migrate(local_lake: Lake) -> None:
    assert pending(local_lake.chain).empty
