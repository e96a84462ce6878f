"""``liveblog verify``: is every object what the snapshots say it is?"""

import os
from dataclasses import asdict

import click

from liveblog.options import json_option, lake_option


@click.command("verify")
@lake_option
@json_option
def command(lake: str | None, as_json: bool) -> int:
    """Read every object that a snapshot names and check it: missing, truncated or altered, and how to mend it.

    \b
    liveblog verify
    liveblog verify --lake /backup/lake --json | jq 'select(.harmless | not)'

    Nothing is changed. Objects that no snapshot names are told too; they harm nothing. Exit status 1 where a snapshot
    cannot answer as it did.
    """
    import orjson

    from lake.verify import verify
    from liveblog.pipeline import lake_to_read
    from liveblog.settings import read_settings

    opened = lake_to_read(read_settings(os.environ, lake=lake))
    harmed = told = 0
    for finding in verify(opened.chain):
        told += 1
        harmed += not finding.harmless
        if as_json:
            click.echo(orjson.dumps({**asdict(finding), "harmless": finding.harmless}))
        else:
            kind = click.style(f"{finding.kind:<10}", fg=None if finding.harmless else "red")
            click.echo(f"{kind} {finding.key}: {finding.mend}")
    if not as_json and not told:
        click.echo(f"{opened.root}: every object is what the snapshots say it is")
    return 1 if harmed else 0
