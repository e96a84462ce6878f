"""``liveblog redact``: a takedown, in every layer and every snapshot."""

import os
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from liveblog.options import json_option, lake_option

if TYPE_CHECKING:
    from lake.lake import Lake
    from lake.staging import Touched
    from lake.tombstones import Order
    from liveblog.takedowns import Result


@click.command("redact")
@lake_option
@json_option
@click.option("--address", metavar="URL", help="All words of the blog there; it is no longer looked at.")
@click.option("--section", metavar="ID", help="The words of one section, in all its revisions.")
@click.option("--text", metavar="WORDS", help="These words, wherever they stand; - reads them from standard input.")
@click.option("--again", is_flag=True, help="Carry out once more all takedowns on record.")
@click.option("--by", metavar="WHO", help="On whose order. Goes on record.")
@click.option("--why", metavar="GROUND", help="On what ground. Goes on record: do not repeat the words here.")
@click.option("--dry-run", is_flag=True, help="Say what would be rewritten or removed; write nothing.")
def command(
    lake: str | None,
    as_json: bool,
    address: str | None,
    section: str | None,
    text: str | None,
    again: bool,
    by: str | None,
    why: str | None,
    dry_run: bool,
) -> None:
    """Take words down, by address, section or text: they are deleted from raw pages, packs, tables, checkpoints and
    every snapshot, pinned ones too; tombstones say when and on whose order. There is no way back.

    Ids, addresses, times and counts stay. Words are kept out of what comes later, too. Of the words themselves only
    salted digests go on record. Stop recording first. Killed half-way, run it again.

    \b
    liveblog redact --section 5e0c12ab --by "Legal desk" --why "Order 12/26" --dry-run
    liveblog redact --address https://news.example/live/flood --by "Publisher" --why "Withdrawn"
    liveblog sql "FROM redactions"
    """
    from liveblog.pipeline import lake_to_read, lake_to_write, new_run_key
    from liveblog.settings import read_settings
    from liveblog.takedowns import repeat_all, survey, take_down

    chosen = [given for given in (address, section, text) if given is not None]
    if len(chosen) + again != 1:
        raise click.UsageError("give one of --address, --section, --text or --again", click.get_current_context())
    settings = read_settings(os.environ, lake=lake)
    opened = lake_to_read(settings)
    run_key = new_run_key(datetime.now(UTC))
    if again:
        for result in repeat_all(lake_to_write(settings), run_key=run_key):
            say(result, as_json=as_json)
        return
    order = ordered(opened, address, section, text)
    if dry_run:
        tell(survey(opened, order), as_json=as_json)
        return
    who, ground = on_record(order, by, why)
    say(take_down(lake_to_write(settings), order, by=who, why=ground, run_key=run_key), as_json=as_json)


def ordered(lake: "Lake", address: str | None, section: str | None, text: str | None) -> "Order":
    """What the options ask for. Raises InputError."""
    from liveblog.takedowns import order_of_address, order_of_section, order_of_text

    if address is not None:
        return order_of_address(lake, address)
    if section is not None:
        return order_of_section(lake, section)
    return order_of_text(sys.stdin.read() if text == "-" else text or "")


def on_record(order: "Order", by: str | None, why: str | None) -> tuple[str, str]:
    """Who ordered it and on what ground. Raises UsageError where one lacks, or holds what is to go."""
    from lake.tombstones import runs_of
    from lake.words import found

    if not by or not why:
        raise click.UsageError("--by and --why go on record: give both", click.get_current_context())
    if any(found(said, runs_of(order.words, ""), "") for said in (by, why)):
        raise click.UsageError("--by or --why repeats the words that are to go", click.get_current_context())
    return by, why


def tell(touched: list["Touched"], *, as_json: bool) -> None:
    """What would be rewritten."""
    import orjson

    for one in touched:
        click.echo(orjson.dumps(asdict(one)) if as_json else f"{one.layer:<10} {one.count:>6} {one.key}")
    click.echo(f"{len(touched)} object(s) would be rewritten or removed; nothing was written", err=True)


def say(result: "Result", *, as_json: bool) -> None:
    """What was done."""
    import orjson

    stone, done = result.tombstone, result.done
    if as_json:
        told = {"redaction_id": stone.redaction_id, "kind": stone.kind, "selector": stone.selector}
        click.echo(orjson.dumps({**told, **asdict(done), "snapshot": result.snapshot}))
        return
    click.echo(
        f"{stone.redaction_id}: {done.rows} row(s) and {done.looks} archived record(s) redacted, "
        f"{len(done.objects)} object(s) replaced or removed; snapshot {result.snapshot}"
    )
