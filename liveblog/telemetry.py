"""Where the command's measurements go: OpenTelemetry's own variables say it. Without them nothing is sent or loaded.

    OTEL_EXPORTER_OTLP_ENDPOINT   the collector, such as http://localhost:4318
    OTEL_EXPORTER_OTLP_PROTOCOL   http/protobuf (the default) or grpc
    OTEL_METRICS_EXPORTER         otlp (the default), or none
    OTEL_SDK_DISABLED             true: send nothing

The exporter reads the rest itself (headers, certificates, temporality, interval). In Airflow's tasks Airflow sends
(AIRFLOW__METRICS__OTEL_ON), ours among its own. docs/metrics.md says what is measured.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from liveblog import __version__
from liveblog.errors import InputError

if TYPE_CHECKING:
    from opentelemetry.sdk.metrics.export import MetricExporter

ENDPOINTS = ("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
PROTOCOLS = ("OTEL_EXPORTER_OTLP_METRICS_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL")
TIMEOUTS = ("OTEL_EXPORTER_OTLP_METRICS_TIMEOUT", "OTEL_EXPORTER_OTLP_TIMEOUT")
PATIENCE_S = 3.0
"""For one delivery, where no timeout is given: a collector that is gone holds up nothing for long."""


def send_metrics(environ: Mapping[str, str]) -> None:
    """Send what is measured from now on, once a minute and at the end, where an endpoint is named.

    Does nothing where somebody else sends already, as OpenTelemetry's agent does. Raises InputError for a protocol that
    is none.
    """
    if not is_asked_for(environ):
        return
    from opentelemetry import metrics
    from opentelemetry.sdk.metrics import MeterProvider
    from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
    from opentelemetry.sdk.resources import Resource

    if isinstance(metrics.get_meter_provider(), MeterProvider):
        return
    named = {"service.version": __version__}
    if not environ.get("OTEL_SERVICE_NAME") and "service.name=" not in environ.get("OTEL_RESOURCE_ATTRIBUTES", ""):
        named["service.name"] = "liveblog"
    reader = PeriodicExportingMetricReader(_exporter(environ))
    metrics.set_meter_provider(MeterProvider([reader], Resource.create(named)))


def is_asked_for(environ: Mapping[str, str]) -> bool:
    """Whether the environment names a collector, and does not say to leave it alone."""
    if environ.get("OTEL_SDK_DISABLED", "").strip().lower() == "true":
        return False
    exporter = environ.get("OTEL_METRICS_EXPORTER", "").strip() or "otlp"
    return exporter == "otlp" and any(environ.get(name) for name in ENDPOINTS)


def _exporter(environ: Mapping[str, str]) -> "MetricExporter":
    """What speaks to the collector."""
    patience_s = None if any(environ.get(name) for name in TIMEOUTS) else PATIENCE_S
    protocol = next((environ[name].strip() for name in PROTOCOLS if environ.get(name)), "http/protobuf")
    if protocol == "http/protobuf":
        from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter as Http

        return Http(timeout=patience_s)
    if protocol == "grpc":
        from opentelemetry.exporter.otlp.proto.grpc.metric_exporter import OTLPMetricExporter as Grpc

        return Grpc(timeout=patience_s)
    raise InputError(f"OTEL_EXPORTER_OTLP_PROTOCOL={protocol!r} is neither http/protobuf nor grpc: correct or unset it")
