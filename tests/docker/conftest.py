"""One run of docker/compose.yaml for all tests of this room that want it; with a collector of metrics beside it.

The Celery tests run other files in a project of their own, and before these: theirs are the first by name.
"""

import secrets
from collections.abc import Iterator

import pytest

from tests.docker.stack import COLLECTOR, SignedIn, Stack, needs_engine, running_stack

SETTINGS = {
    "AIRFLOW__METRICS__OTEL_ON": "true",
    "OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector:4318",
    "OTEL_METRIC_EXPORT_INTERVAL": "10000",
    # Secrets that a deployment may have, with what the collector does not care for.
    "OTEL_EXPORTER_OTLP_HEADERS": f"authorization=Bearer%20{secrets.token_urlsafe(48)}",
    "LIVEBLOG_ALERT_WEBHOOK": f"http://collector:4318/hooks/{secrets.token_urlsafe(48)}",
}


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    needs_engine("the image was neither built nor run")
    with running_stack(tmp_path_factory.mktemp("stack"), COLLECTOR, **SETTINGS) as running:
        yield running


@pytest.fixture(scope="session")
def airflow(stack: Stack) -> Iterator[SignedIn]:
    with SignedIn(stack.port("AIRFLOW_PORT"), stack.settings["AIRFLOW_ADMIN_PASSWORD"]) as signed_in:
        yield signed_in
