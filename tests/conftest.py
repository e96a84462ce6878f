"""Fixtures that several rooms share. Keep it small: what one room needs stands in that room's own conftest."""

import os
import secrets
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tests.services.minio import S3Service, find_minio, s3_service
from tests.services.side_by_side import FileByFile

settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")
"""On a busy machine an example takes long by the clock, and shows nothing by it."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What needs Airflow comes first, in one piece: it takes longest, and Airflow ends when it is done."""
    items.sort(key=lambda item: item.get_closest_marker("airflow") is None)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> FileByFile:
    """Side by side, as in ``make test``: in the order of collection."""
    config.option.loadscopereorder = False
    return FileByFile(config, log)


def pytest_collection_finish(session: pytest.Session) -> None:
    """MinIO is built, once, before any test's time begins to count."""
    wanted = {name for item in session.items for name in getattr(item, "fixturenames", ())}
    if not wanted.isdisjoint({"s3", "address"}):
        find_minio()


@pytest.fixture(scope="session", autouse=True)
def unsynced() -> Iterator[None]:
    """Nothing waits for the disk: what is written outlives its process without that, and no test cuts the power."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda _: None)
        yield


@pytest.fixture(scope="session")
def s3() -> Iterator[S3Service]:
    """An S3 server: MinIO wherever one can be had (tests/services/minio.py says how)."""
    with s3_service() as service:
        yield service


@pytest.fixture
def s3_lake(s3: S3Service, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of a lake that is not there yet, in a bucket of its own; the environment knows the way to it."""
    for name, value in s3.environment.items():
        monkeypatch.setenv(name, value)
    bucket = f"test-{secrets.token_hex(6)}"
    s3.create_bucket(bucket)
    return f"s3://{bucket}/lake"
