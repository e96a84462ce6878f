"""``liveblog vacuum``: remove what no kept snapshot names."""

import os
from dataclasses import asdict
from datetime import timedelta

import click

from liveblog.options import json_option, lake_option


@click.command("vacuum")
@lake_option
@json_option
@click.option("--dry-run", is_flag=True, help="Say what would be removed; remove nothing.")
@click.option(
    "--grace",
    "grace_h",
    type=click.FloatRange(min=1),
    default=24,
    show_default=True,
    metavar="HOURS",
    help="Younger objects stay: a commit may be under way.",
)
def command(lake: str | None, as_json: bool, dry_run: bool, grace_h: float) -> None:
    """Let snapshots expire (all are kept for 48 hours, hourly ones for 30 days, daily and pinned ones for ever), and
    remove files that none of the others names.

    \b
    liveblog vacuum --dry-run
    liveblog vacuum --grace 72

    Raw segments, packs and closed days are never removed. Safe beside readers and a running recorder; it waits for a
    fold. Interrupted, it may be run again.
    """
    import orjson

    from liveblog.pipeline import lake_to_read, lake_to_write
    from liveblog.settings import read_settings
    from liveblog.upkeep import sweep

    settings = read_settings(os.environ, lake=lake)
    opened = lake_to_read(settings)
    opened = opened if dry_run else lake_to_write(settings)
    count = size = 0
    for removal in sweep(opened, grace=timedelta(hours=grace_h), dry_run=dry_run):
        count, size = count + 1, size + removal.bytes
        text = (
            orjson.dumps(asdict(removal)).decode() if as_json else f"{removal.why:<8} {removal.bytes:>12} {removal.key}"
        )
        click.echo(text)
    click.echo(f"{count} object(s), {size} bytes {'would be ' if dry_run else ''}removed", err=True)
