"""``liveblog show``: a blog as readers saw it, now or at an earlier moment."""

import os
from datetime import datetime
from pathlib import Path

import click

from liveblog.completing import complete_blogs
from liveblog.options import MOMENT, html_option, json_option, lake_option


@click.command("show")
@click.argument("blog", shell_complete=complete_blogs)
@lake_option
@json_option
@click.option("--at", type=MOMENT, help="As readers saw it at this time (default: at the newest look).")
@html_option
def command(blog: str, lake: str | None, as_json: bool, at: datetime | None, html: Path | None) -> None:
    """The page of BLOG as readers saw it: title, standfirst, and every section that stood on it, in its order.

    BLOG is an address, the beginning of a blog's id, or words of its title.

    \b
    liveblog show storm
    liveblog show storm --at 2026-11-22T14:30 --html storm.html
    """
    import orjson

    from lake.query import connect
    from liveblog.history import find_blog
    from liveblog.html import page_html
    from liveblog.pipeline import lake_to_read
    from liveblog.render import shown_text
    from liveblog.settings import read_settings
    from liveblog.showing import as_json as to_json
    from liveblog.showing import shown_at

    opened = lake_to_read(read_settings(os.environ, lake=lake))
    connection = connect(opened, opened.newest())
    shown = shown_at(connection, find_blog(connection, blog), at)
    if html is not None:
        html.write_text(page_html(shown), "utf-8")
        click.echo(html)
    elif as_json:
        click.echo(orjson.dumps(to_json(shown)))
    else:
        click.echo(shown_text(shown))
