"""What a person sees at a terminal: colours there and nowhere else, and tables that fit."""

import os
import pty
import subprocess
import termios
from pathlib import Path

import pytest
from rich.cells import cell_len

from tests.liveblog.conftest import LIVEBLOG, Liveblog
from tests.newsroom import Newsroom

PAGE = """<!doctype html><title>Storm: live</title><h1>Storm: live</h1><main>{}</main>"""
POST = """<article id="p{n}"><time datetime="2026-11-22T1{n}:00:00Z">1{n}:00</time><h2>Report {n}</h2>
<p>Some {n} trees lie across the road to the harbour, and trains still run.</p></article>"""


@pytest.fixture
def lake_of_one_look(liveblog: Liveblog, newsroom: Newsroom) -> None:
    assert liveblog("record", "--once", newsroom.url("gazette-ferry")).status == 0


def at_terminal(environ: dict[str, str], *arguments: str, columns: int = 100) -> str:
    """What a command writes to a terminal, standard error included."""
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (24, columns))
    its_own_size = {name: value for name, value in environ.items() if name not in {"COLUMNS", "LINES"}}
    with subprocess.Popen([LIVEBLOG, *arguments], env=its_own_size, stdin=theirs, stdout=theirs, stderr=theirs):
        os.close(theirs)
        said = b""
        try:
            while some := os.read(ours, 65536):
                said += some
        except OSError:
            pass  # Linux ends a terminal that nobody holds any more with EIO
    os.close(ours)
    return said.decode()


def test_a_terminal_has_colours_unless_no_color_is_set(environ: dict[str, str], tmp_path: Path):
    page = tmp_path / "page.html"
    page.write_text(PAGE.format("".join(POST.format(n=n) for n in range(5, 0, -1))))
    given = ("extract", str(page), "missing.html")
    plain = at_terminal({**environ, "NO_COLOR": "1"}, *given)
    assert "Report 3" in plain
    assert "missing.html: no such file" in plain
    assert "\x1b[" not in plain
    coloured = at_terminal({**environ, "NO_COLOR": ""}, *given)
    assert "\x1b[31m\x1b[1mliveblog:" in coloured
    assert "\x1b[1mStorm: live" in coloured


def test_a_table_keeps_to_the_terminal_and_names_the_columns_it_has_no_room_for(
    environ: dict[str, str], lake_of_one_look: None
):
    said = at_terminal({**environ, "NO_COLOR": "1"}, "sql", "FROM updates", columns=80).splitlines()
    assert max(map(cell_len, said)) <= 80
    assert said[0].startswith("blog_id")
    left_out = " ".join(line for line in said if line.startswith("…") or "headline" in line)
    assert "no room for" in left_out
    assert "headline" in left_out


def test_signs_of_double_width_keep_the_columns_of_a_table_in_line(environ: dict[str, str], lake_of_one_look: None):
    query = "SELECT unnest(['大雨の中で救助が続く', 'rain', repeat('避難指示', 20)]) AS headline, 'x' AS m"
    said = at_terminal({**environ, "NO_COLOR": "1"}, "sql", query, columns=60).splitlines()
    head, _, *rows = said[:5]
    assert [cell_len(row) for row in rows] == [60, 60, 60]
    assert cell_len(head.partition(" m")[0]) == cell_len(rows[0].partition(" x")[0])


def test_paragraphs_of_double_width_keep_to_the_terminal(environ: dict[str, str], tmp_path: Path):
    page = tmp_path / "page.html"
    page.write_text(
        PAGE.format("".join(POST.format(n=n).replace("</p>", "</p><p>" + "避難指示" * 40) for n in range(5, 0, -1)))
    )
    said = at_terminal({**environ, "NO_COLOR": "1"}, "extract", str(page), columns=60)
    assert "避難指示" * 5 in said
    assert 50 < max(cell_len(line) for line in said.splitlines() if "避" in line) <= 60
