"""The restore drill: a lake from a copy of its folder, and from raw/ alone, answers as the lost one did."""

import shutil
import subprocess
from pathlib import Path

import pytest

from lake.inventory import CARRIED
from lake.lake import Lake, open_lake
from lake.rewind import rows_of
from lake.schemas import tables
from lake.verify import verify
from tests.liveblog.conftest import Liveblog
from tests.liveblog.test_redact import EDITED, POSTS, publish, segment


@pytest.fixture(scope="module")
def lost(tmp_path_factory) -> Path:
    """A lake with two looks at two blogs, a closed day and later rows, that is about to be lost."""
    folder = tmp_path_factory.mktemp("lost")
    lake = open_lake(str(folder / "lake"))
    publish(lake, segment(folder, "one", 0, POSTS))
    lake.compact()
    publish(lake, segment(folder, "two", 5, EDITED))
    return folder / "lake"


def told(lake: Lake) -> dict[str, list]:
    """All rows of the tables that raw/ holds."""
    newest = lake.newest()
    names = [name for name in tables() if name not in CARRIED]
    return {name: sorted(rows_of(newest, name, newest.days(name)), key=repr) for name in names}


def test_a_copy_made_as_the_docs_say_is_a_lake(lost: Path, tmp_path: Path) -> None:
    rsync = shutil.which("rsync")
    if rsync is None:
        shutil.copytree(lost, tmp_path / "backup", ignore=shutil.ignore_patterns("leases", "probes"))
    else:
        first = [rsync, "-a", "--exclude=/snapshots/", "--exclude=/leases/", f"{lost}/", f"{tmp_path}/backup/"]
        subprocess.run(first, check=True)
        subprocess.run([rsync, "-a", f"{lost}/snapshots", f"{tmp_path}/backup/"], check=True)
    copy = open_lake(str(tmp_path / "backup"))
    assert [finding for finding in verify(copy.chain) if not finding.harmless] == []
    assert told(copy) == told(open_lake(str(lost)))


def test_without_its_newest_manifest_a_copy_takes_the_lost_segment_in_again(lost: Path, tmp_path: Path) -> None:
    shutil.copytree(lost, tmp_path / "backup")
    newest = max((tmp_path / "backup" / "snapshots").iterdir())
    newest.unlink()
    copy = open_lake(str(tmp_path / "backup"))
    assert len(told(copy)["captures"]) == 2
    publish(copy, Path(lost.parent, "two.warc.gz"))
    assert told(copy) == told(open_lake(str(lost)))


def test_a_lake_comes_back_from_raw_alone(lost: Path, tmp_path: Path, liveblog: Liveblog) -> None:
    new = tmp_path / "new"
    shutil.copytree(lost / "raw", new / "raw")
    done = liveblog("replay", "--lake", str(new), "--processes", "1")
    assert done.status == 0, done.err
    lake = open_lake(str(new))
    assert told(lake) == told(open_lake(str(lost)))
    assert [finding for finding in verify(lake.chain) if not finding.harmless] == []
    query = ("sql", "--lake", str(new), "SELECT count(*) FROM current_blogs", "--format", "csv")
    assert liveblog(*query).out.split() == ["count_star()", "2"]


def test_nothing_to_rebuild_from_is_said(liveblog: Liveblog, tmp_path: Path) -> None:
    done = liveblog("replay", "--lake", str(tmp_path / "nowhere"))
    assert done.status == 2
    assert "no lake here yet" in done.err
    assert not (tmp_path / "nowhere").exists()
