"""``liveblog log``: what happened to a blog, newest first."""

import os
from typing import TYPE_CHECKING

import click

from liveblog.options import json_option, lake_option

if TYPE_CHECKING:
    from liveblog.history import Happened


@click.command("log")
@click.argument("blog")
@lake_option
@json_option
@click.option("-n", "--limit", type=click.IntRange(min=1), default=50, show_default=True, help="How many changes.")
@click.option("--section", metavar="ID", help="Only this section's changes (the beginning of its id is enough).")
def command(blog: str, lake: str | None, as_json: bool, limit: int, section: str | None) -> None:
    """What happened to BLOG, newest first: what was added, edited, hidden or removed, and between which looks.

    BLOG is an address, the beginning of a blog's id, or words of its title.

    \b
    liveblog log https://example.org/live/storm
    liveblog log storm --section 3f2a
    """
    import orjson

    from lake.query import connect
    from liveblog.history import changes, find_blog
    from liveblog.pipeline import lake_to_read
    from liveblog.render import safe
    from liveblog.settings import read_settings

    opened = lake_to_read(read_settings(os.environ, lake=lake))
    connection = connect(opened, opened.newest())
    found = find_blog(connection, blog)
    happened = changes(connection, found.blog_id, section=section, limit=limit)
    if as_json:
        for one in happened:
            click.echo(orjson.dumps(one))
        return
    click.echo(click.style(safe(found.title or found.url), bold=True))
    click.echo(f"{safe(found.url)}  blog {found.blog_id}\n")
    for one in happened:
        click.echo(line(one))
    if len(happened) == limit:
        click.echo(f"the newest {limit} changes; -n shows more", err=True)


def line(one: "Happened") -> str:
    """One change: when it was seen, what, which section, its headline, and what exactly."""
    from liveblog.render import change_text, safe

    name = safe(one.headline or one.text.replace("\n", " ") or f"({one.kind})")
    details = [
        one.kind if one.kind != "update" else "",
        ", ".join(one.changed_fields) if one.change == "edited" else "",
    ]
    if one.change in {"hidden", "removed"}:
        since = f"{one.not_before:%H:%M:%S}" if one.not_before else "the first look"
        details.append(f"{one.reason or 'gone'}, between {since} and {one.not_after:%H:%M:%S}")
    tail = "; ".join(filter(None, details))
    return (
        f"{one.observed_at:%Y-%m-%d %H:%M:%S}Z  {change_text(one.change)} "
        f"{click.style(one.section_id[:8], dim=True)}  {name}" + (f"  ({tail})" if tail else "")
    )
