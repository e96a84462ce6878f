"""The compose file as a running thing, apart from any other: its own project, ports, secrets and volumes."""

import json
import os
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from pathlib import Path
from typing import Any

import pytest

from tests.services.airflow import Airflow
from tests.services.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
DOCKER = ROOT / "docker"
CELERY = DOCKER / "compose.celery.yaml"
COLLECTOR = Path(__file__).with_name("collector.yaml")
IMAGE = "as-it-happened:test"
PORTS = ("AIRFLOW_PORT", "S3_PORT", "S3_CONSOLE_PORT", "NEWSROOM_PORT")
BUILD_S = 1800
UP_S = 600


def missing_engine() -> str | None:
    """Why containers cannot be run here, in one line; None where they can."""
    for command in (["docker", "version"], ["docker", "buildx", "version"], ["docker", "compose", "version"]):
        try:
            subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
        except FileNotFoundError:
            return "there is no `docker` on PATH: install Docker Engine with its buildx and compose plugins"
        except subprocess.CalledProcessError as error:
            said = error.stderr.strip().splitlines() or ["no reason given"]
            return f"`{' '.join(command)}` says: {said[-1]}"
    return None


def needs_engine(so: str) -> None:
    """Skip, saying why, where there is no engine and `so` what; with CI=true that is a failure."""
    missing = missing_engine()
    if missing and os.environ.get("CI") == "true":
        pytest.fail(missing)
    if missing:
        pytest.skip(f"no container engine, so {so}: {missing}")


class Stack:
    """A project of Docker Compose with settings of its own."""

    def __init__(self, folder: Path, *more: Path, **settings: str) -> None:
        self.settings = _settings(folder, settings)
        self._project = ["--project-name", "as-it-happened-test", "--env-file", str(folder / ".env")]
        self._files = (DOCKER / "compose.yaml", *more)

    def reading(self, *more: Path) -> "Stack":
        """The same project, told to read these compose files after the first and no others."""
        other = copy(self)
        other._files = (*self._files[:1], *more)
        return other

    def compose(self, *arguments: str, timeout_s: float = 120) -> str:
        """Run `docker compose …`; what it wrote to standard output."""
        # Only the file's settings count: a LAKE_… of the caller's shell would win over it.
        environ = {name: value for name, value in os.environ.items() if name not in self.settings}
        files = [argument for file in self._files for argument in ("--file", str(file))]
        command = ["docker", "compose", *self._project, *files, *arguments]
        done = subprocess.run(command, capture_output=True, text=True, timeout=timeout_s, env=environ)
        if done.returncode:
            raise RuntimeError(f"docker compose {' '.join(arguments)}: {done.stderr[-4000:]}")
        return done.stdout

    def up(self) -> None:
        """Start every part and wait until all of them are well."""
        try:
            self.compose("up", "--wait", "--no-build", timeout_s=UP_S)
        except RuntimeError as error:
            raise RuntimeError(f"{error}\n{self.compose('logs', '--tail', '30')}") from error

    def containers(self) -> list[dict[str, Any]]:
        """One object a container, ended ones included."""
        return [json.loads(line) for line in self.compose("ps", "--all", "--format", "json").splitlines()]

    def port(self, name: str) -> int:
        """The port published for AIRFLOW_PORT, S3_PORT, …"""
        return int(self.settings[name])


class SignedIn(Airflow):
    """The REST API of an Airflow that runs elsewhere."""

    def __init__(self, port: int, password: str) -> None:
        super().__init__(Path(), {}, port=port)
        self._given = password

    @property
    def password(self) -> str:
        return self._given

    def __enter__(self) -> "SignedIn":
        self._log_in()
        return self

    def __exit__(self, *_: object) -> None:
        pass


def build_image() -> None:
    """Build the image from this working tree, with the options of DOCKER_BUILD_FLAGS."""
    flags = shlex.split(os.environ.get("DOCKER_BUILD_FLAGS", ""))
    command = ["docker", "build", *flags, "--file", str(DOCKER / "Dockerfile"), "--tag", IMAGE, str(ROOT)]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=BUILD_S)
    if done.returncode:
        raise RuntimeError(f"the image could not be built: {done.stdout[-4000:]}")


@contextmanager
def running_stack(folder: Path, *more: Path, **settings: str) -> Iterator[Stack]:
    """Build the image, start everything, and leave nothing behind.

    Args:
        folder: for what it writes.
        more: compose files that are read too.
        settings: for the containers, beside those of .env.example.
    """
    build_image()
    stack = Stack(folder, *more, **settings)
    try:
        stack.up()
        yield stack
    finally:
        every = stack.reading(CELERY)  # volumes go with the file that names them, parts of any other one as orphans
        every.compose("down", "--volumes", "--remove-orphans", "--timeout", "20")
        subprocess.run(["docker", "image", "rm", IMAGE], capture_output=True, check=True, timeout=60)


def _settings(folder: Path, more: dict[str, str]) -> dict[str, str]:
    """Secrets as `make up` makes them, ports that are free, our image, and what else is given."""
    for name in ("make-env.sh", ".env.example"):
        shutil.copy(DOCKER / name, folder)
    subprocess.run(["sh", folder / "make-env.sh"], check=True, capture_output=True)
    file = folder / ".env"
    lines = [line for line in file.read_text().splitlines() if line and not line.startswith("#")]
    settings = dict(line.split("=", 1) for line in lines)
    settings |= {name: str(free_port()) for name in PORTS} | {"LIVEBLOG_IMAGE": IMAGE} | more
    file.write_text("".join(f"{name}={value}\n" for name, value in settings.items()))
    return settings
