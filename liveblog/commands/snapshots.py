"""``liveblog snapshots``: the committed states of the lake."""

import os
from typing import TYPE_CHECKING

import click

from liveblog.options import json_option, lake_option

if TYPE_CHECKING:
    from lake.lake import Lake
    from lake.snapshots import Snapshot


@click.group("snapshots", invoke_without_command=True)
@lake_option
@json_option
@click.option(
    "-n", "--limit", type=click.IntRange(min=1), default=20, show_default=True, help="How many, newest first."
)
@click.pass_context
def command(context: click.Context, lake: str | None, as_json: bool, limit: int) -> None:
    """List the lake's snapshots, newest first: number, time, rows by table, the run that made each, and what pinned
    ones are kept for.

    \b
    liveblog snapshots pin 12 --why "figures of the spring paper"
    liveblog snapshots cite 12 --query "SELECT count(*) FROM updates"
    """
    if context.invoked_subcommand is not None:
        return
    from itertools import islice

    import orjson

    from lake.vacuum import pin_reasons
    from liveblog.pipeline import lake_to_read
    from liveblog.render import table
    from liveblog.settings import read_settings

    opened = lake_to_read(read_settings(os.environ, lake=lake))
    pinned = pin_reasons(opened.chain)
    found = [summary(one) | {"pinned": pinned.get(one.number)} for one in islice(opened.snapshots(), limit)]
    if as_json:
        for row in found:
            click.echo(orjson.dumps(row))
        return
    columns = ("snapshot", "committed_at", "looks", "revisions", "files", "bytes", "run")
    kept = ["" if row["pinned"] is None else row["pinned"] or "pinned" for row in found]
    rows = [[*(row[name] for name in columns), why] for row, why in zip(found, kept, strict=True)]
    click.echo(table((*columns, "kept for"), rows))


def summary(one: "Snapshot") -> dict[str, object]:
    """A snapshot in one row: what it is, and how much it names."""
    from lake.schemas import tables

    files = {name: one.files(name) for name in tables()}
    every = [file for some in files.values() for file in some]
    return {
        "snapshot": one.number,
        "committed_at": one.committed_at,
        "looks": sum(file.rows for file in files["captures"]),
        "revisions": sum(file.rows for file in files["revisions"]),
        "files": len(every),
        "bytes": sum(file.bytes for file in every),
        "run": one.run,
    }


def opened_lake(context: click.Context, lake: str | None) -> "Lake":
    """The lake that the subcommand, or the group before it, names."""
    from liveblog.pipeline import lake_to_read
    from liveblog.settings import read_settings

    given = lake or (context.parent.params.get("lake") if context.parent is not None else None)
    return lake_to_read(read_settings(os.environ, lake=given))


@command.command("pin", short_help="Keep a snapshot for ever.")
@click.argument("number", type=click.IntRange(min=1))
@lake_option
@click.option("--why", default="", help="What it is kept for; stands in the pin.")
@click.pass_context
def pin_command(context: click.Context, number: int, lake: str | None, why: str) -> None:
    """Keep snapshot NUMBER for ever, whatever vacuum removes. Pinning again changes nothing.

    A takedown (liveblog redact) takes words out of pinned snapshots too, and is named beside them.
    """
    from lake.vacuum import pin
    from lake.verify import redacted_since

    opened = opened_lake(context, lake)
    pin(opened.chain, number, why)
    click.echo(f"snapshot {number} of {opened.root} is pinned")
    taken_out = redacted_since(opened.chain, number)
    if taken_out:
        click.echo(f"words were taken out of it after it was committed: {', '.join(taken_out)}", err=True)


@command.command("unpin", short_help="Let it expire like any other.")
@click.argument("number", type=click.IntRange(min=1))
@lake_option
@click.pass_context
def unpin_command(context: click.Context, number: int, lake: str | None) -> None:
    """Let snapshot NUMBER expire like any other."""
    from lake.vacuum import unpin

    opened = opened_lake(context, lake)
    unpin(opened.chain, number)
    click.echo(f"snapshot {number} of {opened.root} is no longer pinned")


@command.command("cite", short_help="A line for a paper.")
@click.argument("number", type=click.IntRange(min=1))
@lake_option
@click.option("--query", metavar="SQL", help="The query whose answer is cited.")
@click.pass_context
def cite_command(context: click.Context, number: int, lake: str | None, query: str | None) -> None:
    """A line for a paper: which lake, which snapshot, when, proved by which digest. Pin what you cite."""
    from lake.vacuum import pins
    from lake.verify import citation

    opened = opened_lake(context, lake)
    click.echo(citation(opened.chain, number, query))
    if number not in pins(opened.chain):
        click.echo(f"it may expire: liveblog snapshots pin {number} keeps it", err=True)
