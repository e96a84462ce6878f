"""``liveblog replay``: rebuild the tables from the raw archive."""

import os
from dataclasses import asdict
from datetime import UTC, datetime

import click

from liveblog.options import json_option, lake_option

LEASE_S = 12 * 3600.0
"""Nothing may be recorded while the tables are rebuilt; the lease ends with the process, if that is sooner."""
DAY = click.DateTime(formats=["%Y-%m-%d"])


@click.command("replay")
@lake_option
@json_option
@click.option("--from", "since", type=DAY, metavar="DAY", help="First UTC day, YYYY-MM-DD (default: the first of all).")
@click.option("--to", "until", type=DAY, metavar="DAY", help="Last UTC day (default: the last of all).")
@click.option("--compare", is_flag=True, help="Only say what would change; switch to nothing.")
@click.option("-p", "--processes", type=click.IntRange(1, 256), help="How many work at once (default: one a core).")
def command(
    lake: str | None,
    as_json: bool,
    since: datetime | None,
    until: datetime | None,
    compare: bool,
    processes: int | None,
) -> None:
    """Read every look of the raw archive again, rebuild the tables beside the old ones, and switch to them in one
    commit. The same program gives the same rows, better readers give better ones, and late looks take their place.

    \b
    liveblog replay --compare
    liveblog replay --from 2026-11-01

    A range starts from what was known before it. Snapshots made before keep their answers.
    """
    import orjson

    from liveblog.pipeline import LEASE, lake_to_rebuild, new_run_key
    from liveblog.progress import bar
    from liveblog.replay import replay
    from liveblog.settings import read_settings
    from liveblog.sources import known_sources

    settings = read_settings(os.environ, lake=lake)
    opened = lake_to_rebuild(settings)
    run_key = new_run_key(datetime.now(UTC))
    with opened.lease(LEASE, run_key, LEASE_S) as lease, bar("rebuilding") as show:
        done = replay(
            opened,
            run_key=run_key,
            guard=lease.check,
            since=since.date() if since else None,
            until=until.date() if until else None,
            compare=compare,
            processes=processes or os.cpu_count() or 1,
            sources=known_sources(settings).contexts,
            on_day=show,
        )
    for why in done.damaged.values():
        click.echo(f"damaged: {why}", err=True)
    if as_json:
        told = {name: asdict(one) for name, one in done.differences.items()}
        click.echo(orjson.dumps({"snapshot": done.snapshot, "days": done.days, "differences": told}))
        return
    for name, one in done.differences.items():
        click.echo(f"{name:<11} -{one.only_before} +{one.only_after} row(s)")
    tail = f"snapshot {done.snapshot} switches to them" if done.snapshot else "nothing was switched"
    click.echo(f"{len(done.days)} day(s) rebuilt; {tail}", err=True)
