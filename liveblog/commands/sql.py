"""``liveblog sql``: DuckDB with the lake's views ready."""

import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from liveblog.options import MOMENT, NEW_FILE, lake_option

if TYPE_CHECKING:
    from lake.query import Connection, Result

ROWS_SHOWN = 1000
"""Rows of a table on a terminal; CSV and JSON give all."""
BANNER = """As It Happened, snapshot {number} of {where}, read only.
Views: sections, updates, revisions, sources, current_blogs, blogs, captures, watches, candidates, aliases, headlines,
sightings, duplicates, incidents, redactions.
Macros: sections_at(t), page_at(blog, t), changes(blog).   End a query with ;   exit or Ctrl-D leaves."""
LEAVE = {"exit", "quit", ".exit", ".quit"}


@click.command("sql")
@click.argument("query", required=False)
@lake_option
@click.option("--snapshot", type=click.IntRange(min=0), help="Ask this snapshot, not the newest.")
@click.option("--as-of", type=MOMENT, help="Ask the snapshot that was the newest at this time.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "csv", "json", "jsonl", "parquet"]),
    default="table",
    show_default=True,
)
@click.option("-o", "--output", type=NEW_FILE, metavar="FILE", help="Write there; parquet needs it.")
@click.option("--print-views", is_flag=True, help="Print the views and macros as a script for any DuckDB.")
def command(
    query: str | None,
    lake: str | None,
    snapshot: int | None,
    as_of: datetime | None,
    form: str,
    output: Path | None,
    print_views: bool,
) -> None:
    """Ask the lake in DuckDB's SQL. Without QUERY: a shell on a terminal, else the query is read from standard input.

    \b
    liveblog sql "SELECT headline, published_at FROM updates ORDER BY published_at DESC LIMIT 10"
    liveblog sql "SELECT * FROM page_at('16-digit blog id', TIMESTAMPTZ '2026-11-22 14:30Z')"
    liveblog sql --as-of 2026-11-22T14:30 --format csv "SELECT * FROM updates" > updates.csv
    liveblog sql --format parquet -o updates.parquet "SELECT * FROM updates"
    liveblog sql --print-views > views.sql
    """
    if form == "parquet" and output is None:
        raise click.UsageError("--format parquet needs --output FILE", click.get_current_context())
    if snapshot is not None and as_of is not None:
        raise click.UsageError("give --snapshot or --as-of, not both", click.get_current_context())
    from lake.query import connect, run_sql
    from lake.views import views_sql
    from liveblog.pipeline import choose_snapshot, lake_to_read
    from liveblog.settings import read_settings

    opened = lake_to_read(read_settings(os.environ, lake=lake))
    chosen = choose_snapshot(opened, number=snapshot, as_of=as_of)
    if as_of is not None and not chosen.number:
        click.echo(f"no snapshot was committed by {as_of.isoformat()}: all tables were empty", err=True)
    if print_views:
        click.echo(views_sql(chosen), nl=False)
        return
    connection = connect(opened, chosen)
    if output is not None:
        write(connection, query if query is not None else sys.stdin.read(), form, output)
    elif query is None and sys.stdin.isatty():
        click.echo(BANNER.format(number=chosen.number, where=opened.root), err=True)
        shell(connection, form)
    else:
        show(run_sql(connection, query if query is not None else sys.stdin.read()), form)


def shell(connection: "Connection", form: str) -> None:
    """Read queries until the end of input; a query that fails is said, and the next may come."""
    from lake.errors import QueryFailed, SnapshotDamaged
    from lake.query import run_sql
    from liveblog.cli import fail

    for text in statements():
        try:
            show(run_sql(connection, text), form)
        except (QueryFailed, SnapshotDamaged) as error:
            fail(str(error), 2)


def write(connection: "Connection", query: str, form: str, output: Path) -> None:
    """An answer in a file, which appears whole or not at all."""
    from lake.query import run_sql
    from liveblog.errors import InputError

    if output.exists() and not output.is_file():
        raise InputError(f"{output}: no file that can be replaced: leave -o away to write to standard output")
    part = output.with_name(f".{output.name}.part")
    try:
        if form == "parquet":
            target = str(part).replace("'", "''")
            bare = query.strip().rstrip(";")
            run_sql(connection, f"COPY ({bare}\n) TO '{target}' (FORMAT parquet, COMPRESSION zstd)")
        else:
            with part.open("w", encoding="utf-8", newline="") as stream:
                stream.writelines(lines_of(run_sql(connection, query), form))
        part.replace(output)
    finally:
        part.unlink(missing_ok=True)
    click.echo(output)


def lines_of(answer: "Result", form: str) -> Iterator[str]:
    """An answer as text; a table holds all its rows."""
    from liveblog.render import csv_lines, json_lines, json_text, table

    if form == "table":
        return iter([table(answer.columns, answer.rows) + "\n"])
    return {"csv": csv_lines, "jsonl": json_lines, "json": json_text}[form](answer.columns, answer.rows)


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
        if held[0].strip().rstrip(";").lower() in LEAVE:
            return
        if held[-1].rstrip().endswith(";") or held == [""]:
            text = "\n".join(held).strip()
            held.clear()
            if text.rstrip(";"):
                yield text


def show(answer: "Result", form: str) -> None:
    """An answer on standard output, in the form asked for."""
    from liveblog.render import table

    if form == "table":
        rows = list(answer.rows)
        click.echo(table(answer.columns, rows, limit=ROWS_SHOWN))
        click.echo(f"{len(rows)} row(s)", err=True)
        return
    for line in lines_of(answer, form):
        click.echo(line, nl=False)
