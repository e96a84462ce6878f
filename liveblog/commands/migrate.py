"""``liveblog migrate``: begin today's format in a lake that an older release wrote."""

import os
from datetime import UTC, datetime

import click

from liveblog.options import json_option, lake_option


@click.command("migrate")
@lake_option
@json_option
@click.option("--dry-run", is_flag=True, help="Say what stands between the lake and today's format; write nothing.")
def command(lake: str | None, as_json: bool, dry_run: bool) -> None:
    """Begin today's format in a lake that an older release wrote, by one commit without rows.

    \b
    liveblog migrate --dry-run
    liveblog migrate

    Older lakes can be read, and recorded to, without it: the first commit does the same by the way. It is for doing so
    at a time of your choice, since older releases refuse the lake from then on. Nothing that is there is rewritten.
    """
    import orjson

    from lake.migrate import migrate, pending
    from liveblog.pipeline import lake_to_read, lake_to_write, new_run_key
    from liveblog.settings import read_settings

    settings = read_settings(os.environ, lake=lake)
    found = pending(lake_to_read(settings).chain)
    snapshot = found.snapshot
    if not dry_run:
        snapshot = migrate(lake_to_write(settings).chain, new_run_key(datetime.now(UTC))).number
    if as_json:
        told = [{"to": step.to, "what": step.what} for step in found.steps]
        said = {"format": found.format, "schema": found.schema, "steps": told, "snapshot": snapshot}
        click.echo(orjson.dumps({**said, "migrated": snapshot != found.snapshot}))
        return
    click.echo(f"snapshot {found.snapshot} is written in format {found.format}, schema {found.schema}")
    for step in found.steps:
        click.echo(f"  format {step.to}: {step.what}")
    if found.empty:
        click.echo("that is up to date: nothing to do")
    elif dry_run:
        click.echo("nothing was written; without --dry-run the next snapshot is in today's format")
    else:
        click.echo(f"snapshot {snapshot} is in today's format")
