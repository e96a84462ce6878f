"""``liveblog why``: where a row comes from."""

import os
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from liveblog.options import json_option, lake_option

if TYPE_CHECKING:
    from lake.why import Lineage

TOLD = ("change", "outcome", "rule", "place", "kind")
"""Fields of a row that say what it is about, whichever table it stands in."""


@click.command("why")
@click.argument("row")
@lake_option
@json_option
def command(row: str, lake: str | None, as_json: bool) -> None:
    """Where ROW comes from: the look that proves it, the WARC records of that look, and the run that made it.

    ROW is the id of a section, a look (capture_id), a headline or a sighting; its beginning is enough.

    \b
    liveblog why 3f2a61c0
    """
    import orjson

    from lake.query import connect
    from lake.why import why
    from liveblog.ids import full_id
    from liveblog.pipeline import lake_to_read
    from liveblog.settings import read_settings

    opened = lake_to_read(read_settings(os.environ, lake=lake))
    newest = opened.newest()
    for lineage in why(newest, full_id(connect(opened, newest), row)):
        click.echo(orjson.dumps(asdict(lineage)) if as_json else lineage_text(lineage))


def lineage_text(lineage: "Lineage") -> str:
    """A row and what stands behind it."""
    from liveblog.render import moment_text, safe

    row, look = lineage.row, lineage.look
    what = [str(value) for name in TOLD if (value := getattr(row, name, None))]
    lines = [f"{click.style(lineage.table, bold=True)}  {moment_text(row.observed_at)}  {' '.join(what)}"]
    if look is None:
        return f"{lines[0]}\n  no look stands behind it: a decision of whoever runs this lake"
    lines.append(f"  look     {look.capture_id}  {look.outcome}  {safe(look.url)}")
    lines.append(f"  segment  {look.segment or 'none'}")
    lines.extend(f"  record   {record}" for record in look.record_ids)
    lines.append(
        f"  run      {look.run_key}, batch {look.batch_id}; reader {look.reader or 'none'} {look.reader_version}"
    )
    return "\n".join(lines)
