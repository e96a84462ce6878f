"""kill -9 at every write of everything that writes a lake: it can be read, the rerun completes, `verify` is clean."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars
import pytest

from lake.lake import Lake, open_lake
from lake.manifest import manifest_key
from lake.packing import pack_day, remove_packed
from lake.rewind import rows_of
from lake.schemas import tables
from lake.vacuum import vacuum
from lake.verify import verify
from liveblog import pipeline
from liveblog.replay import replay
from liveblog.strangers import archive
from liveblog.takedowns import order_of_text, take_down
from tests.lake.killed import deaths, lake_at
from tests.lake.rows import at, look
from tests.lake.test_compact import DAY
from tests.lake.test_packing import filled
from tests.lake.test_vacuum import age
from tests.lake.warcs import Segment
from tests.liveblog.test_extract import live_page, strangers_crawl
from tests.liveblog.test_redact import DAY as POSTED
from tests.liveblog.test_redact import EDITED, POSTS, WORDS, holding, publish, segment
from transforms.rows import Changes

Rows = dict[str, list[str]]
LATER = at(2 * DAY)


@dataclass(frozen=True, slots=True)
class Work:
    """One thing that writes: the lake it begins with, what it does, and how many writes it makes at least."""

    make: Callable[[Lake, Path], None]
    do: Callable[[Lake], object]
    writes: int
    moment: datetime | None = None
    """Where the store's clock stands; None: it runs."""


def make_commit(lake: Lake, spool: Path) -> None:
    lake.commit("run-1", lambda _: look("b0"), "run-1")
    (spool.parent / "one.warc.gz").write_bytes(b"records")


def do_commit(lake: Lake) -> None:
    """What a run does: archive a segment, commit its rows under a lease."""
    key = lake.raw.put_segment(Path(lake.root).with_name("one.warc.gz"), "2026-03-01")
    with lake.lease("record", "test", 60) as lease:
        changes = Changes(look("b1").rows, segments=(key,))
        lake.commit("run-2", lambda _: changes, "run-2", guard=lease.check)


def make_days(lake: Lake, spool: Path) -> None:
    """Two days that are over, one of them closed before, an open one, an earlier fold, and a raw segment."""
    made = Segment()
    made.look("b1", 0)
    key = lake.raw.put_segment(made.saved(spool / "one.warc.gz"), "2026-03-01")
    lake.commit("raw", lambda _: Changes(look("b1", 0).rows, segments=(key,)), "run")
    lake.compact()
    for number in range(1, 7):
        lake.commit(f"k{number}", lambda _, n=number: look("b1", n * DAY / 3, seq=n + 1), "run")


def do_fold(lake: Lake) -> None:
    lake.compact(close_busy=False)


def do_close(lake: Lake) -> None:
    lake.compact()


def make_segments(lake: Lake, spool: Path) -> None:
    filled(lake, spool, segments=2)


def do_pack(lake: Lake) -> None:
    list(lake.pack())


def make_history(lake: Lake, spool: Path) -> None:
    """Snapshots of which some have expired, and files that a run left behind."""
    with pytest.MonkeyPatch.context() as patch:
        moment = datetime.now(UTC) - timedelta(days=40)
        patch.setattr(type(lake.store), "now", lambda _: moment)
        for minute in range(10):
            lake.commit(f"k{minute}", lambda _, m=minute: look(minutes=m, seq=m + 1), "run")
            if minute == 5:
                lake.compact()
    lake.store.put_if_absent("g1/hot/captures/dt=2026-03-01/given-up.parquet", b"x")
    age(lake, "", timedelta(days=40))


def small_cells(patch: pytest.MonkeyPatch) -> None:
    """Snapshots are kept in such small numbers that a short history has some to let go."""
    patch.setattr("lake.snapshots.CELL", 3)
    patch.setattr("lake.vacuum.CELL", 3)
    patch.setattr("lake.vacuum.UNTOUCHED", 4)


def do_vacuum(lake: Lake) -> None:
    with pytest.MonkeyPatch.context() as patch:  # the process that is killed has none of the test's own
        small_cells(patch)
        list(vacuum(lake.chain))


def make_looks(lake: Lake, spool: Path) -> None:
    """A closed day that is packed, and looks after it."""
    publish(lake, segment(spool, "one", 0, POSTS))
    lake.compact()
    pack_day(lake.store, lake.newest(), POSTED)
    remove_packed(lake.store, POSTED)
    publish(lake, segment(spool, "two", 5, EDITED))


def do_replay(lake: Lake) -> None:
    replay(lake, run_key="again", guard=lambda: None, processes=1)


def do_redact(lake: Lake) -> None:
    take_down(lake, order_of_text(WORDS), by="Legal desk", why="Order 12/26", run_key="first")


def make_nothing(lake: Lake, spool: Path) -> None:
    pages = {f"https://{name}.example/live": ("200 OK", "text/html", live_page(6)) for name in ("canal", "river")}
    (spool.parent / "crawl.warc.gz").write_bytes(strangers_crawl(pages))
    lake.commit("run-1", lambda _: look("b0"), "run-1")


def do_import(lake: Lake) -> None:
    key = archive(lake, Path(lake.root).with_name("crawl.warc.gz"))
    pipeline.publish(lake, run_key=f"import/{key}", segments=[key])


WORKS = {
    "commit": Work(make_commit, do_commit, 7),
    "fold": Work(make_days, do_fold, 10, LATER),
    "close": Work(make_days, do_close, 12, LATER),
    "pack": Work(make_segments, do_pack, 8, LATER),
    "vacuum": Work(make_history, do_vacuum, 6),
    "replay": Work(make_looks, do_replay, 25),
    "redact": Work(make_looks, do_redact, 20),
    "import": Work(make_nothing, do_import, 6),
}


def newest(lake: Lake) -> Rows:
    """All rows of the newest snapshot, by table."""
    one = lake.newest()
    return {name: sorted(map(repr, rows_of(one, name, days))) for name in tables() if (days := one.days(name))}


def manifests(lake: Lake) -> dict[int, bytes]:
    """Every snapshot that stands; `verify` tells whether what it names is what it says."""
    return {number: lake.store.get(manifest_key(number)) for number in lake.chain.numbers()}


def counted(rows: Rows) -> dict[str, int]:
    return {name: len(some) for name, some in rows.items()}


def bare(root: Path) -> list[tuple]:
    """Rows of the closed days of each generation, as anybody reads them."""
    found = []
    for generation in sorted(root.glob("g*")):
        files = list(generation.glob("days/revisions/*/*.parquet"))
        if files:
            rows = polars.read_parquet(files, hive_partitioning=False).select("blog_id", "section_id", "seq").rows()
            found += [(generation.name, *row) for row in rows]
    return found


def looks(lake: Lake) -> list[str]:
    """Every look of the raw archive."""
    days = {info.key.split("/")[1].removeprefix("dt=") for top in ("raw/", "packs/") for info in lake.store.list(top)}
    return sorted({item.look.capture_id for day in days for item in lake.raw.looks(day)})


def harmed(lake: Lake) -> set[str]:
    return {finding.kind for finding in verify(lake.chain) if not finding.harmless}


@pytest.mark.parametrize("name", WORKS)
def test_it_may_be_killed_at_any_write_and_a_rerun_completes(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if name == "vacuum":
        small_cells(monkeypatch)
    work, template = WORKS[name], tmp_path / "template"
    (tmp_path / "spool").mkdir()
    work.make(lake_at(template, work.moment), tmp_path / "spool")
    untouched = open_lake(str(template))
    before, rows = manifests(untouched), newest(untouched)
    whole = lake_at(Path(shutil.copytree(template, tmp_path / "whole")), work.moment)
    work.do(whole)
    done, kept = newest(whole), set(manifests(whole)) & set(before)
    archived = looks(whole) if name != "commit" else []
    deadly = 0
    for root in deaths(template, work.do, work.moment):
        deadly += 1
        survivor = lake_at(root, work.moment)
        stand = manifests(survivor)
        assert kept <= set(stand)
        assert {number: stand[number] for number in stand if number in before}.items() <= before.items()
        assert counted(newest(survivor)) in (counted(rows), counted(done))
        assert name == "redact" or newest(survivor) in (rows, done)
        assert len(bare(root)) == len(set(bare(root)))
        assert harmed(survivor) <= ({"returned"} if name == "redact" else set())

        again = lake_at(root, work.moment)
        work.do(again)
        assert counted(newest(again)) == counted(done)
        assert name == "redact" or newest(again) == done
        assert len(bare(root)) == len(set(bare(root)))
        assert harmed(again) == set()
        assert name == "commit" or looks(again) == archived
        assert name != "redact" or holding(again, WORDS) == []
        left = lake_at(root, again.store.now() + timedelta(days=365))
        list(vacuum(left.chain))
        assert {finding.kind for finding in verify(left.chain)} == set()
    assert deadly > work.writes
