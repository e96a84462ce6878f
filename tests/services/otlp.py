"""A collector for tests: takes metrics as OTLP over HTTP, decodes the protobuf, and keeps every point.

python -m tests.services.otlp 4318      prints each point as a line of JSON, for a collector in a container
"""

import gzip
import json
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
    ExportMetricsServiceResponse,
)
from opentelemetry.proto.common.v1.common_pb2 import KeyValue
from opentelemetry.proto.metrics.v1.metrics_pb2 import Metric

METRICS = "/v1/metrics"


@dataclass(frozen=True, slots=True)
class Point:
    """One measured value, and who sent it."""

    service: str
    scope: str
    name: str
    unit: str
    attributes: dict[str, str]
    value: float
    """Of a sum or a gauge its value, of a histogram the sum of what was measured."""
    count: int
    """Of a histogram how much was measured; else 1."""
    delta: bool
    """Since the last report, and not since the sender began."""


@dataclass(frozen=True, slots=True)
class Collector:
    """What has arrived at `endpoint` so far."""

    endpoint: str
    points: list[Point] = field(default_factory=list)

    def named(self, name: str) -> list[Point]:
        """The points of one instrument."""
        return [point for point in self.points if point.name == name]


@contextmanager
def collector(host: str = "127.0.0.1", port: int = 0) -> Iterator[Collector]:
    """A collector that listens until the end of the block."""
    with ThreadingHTTPServer((host, port), Receiver) as server:
        found = Collector(f"http://{host}:{server.server_port}")
        server.collector = found  # type: ignore[attr-defined]
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield found
        server.shutdown()


class Receiver(BaseHTTPRequestHandler):
    """POST /v1/metrics, as https://opentelemetry.io/docs/specs/otlp/#otlphttp describes it."""

    def do_POST(self) -> None:
        """Keep what is sent."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        if self.path != METRICS or self.headers["Content-Type"] != "application/x-protobuf":
            self.send_error(404 if self.path != METRICS else 415)
            return
        self.server.collector.points.extend(decode(body))  # type: ignore[attr-defined]
        self.send_response(200)
        self.send_header("Content-Type", "application/x-protobuf")
        self.end_headers()
        self.wfile.write(ExportMetricsServiceResponse().SerializeToString())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def decode(body: bytes) -> Iterator[Point]:
    """Every point of a request."""
    for resource in ExportMetricsServiceRequest.FromString(body).resource_metrics:
        service = _plain(resource.resource.attributes).get("service.name", "")
        for scope in resource.scope_metrics:
            for metric in scope.metrics:
                yield from _points(service, scope.scope.name, metric)


def _points(service: str, scope: str, metric: Metric) -> Iterator[Point]:
    kind = metric.WhichOneof("data")
    data = getattr(metric, kind)
    delta = getattr(data, "aggregation_temporality", 0) == 1
    for one in data.data_points:
        measured = kind in ("histogram", "exponential_histogram")
        value = one.sum if measured else getattr(one, one.WhichOneof("value"))
        yield Point(
            service,
            scope,
            metric.name,
            metric.unit,
            _plain(one.attributes),
            float(value),
            one.count if measured else 1,
            delta,
        )


def _plain(attributes: "list[KeyValue]") -> dict[str, str]:
    return {one.key: str(getattr(one.value, one.value.WhichOneof("value"))) for one in attributes}


def main(port: int) -> None:
    """Print what arrives, until the process is ended."""
    with collector("0.0.0.0", port) as found:  # noqa: S104 - in a container's own network
        told = 0
        while not threading.Event().wait(0.2):
            for point in found.points[told:]:
                sys.stdout.write(json.dumps(asdict(point)) + "\n")
                told += 1
            sys.stdout.flush()


if __name__ == "__main__":
    main(int(sys.argv[1]))
