"""verify finds every object that is not what the snapshots say, and says how to mend it."""

from pathlib import Path

import pytest

from lake.lake import Lake, open_lake
from lake.manifest import manifest_key
from lake.parquet import read_files
from lake.verify import citation, verify
from tests.lake.rows import look
from transforms.rows import Changes


def found(lake: Lake) -> list[tuple[str, str]]:
    return [(finding.kind, finding.key) for finding in verify(lake.chain)]


def anew(lake: Lake) -> list[tuple[str, str]]:
    """As another process finds it."""
    return found(open_lake(lake.root))


@pytest.fixture
def filled(local_lake: Lake, tmp_path: Path) -> Lake:
    """A lake with a segment, a fold and a commit after it; verify has nothing to say."""
    path = tmp_path / "one.warc.gz"
    path.write_bytes(b"records")
    key = local_lake.raw.put_segment(path, "2026-03-01")
    local_lake.commit("k1", lambda _: Changes(look().rows, segments=(key,)), "run")
    local_lake.compact()
    local_lake.commit("k2", lambda _: look("b2"), "run")
    assert found(local_lake) == []
    return local_lake


def objects(lake: Lake, part: str) -> list[str]:
    return [info.key for info in lake.store.list("") if part in info.key]


def test_a_sound_lake_has_no_findings_in_any_store(lake: Lake) -> None:
    lake.commit("k1", lambda _: look(), "run")
    lake.compact()
    assert found(lake) == []


@pytest.mark.parametrize("part", ["/hot/", "/checkpoints/", "/days/", "parts/segments", "parts/files", "raw/"])
def test_every_altered_truncated_or_missing_object_is_found(filled: Lake, part: str) -> None:
    for key in objects(filled, part):
        path = Path(filled.root, key)
        content = path.read_bytes()
        for kind, damaged in (("altered", content[:-1] + b"?"), ("truncated", content[:-2]), ("missing", None)):
            path.unlink()
            if damaged is not None:
                path.write_bytes(damaged)
            findings = list(verify(open_lake(filled.root).chain))
            named = {"altered"} if kind == "truncated" and part.startswith("parts") else {kind}
            assert [finding.key for finding in findings if not finding.harmless] == [key]
            assert {finding.kind for finding in findings if finding.key == key} == named
            assert all("`liveblog" in finding.mend or "copy" in finding.mend for finding in findings)
            path.write_bytes(content)


def test_some_object_of_each_kind_is_there_to_be_checked(filled: Lake) -> None:
    for part in ("/hot/", "/checkpoints/", "/days/", "parts/segments", "parts/files", "raw/"):
        assert objects(filled, part), part


def test_a_broken_manifest_is_unreadable(filled: Lake) -> None:
    Path(filled.root, "snapshots/000000000001.json").write_bytes(b"{")
    assert ("unreadable", "snapshots/000000000001.json") in found(filled)


def test_a_broken_newest_manifest_is_told_and_older_snapshots_are_checked_and_readable(filled: Lake) -> None:
    newest = filled.newest().number
    Path(filled.root, manifest_key(newest)).write_bytes(b"{")
    assert anew(filled) == [("unreadable", manifest_key(newest))]
    rows = read_files(filled.store, "captures", open_lake(filled.root).snapshot(newest - 1).files("captures"))
    assert len(rows) > 0
    key = objects(filled, "/hot/")[0]
    Path(filled.root, key).unlink()
    assert set(anew(filled)) == {("unreadable", manifest_key(newest)), ("missing", key)}


def test_what_no_snapshot_names_is_told_and_harmless(filled: Lake) -> None:
    filled.store.put_if_absent("g1/hot/captures/dt=2026-03-01/left.parquet", b"x")
    filled.store.put_if_absent("g1/days/captures/dt=2026-03-01/00007.parquet", b"x")
    filled.store.put_if_absent("raw/dt=2026-03-01/new.warc.gz", b"x")
    findings = list(verify(filled.chain))
    assert sorted((finding.kind, finding.key) for finding in findings) == [
        ("orphaned", "g1/days/captures/dt=2026-03-01/00007.parquet"),
        ("orphaned", "g1/hot/captures/dt=2026-03-01/left.parquet"),
        ("unrecorded", "raw/dt=2026-03-01/new.warc.gz"),
    ]
    assert all(finding.harmless for finding in findings)


def test_a_citation_names_snapshot_digest_and_query(filled: Lake) -> None:
    line = citation(filled.chain, 1, "SELECT 'é'")
    assert line == citation(filled.chain, 1, "SELECT 'é'")
    assert "snapshot 1 of " in line
    assert "query \"SELECT 'é'\"" in line
    assert citation(filled.chain, 2) != citation(filled.chain, 1)
