"""The contract of every store: each test runs on a folder, on MinIO and on moto."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from lake.errors import AddressUnknown, ObjectMissing, SegmentConflict
from lake.store import ObjectStore, Put, open_store, put_new


def test_what_was_put_is_got_back(store: ObjectStore) -> None:
    assert store.put_if_absent("a/b.bin", b"\x00content") is Put.CREATED
    assert store.get("a/b.bin") == b"\x00content"


def test_an_empty_object_is_an_object(store: ObjectStore) -> None:
    assert store.put_if_absent("a/empty", b"") is Put.CREATED
    assert store.get("a/empty") == b""
    assert store.put_if_absent("a/empty", b"x") is Put.EXISTS


def test_nothing_is_overwritten(store: ObjectStore) -> None:
    store.put_if_absent("a", b"first")
    assert store.put_if_absent("a", b"second") is Put.EXISTS
    assert store.get("a") == b"first"


def test_a_file_is_put_whole_and_only_once(store: ObjectStore, tmp_path: Path) -> None:
    path = tmp_path / "segment"
    path.write_bytes(b"0123456789" * 300_000)
    assert store.put_file_if_absent("raw/segment", path) is Put.CREATED
    assert store.put_file_if_absent("raw/segment", path) is Put.EXISTS
    assert store.get("raw/segment") == path.read_bytes()


def test_a_range_is_got_alone_and_ends_with_the_object(store: ObjectStore) -> None:
    store.put_if_absent("a", b"0123456789")
    assert store.get_range("a", 2, 3) == b"234"
    assert store.get_range("a", 8, 100) == b"89"
    assert store.get_range("a", 10, 5) == b""


def test_what_is_not_there_is_said_to_be_missing(store: ObjectStore) -> None:
    assert store.head("nowhere") is None
    with pytest.raises(ObjectMissing, match="nowhere"):
        store.get("nowhere")
    with pytest.raises(ObjectMissing):
        store.get_range("nowhere", 0, 1)


def test_head_tells_size_and_time(store: ObjectStore) -> None:
    store.put_if_absent("a", b"12345")
    info = store.head("a")
    assert info is not None
    assert (info.key, info.size) == ("a", 5)
    assert abs(info.modified_at - datetime.now(UTC)) < timedelta(minutes=5)
    assert info.etag


def test_listing_is_in_order_of_keys_and_starts_after_one(store: ObjectStore) -> None:
    for key in ("p/c", "p/a", "p/b/deep", "q/a", "pp"):
        store.put_if_absent(key, b"")
    assert [info.key for info in store.list("p/")] == ["p/a", "p/b/deep", "p/c"]
    assert [info.key for info in store.list("p/", start_after="p/a")] == ["p/b/deep", "p/c"]
    assert [info.key for info in store.list("none/")] == []


def test_listing_goes_on_beyond_one_page(store: ObjectStore) -> None:
    keys = [f"many/{number:04d}" for number in range(1005)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda key: store.put_if_absent(key, b""), keys))
    assert [info.key for info in store.list("many/")] == keys


def test_deleting_removes_and_may_be_repeated(store: ObjectStore) -> None:
    store.put_if_absent("a", b"x")
    store.delete("a")
    store.delete("a")
    assert store.head("a") is None


def test_of_many_writers_of_one_key_exactly_one_wins(store: ObjectStore) -> None:
    with ThreadPoolExecutor(16) as pool:
        puts = list(pool.map(lambda number: store.put_if_absent("contended", b"%d" % number), range(16)))
    assert puts.count(Put.CREATED) == 1
    assert store.get("contended") == b"%d" % puts.index(Put.CREATED)


def test_the_store_has_a_clock(store: ObjectStore) -> None:
    assert abs(store.now() - datetime.now(UTC)) < timedelta(minutes=5)
    assert store.now().tzinfo is not None


def test_an_object_has_an_address(store: ObjectStore, address: str) -> None:
    assert store.root == address
    assert store.uri("g1/x.parquet") == f"{address}/g1/x.parquet"


def test_a_name_of_our_own_may_be_put_again_but_not_with_other_content(store: ObjectStore) -> None:
    put_new(store, "own", b"content")
    put_new(store, "own", b"content")
    with pytest.raises(SegmentConflict, match="own"):
        put_new(store, "own", b"other")


@pytest.mark.parametrize("address", ["ftp://host/lake", "s3://", "https://bucket.example/lake"])
def test_an_address_of_no_store_is_refused_with_what_to_write_instead(address: str) -> None:
    with pytest.raises(AddressUnknown, match="s3://bucket/prefix"):
        open_store(address)


def test_a_file_address_is_a_folder(tmp_path: Path) -> None:
    assert open_store(f"file://{tmp_path}/my%20lake").root == f"{tmp_path}/my lake"
