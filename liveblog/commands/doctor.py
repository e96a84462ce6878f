"""``liveblog doctor``: is everything there that the program needs?"""

import os
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from liveblog.options import json_option, lake_option

if TYPE_CHECKING:
    from liveblog.settings import Settings

MARKS = {"ok": ("✓", "green"), "warn": ("!", "yellow"), "fail": ("✗", "red"), "skip": ("–", None)}


@click.command("doctor")
@lake_option
@json_option
@click.option("--usage", is_flag=True, help="Instead: bytes, objects and requests by day and layer, and what is over.")
def command(lake: str | None, as_json: bool, usage: bool) -> int:
    """Check Python, Airflow, the spool, the contact in the User-Agent, and the lake: credentials, reach, permission to
    write, and that the store honours conditional writes.

    \b
    liveblog doctor
    liveblog doctor --lake s3://newsroom/lake
    liveblog doctor --usage

    Each line says what was found and what to do. Exit status 1 where something must be mended.
    """
    import orjson

    from liveblog.doctor import check_all
    from liveblog.settings import read_settings

    settings = read_settings(os.environ, lake=lake)
    if usage:
        say_usage(settings, as_json=as_json)
        return 0
    failed = False
    for check in check_all(settings, os.environ):
        failed = failed or check.state == "fail"
        mark, colour = MARKS[check.state]
        line = f"{click.style(mark, fg=colour, bold=True)} {check.name:<12} {check.words}"
        click.echo(orjson.dumps(asdict(check)) if as_json else line)
    return 1 if failed else 0


def say_usage(settings: "Settings", *, as_json: bool) -> None:
    """What the lake costs. Requests are those of recording and upkeep; what readers and DuckDB ask is not known."""
    import orjson

    from lake.budget import by_day, spent
    from liveblog.doctor import check_budget
    from liveblog.pipeline import lake_to_read
    from liveblog.render import table

    used = spent(lake_to_read(settings).chain)
    if as_json:
        for one in used:
            click.echo(orjson.dumps(asdict(one)))
        return
    rows = sorted([*used, *by_day(used)], key=lambda one: (one.day, one.layer != "all", one.layer))
    columns = ("day", "layer", "objects", "bytes", "requests")
    click.echo(table(columns, [[asdict(one)[name] for name in columns] for one in rows]))
    click.echo(check_budget(settings).words, err=True)
