"""``liveblog log``: what happened to a blog, newest first."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from liveblog.completing import complete_blogs
from liveblog.options import html_option, json_option, lake_option

if TYPE_CHECKING:
    from liveblog.history import Happened


SHOWN = 50
"""Changes that are told on a terminal."""


@click.command("log")
@click.argument("blog", shell_complete=complete_blogs)
@lake_option
@json_option
@html_option
@click.option("-n", "--limit", type=click.IntRange(min=1), help="How many changes (default: 50; in a page all).")
@click.option("--section", metavar="ID", help="Only this section's changes (the beginning of its id is enough).")
def command(
    blog: str, lake: str | None, as_json: bool, html: Path | None, limit: int | None, section: str | None
) -> None:
    """What happened to BLOG, newest first: what was added, edited, hidden or removed, and between which looks.

    BLOG is an address, the beginning of a blog's id, or words of its title.

    \b
    liveblog log https://example.org/live/storm
    liveblog log storm --section 3f2a
    liveblog log storm --html storm.html

    The page that --html writes has a picture, a line for each update, from when it came to when it went, with its
    edits; and below it all changes, with the words that went and came.
    """
    import orjson

    from lake.query import connect
    from liveblog.history import changes, find_blog
    from liveblog.lifelines import log_html
    from liveblog.pipeline import lake_to_read
    from liveblog.render import safe
    from liveblog.revisions import edits
    from liveblog.settings import read_settings
    from liveblog.showing import looks_of

    opened = lake_to_read(read_settings(os.environ, lake=lake))
    connection = connect(opened, opened.newest())
    found = find_blog(connection, blog)
    most = limit or (None if html else SHOWN)
    happened = changes(connection, found.blog_id, section=section, limit=most)
    if html is not None:
        html.write_text(
            log_html(found, happened, edits(connection, found.blog_id), looks_of(connection, found)), "utf-8"
        )
        click.echo(html)
        return
    if as_json:
        for one in happened:
            click.echo(orjson.dumps(one))
        return
    click.echo(click.style(safe(found.title or found.url), bold=True))
    click.echo(f"{safe(found.url)}  blog {found.blog_id}\n")
    for one in happened:
        click.echo(line(one))
    if len(happened) == most:
        click.echo(f"the newest {most} changes; -n shows more", err=True)


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
