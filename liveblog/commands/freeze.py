"""``liveblog freeze``: a page and what is read from it become a test case."""

from datetime import datetime
from pathlib import Path

import click

from liveblog.options import MOMENT


@click.command("freeze")
@click.argument("page", metavar="URL|FILE")
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
@click.option("--url", metavar="URL", help="The page's address, for a file.")
@click.option("--fetched-at", type=MOMENT, help="When the page was fetched, for a file: the time that stands still.")
@click.option("--timezone", metavar="NAME", help="IANA time zone of the source, such as Europe/London.")
@click.option("--language", metavar="TAG", help="Language of the source, such as de.")
@click.option("--generic", is_flag=True, help="Leave out every rule that knows an outlet, an engine, a class or an id.")
@click.option("--again", is_flag=True, help="Replace the case that stands in DIR.")
def command(
    page: str,
    folder: Path,
    url: str | None,
    fetched_at: datetime | None,
    timezone: str | None,
    language: str | None,
    generic: bool,
    again: bool,
) -> None:
    """Save a page and what is read from it as a test case in DIR: the page, about.json, expected.json.

    \b
    liveblog freeze https://example.org/live/storm tests/cases/example-storm
    liveblog freeze page.html tests/cases/storm --url https://example.org/live/storm --fetched-at 2026-11-22T14:30

    Look through expected.json and correct what was read wrongly: from then on the tests hold the readers to it.
    """
    from liveblog.commands.extract import checked_zone
    from liveblog.fetch import from_address
    from liveblog.freeze import freeze
    from liveblog.inputs import Given, from_file, is_address

    given = Given(url=url, fetched_at=fetched_at, timezone=checked_zone(timezone), language=language, generic=generic)
    document = from_address(page, given) if is_address(page) else from_file(page, given)
    read = freeze(document, folder, again=again)
    updates = sum(section.kind == "update" for section in read.sections)
    click.echo(folder)
    if read.unreadable:
        click.echo(f"frozen as a page that cannot be read: {read.unreadable}", err=True)
    else:
        kind = "a live blog" if read.is_live_blog else "not a live blog"
        click.echo(f"frozen as {kind} with {updates} updates; look through expected.json", err=True)
