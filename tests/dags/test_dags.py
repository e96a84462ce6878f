"""The DAG files: they load, without the heavy libraries, and hold what the docs say."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
EXPECTED = {"record_live_blogs": ["crawl", "plan", "publish", "report"]}
HEAVY = ("scrapy", "pyarrow", "duckdb", "boto3")
LOAD = """
import json, sys
from airflow.dag_processing.dagbag import DagBag
bag = DagBag(sys.argv[1])
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
            "params": {key: dag.params.get_param(key).schema for key in dag.params},
        }
        for name, dag in bag.dags.items()
    },
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


def test_what_can_be_run_again_is_retried(loaded: dict):
    assert loaded["dags"]["record_live_blogs"]["retries"] == {"plan": 2, "crawl": 2, "publish": 2, "report": 0}


def test_the_form_refuses_what_is_no_address(loaded: dict):
    import jsonschema

    schema = loaded["dags"]["record_live_blogs"]["params"]["addresses"]
    jsonschema.validate(["https://example.org/live/storm"], schema)
    for wrong in (["example.org"], ["ftp://example.org/x"], "https://example.org", [7]):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(wrong, schema)
