"""``liveblog doctor``: is everything there that the program needs?"""

import os
from dataclasses import asdict

import click

from liveblog.options import json_option, lake_option

MARKS = {"ok": ("✓", "green"), "warn": ("!", "yellow"), "fail": ("✗", "red"), "skip": ("–", None)}


@click.command("doctor")
@lake_option
@json_option
def command(lake: str | None, as_json: bool) -> int:
    """Check Python, Airflow, the spool, the contact in the User-Agent, and the lake: credentials, reach, permission to
    write, and that the store honours conditional writes.

    Each line says what was found and what to do. Exit status 1 where something must be mended.
    """
    import orjson

    from liveblog.doctor import check_all
    from liveblog.settings import read_settings

    failed = False
    for check in check_all(read_settings(os.environ, lake=lake), os.environ):
        failed = failed or check.state == "fail"
        mark, colour = MARKS[check.state]
        line = f"{click.style(mark, fg=colour, bold=True)} {check.name:<12} {check.words}"
        click.echo(orjson.dumps(asdict(check)) if as_json else line)
    return 1 if failed else 0
