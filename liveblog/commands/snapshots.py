"""``liveblog snapshots``: the committed states of the lake."""

import os
from typing import TYPE_CHECKING

import click

from liveblog.options import json_option, lake_option

if TYPE_CHECKING:
    from lake.snapshots import Snapshot


@click.command("snapshots")
@lake_option
@json_option
@click.option(
    "-n", "--limit", type=click.IntRange(min=1), default=20, show_default=True, help="How many, newest first."
)
def command(lake: str | None, as_json: bool, limit: int) -> None:
    """List the lake's snapshots, newest first: number, time, rows by table, and the run that made each."""
    from itertools import islice

    import orjson

    from liveblog.pipeline import lake_to_read
    from liveblog.render import table
    from liveblog.settings import read_settings

    opened = lake_to_read(read_settings(os.environ, lake=lake))
    found = list(islice(opened.snapshots(), limit))
    if as_json:
        for one in found:
            click.echo(orjson.dumps(summary(one)))
        return
    columns = ("snapshot", "committed_at", "looks", "revisions", "files", "bytes", "run")
    click.echo(table(columns, [[summary(one)[name] for name in columns] for one in found]))


def summary(one: "Snapshot") -> dict[str, object]:
    """A snapshot in one row: what it is, and how much it names."""
    entries = list(one.manifest.entries())
    rows = {name: sum(file.rows for table, _, file in entries if table == name) for name in ("captures", "revisions")}
    return {
        "snapshot": one.number,
        "committed_at": one.committed_at,
        "looks": rows["captures"],
        "revisions": rows["revisions"],
        "files": len(entries),
        "bytes": sum(file.bytes for _, _, file in entries),
        "run": one.run,
    }
