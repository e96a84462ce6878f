"""``liveblog compact``: fold what came in, close the days that are over, pack their raw files."""

import os
from typing import TYPE_CHECKING

import click

from liveblog.options import json_option, lake_option

if TYPE_CHECKING:
    from lake.packing import PackedDay


@click.command("compact")
@lake_option
@json_option
@click.option("--pack/--no-pack", default=True, show_default=True, help="Pack the raw files of closed days.")
@click.option(
    "--pack-after",
    "pack_after",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    metavar="DAYS",
    help="Leave them as WARC, which pywb can serve, for so many days more.",
)
def command(lake: str | None, as_json: bool, pack: bool, pack_after: int) -> None:
    """Fold the small files of the open day, close the days that are over (one large file a table and day), and pack
    their raw files: all looks at one blog on one day as one file, many times smaller, nothing lost.

    \b
    liveblog compact
    liveblog compact --pack-after 30

    Safe beside readers and a running recorder; run again, it changes nothing. Recording folds by itself; this is for
    closing days at a time of your choice. What stays as WARC gets a CDXJ index.
    """
    from dataclasses import asdict

    import orjson

    from liveblog.pipeline import lake_to_read
    from liveblog.progress import bar
    from liveblog.settings import read_settings
    from liveblog.upkeep import close_days

    opened = lake_to_read(read_settings(os.environ, lake=lake))
    with bar("packing") as show:
        done = close_days(opened, pack=pack, pack_after_days=pack_after, on_day=show)
    if as_json:
        click.echo(orjson.dumps(asdict(done)))
        return
    if done.changed:
        click.echo(f"snapshot {done.snapshot}: {done.before} files became {done.files}")
    else:
        click.echo("nothing to fold, or another process is at it: no snapshot made")
    for day in done.packed:
        click.echo(packed_text(day))


def packed_text(day: "PackedDay") -> str:
    """What was done to a day of raw/, in a line."""
    told = []
    if day.segments:
        ratio = day.bytes_before / max(day.bytes_after, 1)
        told.append(f"{day.segments} segments, {day.bytes_before} bytes, packed into {day.bytes_after} (1/{ratio:.0f})")
    elif day.removed:
        told.append(f"{day.removed} segments, packed before, removed")
    if day.index:
        told.append(f"{day.left} stay as WARC, indexed in {day.index}")
    return f"{day.day}: {'; '.join(told) or 'nothing to pack'}"
