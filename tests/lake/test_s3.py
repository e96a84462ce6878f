"""S3 endpoints that misbehave, and ways in that are wrong: a clear word each time, and nothing lost."""

from pathlib import Path

import pytest

from lake.errors import StoreMissing, StoreRefused, StoreUnreachable, StoreUnsafe
from lake.lake import Lake, open_lake
from lake.store import Put, open_store
from tests.lake.rows import look
from tests.services.faulty_s3 import Fault, faulty_s3
from tests.services.minio import S3Service
from tests.services.ports import free_port


def numbers(lake: Lake) -> list[int]:
    return [snapshot.number for snapshot in lake.snapshots()]


def test_a_store_that_overwrites_is_refused_before_anything_is_published(
    s3_lake: str, moto_s3: S3Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    moto_s3.create_bucket("unsafe")
    for name, value in moto_s3.environment.items():
        monkeypatch.setenv(name, value)
    with faulty_s3(moto_s3.endpoint, Fault("strip_conditions", times=10_000)) as endpoint:
        monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
        lake = open_lake("s3://unsafe/lake")
        with pytest.raises(StoreUnsafe, match="overwrites objects"):
            lake.commit("k", lambda _: look(), "run")
        assert list(lake.store.list("")) == []


def test_a_lost_answer_is_no_lost_commit_and_no_second_one(s3: S3Service, s3_lake: str, monkeypatch) -> None:
    open_lake(s3_lake).commit("first", lambda _: look(minutes=0), "run")
    fault = Fault("lose_answers", times=2, part="/snapshots/")
    with faulty_s3(s3.endpoint, fault) as endpoint:
        monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
        lake = open_lake(s3_lake)
        snapshot = lake.commit("second", lambda _: look(minutes=1), "run")
    assert fault.seen >= 2
    assert snapshot.number == 2
    assert numbers(lake) == [2, 1]


def test_lost_answers_to_every_put_leave_each_row_once(s3: S3Service, s3_lake: str, monkeypatch) -> None:
    with faulty_s3(s3.endpoint, Fault("lose_answers", times=1, part="/lake/")) as endpoint:
        monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
        for part in ("hot/captures", "hot/revisions", "snapshots"):
            with faulty_s3(endpoint, Fault("lose_answers", times=1, part=part)) as worse:
                monkeypatch.setenv("AWS_ENDPOINT_URL", worse)
                open_lake(s3_lake).commit(part, lambda _, part=part: look(blog=part), "run")
    monkeypatch.setenv("AWS_ENDPOINT_URL", s3.endpoint)
    lake = open_lake(s3_lake)
    assert numbers(lake) == [3, 2, 1]
    assert sum(file.rows for file in lake.newest().files("revisions")) == 3


@pytest.mark.parametrize("kind", ["slow_down", "conflict"])
def test_a_busy_store_is_asked_again(s3: S3Service, s3_lake: str, monkeypatch, kind: str) -> None:
    with faulty_s3(s3.endpoint, Fault(kind, times=2)) as endpoint:
        monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
        assert open_store(s3_lake).put_if_absent("k", b"content") is Put.CREATED


def test_a_store_that_stays_busy_is_called_overloaded(s3: S3Service, s3_lake: str, monkeypatch) -> None:
    monkeypatch.setattr("lake.s3.ATTEMPTS", 2)
    with faulty_s3(s3.endpoint, Fault("slow_down", times=1000)) as endpoint:
        monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
        with pytest.raises(StoreUnreachable, match="SlowDown"):
            open_store(s3_lake).put_if_absent("k", b"content")


def test_a_body_that_breaks_off_is_fetched_again(s3: S3Service, s3_lake: str, monkeypatch) -> None:
    content = b"0123456789" * 100_000
    open_store(s3_lake).put_if_absent("k", content)
    with faulty_s3(s3.endpoint, Fault("break_bodies", times=2, method="GET")) as endpoint:
        monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
        assert open_store(s3_lake).get("k") == content


def test_wrong_credentials_are_named_but_not_shown(s3: S3Service, s3_lake: str, monkeypatch) -> None:
    if s3.kind == "moto":
        pytest.skip("moto checks no signatures")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "not-the-secret-at-all")
    with pytest.raises(StoreRefused, match="SignatureDoesNotMatch") as caught:
        open_lake(s3_lake)
    assert "not-the-secret-at-all" not in str(caught.value)
    assert s3.secret_key not in str(caught.value)


def test_no_credentials_at_all_says_which_to_set(s3_lake: str, monkeypatch, tmp_path: Path) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    with pytest.raises(StoreRefused, match="AWS_ACCESS_KEY_ID"):
        open_lake(s3_lake)


def test_an_unreachable_endpoint_is_named(s3_lake: str, monkeypatch) -> None:
    monkeypatch.setattr("lake.s3.ATTEMPTS", 1)
    endpoint = f"http://127.0.0.1:{free_port()}"
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    with pytest.raises(StoreUnreachable, match=endpoint):
        open_lake(s3_lake)


def test_a_missing_bucket_says_how_to_create_it(s3_lake: str) -> None:
    with pytest.raises(StoreMissing, match="aws s3 mb s3://not-a-bucket-here"):
        open_lake("s3://not-a-bucket-here/lake")
