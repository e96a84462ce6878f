"""``liveblog sql``: DuckDB with the lake's views ready."""

import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING

import click

from liveblog.options import MOMENT, lake_option

if TYPE_CHECKING:
    from lake.query import Connection, Result

ROWS_SHOWN = 1000
"""Rows of a table on a terminal; CSV and JSON give all."""
BANNER = """As It Happened, snapshot {number} of {where}, read only.
Views: sections, updates, revisions, captures, blogs, watches, aliases, headlines, sightings, duplicates.
Macros: sections_at(t), page_at(blog, t), changes(blog).   End a query with ;   Ctrl-D leaves."""


@click.command("sql")
@click.argument("query", required=False)
@lake_option
@click.option("--snapshot", type=click.IntRange(min=0), help="Ask this snapshot, not the newest.")
@click.option("--as-of", type=MOMENT, help="Ask the snapshot that was the newest at this time.")
@click.option(
    "--format", "form", type=click.Choice(["table", "csv", "json", "jsonl"]), default="table", show_default=True
)
def command(query: str | None, lake: str | None, snapshot: int | None, as_of: datetime | None, form: str) -> None:
    """Ask the lake in DuckDB's SQL. Without QUERY: a shell on a terminal, else the query is read from standard input.

    \b
    liveblog sql "SELECT headline, published_at FROM updates ORDER BY published_at DESC LIMIT 10"
    liveblog sql "SELECT * FROM page_at('16-digit blog id', TIMESTAMPTZ '2026-11-22 14:30Z')"
    liveblog sql --as-of 2026-11-22T14:30 --format csv "SELECT * FROM updates" > updates.csv
    """
    from lake.query import connect, run_sql
    from liveblog.pipeline import choose_snapshot, lake_to_read
    from liveblog.settings import read_settings

    opened = lake_to_read(read_settings(os.environ, lake=lake))
    chosen = choose_snapshot(opened, number=snapshot, as_of=as_of)
    connection = connect(opened, chosen)
    if query is None and sys.stdin.isatty():
        click.echo(BANNER.format(number=chosen.number, where=opened.root), err=True)
        shell(connection, form)
    else:
        show(run_sql(connection, query if query is not None else sys.stdin.read()), form)


def shell(connection: "Connection", form: str) -> None:
    """Read queries until the end of input; a query that fails is said, and the next may come."""
    from lake.errors import QueryFailed
    from lake.query import run_sql
    from liveblog.cli import fail

    for text in statements():
        try:
            show(run_sql(connection, text), form)
        except QueryFailed as error:
            fail(str(error), 2)


def statements() -> Iterator[str]:
    """What is typed, up to a semicolon each; with line editing and history where Python has readline."""
    with suppress(ImportError):
        import readline  # noqa: F401 - importing it is what gives input() line editing
    held: list[str] = []
    while True:
        try:
            held.append(input("liveblog> " if not held else "       > "))
        except EOFError:
            click.echo(err=True)
            return
        except KeyboardInterrupt:
            held.clear()
            click.echo(err=True)
            continue
        if held[-1].rstrip().endswith(";") or held == [""]:
            text = "\n".join(held).strip()
            held.clear()
            if text.rstrip(";"):
                yield text


def show(answer: "Result", form: str) -> None:
    """An answer on standard output, in the form asked for."""
    from liveblog.render import csv_lines, json_lines, json_text, table

    if form == "table":
        rows = list(answer.rows)
        click.echo(table(answer.columns, rows, limit=ROWS_SHOWN))
        click.echo(f"{len(rows)} row(s)", err=True)
        return
    write = {"csv": csv_lines, "jsonl": json_lines, "json": json_text}[form]
    for line in write(answer.columns, answer.rows):
        click.echo(line, nl=False)
