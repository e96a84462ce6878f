"""``liveblog extract``: sections of a page, a text dump, a WARC or an address; no storage needed."""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from liveblog.errors import InputError
from liveblog.options import MOMENT

if TYPE_CHECKING:
    from liveblog.inputs import Given

PageJson = dict[str, Any]
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
    """Read live blogs from files (HTML, text dumps, JSON payloads, WARC archives; gzipped or not), addresses, or - for
    standard input.

    \b
    liveblog extract page.html
    liveblog extract page.html.gz --url https://example.org/live/storm --jsonl
    curl -s https://example.org/live/storm | liveblog extract - --explain
    liveblog extract crawl-2026-11.warc.gz --jsonl > pages.jsonl

    A WARC gives one page a look, streamed, with its own address and time; one that brought no page says so in
    "unreadable", and is no failure.
    Several files are read one by one: one that cannot be read is named on standard error, the rest go on, and the exit
    status is 2.
    """
    from liveblog.inputs import Given

    given = Given(url=url, fetched_at=fetched_at, timezone=checked_zone(timezone), language=language, generic=generic)
    troubles: list[str] = []
    pages = read_all(paths, given, troubles)
    if as_json:
        write_json(pages, alone=len(paths) == 1)
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


def read_all(paths: tuple[str, ...], given: "Given", troubles: list[str]) -> Iterator[tuple[str, PageJson]]:
    """Each path with its page as JSON, an archive with one a look; what cannot be read is said, noted in `troubles`."""
    import sys

    from liveblog.cli import fail

    shown = len(paths) > 1 and sys.stderr.isatty() and not sys.stdout.isatty()
    with click.progressbar(paths, label="reading", file=sys.stderr, hidden=not shown) as bar:
        for path in bar:
            try:
                for page in read_one(path, given):
                    if page["unreadable"] and "fetched_at" not in page:
                        troubles.append(path)
                        fail(f"{path}: {page['unreadable']}", UNREADABLE)
                    yield path, page
            except InputError as error:
                troubles.append(path)
                fail(str(error), UNREADABLE)


def read_one(path: str, given: "Given") -> Iterator[PageJson]:
    """The page at a path or an address; of an archive, every look's, with when and how it was answered.

    Raises InputError.
    """
    from liveblog.archives import is_archive, pages_of
    from liveblog.fetch import from_address
    from liveblog.inputs import from_file, is_address
    from transforms.read import read
    from transforms.report import page_to_json

    if is_address(path):
        yield page_to_json(read(from_address(path, given)), path)
    elif is_archive(path):
        for one in pages_of(path, given):
            about = {"fetched_at": one.fetched_at.isoformat(), "status": one.status}
            yield {**page_to_json(one.page, path), **about}
    else:
        yield page_to_json(read(from_file(path, given)), path)


def write_json(pages: Iterator[tuple[str, PageJson]], *, alone: bool) -> None:
    """Indented JSON on standard output, page by page: one object where one page was asked for, else an array."""
    import orjson

    before = ""
    for _, page in pages:
        array = not alone or "fetched_at" in page
        before = before or ("[" if array else "")
        click.echo(before + orjson.dumps(page, option=orjson.OPT_INDENT_2).decode(), nl=not array)
        before = ",\n" if array else ""
    if before:
        click.echo("]")
    elif not alone:
        click.echo("[]")


def write_page(path: str, page: PageJson, *, jsonl: bool, explain: bool) -> None:
    """One page on standard output: a line of JSON, or text for people."""
    import orjson

    from liveblog.explain import explanation
    from liveblog.render import page_text

    if jsonl:
        click.echo(orjson.dumps(page))
    else:
        click.echo(page_text(path, page, explanation=explanation(page) if explain else ""))
