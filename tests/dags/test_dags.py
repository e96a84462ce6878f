"""The DAG files: they load, without the heavy libraries, and hold what the docs say."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
EXPECTED = {
    "check_quality": ["check", "tell"],
    "close_day": ["choose", "close", "report", "vacuum", "verify"],
    "discover_live_blogs": ["discover"],
    "record_live_blogs": ["crawl", "plan", "publish", "report"],
    "replay_archive": ["plan", "rebuild", "report"],
}
HEAVY = ("scrapy", "pyarrow", "duckdb", "boto3", "fastapi")
SLOWEST_S = 1.0
"""Processor time to parse one DAG file, as Airflow's own guide to DAG files has it."""
NEVER_BACKFILLED = {"check_quality", "discover_live_blogs", "record_live_blogs", "replay_archive"}
LOAD = """
import json, sys, time
import airflow.sdk  # shared by all files
from airflow.dag_processing.dagbag import DagBag
from pathlib import Path
bag, seconds = DagBag(sys.argv[1], collect_dags=False), {}
for path in sorted(Path(sys.argv[1]).glob("[a-z]*.py")):
    began = time.process_time()
    bag.process_file(str(path), only_if_updated=False)
    seconds[path.stem] = time.process_time() - began
print("DAGS", json.dumps({
    "errors": bag.import_errors,
    "heavy": [name for name in sys.argv[2].split(",") if name in sys.modules],
    "dags": {
        name: {
            "tasks": sorted(task.task_id for task in dag.tasks),
            "doc": bool(dag.doc_md), "tags": sorted(dag.tags), "owner": dag.owner, "catchup": dag.catchup,
            "max_active_runs": dag.max_active_runs,
            "retries": {task.task_id: task.retries for task in dag.tasks},
            "timeouts": all(task.execution_timeout for task in dag.tasks),
            "backoff": all(task.retry_exponential_backoff > 1 for task in dag.tasks),
            "policy": all(task.retry_policy is not None for task in dag.tasks),
            "run_types": sorted(kind.value for kind in dag.allowed_run_types or ()),
            "titles": all(dag.params.get_param(key).schema.get("title") for key in dag.params),
            "explained": all(dag.params.get_param(key).schema.get("description_md") for key in dag.params),
            "asks_for": [key for key in dag.params if dag.params.get_param(key).schema["type"] == "string"
                         and not dag.params.get_param(key).value],
            "params": {key: dag.params.get_param(key).schema for key in dag.params},
        }
        for name, dag in bag.dags.items()
    },
    "seconds": seconds,
}))
"""


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> dict:
    home = tmp_path_factory.mktemp("airflow")
    environ = {**os.environ, "AIRFLOW_HOME": str(home), "AIRFLOW__CORE__LOAD_EXAMPLES": "False"}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", LOAD, str(ROOT / "dags"), ",".join(HEAVY)],
        env=environ,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    line = next(line for line in done.stdout.splitlines() if line.startswith("DAGS "))
    return json.loads(line.removeprefix("DAGS "))


def test_every_dag_file_loads(loaded: dict):
    assert loaded["errors"] == {}
    assert {name: dag["tasks"] for name, dag in loaded["dags"].items()} == EXPECTED


def test_parsing_imports_nothing_heavy(loaded: dict):
    assert loaded["heavy"] == []


def test_every_dag_says_what_it_is_and_whose(loaded: dict):
    for name, dag in loaded["dags"].items():
        assert dag["doc"], name
        assert dag["tags"], name
        assert dag["owner"] == "live-blogs", name
        assert dag["timeouts"], name
        assert dag["max_active_runs"] == 1, name
        assert not dag["catchup"], name


def test_every_file_is_parsed_within_a_second(loaded: dict):
    assert max(loaded["seconds"].values()) < SLOWEST_S, loaded["seconds"]


def test_forms_are_titled_and_failures_are_tried_again_with_patience(loaded: dict):
    for name, dag in loaded["dags"].items():
        assert dag["titles"], name
        assert dag["explained"], name
        assert dag["asks_for"] == [], f"{name} can be triggered without filling anything in"
        assert dag["backoff"], name
    assert not [name for name, dag in loaded["dags"].items() if name != "record_live_blogs" and not dag["policy"]]


def test_only_what_can_be_rebuilt_can_be_backfilled(loaded: dict):
    refused = {name for name, dag in loaded["dags"].items() if dag["run_types"] and "backfill" not in dag["run_types"]}
    assert refused == NEVER_BACKFILLED


def test_what_can_be_run_again_is_retried(loaded: dict):
    assert loaded["dags"]["record_live_blogs"]["retries"] == {"plan": 2, "crawl": 2, "publish": 2, "report": 0}


def test_the_form_refuses_what_is_no_address(loaded: dict):
    import jsonschema

    schema = loaded["dags"]["record_live_blogs"]["params"]["addresses"]
    jsonschema.validate(["https://example.org/live/storm"], schema)
    for wrong in (["example.org"], ["ftp://example.org/x"], "https://example.org", [7]):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(wrong, schema)


@pytest.mark.parametrize(
    ("dag", "param", "right", "wrong"),
    [
        ("check_quality", "hours", [1, 168], [0, 169, "6"]),
        ("check_quality", "silence", [None, "5f1c0e9ad2b3", "riverside-post"], ["", "a b", 7]),
        ("check_quality", "why", [None, "they rebuild their site"], [7]),
        ("close_day", "day", [None, "2026-11-22"], [7]),
        ("discover_live_blogs", "sources", [[], None, ["guardian"]], [["The Guardian"], "guardian"]),
        ("replay_archive", "mode", ["compare", "switch"], ["delete", None]),
        ("replay_archive", "tables", [["revisions"]], [["secrets"], "revisions"]),
    ],
)
def test_forms_take_what_makes_sense_and_nothing_else(loaded: dict, dag: str, param: str, right: list, wrong: list):
    import jsonschema

    schema = loaded["dags"][dag]["params"][param]
    for value in right:
        jsonschema.validate(value, schema)
    for value in wrong:
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(value, schema)
