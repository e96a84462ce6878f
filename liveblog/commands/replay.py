"""``liveblog replay``: rebuild the tables from the raw archive."""

import os
from datetime import UTC, date, datetime

import click

from liveblog.options import DAY, json_option, lake_option

LEASE_S = 12 * 3600.0
"""Nothing may be recorded while the tables are rebuilt and switched to. Renewed day by day; ends with the process."""


@click.command("replay")
@lake_option
@json_option
@click.option("--from", "since", type=DAY, help="First UTC day, YYYY-MM-DD (default: the first of all).")
@click.option("--to", "until", type=DAY, help="Last UTC day (default: the last of all).")
@click.option("--compare", is_flag=True, help="Only say what would change; switch to nothing.")
@click.option(
    "--examples",
    type=click.IntRange(0, 100),
    default=3,
    show_default=True,
    help="Kinds of difference shown by example, a table and blog; 0: counts alone.",
)
@click.option("-p", "--processes", type=click.IntRange(1, 256), help="How many work at once (default: one a core).")
def command(
    lake: str | None,
    as_json: bool,
    since: date | None,
    until: date | None,
    compare: bool,
    examples: int,
    processes: int | None,
) -> None:
    """Read every look of the raw archive again, rebuild the tables beside the old ones, and switch to them in one
    commit. The same program gives the same rows, better readers give better ones, and late looks take their place.

    \b
    liveblog replay --compare
    liveblog replay --from 2026-11-01

    A range starts from what was known before it. Snapshots made before keep their answers. What differs is told by
    table and blog, with an example of each kind: what went in red and what came in green, or [-went-] and {+came+}.
    Recording goes on during a comparison (looks that come in meanwhile count as rows that would come), and waits for a
    switch.
    """
    import orjson

    from liveblog.comparing import as_json as to_json
    from liveblog.comparing import lines
    from liveblog.pipeline import lake_to_rebuild, new_run_key
    from liveblog.progress import bar
    from liveblog.replay import LEASES, replay, titles
    from liveblog.settings import read_settings
    from liveblog.sources import known_sources

    settings = read_settings(os.environ, lake=lake)
    opened = lake_to_rebuild(settings)
    run_key = new_run_key(datetime.now(UTC))

    def day_begins(day: str, number: int, of: int) -> None:
        lease.renew()
        show(day, number, of)

    with opened.lease(LEASES[compare], run_key, LEASE_S) as lease, bar("rebuilding") as show:
        done = replay(
            opened,
            run_key=run_key,
            guard=lease.check,
            since=since,
            until=until,
            compare=compare,
            processes=processes or os.cpu_count() or 1,
            sources=known_sources(settings).contexts,
            on_day=day_begins,
        )
    for why in done.damaged.values():
        click.echo(f"damaged: {why}", err=True)
    if as_json:
        told = to_json(done.differences, examples)
        click.echo(orjson.dumps({"snapshot": done.snapshot, "days": done.days, "differences": told}))
        return
    for line in lines(done.differences, titles(opened, done.differences), examples):
        click.echo(line)
    tail = f"snapshot {done.snapshot} switches to them" if done.snapshot else "nothing was switched"
    click.echo(f"{len(done.days)} day(s) rebuilt; {tail}", err=True)
