"""Metrics as a collector gets them: by OTLP over HTTP, decoded from the protobuf that arrives."""

import re
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from liveblog.telemetry import is_asked_for
from tests.liveblog.conftest import Liveblog, Ran
from tests.newsroom import Newsroom
from tests.services.otlp import Collector, collector

BLOG = "gazette-ferry"
DOCS = Path(__file__).resolve().parents[2] / "docs" / "metrics.md"
QUIET = {"NO_PROXY": "*", "no_proxy": "*"}
SOURCE = """name = "Gazette"
home = "{origin}/"
time_zone = "Europe/Lisbon"
language = "en"
[discover]
sections = ["{origin}/live"]
hints = ["/live/"]
"""


@pytest.fixture
def found() -> Iterator[Collector]:
    with collector() as listening:
        yield listening


def send(liveblog: Liveblog, found: Collector, *arguments: str, **more: str) -> Ran:
    return liveblog(*arguments, OTEL_EXPORTER_OTLP_ENDPOINT=found.endpoint, **more, **QUIET)


def documented() -> dict[str, str]:
    """Name -> unit, as docs/metrics.md lists the instruments; no unit for what is counted."""
    rows = re.findall(r"^\| `(liveblog\.[a-z.]+)` \| \w+(?:, (\w+))?", DOCS.read_text(), re.MULTILINE)
    return dict(rows)


def test_what_is_recorded_reaches_the_collector_as_documented(liveblog: Liveblog, newsroom: Newsroom, found: Collector):
    newsroom.clock.advance(3600)
    updates = sum(update["kind"] == "update" for update in newsroom.truth(BLOG)["updates"])
    delta = {"OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE": "delta"}
    for _ in range(2):
        assert send(liveblog, found, "record", "--once", newsroom.url(BLOG), **delta).status == 0
    looks = [(look.attributes["outcome"], look.value, look.delta) for look in found.named("liveblog.looks")]
    assert looks == [("changed", 1.0, True), ("not_modified", 1.0, True)], "each round tells what is new"
    duration, size = found.named("liveblog.look.duration")[0], found.named("liveblog.look.size")[0]
    assert (duration.count, 0 < duration.value < 60, size.value > 1000) == (1, True, True)
    [changes] = found.named("liveblog.changes")
    assert (changes.attributes, changes.value >= updates > 0) == ({"change": "added"}, True)
    assert {point.service for point in found.points} == {"liveblog"}
    units = {point.name: point.unit for point in found.points}
    assert {name: "" if unit.startswith("{") else unit for name, unit in units.items()}.items() <= documented().items()


def test_a_discovery_counts_what_it_judged(liveblog: Liveblog, found: Collector, tmp_path: Path):
    with Newsroom(datetime.now(UTC)) as newsroom:
        (tmp_path / "gazette.toml").write_text(SOURCE.format(origin=newsroom.origin("gazette", named=True)))
        named = {"OTEL_RESOURCE_ATTRIBUTES": "service.name=desk", "LIVEBLOG_SOURCES": str(tmp_path)}
        done = send(liveblog, found, "discover", "gazette", "--json", **named)
    judged = {point.attributes["verdict"]: point.value for point in found.named("liveblog.candidates")}
    assert done.status == 0, done.err
    assert judged == done.json["verdicts"] != {}
    assert {point.service for point in found.points} == {"desk"}


def test_a_collector_that_is_gone_holds_up_and_spoils_nothing(liveblog: Liveblog, newsroom: Newsroom):
    with collector() as gone:
        pass
    began = time.monotonic()
    done = send(liveblog, gone, "record", "--once", "--json", newsroom.url(BLOG))
    assert time.monotonic() - began < 60
    assert (done.status, done.json["outcomes"]) == (0, {"changed": 1})
    assert "Traceback" not in done.err
    assert len(done.err.splitlines()) <= 3


def test_a_protocol_that_is_none_is_refused_in_one_line(liveblog: Liveblog):
    done = liveblog("record", OTEL_EXPORTER_OTLP_ENDPOINT="http://127.0.0.1:9", OTEL_EXPORTER_OTLP_PROTOCOL="http/json")
    assert (done.status, done.err.count("\n")) == (2, 1)
    assert "neither http/protobuf nor grpc" in done.err


@pytest.mark.parametrize(
    ("environ", "asked"),
    [
        ({}, False),
        ({"OTEL_METRICS_EXPORTER": "otlp"}, False),  # nowhere to send to
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector:4318"}, True),
        ({"OTEL_EXPORTER_OTLP_METRICS_ENDPOINT": "http://collector:4318/v1/metrics"}, True),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector:4318", "OTEL_METRICS_EXPORTER": "none"}, False),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector:4318", "OTEL_SDK_DISABLED": "true"}, False),
    ],
)
def test_metrics_are_sent_where_an_endpoint_is_named_and_nobody_says_no(environ, asked):
    assert is_asked_for(environ) is asked


def test_without_a_collector_the_sdk_is_not_even_loaded():
    code = "import sys; from liveblog.telemetry import send_metrics; send_metrics({}); "
    code += "sys.exit('opentelemetry.sdk' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], timeout=60).returncode == 0
