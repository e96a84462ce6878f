"""An S3 server for tests and the demo: a real MinIO wherever one can be had.

In this order: the endpoint of LIVEBLOG_TEST_S3_ENDPOINT (with AWS_* credentials); a `minio` on PATH; one built once
with ``go install`` into a cache folder; moto's server, which is said in one line. With CI=true a missing MinIO is an
error.
"""

import fcntl
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import boto3

from tests.services.ports import free_port

SOURCE = "github.com/minio/minio@latest"
START_S = 30
BUILD_S = 1200


@dataclass(frozen=True, slots=True)
class S3Service:
    """A running S3 server and the way in."""

    kind: str
    """``minio``, ``moto`` or ``given``."""
    endpoint: str
    access_key: str
    secret_key: str
    pid: int | None = None

    @property
    def environment(self) -> Mapping[str, str]:
        """What every AWS tool, and ours, needs in its environment to use it."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ACCESS_KEY_ID": self.access_key,
            "AWS_SECRET_ACCESS_KEY": self.secret_key,
            "AWS_REGION": "us-east-1",
        }

    def create_bucket(self, name: str) -> None:
        """Make a bucket; one that is there already is fine."""
        client = boto3.client(
            "s3",
            endpoint_url=self.endpoint,
            aws_access_key_id=self.access_key,
            aws_secret_access_key=self.secret_key,
            region_name="us-east-1",
        )
        if name not in {bucket["Name"] for bucket in client.list_buckets()["Buckets"]}:
            client.create_bucket(Bucket=name)
        client.close()


@contextmanager
def s3_service() -> Iterator[S3Service]:
    """The best S3 server that can be had here, for the time of a block."""
    given = os.environ.get("LIVEBLOG_TEST_S3_ENDPOINT")
    if given:
        yield S3Service("given", given, os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"])
        return
    binary = find_minio()
    if binary is not None:
        with minio(binary) as service:
            yield service
        return
    if os.environ.get("CI") == "true":
        raise RuntimeError("no MinIO: put `minio` or `go` on PATH, or set LIVEBLOG_TEST_S3_ENDPOINT")
    sys.stderr.write("no MinIO and no Go to build it with: S3 tests run against moto's server\n")
    with moto() as service:
        yield service


def find_minio() -> Path | None:
    """A MinIO binary: on PATH, in the cache, or built into it (a few minutes, once; others wait for that)."""
    on_path = shutil.which("minio")
    if on_path:
        return Path(on_path)
    folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "as-it-happened" / "bin"
    built = folder / "minio"
    if not built.exists() and shutil.which("go"):
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / "building").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            _build(built)
    return built if built.exists() else None


def _build(binary: Path) -> None:
    if binary.exists():
        return  # by whoever held the lock before
    sys.stderr.write(f"building MinIO once into {binary.parent} (a few minutes)\n")
    command = ["go", "install", SOURCE]
    subprocess.run(command, env={**os.environ, "GOBIN": str(binary.parent)}, timeout=BUILD_S, check=False)


@contextmanager
def minio(binary: Path, folder: Path | None = None, port: int | None = None) -> Iterator[S3Service]:
    """A MinIO of our own on loopback, with credentials of its own, keeping its data in `folder` or a temporary one."""
    access_key, secret_key = f"test{secrets.token_hex(4)}", secrets.token_hex(16)
    with tempfile.TemporaryDirectory(prefix="minio-") as temporary:
        port, data = port or free_port(), str(folder or f"{temporary}/data")
        settings = {"MINIO_ROOT_USER": access_key, "MINIO_ROOT_PASSWORD": secret_key, "MINIO_BROWSER": "off"}
        with (Path(temporary) / "log").open("wb") as log:
            process = subprocess.Popen(
                [str(binary), "server", "--quiet", "--address", f"127.0.0.1:{port}", data],
                env={**os.environ, **settings, "HOME": temporary, "MINIO_UPDATE": "off"},
                stdout=log,
                stderr=log,
            )
        try:
            endpoint = f"http://127.0.0.1:{port}"
            _wait(f"{endpoint}/minio/health/ready", process, Path(temporary) / "log")
            yield S3Service("minio", endpoint, access_key, secret_key, process.pid)
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@contextmanager
def moto() -> Iterator[S3Service]:
    """Moto's S3 server, in a thread of this process."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    try:
        yield S3Service("moto", f"http://{host}:{port}", f"moto{secrets.token_hex(4)}", secrets.token_hex(16))
    finally:
        server.stop()


def _wait(url: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    raise RuntimeError(f"MinIO did not start: {log.read_text(errors='replace')[-500:]}")
