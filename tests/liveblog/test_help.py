"""Every command explains itself: whole sentences in lists, and examples that parse."""

import re
import shlex
from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner

from liveblog.cli import cli

EXAMPLE = re.compile(r"^ +(?:\S.* \| )?(liveblog [a-z]+ .*|liveblog [a-z]+)$", re.MULTILINE)


def every(command: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The path of a command, and of all below it."""
    yield path
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below is not None
            yield from every(below, (*path, name))


PATHS = list(every(cli))


def said(path: tuple[str, ...]) -> str:
    answer = CliRunner().invoke(cli, [*path, "--help"], terminal_width=80)
    assert answer.exit_code == 0
    return answer.output


@pytest.mark.parametrize("path", PATHS, ids=" ".join)
def test_help_is_there_and_nothing_in_it_is_cut_short(path: tuple[str, ...]):
    assert "Usage: " in said(path)
    assert not re.search(r"\w\.\.\.$", said(path), re.MULTILINE)


@pytest.mark.parametrize("path", PATHS, ids=" ".join)
def test_help_gives_examples_that_parse(path: tuple[str, ...]):
    """An example may stand in the help of the group."""
    examples = EXAMPLE.findall(said(path)) + EXAMPLE.findall(said(path[:1]))
    assert examples or path in {(), ("completion",)}
    for example in examples:
        bare = re.split(r"\s(?:[|>&<]+)\s|\s{3,}", example)[0]
        given = shlex.split(bare)[1:]
        command = cli.get_command(click.Context(cli), given[0])
        assert command is not None
        command.make_context(given[0], given[1:]).close()
