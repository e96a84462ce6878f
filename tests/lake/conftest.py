"""The lake's stores: a local folder, a real MinIO where one can be had, and moto's server."""

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from lake.lake import Lake
from lake.store import ObjectStore, open_store
from tests.services.minio import S3Service, moto


@pytest.fixture(scope="session")
def moto_s3() -> Iterator[S3Service]:
    """Moto's server: fast, and checks no signatures."""
    with moto() as service:
        yield service


def enter(service: S3Service, monkeypatch: pytest.MonkeyPatch) -> str:
    """Put the way to an S3 service into the environment, and give the address of a lake in a fresh bucket."""
    for name, value in service.environment.items():
        monkeypatch.setenv(name, value)
    bucket = f"test-{secrets.token_hex(6)}"
    service.create_bucket(bucket)
    return f"s3://{bucket}/a/lake"


@pytest.fixture(params=["local", "minio", "moto"])
def address(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Where a lake could be, in each kind of store; nothing is there yet."""
    if request.param == "local":
        return str(tmp_path / "lake")
    return enter(request.getfixturevalue("s3" if request.param == "minio" else "moto_s3"), monkeypatch)


@pytest.fixture
def store(address: str) -> ObjectStore:
    """An empty store of each kind."""
    return open_store(address)


@pytest.fixture
def lake(address: str) -> Lake:
    """A lake that nobody has written to, in each kind of store."""
    return Lake(open_store(address))


@pytest.fixture
def local_lake(tmp_path: Path) -> Lake:
    """A lake in a folder, for what does not depend on the store."""
    return Lake(open_store(str(tmp_path / "lake")))
