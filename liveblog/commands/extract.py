"""``liveblog extract``: sections of a page, a text dump or an address; no storage needed."""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from liveblog.errors import InputError
from liveblog.options import MOMENT

if TYPE_CHECKING:
    from liveblog.inputs import Given

UNREADABLE = 2
"""Exit status when any of the inputs could not be read."""


@click.command("extract")
@click.argument("paths", nargs=-1, required=True, metavar="PATH|URL|- ...")
@click.option("--url", metavar="URL", help="The page's address, for a file: relative links and ids hang on it.")
@click.option(
    "--fetched-at", type=MOMENT, help='When the page was fetched: anchors "21 mins ago" and bare clock times.'
)
@click.option("--timezone", metavar="NAME", help="IANA time zone of clock times that name none, such as Europe/London.")
@click.option("--language", metavar="TAG", help="Language of the page where it names none, such as de.")
@click.option("--generic", is_flag=True, help="Leave out every rule that knows an outlet, an engine, a class or an id.")
@click.option("--explain", is_flag=True, help="Say why a page is held a live blog or not, and which readers spoke.")
@click.option(
    "--json", "as_json", is_flag=True, help="Print indented JSON: an object for one page, an array for several."
)
@click.option("--jsonl", is_flag=True, help="Print JSON Lines: one object a page.")
def command(
    paths: tuple[str, ...],
    url: str | None,
    fetched_at: datetime | None,
    timezone: str | None,
    language: str | None,
    generic: bool,
    explain: bool,
    as_json: bool,
    jsonl: bool,
) -> int:
    """Read live blogs from files (HTML, text dumps, JSON payloads, gzipped or not), addresses, or - for standard input.

    \b
    liveblog extract page.html
    liveblog extract page.html.gz --url https://example.org/live/storm --jsonl
    curl -s https://example.org/live/storm | liveblog extract - --explain

    Several files are read one by one: one that cannot be read is named on standard error, the rest go on, and the exit
    status is 2.
    """
    from liveblog.inputs import Given

    given = Given(url=url, fetched_at=fetched_at, timezone=checked_zone(timezone), language=language, generic=generic)
    troubles: list[str] = []
    pages = read_all(paths, given, troubles)
    if as_json:
        found = list(pages)
        write_json(found[0][1] if len(paths) == 1 and found else [page for _, page in found])
    else:
        for path, page in pages:
            write_page(path, page, jsonl=jsonl, explain=explain)
    return UNREADABLE if troubles else 0


def checked_zone(name: str | None) -> str | None:
    """The name of a time zone, or None. Raises InputError for one that is not in the tz database."""
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        if name is not None:
            ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise InputError(f"--timezone {name!r} is no IANA time zone: write it like Europe/London") from error
    return name


def read_all(paths: tuple[str, ...], given: "Given", troubles: list[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each path with its page as JSON; what cannot be read is said, and noted in `troubles`."""
    from liveblog.cli import fail
    from liveblog.fetch import from_address
    from liveblog.inputs import from_file, is_address
    from transforms.read import read
    from transforms.report import page_to_json

    for path in paths:
        try:
            document = from_address(path, given) if is_address(path) else from_file(path, given)
        except InputError as error:
            troubles.append(path)
            fail(str(error), UNREADABLE)
            continue
        page = read(document)
        if page.unreadable is not None:
            troubles.append(path)
            fail(f"{path}: {page.unreadable}", UNREADABLE)
        yield path, page_to_json(page, path)


def write_json(value: object) -> None:
    """Indented JSON on standard output."""
    import orjson

    click.echo(orjson.dumps(value, option=orjson.OPT_INDENT_2))


def write_page(path: str, page: dict[str, Any], *, jsonl: bool, explain: bool) -> None:
    """One page on standard output: a line of JSON, or text for people."""
    import orjson

    from liveblog.render import page_text

    if jsonl:
        click.echo(orjson.dumps(page))
    else:
        click.echo(page_text(path, page, explain=explain))
