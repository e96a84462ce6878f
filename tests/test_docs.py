"""The docs say what is true: their commands parse, their links lead somewhere, their settings and targets exist."""

import re
import shlex
from pathlib import Path

import click
import pytest

from liveblog.cli import cli
from tests.services.airflow import ROOT

DOCS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
SHELL = re.compile(r"```(?:sh|bash|console)\n(.*?)```", re.DOTALL)
LINK = re.compile(r"\]\((?!https?://|mailto:|#)([^)#]+)")
TARGET = re.compile(r"\bmake ([a-z][a-z-]+)")
VARIABLE = re.compile(r"\bLIVEBLOG_[A-Z_]+\b")


def command_lines() -> list[tuple[str, str]]:
    """Every ``liveblog …`` line in a shell block, with the file it stands in."""
    found = []
    for path in DOCS:
        for block in SHELL.findall(path.read_text()):
            lines = block.replace("\\\n", " ").splitlines()
            found += [(path.name, line.split("#")[0].strip()) for line in lines if line.startswith("liveblog ")]
    return found


def test_there_is_something_to_check():
    assert len(DOCS) > 5
    assert len(command_lines()) > 5


@pytest.mark.parametrize(("doc", "line"), command_lines())
def test_a_command_in_the_docs_parses(doc: str, line: str):
    arguments = shlex.split(re.split(r"\s[|>]\s", line)[0])[1:]
    context = click.Context(cli, info_name="liveblog")
    command = cli.get_command(context, arguments[0])
    assert command is not None, doc
    command.make_context(arguments[0], arguments[1:], parent=context).close()


@pytest.mark.parametrize("path", DOCS, ids=lambda path: path.name)
def test_links_lead_to_files_that_are_there(path: Path):
    broken = [link for link in LINK.findall(path.read_text()) if not (path.parent / link).exists()]
    assert broken == []


@pytest.mark.parametrize("path", DOCS, ids=lambda path: path.name)
def test_make_targets_in_the_docs_exist(path: Path):
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = {
        target
        for code in re.findall(r"`[^`]+`|```.*?```", path.read_text(), re.DOTALL)
        for target in TARGET.findall(code)
    }
    assert named <= targets


def test_every_setting_is_in_the_docs_and_every_setting_in_the_docs_exists():
    told = set(VARIABLE.findall((ROOT / "docs" / "settings.md").read_text()))
    read = {
        name
        for room in ("liveblog", "board", "dags")
        for path in (ROOT / room).rglob("*.py")
        for name in VARIABLE.findall(path.read_text())
    }
    assert told == read
