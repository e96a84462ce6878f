"""docker/scheduler.py around programs that end as Airflow's scheduler does, and as it does when it has not heard.

The programs stand in for the scheduler's outside alone: a process, and children that name themselves as Airflow's do.
The real one runs under it in `make test-distributed` and `make docker-test`.
"""

import os
import runpy
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.services.programs import command_of, family

SCRIPT = Path(__file__).resolve().parents[2] / "docker" / "scheduler.py"
AGAIN_S, KILL_S = 1.5, 3.0
PROGRAM = """
    import os, signal, sys, time
    from setproctitle import setproctitle

    def worker(*titles):
        # One process as those of LocalExecutor: each title for so many seconds (-1: for ever), then it ends.
        pid = os.fork()
        if not pid:
            signal.signal(signal.SIGTERM, lambda *_: None)  # as there: inherited, and without effect
            for title, lasts_s in titles:
                setproctitle("airflow worker -- LocalExecutor: " + title)
                until = time.monotonic() + lasts_s
                while lasts_s < 0 or time.monotonic() < until:
                    time.sleep(0.05)
            os._exit(0)
        return pid

    def on_sigterm(handler):
        signal.signal(signal.SIGTERM, handler)
        print("ready", flush=True)
        while True:
            time.sleep(0.05)
"""


@pytest.fixture
def start(tmp_path) -> Iterator[Callable[[str], "subprocess.Popen[str]"]]:
    """Runs docker/scheduler.py around a program, waits until that is ready, and leaves nothing of it behind."""
    running: list[subprocess.Popen[str]] = []

    def _start(program: str) -> "subprocess.Popen[str]":
        file = tmp_path / "program.py"
        file.write_text(textwrap.dedent(PROGRAM) + textwrap.dedent(program))
        call = f"sys.exit(scheduler.main([sys.executable, {str(file)!r}], {AGAIN_S}, {KILL_S}))"
        around = f"import sys; sys.path.insert(0, {str(SCRIPT.parent)!r}); import scheduler; {call}"
        process = subprocess.Popen(
            [sys.executable, "-c", around],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=_hears_of_its_terminal,
        )
        running.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        return process

    yield _start
    for process in running:
        for pid in reversed(family(process.pid)):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        process.communicate()


def _hears_of_its_terminal() -> None:
    """Even where these tests run under nohup."""
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


def ended(process: "subprocess.Popen[str]") -> tuple[int, float, str]:
    """Tell it to end: its status, the seconds that took, and what was said. Nothing that it started is left."""
    members = family(process.pid)
    began = time.monotonic()
    process.send_signal(signal.SIGTERM)
    said = process.communicate(timeout=60)[1]
    took_s = time.monotonic() - began
    assert [command_of(pid) for pid in members if command_of(pid)] == []
    return process.returncode, took_s, said


def test_one_that_hears_ends_at_once_and_with_its_own_status(start):
    process = start("on_sigterm(lambda *_: sys.exit(7))")
    status, took_s, said = ended(process)
    assert (status, said) == (7, "")
    assert took_s < AGAIN_S


def test_tasks_under_way_are_waited_for_however_long_they_take_and_not_disturbed(start):
    program = """
    def end(*_):
        heard.append(1)
        os.waitpid(pid, 0)
        sys.exit(len(heard))
    heard, pid = [], worker(("01a22b66-447b", 2 * {kill}))
    on_sigterm(end)
    """
    status, took_s, said = ended(start(program.format(kill=KILL_S)))
    assert (status, said) == (1, "")
    assert took_s > KILL_S


def test_one_whose_first_signal_was_lost_is_told_again(start):
    program = """
    class Finalized:
        def __del__(self):
            sys.exit(3)  # dropped, as every exception in a finalizer
    def end(*_):
        heard.append(1)
        if len(heard) == 1:
            Finalized()
            return
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        sys.exit(0)
    heard, pid = [], worker(("<idle>", -1))
    on_sigterm(end)
    """
    status, took_s, said = ended(start(program))
    assert status == 0
    assert "told again" in said
    assert "Exception ignored in" in said
    assert took_s > AGAIN_S


def test_one_that_waits_for_itself_is_killed_with_its_idle_workers_once_no_task_is_left(start):
    program = """
    import threading
    lock = threading.Lock()
    worker(("01a22b66-447b", 2), ("<idle>", -1))
    lock.acquire()
    on_sigterm(lambda *_: lock.acquire())
    """
    status, took_s, said = ended(start(program))
    assert status == 0
    assert said.count("killed") == said.splitlines()[-1].count("killed") == 1
    assert took_s > 2 + KILL_S - 0.5


def test_a_second_signal_from_outside_is_passed_on_at_once(start):
    program = """
    def end(*_):
        heard.append(1)
        print("heard", flush=True)
        if len(heard) == 2:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            sys.exit(5)
    heard, pid = [], worker(("01a22b66-447b", -1))
    on_sigterm(end)
    """
    process = start(program)
    process.send_signal(signal.SIGINT)
    assert process.stdout.readline() == "heard\n"
    status, took_s, said = ended(process)
    assert (status, said) == (5, "")
    assert took_s < AGAIN_S


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGHUP])
def test_one_whose_keeper_is_gone_is_told_to_end_too(start, tmp_path, how):
    process = start(f"on_sigterm(lambda *_: sys.exit(open({str(tmp_path / 'told')!r}, 'w').write('told')))")
    members = family(process.pid)
    process.send_signal(how)
    assert process.wait(30) == -how
    until = time.monotonic() + 30
    while any(command_of(pid) for pid in members) and time.monotonic() < until:
        time.sleep(0.05)
    assert (tmp_path / "told").read_text() == "told"


@pytest.mark.parametrize(("how", "status"), [("sys.exit(3)", 3), ("os.kill(os.getpid(), signal.SIGKILL)", 137)])
def test_one_that_ends_by_itself_is_not_held_up_and_its_status_is_told(start, how, status):
    began = time.monotonic()
    process = start(f"print('ready', flush=True); {how}")
    process.communicate(timeout=30)
    assert process.returncode == status
    assert time.monotonic() - began < 30


def test_airflow_s_workers_call_themselves_as_it_expects():
    from airflow.executors import local_executor

    names = runpy.run_path(str(SCRIPT))
    assert local_executor._get_executor_process_title_prefix(None).startswith(names["WORKER"])
    assert any(names["IDLE"] in str(constant) for constant in local_executor._run_worker.__code__.co_consts)
