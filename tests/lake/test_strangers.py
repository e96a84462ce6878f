"""Strangers to this project read a committed snapshot from S3 with only its manifest's list: all see the same rows."""

import hashlib
import json
from importlib.resources import files
from pathlib import Path
from urllib.parse import urlsplit

import boto3
import duckdb
import polars
import pyarrow.dataset
import pyarrow.fs
import pytest

from lake.lake import open_lake
from lake.views import views_sql
from tests.lake.rows import capture, revision
from tests.services.minio import S3Service
from transforms.rows import Changes

EXPECTED = [("s1", 1, "Headline of s1"), ("s1", 2, "Headline of s1"), ("s2", 1, "Headline of s2")]


@pytest.fixture
def addresses(s3_lake: str) -> list[str]:
    """The addresses of the revisions' files, read from the newest manifest with nothing but an S3 client."""
    lake = open_lake(s3_lake)
    for minute, rows in enumerate([(revision(), revision(section="s2")), (revision(minutes=1, seq=2),)]):
        changes = Changes({"captures": (capture(minutes=minute),), "revisions": rows})
        lake.commit(f"k{minute}", lambda _, changes=changes: changes, "run")
    bucket, prefix = urlsplit(s3_lake).netloc, urlsplit(s3_lake).path.strip("/")
    client = boto3.client("s3")
    body = client.get_object(Bucket=bucket, Key=f"{prefix}/snapshots/000000000002.json")["Body"].read()
    days = json.loads(body)["tables"]["revisions"]
    found = [file for day in days.values() for file in day]
    for file in found:
        content = client.get_object(Bucket=bucket, Key=f"{prefix}/{file['key']}")["Body"].read()
        assert (len(content), hashlib.sha256(content).hexdigest()) == (file["bytes"], file["sha256"])
    client.close()
    return [f"s3://{bucket}/{prefix}/{file['key']}" for file in found]


def bare_duckdb(s3: S3Service) -> duckdb.DuckDBPyConnection:
    """DuckDB with httpfs and a secret, and nothing of this program."""
    connection = duckdb.connect()
    extension = next(Path(str(files("duckdb_extension_httpfs"))).glob("extensions/*/*.duckdb_extension"))
    connection.execute(f"LOAD '{extension}'")
    connection.execute(
        f"CREATE SECRET (TYPE s3, KEY_ID '{s3.access_key}', SECRET '{s3.secret_key}', "
        f"ENDPOINT '{urlsplit(s3.endpoint).netloc}', URL_STYLE 'path', USE_SSL false)"
    )
    return connection


def test_duckdb_with_only_read_parquet(addresses: list[str], s3: S3Service) -> None:
    connection = bare_duckdb(s3)
    rows = connection.execute(
        "SELECT section_id, seq, headline FROM read_parquet(?) ORDER BY ALL", [addresses]
    ).fetchall()
    connection.close()
    assert rows == EXPECTED


def test_the_printed_views_in_a_bare_duckdb(addresses: list[str], s3: S3Service, s3_lake: str) -> None:
    connection = bare_duckdb(s3)
    connection.execute(views_sql(open_lake(s3_lake).newest()))
    rows = connection.execute("SELECT section_id, seq, headline FROM revisions ORDER BY ALL").fetchall()
    now = connection.execute("SELECT section_id, seq FROM sections ORDER BY ALL").fetchall()
    connection.close()
    assert len(addresses) == 2
    assert rows == EXPECTED
    assert now == [("s1", 2), ("s2", 1)]


def test_pyarrow_dataset(addresses: list[str], s3: S3Service) -> None:
    filesystem = pyarrow.fs.S3FileSystem(
        access_key=s3.access_key, secret_key=s3.secret_key, endpoint_override=s3.endpoint, region="us-east-1"
    )
    paths = [address.removeprefix("s3://") for address in addresses]
    table = pyarrow.dataset.dataset(paths, filesystem=filesystem, format="parquet").to_table()
    columns = [table.column(name).to_pylist() for name in ("section_id", "seq", "headline")]
    assert sorted(zip(*columns, strict=True)) == EXPECTED


def test_polars(addresses: list[str], s3: S3Service) -> None:
    options = {
        "aws_endpoint_url": s3.endpoint, "aws_access_key_id": s3.access_key, "aws_region": "us-east-1",
        "aws_secret_access_key": s3.secret_key, "aws_allow_http": "true",
    }  # fmt: skip
    frame = polars.scan_parquet(addresses, storage_options=options).select("section_id", "seq", "headline").collect()
    assert sorted(frame.rows()) == EXPECTED
