"""docker/make_analyst.py against a real MinIO: analysts read the lake and cannot change it."""

import json
import os
import secrets
import subprocess
import sys
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path

import boto3
import duckdb
import pytest
from botocore.exceptions import ClientError

from tests.services.minio import S3Service

SCRIPT = Path(__file__).resolve().parents[2] / "docker" / "make_analyst.py"
KEY = "analyst"


@pytest.fixture
def bucket(s3: S3Service) -> str:
    if s3.kind != "minio":
        pytest.skip(f"users are made by MinIO's own protocol, and this store is {s3.kind}")
    name = f"test-{secrets.token_hex(6)}"
    s3.create_bucket(name)
    return name


def make_analyst(s3: S3Service, bucket: str, secret: str, *arguments: str, **more: str) -> tuple[int, str]:
    environ = {**os.environ, **s3.environment, "LIVEBLOG_LAKE": f"s3://{bucket}/lake", "no_proxy": "*"}
    environ |= {"ANALYST_ACCESS_KEY": KEY, "ANALYST_SECRET_KEY": secret, **more}
    done = subprocess.run(
        [sys.executable, SCRIPT, *arguments], env=environ, capture_output=True, text=True, timeout=120
    )
    return done.returncode, done.stdout + done.stderr


def client(s3: S3Service, key: str, secret: str):
    return boto3.client(
        "s3", endpoint_url=s3.endpoint, aws_access_key_id=key, aws_secret_access_key=secret, region_name="us-east-1"
    )


def refusal(call, **arguments: object) -> str:
    with pytest.raises(ClientError) as refused:
        call(**arguments)
    return str(refused.value.response["Error"]["Code"])


def test_an_analyst_reads_and_lists_the_lake_and_changes_nothing(s3, bucket):
    owner, secret = client(s3, s3.access_key, s3.secret_key), secrets.token_hex(16)
    owner.put_object(Bucket=bucket, Key="lake/snapshots/1.json", Body=b"{}")
    assert make_analyst(s3, bucket, secret) == (0, f"{KEY} may read bucket {bucket}\n")
    analyst = client(s3, KEY, secret)
    assert analyst.get_object(Bucket=bucket, Key="lake/snapshots/1.json")["Body"].read() == b"{}"
    assert [item["Key"] for item in analyst.list_objects_v2(Bucket=bucket)["Contents"]] == ["lake/snapshots/1.json"]
    assert refusal(analyst.put_object, Bucket=bucket, Key="lake/snapshots/2.json", Body=b"") == "AccessDenied"
    assert refusal(analyst.delete_object, Bucket=bucket, Key="lake/snapshots/1.json") == "AccessDenied"
    assert refusal(analyst.put_bucket_policy, Bucket=bucket, Policy="{}") == "AccessDenied"
    assert refusal(analyst.create_bucket, Bucket=f"{bucket}-more") == "AccessDenied"


def test_an_analyst_sees_no_other_bucket(s3, bucket):
    other, secret = f"{bucket}-other", secrets.token_hex(16)
    s3.create_bucket(other)
    make_analyst(s3, bucket, secret)
    assert refusal(client(s3, KEY, secret).list_objects_v2, Bucket=other) == "AccessDenied"


def test_duckdb_reads_the_lake_with_the_analysts_key(s3, bucket):
    secret = secrets.token_hex(16)
    make_analyst(s3, bucket, secret)
    httpfs = next(Path(str(files("duckdb_extension_httpfs"))).glob("extensions/*/httpfs.duckdb_extension"))
    with duckdb.connect() as owner, duckdb.connect() as analyst:
        for connection, key, password in ((owner, s3.access_key, s3.secret_key), (analyst, KEY, secret)):
            connection.execute(f"LOAD '{httpfs}'")
            connection.execute(
                f"CREATE SECRET (TYPE s3, KEY_ID '{key}', SECRET '{password}', USE_SSL false, URL_STYLE 'path',"
                f" ENDPOINT '{s3.endpoint.removeprefix('http://')}')"
            )
        owner.execute(f"COPY (SELECT 42 AS answer) TO 's3://{bucket}/lake/a.parquet'")
        assert analyst.execute(f"FROM read_parquet('s3://{bucket}/lake/*.parquet')").fetchall() == [(42,)]
        with pytest.raises(duckdb.HTTPException, match=r"403|AccessDenied"):
            analyst.execute(f"COPY (SELECT 42 AS answer) TO 's3://{bucket}/lake/b.parquet'")


def test_a_new_secret_takes_the_place_of_the_old_one(s3, bucket):
    old, new = secrets.token_hex(16), secrets.token_hex(16)
    assert make_analyst(s3, bucket, old)[0] == make_analyst(s3, bucket, new)[0] == make_analyst(s3, bucket, new)[0] == 0
    assert client(s3, KEY, new).list_objects_v2(Bucket=bucket)["KeyCount"] == 0
    assert refusal(client(s3, KEY, old).list_objects_v2, Bucket=bucket) == "SignatureDoesNotMatch"


def test_without_a_secret_no_key_is_made_and_that_is_said(s3, bucket):
    assert make_analyst(s3, bucket, "") == (0, "ANALYST_SECRET_KEY is empty: no key for analysts was made\n")


def test_a_refusal_is_one_line_that_tells_no_secret(s3, bucket):
    secret = secrets.token_hex(16)
    code, said = make_analyst(s3, bucket, secret, AWS_SECRET_ACCESS_KEY=secrets.token_hex(16))
    assert code == 1
    assert said.startswith("the analysts' key could not be made: ")
    assert said.count("\n") == 1
    assert secret not in said


def test_the_policy_for_other_stores_allows_reading_and_nothing_else(s3, bucket):
    code, said = make_analyst(s3, bucket, "", "--policy")
    statements: list[Mapping[str, list[str]]] = json.loads(said)["Statement"]
    assert code == 0
    assert {action for one in statements for action in one["Action"]} == {
        "s3:GetObject",
        "s3:ListBucket",
        "s3:GetBucketLocation",
    }
