"""A full disk, a busy store, lines that drop, a clock set back: nothing is lost or doubled, and work goes on."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from lake.errors import LeaseHeld, StoreError, StoreFull
from lake.lake import Lake, open_lake
from lake.leases import Lease
from lake.parquet import read_files
from lake.store import open_store
from lake.verify import verify
from liveblog.archiving import Archive
from tests.lake.rows import NOON, at, look
from tests.lake.test_compact import DAY, clock
from tests.lake.warcs import Segment
from tests.services.faulty_s3 import Fault, faulty_s3
from tests.services.minio import S3Service

KINDS = [
    ("slow_down", "PUT"), ("slow_down", "GET"), ("slow_down", "HEAD"), ("lose_answers", "PUT"), ("lose_answers", "GET"),
    ("break_bodies", "GET"), ("slow_down", "DELETE"), ("lose_answers", "DELETE"), ("conflict", "PUT"),
]  # fmt: skip


class FullStore:
    """A store on a disk that is full at the put number `fatal`, and from then on until there is `room` again."""

    def __init__(self, store, fatal: int) -> None:
        self.store, self.left, self.room = store, fatal, False

    def __getattr__(self, name: str):
        attribute = getattr(self.store, name)
        if name not in {"put_if_absent", "put_file_if_absent"}:
            return attribute

        def put(*arguments: object):
            self.left -= 1
            if self.left <= 0 and not self.room:
                raise StoreFull("no room left")
            return attribute(*arguments)

        return put


def told(lake: Lake) -> list[tuple[str, int]]:
    newest = lake.newest()
    table = read_files(lake.store, "revisions", newest.files("revisions"))
    return sorted(zip(table["blog_id"].to_pylist(), table["seq"].to_pylist(), strict=True))


def work(lake: Lake) -> None:
    """Commits on three days, and a fold that closes two of them."""
    for number in range(3):
        lake.commit(f"k{number}", lambda _, n=number: look("b1", n * DAY, seq=n + 1), "run")
    lake.compact()


ALL = [("b1", 1), ("b1", 2), ("b1", 3)]


def sound(lake: Lake) -> bool:
    return [finding for finding in verify(lake.chain) if not finding.harmless] == []


def test_a_disk_that_fills_up_at_any_put_loses_nothing(tmp_path: Path, monkeypatch) -> None:
    for fatal in range(1, 200):
        root = tmp_path / f"full-{fatal}"
        store = FullStore(open_store(str(root)), fatal)
        monkeypatch.setattr(type(store.store), "now", lambda _: at(2 * DAY))
        try:
            work(Lake(store))
        except StoreFull:
            store.room = True
            assert set(told(open_lake(str(root)))) <= set(ALL)
            work(Lake(store))
        assert told(open_lake(str(root))) == ALL
        assert sound(open_lake(str(root)))
        shutil.rmtree(root)
        if store.left > 0:
            break
    assert 20 < fatal < 199


def test_what_does_not_fit_into_the_lake_stays_in_the_spool(tmp_path: Path) -> None:
    segment = Segment()
    segment.look("b1", 0)
    path = segment.saved(tmp_path / "one.warc.gz")
    store = FullStore(open_store(str(tmp_path / "lake")), 1)
    archive = Archive(Lake(store))
    archive(path)
    with pytest.raises(StoreFull):
        archive.finish()
    assert path.exists()
    store.room = True
    archive = Archive(Lake(store))
    archive(path)
    archive.finish()
    assert not path.exists()
    assert len(archive.keys) == 1


@pytest.mark.parametrize(("kind", "method"), KINDS)
def test_a_store_in_trouble_gets_the_work_done(
    s3: S3Service, s3_lake: str, monkeypatch, kind: str, method: str
) -> None:
    fault = Fault(kind, times=2, method=method)
    with faulty_s3(s3.endpoint, fault) as endpoint:
        monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
        lake = open_lake(s3_lake)
        clock(monkeypatch, lake, at(2 * DAY))
        work(lake)
    assert fault.seen >= 2
    monkeypatch.setenv("AWS_ENDPOINT_URL", s3.endpoint)
    after = open_lake(s3_lake)
    assert told(after) == ALL
    assert sound(after)


def test_a_store_that_goes_away_in_mid_work_leaves_what_was_committed(s3: S3Service, s3_lake: str, monkeypatch) -> None:
    monkeypatch.setattr("lake.s3.ATTEMPTS", 2)
    clock(monkeypatch, open_lake(s3_lake), at(2 * DAY))
    with faulty_s3(s3.endpoint, Fault("slow_down", times=10_000, part="2026-03-02")) as endpoint:
        monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
        with pytest.raises(StoreError, match="SlowDown"):
            work(open_lake(s3_lake))
    monkeypatch.setenv("AWS_ENDPOINT_URL", s3.endpoint)
    assert told(open_lake(s3_lake)) == ALL[:1]
    work(open_lake(s3_lake))
    assert told(open_lake(s3_lake)) == ALL
    assert sound(open_lake(s3_lake))


def test_a_clock_set_back_an_hour_loses_and_doubles_nothing(local_lake: Lake, monkeypatch) -> None:
    clock(monkeypatch, local_lake, at(0))
    local_lake.commit("k1", lambda _: look("b1", 0), "run")
    clock(monkeypatch, local_lake, at(-60))
    local_lake.commit("k2", lambda _: look("b1", 1, seq=2), "run")
    local_lake.commit("k1", lambda _: look("b1", 0), "run")
    local_lake.compact()
    local_lake.commit("k3", lambda _: look("b1", -59, seq=3), "run")
    assert told(local_lake) == ALL
    times = [snapshot.committed_at for snapshot in local_lake.snapshots()]
    assert times == sorted(times, reverse=True)
    assert local_lake.as_of(NOON - timedelta(minutes=1)).number == 0
    assert local_lake.as_of(NOON).number == local_lake.newest().number
    assert sound(local_lake)


def test_a_clock_set_back_lets_nobody_take_a_lease_that_is_held(local_lake: Lake, monkeypatch) -> None:
    clock(monkeypatch, local_lake, at(0))
    with local_lake.lease("record", "first", 300):
        clock(monkeypatch, local_lake, at(-60))
        with pytest.raises(LeaseHeld):
            Lease(local_lake.store, "record", "second", 300).acquire()
    with local_lake.lease("record", "second", 300) as lease:
        lease.check()
