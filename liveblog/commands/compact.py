"""``liveblog compact``: fold what came in, and close the days that are over."""

import os

import click

from liveblog.options import json_option, lake_option


@click.command("compact")
@lake_option
@json_option
def command(lake: str | None, as_json: bool) -> None:
    """Fold the small files of the open day, and close the days that are over: one large file a table and day.

    Safe beside readers and a running recorder; run again, it changes nothing. Recording folds by itself; this is for
    closing days at a time of your choice.
    """
    import orjson

    from lake.schemas import tables
    from liveblog.pipeline import lake_to_read
    from liveblog.settings import read_settings

    opened = lake_to_read(read_settings(os.environ, lake=lake))
    before = opened.newest()
    after = opened.compact()
    files = [sum(len(one.files(name)) for name in tables()) for one in (before, after)]
    done = {"snapshot": after.number, "changed": after.number != before.number, "files": files[1], "before": files[0]}
    if as_json:
        click.echo(orjson.dumps(done))
    elif done["changed"]:
        click.echo(f"snapshot {after.number}: {files[0]} files became {files[1]}")
    else:
        click.echo("nothing to fold, or another process is at it: no snapshot made")
