"""A bad server in its own process, and crawls against it."""

import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from warcio.archiveiterator import ArchiveIterator

from crawler.items import LOOK_CONTENT_TYPE, CrawlReport, CrawlRequest, Look
from crawler.run import crawl
from crawler.settings import CrawlSettings

SERVER = Path(__file__).with_name("bad_server.py")
QUICK = {"delay_s": 0.0, "timeout_s": 3.0, "budget_s": 60.0, "allow_private": True}


@dataclass(frozen=True)
class Site:
    """Where the bad server listens."""

    http: int
    https: int
    page: str
    """Its well-behaved page, at ``/page``."""
    etag: str
    last_modified: str

    def url(self, path: str, host: str = "plain", scheme: str = "http") -> str:
        return f"{scheme}://{host}.localhost:{self.http if scheme == 'http' else self.https}/{path}"

    def log(self, host: str) -> list[dict]:
        """What a host name was asked for, in order."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.http}/log") as answer:
            entries = json.load(answer)
        return [entry for entry in entries if entry["host"].split(".")[0] == host]


@dataclass(frozen=True)
class Record:
    """A WARC record, read back by warcio."""

    kind: str
    headers: dict[str, str]
    http: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Crawled:
    """A crawl's report and what it archived."""

    report: CrawlReport
    handed_on: Sequence[Path]
    looks: dict[str, Look] = field(default_factory=dict)
    """By blog_id."""
    records: list[Record] = field(default_factory=list)

    def records_of(self, blog_id: str) -> list[Record]:
        look = self.looks[blog_id]
        ids = {one for item in look.exchanges for one in (item.request_record_id, item.response_record_id)}
        return [record for record in self.records if record.headers["WARC-Record-ID"] in ids]


@pytest.fixture(scope="session")
def site(tmp_path_factory) -> Iterator[Site]:
    certificate = tmp_path_factory.mktemp("tls") / "self-signed.pem"
    certificate.write_bytes(_self_signed())
    command = [sys.executable, str(SERVER), str(certificate)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as server:
        yield Site(**json.loads(server.stdout.readline()))
        server.kill()


@pytest.fixture(scope="session")
def crawl_into():
    """Crawl into a given spool: ``crawl_into(spool, request, …, setting=…)``."""
    return _crawl_into


@pytest.fixture
def run(tmp_path):
    """Crawl into a spool of the test's own: ``run(request, …, setting=…)``."""
    return partial(_crawl_into, tmp_path / "spool")


@pytest.fixture(scope="session")
def read():
    """The records of a segment."""
    return _read_records


def _crawl_into(spool: Path, *requests: str | CrawlRequest, on_segment=None, paused=None, **settings) -> Crawled:
    """Run a crawl and read back what it archived; blogs are named by their addresses unless they have a name."""
    asked = [one if isinstance(one, CrawlRequest) else CrawlRequest(one, one, "test") for one in requests]
    handed_on: list[Path] = []
    report = crawl(
        asked,
        spool=spool,
        run_key="run 1",
        batch_id="b/0",
        settings=CrawlSettings(**{**QUICK, **settings}),
        on_segment=on_segment or handed_on.append,
        paused=paused,
    )
    crawled = Crawled(report, handed_on)
    for segment in report.segments:
        crawled.records.extend(_read_records(Path(segment)))
    crawled.looks.update((look.blog_id, look) for look in _looks_of(crawled.records))
    return crawled


def _read_records(segment: Path) -> list[Record]:
    with segment.open("rb") as stream:
        return [
            Record(
                record.rec_type,
                dict(record.rec_headers.headers),
                dict(record.http_headers.headers) if record.http_headers else {},
                record.raw_stream.read(),
            )
            for record in ArchiveIterator(stream)
        ]


def _looks_of(records: list[Record]) -> list[Look]:
    return [Look.from_json(one.body) for one in records if one.headers["Content-Type"] == LOOK_CONTENT_TYPE]


def _self_signed() -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "bad.localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return private + certificate.public_bytes(serialization.Encoding.PEM)
