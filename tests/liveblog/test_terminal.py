"""What a person sees at a terminal: colours there and nowhere else."""

import os
import pty
import subprocess
from pathlib import Path

from tests.liveblog.conftest import LIVEBLOG

PAGE = """<!doctype html><title>Storm: live</title><h1>Storm: live</h1><main>{}</main>"""
POST = """<article id="p{n}"><time datetime="2026-11-22T1{n}:00:00Z">1{n}:00</time><h2>Report {n}</h2>
<p>Some {n} trees lie across the road to the harbour, and trains still run.</p></article>"""


def at_terminal(environ: dict[str, str], *arguments: str) -> str:
    """What a command writes to a terminal, standard error included."""
    ours, theirs = pty.openpty()
    with subprocess.Popen([LIVEBLOG, *arguments], env=environ, stdin=theirs, stdout=theirs, stderr=theirs):
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
