"""Objects in a bucket of any S3 endpoint that honours conditional writes.

Credentials, region, profile and endpoint come the way every AWS tool finds them (``AWS_ACCESS_KEY_ID``,
``AWS_ENDPOINT_URL``, ``~/.aws``, instance roles …). A custom endpoint is addressed path-style, which is botocore's
own default.
"""

import random
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import parse_qs, unquote, urlsplit

import boto3
import botocore.exceptions as boto
from botocore.config import Config

from lake.errors import ObjectMissing, StoreError, StoreMissing, StoreRefused, StoreUnreachable
from lake.requests import Requests
from lake.store import ObjectInfo, Put

T = TypeVar("T")
CLOCK = "clock"
"""Asking the store for its time, as a layer among the requests that are counted."""

ATTEMPTS = 5
"""Of one request, by botocore: lost connections, time-outs, 5xx and SlowDown, with its own growing pauses."""
CONFLICT_ATTEMPTS = 20
"""Of a put that is answered with 409: another conditional write of the same key is under way."""
CONNECT_TIMEOUT_S = 5
READ_TIMEOUT_S = 60

REFUSED = {
    "403", "401", "AccessDenied", "InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken", "InvalidToken",
    "RequestTimeTooSkewed", "AccountProblem", "AllAccessDisabled", "InvalidTokenId", "XMinioInvalidAccessKeyId",
}  # fmt: skip
MISSING = {"404", "NoSuchKey"}
BUSY = {"503", "500", "SlowDown", "InternalError", "ServiceUnavailable", "RequestTimeout", "XMinioServerNotInitialized"}
UNREACHABLE = (
    boto.ConnectionError,
    boto.HTTPClientError,
    boto.IncompleteReadError,
    boto.ResponseStreamingError,
    boto.EndpointConnectionError,
)
BROKEN_BODY = (boto.IncompleteReadError, boto.ResponseStreamingError, boto.ReadTimeoutError)
NO_CREDENTIALS = (boto.NoCredentialsError, boto.PartialCredentialsError, boto.CredentialRetrievalError)


class S3Store:
    """A bucket, or the part of it under a prefix."""

    def __init__(self, bucket: str, prefix: str = "") -> None:
        self.bucket = bucket
        self.prefix = f"{prefix}/" if prefix else ""
        self.requests = Requests()
        config = Config(
            connect_timeout=CONNECT_TIMEOUT_S,
            read_timeout=READ_TIMEOUT_S,
            retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
            max_pool_connections=32,
        )
        try:
            self.session = boto3.Session()
            self.client = self.session.client("s3", config=config)
        except (boto.BotoCoreError, ValueError) as error:
            raise StoreError(f"{self.root}: {error}. Check AWS_ENDPOINT_URL, AWS_REGION and AWS_PROFILE.") from error
        self.client.meta.events.register("before-send.s3", self._count)

    @property
    def root(self) -> str:
        """``s3://bucket/prefix``."""
        return f"s3://{self.bucket}/{self.prefix}".rstrip("/")

    @property
    def endpoint(self) -> str:
        """The address that requests go to."""
        return str(self.client.meta.endpoint_url)

    def uri(self, key: str) -> str:
        """``s3://bucket/prefix/key``."""
        return f"s3://{self.bucket}/{self.prefix}{key}"

    def get(self, key: str) -> bytes:
        """GET."""
        return self._reading(key)

    def get_range(self, key: str, start: int, length: int) -> bytes:
        """GET with a Range; one that begins behind the end gives nothing."""
        try:
            return self._reading(key, Range=f"bytes={start}-{start + length - 1}")
        except boto.ClientError as error:
            if _code(error) in {"InvalidRange", "416"}:
                return b""
            raise self._said(key, error) from error

    def put_if_absent(self, key: str, content: bytes) -> Put:
        """PUT with ``If-None-Match: *``."""
        return self._put(key, lambda: content)

    def put_file_if_absent(self, key: str, path: Path) -> Put:
        """The same, streamed from the file; one PUT, so at most 5 GB."""
        with path.open("rb") as file:
            return self._put(key, lambda: (file.seek(0), file)[1])

    def head(self, key: str) -> ObjectInfo | None:
        """HEAD."""
        try:
            answer = self.client.head_object(**self._at(key))
        except boto.ClientError as error:
            if _code(error) in MISSING:
                return None
            raise self._said(key, error) from error
        except boto.BotoCoreError as error:
            raise self._said(key, error) from error
        return ObjectInfo(key, answer["ContentLength"], answer["ETag"].strip('"'), answer["LastModified"])

    def list(self, prefix: str, start_after: str = "") -> Iterator[ObjectInfo]:
        """ListObjectsV2, a thousand keys a request."""
        start = {"StartAfter": self.prefix + start_after} if start_after else {}
        pages = self.client.get_paginator("list_objects_v2")
        try:
            for page in pages.paginate(Bucket=self.bucket, Prefix=self.prefix + prefix, **start):
                for item in page.get("Contents", ()):
                    key = item["Key"].removeprefix(self.prefix)
                    yield ObjectInfo(key, item["Size"], item["ETag"].strip('"'), item["LastModified"])
        except (boto.ClientError, boto.BotoCoreError) as error:
            raise self._said(prefix, error) from error

    def delete(self, key: str) -> None:
        """DELETE."""
        self._asking(key, lambda: self.client.delete_object(**self._at(key)))

    def now(self) -> datetime:
        """The Date header of an answer (RFC 9110, section 6.6.1); whole seconds."""
        try:
            answer = self.client.head_bucket(Bucket=self.bucket)
        except boto.ClientError as error:
            answer = error.response
        except boto.BotoCoreError as error:
            raise self._said("", error) from error
        date = answer["ResponseMetadata"]["HTTPHeaders"].get("date")
        if date is None:
            raise StoreError(f"{self.root}: {self.endpoint} sends no Date header, which leases and snapshots need.")
        return parsedate_to_datetime(date).astimezone(UTC)

    def _count(self, request: Any, **_: object) -> None:  # noqa: ANN401 - botocore has no types
        """Each request as it leaves, repeated ones too; those of no object (the clock, a listing) by their prefix."""
        asked = urlsplit(request.url)
        listed = parse_qs(asked.query).get("prefix", [""])[0]
        key = unquote(asked.path).lstrip("/").removeprefix(f"{self.bucket}/").removeprefix(self.prefix)
        key = CLOCK if key in {"", self.bucket} else key
        verb = "list" if "list-type=2" in asked.query else request.method.lower()
        self.requests.count(verb, listed.removeprefix(self.prefix) if verb == "list" else key)

    def _at(self, key: str) -> dict[str, str]:
        return {"Bucket": self.bucket, "Key": self.prefix + key}

    def _reading(self, key: str, **extra: str) -> bytes:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                content: bytes = self.client.get_object(**self._at(key), **extra)["Body"].read()
                return content
            except boto.ClientError as error:
                if _code(error) in MISSING:
                    raise ObjectMissing(self.uri(key)) from error
                if "Range" in extra:
                    raise
                raise self._said(key, error) from error
            except boto.BotoCoreError as error:
                # botocore retries until the headers are there; a body that breaks off is ours to fetch again.
                if not isinstance(error, BROKEN_BODY) or attempt == ATTEMPTS:
                    raise self._said(key, error) from error
        raise AssertionError("the last attempt returns or raises")

    def _put(self, key: str, body: Callable[[], Any]) -> Put:
        for attempt in range(1, CONFLICT_ATTEMPTS + 1):
            try:
                self.client.put_object(**self._at(key), Body=body(), IfNoneMatch="*")
                return Put.CREATED
            except boto.ClientError as error:
                status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode")
                if status == 412:
                    return Put.EXISTS
                if status != 409 or attempt == CONFLICT_ATTEMPTS:
                    raise self._said(key, error) from error
                time.sleep(random.uniform(0.01, 0.1) * attempt)  # noqa: S311 - spreads writers, hides nothing
            except boto.BotoCoreError as error:
                raise self._said(key, error) from error
        raise AssertionError("the last attempt returns or raises")

    def _asking(self, key: str, ask: Callable[[], T]) -> T:
        try:
            return ask()
        except (boto.ClientError, boto.BotoCoreError) as error:
            raise self._said(key, error) from error

    def _said(self, key: str, error: Exception) -> StoreError:
        """Our word for botocore's; its text names no secret."""
        where = f"{self.uri(key)} at {self.endpoint}"
        if isinstance(error, NO_CREDENTIALS):
            return StoreRefused(f"{where}: {error}. Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE.")
        if isinstance(error, boto.ClientError):
            code = _code(error)
            if code == "NoSuchBucket":
                return StoreMissing(f"{where}: no such bucket. Create it (aws s3 mb s3://{self.bucket}).")
            if code in REFUSED:
                return StoreRefused(f"{where}: refused ({code}). Check the credentials, and what they allow.")
            if code in BUSY:
                return StoreUnreachable(
                    f"{where}: overloaded or failing ({code}), also after retries. Try again later."
                )
            return StoreError(f"{where}: {error}")
        if isinstance(error, UNREACHABLE):
            return StoreUnreachable(f"{where}: no answer ({type(error).__name__}). Is AWS_ENDPOINT_URL right?")
        return StoreError(f"{where}: {error}")


def _code(error: boto.ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))
