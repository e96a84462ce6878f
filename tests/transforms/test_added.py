"""Readers of other packages: installed, they read what ours cannot; one that cannot be used is told of, by name."""

import os
import shutil
import subprocess
import sys
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from tests.newsroom import Newsroom
from transforms.added import GROUP, Guarded, added
from transforms.parse import parse
from transforms.reading import Parsed, Reading
from transforms.records import Document

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "tests" / "drill" / "reader"
BLOG = "wire-ferry"


def liveblog(*arguments: str, path: Path | None = None) -> subprocess.CompletedProcess[str]:
    """The command, with the packages of one more folder."""
    environ = {**os.environ, "PYTHONPATH": str(path or "")}
    command = [sys.executable, "-c", "from liveblog.cli import main; main()", *arguments]
    return subprocess.run(command, env=environ, capture_output=True, text=True, timeout=60, cwd=ROOT)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder into which a package with a reader was installed."""
    folder, source = (tmp_path_factory.mktemp(name) for name in ("site", "source"))
    shutil.copytree(PACKAGE, source, dirs_exist_ok=True)  # building writes beside the source
    command = ["uv", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--target", str(folder)]
    subprocess.run(
        [sys.executable, "-m", *command, "--python", sys.executable, str(source)], check=True, timeout=60, cwd=folder
    )
    return folder


@pytest.fixture(scope="module")
def relaunched(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page whose layout none of our readers knows."""
    newsroom, page = Newsroom(), tmp_path_factory.mktemp("pages") / "page.html"
    newsroom.trouble(BLOG, "relaunch", for_s=60)
    page.write_bytes(newsroom.look(BLOG).body)
    return page


def test_an_installed_reader_reads_what_ours_cannot(relaunched: Path, installed: Path):
    without = liveblog("extract", "--jsonl", str(relaunched))
    assert '"is_live_blog":false' in without.stdout.replace(" ", "")
    told = liveblog("extract", "--jsonl", str(relaunched), path=installed).stdout
    assert '"reader":"story-view"' in told.replace(" ", "")
    newest = Newsroom().truth(BLOG)["updates"][0]
    assert newest["headline"] in told


def test_the_doctor_names_it(installed: Path, tmp_path: Path):
    told = liveblog("doctor", "--lake", str(tmp_path / "lake"), path=installed)
    assert "story-view (velmark-readers-1.0), and ours" in told.stdout
    assert "left out" not in told.stderr


def test_its_version_is_part_of_the_reader_version(installed: Path):
    ask = [sys.executable, "-c", "from transforms.read import READER_VERSION; print(READER_VERSION)"]
    told = subprocess.run(ask, env={**os.environ, "PYTHONPATH": str(installed)}, capture_output=True, text=True)
    assert told.stdout.strip().endswith("+velmark-readers-1.0")


@pytest.mark.parametrize(
    ("value", "why"),
    [("nowhere:Reader", "No module named"), ("json:Reader", "no attribute"), ("collections:OrderedDict", "'name'")],
)
def test_a_reader_that_cannot_be_used_is_left_out_and_told_of(value: str, why: str):
    found = added([EntryPoint("broken", value, GROUP)])
    assert (found.readers, found.versions) == ((), "")
    assert "reader 'broken'" in found.problems[0]
    assert why in found.problems[0]


def test_a_reader_that_fails_at_a_page_leaves_it_to_the_others(relaunched: Path, caplog: pytest.LogCaptureFixture):
    class Careless:
        name, generic = "careless", False

        def read(self, parsed: Parsed) -> Reading:
            raise KeyError("posts")

    assert Guarded(Careless()).read(parse(Document(relaunched.read_bytes()))) is None
    assert "reader careless failed" in caplog.text


def test_the_doctor_names_the_package_and_reading_goes_on(relaunched: Path, tmp_path: Path):
    broken = tmp_path / "broken_readers-1.0.dist-info"
    broken.mkdir()
    (broken / "METADATA").write_text("Metadata-Version: 2.1\nName: broken-readers\nVersion: 1.0\n")
    (broken / "entry_points.txt").write_text("[liveblog.readers]\nbroken = nowhere:Reader\n")
    told = liveblog("doctor", "--lake", str(tmp_path / "lake"), path=tmp_path)
    assert told.returncode == 1
    assert "reader 'broken' of broken-readers-1.0 is left out" in told.stdout
    read = liveblog("extract", str(relaunched), path=tmp_path)
    assert read.returncode == 0
    assert read.stderr.count("broken-readers-1.0 is left out") == 1
