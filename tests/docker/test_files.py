"""What docker/ promises and can be checked without an engine: secrets, published ports, the lock, the build's files."""

import re
import shutil
import subprocess
from base64 import urlsafe_b64decode
from configparser import ConfigParser
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
DOCKER = ROOT / "docker"
PIN = re.compile(r"^([a-z0-9][a-z0-9.-]*)==([^\s;]+)", re.MULTILINE)
ASKED_FOR = re.compile(r"\$\{(\w+):\?")


COMPOSE_FILES = ("compose.yaml", "compose.celery.yaml")
OPTIONAL = {"ANALYST_SECRET_KEY"}
"""Secrets that may be left empty: without this one there is no key for analysts, and that is said."""


def composed() -> str:
    """The text of all compose files."""
    return "".join((DOCKER / name).read_text() for name in COMPOSE_FILES)


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    return yaml.safe_load((DOCKER / "compose.yaml").read_text())


def settings(path: Path) -> dict[str, str]:
    lines = [line for line in path.read_text().splitlines() if line and not line.startswith("#")]
    return dict(line.split("=", 1) for line in lines)


def pins(path: Path) -> dict[str, str]:
    return dict(PIN.findall(path.read_text()))


def make_env(folder: Path) -> dict[str, str]:
    for name in ("make-env.sh", ".env.example"):
        shutil.copy(DOCKER / name, folder)
    subprocess.run(["sh", folder / "make-env.sh"], check=True, capture_output=True)
    return settings(folder / ".env")


def test_workers_share_nothing_but_logs_and_outlive_their_longest_task():
    celery = yaml.safe_load((DOCKER / "compose.celery.yaml").read_text())["services"]
    workers = [service for name, service in celery.items() if name.startswith("worker-")]
    volumes = [volume for worker in workers for volume in worker["volumes"] if not volume.startswith("logs:")]
    assert len(set(volumes)) == len(workers) == 2
    assert [worker["stop_grace_period"] for worker in workers] == ["9m", "9m"]


def test_the_store_whose_upstream_is_archived_is_pinned_by_digest(compose):
    assert re.search(r"@sha256:[0-9a-f]{64}\}$", compose["services"]["store"]["image"])


def test_parts_that_end_are_waited_for_or_up_would_call_them_failed(compose):
    services = compose["services"].values()
    awaited = {
        name
        for service in services
        if isinstance(service.get("depends_on"), dict)
        for name, how in service["depends_on"].items()
        if how["condition"] == "service_completed_successfully"
    }
    ending = {name for name, one in compose["services"].items() if one.get("healthcheck") == {"disable": True}}
    assert ending == awaited == {"migrate", "bucket", "analyst"}


def test_every_part_has_bounded_logs_no_new_privileges_and_comes_back_when_it_dies(compose):
    parts = compose["services"] | {
        "redis": yaml.safe_load((DOCKER / "compose.celery.yaml").read_text())["services"]["redis"]
    }
    assert {name: part["logging"]["driver"] for name, part in parts.items()} == dict.fromkeys(parts, "local")
    assert {tuple(part["security_opt"]) for part in parts.values()} == {("no-new-privileges:true",)}
    once = {name for name, part in parts.items() if part.get("restart") != "unless-stopped"}
    assert once == {"migrate", "bucket", "analyst"}


@pytest.mark.parametrize("celery", ["", "1"])
def test_make_up_lets_everything_that_runs_tasks_end_first_whichever_way_it_was_started(celery):
    said = subprocess.run(["make", "--dry-run", "up", f"CELERY={celery}"], cwd=ROOT, capture_output=True, text=True)
    lines = said.stdout.splitlines()
    [stop] = [line for line in lines if " stop " in line]
    [up] = [line for line in lines if " up --wait" in line]
    assert lines.index(stop) < lines.index(up)
    assert {"scheduler", "worker-1", "worker-2"} <= set(stop.split())
    for line in (stop, *(line for line in lines if " rm " in line)):
        assert "compose.celery.yaml" in line, "a file that does not name the workers does not find them"
    leaves = [line for line in lines if " rm " in line and {"worker-1", "worker-2", "redis"} <= set(line.split())]
    assert bool(leaves) is not ("compose.celery.yaml" in up)


def test_everything_published_is_published_on_loopback(compose):
    published = [port for service in compose["services"].values() for port in service.get("ports", ())]
    assert published
    assert [port for port in published if not str(port).startswith("127.0.0.1:")] == []


def test_the_example_holds_every_setting_that_must_be_set_and_no_secret():
    wanted = set(ASKED_FOR.findall(composed()))
    example = settings(DOCKER / ".env.example")
    assert wanted | OPTIONAL == {name for name, value in example.items() if not value}


def test_every_setting_of_the_example_is_used_by_a_compose_file():
    text = composed()
    unused = {name for name in settings(DOCKER / ".env.example") if f"${{{name}:" not in text}
    assert unused == {"COMPOSE_PROFILES"}  # read by Docker Compose itself


def test_every_setting_of_the_program_reaches_the_containers(compose):
    known = set(re.findall(r"^ {4}(LIVEBLOG_\w+)", (ROOT / "liveblog" / "settings.py").read_text(), re.MULTILINE))
    assert len(known) > 5
    assert known - set(compose["services"]["scheduler"]["environment"]) == {"LIVEBLOG_SPOOL"}  # set by the image


def test_make_env_fills_each_secret_anew_and_for_its_owner_only(tmp_path):
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    one, two = make_env(tmp_path / "one"), make_env(tmp_path / "two")
    secret = {name for name, value in settings(DOCKER / ".env.example").items() if not value}
    values = [found[name] for found in (one, two) for name in secret]
    assert len(set(values)) == 2 * len(secret)
    assert min(map(len, values)) >= 44
    assert len(urlsafe_b64decode(one["AIRFLOW_FERNET_KEY"])) == 32
    assert (tmp_path / "one" / ".env").stat().st_mode & 0o077 == 0


def test_make_env_leaves_secrets_that_are_in_use_alone(tmp_path):
    first = make_env(tmp_path)
    assert make_env(tmp_path) == first


def test_make_env_adds_what_an_older_version_s_file_lacks_and_changes_nothing_else(tmp_path):
    first = make_env(tmp_path)
    file = tmp_path / ".env"
    left_out = {"REDIS_PASSWORD", "ANALYST_SECRET_KEY", "LIVEBLOG_ALLOW_PRIVATE"}
    kept = {name: value for name, value in first.items() if name not in left_out}
    file.write_text("\n".join(f"{name}={value}" for name, value in kept.items()))  # and no end of the last line
    second = make_env(tmp_path)
    assert {name: second[name] for name in kept} == kept
    assert second.keys() - kept.keys() == {"REDIS_PASSWORD"}, "what may be left out is not put back"
    assert len(second["REDIS_PASSWORD"]) == 64
    assert file.stat().st_mode & 0o077 == 0


def test_the_image_installs_the_versions_that_were_tested():
    tested, shipped = pins(ROOT / "requirements.lock"), pins(DOCKER / "requirements.lock")
    assert {name: version for name, version in shipped.items() if tested.get(name, version) != version} == {}


def test_the_image_installs_everything_that_setup_cfg_asks_for_and_no_test_tools():
    setup = ConfigParser()
    setup.read(ROOT / "setup.cfg")
    shipped = pins(DOCKER / "requirements.lock")
    lines = setup["options"]["install_requires"].split("\n")
    required = {re.split(r"[\[<>=!~ ]", line)[0].replace("_", "-") for line in lines if line}
    assert required - set(shipped) == set()
    assert set(shipped) & {"pytest", "mypy", "ruff", "moto", "hypothesis", "uv"} == set()


def test_every_locked_package_of_the_image_has_hashes():
    blocks = re.split(r"\n(?=[a-z0-9])", (DOCKER / "requirements.lock").read_text())
    assert [block.split(" ")[0] for block in blocks if PIN.match(block) and "--hash=sha256:" not in block] == []


def test_no_folder_of_the_program_is_left_out_of_the_image():
    setup = ConfigParser()
    setup.read(ROOT / "setup.cfg")
    packages = {line for line in setup["options"]["packages"].split("\n") if line}
    modules = [
        file for room in ("crawler", "transforms", "lake", "liveblog", "board") for file in (ROOT / room).rglob("*.py")
    ]
    assert {".".join(file.parent.relative_to(ROOT).parts) for file in modules} == packages


def test_the_build_sees_only_what_its_dockerfile_copies():
    ignore = (DOCKER / "Dockerfile.dockerignore").read_text().split("\n")
    seen = {line[1:] for line in ignore if line.startswith("!")}
    copies = re.findall(r"^COPY (?!--from)(.+) \S+$", (DOCKER / "Dockerfile").read_text(), re.MULTILINE)
    assert "*" in ignore
    assert seen == {source for line in copies for source in line.split()}
