"""Options and argument types that several commands share."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

Command = Callable[..., Any]

lake_option: Callable[[Command], Command] = click.option(
    "--lake",
    metavar="WHERE",
    help="The lake: a folder, or s3://bucket/prefix (default: LIVEBLOG_LAKE, else ./lake-data).",
)
json_option: Callable[[Command], Command] = click.option(
    "--json", "as_json", is_flag=True, help="Print JSON, for programs."
)
html_option: Callable[[Command], Command] = click.option(
    "--html", type=click.Path(dir_okay=False, writable=True, path_type=Path), help="Write a page for browsers there."
)


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
