"""``liveblog import``: WARC files of others become looks."""

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from liveblog.errors import InputError
from liveblog.options import json_option, lake_option

if TYPE_CHECKING:
    from liveblog.pipeline import Published


@click.command("import")
@click.argument("warcs", nargs=-1, required=True, metavar="WARC ...", type=click.Path(path_type=Path))
@lake_option
@json_option
def command(warcs: tuple[Path, ...], lake: str | None, as_json: bool) -> int:
    """Take in WARC files: another crawler's, or segments of another lake. Every live blog in them becomes a look.

    Each file is archived as it is and recorded in a commit of its own; importing it again changes nothing. Looks that
    are older than what is known of their blog are marked late: liveblog replay puts them in their place. A file may be
    far larger than the memory; its looks wait in the folder for temporary files (TMPDIR) while they are recorded.

    \b
    liveblog import crawl-2026-11.warc.gz && liveblog replay

    One that is no WARC, or is cut short, is named on standard error and left out whole; the others are taken in, and
    the exit status is 2.
    """
    from liveblog import pipeline
    from liveblog.cli import fail
    from liveblog.settings import read_settings
    from liveblog.sources import known_sources
    from liveblog.strangers import archive

    settings = read_settings(os.environ, lake=lake)
    sources = known_sources(settings).contexts
    opened = pipeline.lake_to_write(settings)
    run_key = pipeline.new_run_key(datetime.now(UTC))
    status = 0
    with opened.lease(pipeline.LEASE, run_key, settings.crawl.budget_s + pipeline.LEASE_SPARE_S) as lease:
        for path in warcs:
            lease.renew()
            try:
                segment = archive(opened, path)
            except InputError as error:
                status = fail(str(error), error.exit_status)
                continue
            key = f"{run_key}/{segment}"
            done = pipeline.publish(opened, run_key=key, segments=[segment], lease=lease, sources=sources)
            tell(path, segment, done, as_json=as_json)
    return status


def tell(path: Path, segment: str, done: "Published", *, as_json: bool) -> None:
    """What one file brought."""
    import orjson

    if as_json:
        told = {"path": str(path), "segment": segment, "looks": done.looks, "outcomes": dict(done.outcomes)}
        click.echo(orjson.dumps(told | {"snapshot": done.snapshot}))
        return
    counts = ", ".join(f"{count} {name}" for name, count in sorted(done.outcomes.items()))
    click.echo(f"{path}: {done.looks} look(s) at live blogs{': ' + counts if counts else ''}")
