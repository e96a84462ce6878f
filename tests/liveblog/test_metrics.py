"""What is measured, as an OpenTelemetry SDK collects it; and nothing where there is none."""

import subprocess
import sys
from datetime import timedelta

SCRIPT = """
import json, sys
from opentelemetry import metrics
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
reader = InMemoryMetricReader()
metrics.set_meter_provider(MeterProvider([reader]))
from tests.liveblog.test_metrics import measure
measure()
found = {}
for one in reader.get_metrics_data().resource_metrics[0].scope_metrics[0].metrics:
    points = [[dict(p.attributes), getattr(p, "value", None), getattr(p, "sum", None)] for p in one.data.data_points]
    found[one.name] = [one.unit, points]
json.dump(found, sys.stdout)
"""


def measure() -> None:
    """A commit of two looks, with a fresh update, an old one found at the first look, and one with a relative time."""
    from liveblog import metrics
    from tests.lake.rows import at, capture, revision

    metrics.count_looks([capture(late_by_s=2.5), capture(minutes=1, outcome="not_modified", late_by_s=None)])
    fresh = {"published_at": at(-1), "time_source": "dom", "not_before": at(-2)}
    rows = [
        revision(section="s1", **fresh),
        revision(section="s2", **{**fresh, "not_before": None}),
        revision(section="s3", **{**fresh, "time_source": "relative"}),
        revision(section="s1", seq=2, **{"change": "edited"}),
    ]
    metrics.count_changes(rows, {"b1": "riverside"}, at(0) + timedelta(seconds=12))
    metrics.count_not_made(3, 0)
    metrics.count_judged({"watched": 2, "not_live": 5})


def test_an_sdk_collects_looks_sizes_lateness_and_freshness():
    import json

    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True, timeout=60)
    found = json.loads(done.stdout)
    looks = sorted((point[0]["outcome"], point[1]) for point in found["liveblog.looks"][1])
    assert looks == [("changed", 1), ("not_modified", 1)]
    assert found["liveblog.look.size"] == ["By", [[{"source": "riverside"}, 2000, None]]]
    assert found["liveblog.look.lateness"][1][0][2] == 2.5
    assert found["liveblog.freshness"] == ["s", [[{"source": "riverside"}, None, 72.0]]]
    assert sorted((point[0]["change"], point[1]) for point in found["liveblog.changes"][1]) == [
        ("added", 3),
        ("edited", 1),
    ]
    assert found["liveblog.looks.left"][1] == [[{}, 3, None]]
    assert "liveblog.looks.missing" not in found
    assert len(found["liveblog.candidates"][1]) == 2


def test_without_an_sdk_nothing_happens():
    code = "from tests.liveblog.test_metrics import measure; measure()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
