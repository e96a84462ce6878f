"""verify finds every object that is not what the snapshots say, and says how to mend it."""

from dataclasses import replace
from pathlib import Path

import pytest

from lake.errors import SnapshotDamaged
from lake.lake import Lake, open_lake
from lake.manifest import manifest_key, to_json
from lake.moves import list_key
from lake.packs import Packing, index_key
from lake.parquet import read_files
from lake.staging import Staged
from lake.succession import put_manifest, successor
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


def damage(path: Path, content: bytes) -> None:
    path.chmod(0o644)
    path.write_bytes(content)


def test_one_damaged_part_hides_no_other_damage(filled: Lake) -> None:
    [part] = objects(filled, "parts/files")
    [segment] = objects(filled, "raw/")
    for key in (part, segment):
        damage(Path(filled.root, key), b"?")
    assert set(anew(filled)) == {("altered", part), ("truncated", segment)}


def test_a_damaged_index_of_packs_is_told_and_nothing_is_called_unnamed(filled: Lake) -> None:
    content = to_json(Packing((), ()))
    key = index_key("2026-03-01", content)
    filled.store.put_if_absent(key, content)
    assert anew(filled) == []
    damage(Path(filled.root, key), content.replace(b"[]", b"[ ]", 1))
    assert anew(filled) == [("altered", key)]
    with pytest.raises(SnapshotDamaged, match="liveblog verify"):
        filled.raw.holding("2026-03-01")


@pytest.mark.parametrize(("content", "kind"), [(None, "missing"), (b"{}", "altered")])
def test_a_damaged_takedown_is_told_by_name_and_not_as_missing_snapshots(filled: Lake, content, kind: str) -> None:
    key = list_key("redactions/x/", Staged().to_json())
    filled.store.put_if_absent(key, Staged().to_json())
    newest = filled.newest()
    named = replace(newest.manifest, redactions=(key,))
    assert put_manifest(filled.store, successor(newest, named, kind="redact", key="k", run="run"))
    assert anew(filled) == []
    Path(filled.root, key).unlink()
    if content is not None:
        filled.store.put_if_absent(key, content)
    assert anew(filled) == [(kind, key)]
    with pytest.raises(SnapshotDamaged, match=r"redactions/x/moves"):
        open_lake(filled.root).newest()


def test_an_order_that_cannot_be_read_is_told(filled: Lake) -> None:
    filled.store.put_if_absent("redactions/x/tombstone.json", b"{}")
    assert anew(filled) == [("unreadable", "redactions/x/tombstone.json")]
