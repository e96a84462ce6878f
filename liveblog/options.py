"""Options and argument types that several commands share."""

import os
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import click
from click.shell_completion import CompletionItem

from liveblog.errors import InputError

Command = Callable[..., Any]

lake_option: Callable[[Command], Command] = click.option(
    "--lake",
    metavar="WHERE",
    help="The lake: a folder, or s3://bucket/prefix (default: LIVEBLOG_LAKE, else ./lake-data).",
)
json_option: Callable[[Command], Command] = click.option(
    "--json", "as_json", is_flag=True, help="Print JSON, for programs."
)


class NewFile(click.Path):
    """A file to be written, in a folder that is there and lets us; what stands there is replaced."""

    def __init__(self) -> None:
        super().__init__(dir_okay=False, writable=True, path_type=Path)

    def convert(
        self, value: str | os.PathLike[str], param: click.Parameter | None, ctx: click.Context | None
    ) -> str | bytes | os.PathLike[str]:
        """Its path."""
        folder = Path(value).parent
        if not folder.is_dir():
            self.fail(f"{value}: no such folder: make it, or name another file", param, ctx)
        if not Path(value).exists() and not os.access(folder, os.W_OK):
            self.fail(f"{value}: nothing can be written into that folder: name another file", param, ctx)
        return super().convert(value, param, ctx)


NEW_FILE = NewFile()
html_option: Callable[[Command], Command] = click.option(
    "--html", type=NEW_FILE, metavar="FILE", help="Write a page for browsers there."
)


class Day(click.ParamType[date]):
    """A day of UTC, in ISO 8601."""

    name = "day"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Its date."""
        try:
            return date.fromisoformat(str(value).strip())
        except ValueError:
            self.fail(f"{value!r} is not a day: write it like 2026-11-22", param, ctx)


DAY = Day()


class Moment(click.ParamType[datetime]):
    """A moment: ISO 8601; without an offset it is UTC."""

    name = "time"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """An aware datetime, in UTC where the text names no offset."""
        if isinstance(value, datetime):
            return value
        try:
            moment = datetime.fromisoformat(str(value).strip())
        except ValueError:
            self.fail(
                f"{value!r} is not a time: write it like 2026-11-22T14:30 or 2026-11-22T14:30:00+01:00", param, ctx
            )
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


MOMENT = Moment()


def complete_sources(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Shell completion: slugs of the publishers that are known; none where a file of theirs is wrong."""
    del ctx, param
    from liveblog.settings import read_settings
    from liveblog.sources import known_sources

    with suppress(InputError):
        sources = known_sources(read_settings(os.environ)).all
        return [CompletionItem(one.slug, help=one.name) for one in sources if one.slug.startswith(incomplete)]
    return []


def complete_sources_and_files(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The same; files where no slug begins like that."""
    return complete_sources(ctx, param, incomplete) or [CompletionItem(incomplete, type="file")]
