"""`liveblog record --follow`: round after round, shown to people or told to programs, until Ctrl-C."""

import json
import os
import pty
import select
import signal
import subprocess
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from liveblog.following import Follower, Round, missed
from liveblog.live_table import headline, span
from liveblog.pipeline import LEASE, Batch, Crawled, Plan, Published, Recorded, lake_to_write
from liveblog.settings import read_settings
from tests.liveblog.conftest import LIVEBLOG, Liveblog
from tests.newsroom import Newsroom

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def test_each_round_is_a_line_and_ctrl_c_ends_it_with_everything_committed(
    liveblog: Liveblog, environ: dict[str, str], newsroom: Newsroom, tmp_path: Path
):
    url = newsroom.url("gazette-ferry")
    command = [LIVEBLOG, "record", "--follow", "--every", "1", url]
    with subprocess.Popen(
        command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=tmp_path
    ) as process:
        assert process.stdout is not None
        rounds = [json.loads(process.stdout.readline()) for _ in range(2)]
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=90)
    assert process.returncode == 0, said
    assert b"stopping" in said
    assert [one["round"] for one in rounds] == [1, 2]
    assert rounds[0]["outcomes"] == {"changed": 1}
    assert rounds[1]["outcomes"] == {}, "it is not due yet"
    assert rounds[0]["not_made"] == {}
    rows = liveblog("sql", "--format", "json", "SELECT count(*) AS n FROM updates").json
    assert rows[0]["n"] > 0


def test_a_terminal_shows_a_table_of_what_is_watched(environ: dict[str, str], newsroom: Newsroom, tmp_path: Path):
    leader, follower = pty.openpty()
    environ |= {"TERM": "xterm", "COLUMNS": "140", "LINES": "40"}
    command = [LIVEBLOG, "record", "--follow", newsroom.url("gazette-ferry")]
    with subprocess.Popen(
        command, env=environ, stdout=follower, stderr=follower, stdin=follower, cwd=tmp_path
    ) as process:
        os.close(follower)
        shown = _read_until(leader, b"round 1: 1 look(s)")
        process.send_signal(signal.SIGINT)
        shown += _read_until(leader, b"stopped;")
        assert process.wait(60) == 0
    os.close(leader)
    assert "last look" in shown
    assert "Sundhaven" in shown, "the blog's title"
    assert "changed" in shown


def test_the_word_of_a_service_manager_ends_it_too(environ: dict[str, str], tmp_path: Path):
    command = [LIVEBLOG, "record", "--follow", "--every", "1"]
    with subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, cwd=tmp_path) as process:
        assert process.stdout is not None
        first = json.loads(process.stdout.readline())
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)
    assert process.returncode == 0
    assert (first["trouble"], first["committed"]) == (None, False), "nothing was watched"


def test_addresses_wait_for_the_first_round_that_can_record(
    environ: dict[str, str], newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("liveblog.following.PATIENCE_S", 0)
    url, settings = newsroom.url("gazette-ferry"), read_settings(environ)
    lake = lake_to_write(settings)
    rounds = Follower(lake, settings, every_s=0).rounds([url])
    with lake.lease(LEASE, "a discovery", 60):
        assert "a discovery" in str(next(rounds).trouble)
    for looks in (1, 0):
        recorded = next(rounds).recorded
        assert recorded is not None
        assert len(recorded.plan.addresses) == looks


def test_a_bad_address_to_follow_is_bad_usage(liveblog: Liveblog):
    said = liveblog("record", "--follow", "no-address")
    assert (said.status, said.out) == (2, "")
    assert "'no-address' is not an address" in said.err


def test_once_and_follow_exclude_each_other(liveblog: Liveblog):
    said = liveblog("record", "--once", "--follow")
    assert said.status == 2
    assert "--once and --follow" in said.err


def test_looks_that_were_due_and_not_made_are_told_with_their_reason():
    addresses = {"a": "https://n.example/a", "b": "https://n.example/b", "c": "https://n.example/c"}
    plan = Plan("r", (Batch("1", ("a", "b", "c"), ("n.example",)),), addresses)
    crawled = Crawled("1", (), 3, {}, 1, "the time budget of 300 s is spent", left=("b",))
    published = Published(1, True, {}, {}, {})
    done = Recorded(plan, (crawled,), published)
    told = missed(done)
    assert "its turn did not come" in told["https://n.example/b"]
    assert told["https://n.example/a"] == told["https://n.example/c"] == "the time budget of 300 s is spent"
    lines = headline(Round(3, NOON, 12.0, done)).splitlines()
    assert lines[0] == "round 3: 0 look(s) in 12 s; nothing changed"
    assert len(lines) == 4
    assert "failed: the store" in headline(replace(Round(4, NOON, 1.0), trouble="the store is out of reach"))


def test_lengths_of_time_are_short():
    told = [span(timedelta(seconds=seconds)) for seconds in (-5, 0, 42, 119, 180, 7200, 86400 * 3)]
    assert told == ["now", "now", "42 s", "119 s", "3 min", "2 h", "3 d"]


def _read_until(terminal: int, sign: bytes, patience_s: float = 90) -> str:
    """What a terminal shows until a sign, with the codes that colour it taken out where they cut words."""
    shown, until = b"", time.monotonic() + patience_s
    while sign not in shown and time.monotonic() < until:
        if select.select([terminal], [], [], 1)[0]:
            try:
                shown += os.read(terminal, 65536)
            except OSError:
                break
    assert sign in shown, shown[-2000:]
    return shown.decode("utf-8", "replace")
