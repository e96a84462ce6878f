"""What `sources`, `watch`, `pause` and `resume` say to a person who made a slip."""

import time
from datetime import UTC, datetime

import pytest
from click.shell_completion import ShellComplete

from lake.lake import open_lake
from liveblog.cli import cli, run
from liveblog.watching import watch
from transforms.identity import blog_id

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
FERRY, SECOND = "https://news.example/live/ferry", "https://news.example/live/ferry-second-day"


@pytest.fixture
def said(tmp_path, monkeypatch, capsys):
    """``said(argument, …)``: exit status, what went to stdout, what to stderr; two blogs about a ferry are watched."""
    monkeypatch.setenv("LIVEBLOG_LAKE", str(tmp_path / "lake"))
    monkeypatch.setenv("LIVEBLOG_SPOOL", str(tmp_path / "spool"))
    monkeypatch.setattr("liveblog.completing.PATIENCE_S", 60)
    lake = open_lake(str(tmp_path / "lake"))
    lake.prepare()
    watch(lake, [FERRY, SECOND], run_key="r", now=NOON, why="asked for")

    def said(*arguments: str) -> tuple[int, str, str]:
        status = run(list(arguments))
        return status, *capsys.readouterr()

    return said


@pytest.mark.parametrize("group", ["sources", "watch"])
def test_a_command_of_commands_alone_lists_them(said, group):
    status, out, err = said(group)
    assert (status, out) == (2, "")
    assert err.startswith(f"Usage: liveblog {group}")
    assert "\nCommands:\n" in err


def test_words_that_fit_two_blogs_are_no_answer_to_why(said):
    status, out, err = said("watch", "why", "ferry")
    assert (status, out) == (2, "")
    assert err.count("\n") == 1
    assert FERRY in err
    assert SECOND in err


def test_why_of_what_nobody_knows_says_where_to_look(said):
    assert said("watch", "why", "harbour")[0] == 2
    assert "no blog 'harbour' in this lake" in said("watch", "why", "harbour")[2]


def test_a_source_that_nobody_has_cannot_be_paused(said):
    status, out, err = said("pause", "--source", "gardian")
    assert (status, out) == (2, "")
    assert err == "liveblog: no source 'gardian': liveblog sources list names them\n"


@pytest.mark.parametrize("name", ["guardian", "news.example"], ids=["shipped", "a watched blog's own"])
def test_a_source_with_a_file_or_a_blog_can_be_paused_and_resumed(said, name):
    assert said("pause", "--source", name) == (0, f"{name}  paused\n", "")
    assert said("pause", "--source", name) == (0, f"{name}  was paused already\n", "")
    assert said("resume", "--source", name) == (0, f"{name}  resumed\n", "")


@pytest.mark.parametrize("typed", ["sources check gua", "discover gua", "pause --source gua", "resume --source gua"])
def test_the_shell_completes_the_names_of_publishers(typed):
    *before, begun = typed.split()
    found = ShellComplete(cli, {}, "liveblog", "_LIVEBLOG_COMPLETE").get_completions(before, begun)
    assert [one.value for one in found] == ["guardian"]


def test_the_shell_completes_files_where_no_publisher_is_called_so():
    (found,) = ShellComplete(cli, {}, "liveblog", "_LIVEBLOG_COMPLETE").get_completions(["sources", "check"], "./my")
    assert (found.value, found.type) == ("./my", "file")


def test_completion_is_silent_where_a_source_is_wrong(tmp_path, monkeypatch):
    (tmp_path / "mine.toml").write_text("name = 3")
    monkeypatch.setenv("LIVEBLOG_SOURCES", str(tmp_path))
    assert ShellComplete(cli, {}, "liveblog", "_LIVEBLOG_COMPLETE").get_completions(["discover"], "gua") == []


def completed(typed: str) -> list[tuple[str, str | None]]:
    *before, begun = typed.split(" ")
    found = ShellComplete(cli, {}, "liveblog", "_LIVEBLOG_COMPLETE").get_completions(before, begun)
    return [(one.value, one.help) for one in found]


@pytest.mark.parametrize("command", ["show", "log", "pause", "resume", "watch why", "watch remove"])
def test_the_shell_completes_blogs_by_id_and_by_words(said, command):
    ferry, second = (blog_id(url) for url in (FERRY, SECOND))
    assert completed(f"{command} {ferry[:4]}") == [(ferry, FERRY)]
    assert {key for key, _ in completed(f"{command} LIVE")} == {ferry, second}
    assert completed(f"{command} zeppelin") == []


def test_blogs_that_were_removed_are_completed_where_their_history_is_asked_for(said):
    assert said("watch", "remove", FERRY)[0] == 0
    assert [help_ for _, help_ in completed("pause live")] == [SECOND]
    assert [help_ for _, help_ in completed("log live")] == sorted((FERRY, SECOND), key=blog_id)


def test_completion_is_silent_where_there_is_no_lake_or_it_does_not_answer(said, tmp_path, monkeypatch, capsys):
    assert completed(f"show --lake {tmp_path}/none live") == []
    monkeypatch.setattr("liveblog.completing.PATIENCE_S", 0.05)
    monkeypatch.setattr("liveblog.watching.watch_list", lambda *_: time.sleep(1))
    assert completed("show live") == []
    assert capsys.readouterr() == ("", "")


def test_the_completion_of_a_shell_ends_well_and_writes_nothing_else(said, liveblog):
    asked = {"_LIVEBLOG_COMPLETE": "zsh_complete", "COMP_WORDS": "liveblog show live", "COMP_CWORD": "2"}
    told = liveblog(**asked)
    assert (told.status, told.err) == (0, "")
    assert told.out.split("\n")[:3] == ["plain", *min((blog_id(url), url) for url in (FERRY, SECOND))]
