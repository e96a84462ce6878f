"""``liveblog watch``: what is looked at, and why."""

import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from liveblog.completing import complete_blogs, complete_watched
from liveblog.options import json_option, lake_option

if TYPE_CHECKING:
    from liveblog.watching import WatchList
    from transforms.rows import KnownBlog


@click.group("watch")
def command() -> None:
    """The watch list: which live blogs are looked at, and why.

    \b
    liveblog watch add https://example.org/live/storm
    liveblog watch list
    liveblog watch why storm
    liveblog watch remove storm
    """


@command.command("add", short_help="Put addresses on the list.")
@click.argument("urls", nargs=-1, required=True, metavar="URL ...")
@click.option("--why", default="asked for", show_default=True, help="Kept with the decision.")
@lake_option
def add(urls: tuple[str, ...], why: str, lake: str | None) -> None:
    """Put addresses on the watch list: the next recording run looks at them."""
    from liveblog.pipeline import lake_to_write, new_run_key, watch
    from liveblog.settings import read_settings
    from liveblog.sources import known_sources
    from liveblog.watching import watch_list

    settings = read_settings(os.environ, lake=lake)
    opened, now = lake_to_write(settings), datetime.now(UTC)
    before = watch_list(opened, opened.newest()).watched
    sources = known_sources(settings)
    wanted = watch(opened, urls, run_key=new_run_key(now), now=now, why=why, sources=sources)
    for key, address in wanted.items():
        click.echo(f"{key}  {'already watched' if key in before else 'watched'}  {address}")


@command.command("remove", short_help="Look no more at blogs.")
@click.argument("blogs", nargs=-1, required=True, metavar="BLOG ...", shell_complete=complete_watched)
@click.option("--why", default="removed by hand", show_default=True, help="Kept with the decision.")
@lake_option
def remove(blogs: tuple[str, ...], why: str, lake: str | None) -> None:
    """Look no more at blogs (address, beginning of the id, or words of address or title). What was recorded of them
    stays, and discovery does not bring them back; `watch add` does."""
    from liveblog.pipeline import lake_to_read, lake_to_write, new_run_key
    from liveblog.settings import read_settings
    from liveblog.watching import chosen, decide

    settings = read_settings(os.environ, lake=lake)
    lake_to_read(settings)
    opened, now = lake_to_write(settings), datetime.now(UTC)
    meant = chosen(opened, blogs)
    decide(opened, meant, run_key=new_run_key(now), now=now, why=why, removed=True)
    for key, known in meant.items():
        click.echo(f"{key}  removed  {known.watch.url if known.watch else ''}")


@command.command("list", short_help="What is watched, and how it stands.")
@click.option("--all", "everything", is_flag=True, help="Removed blogs too.")
@lake_option
@json_option
def show(everything: bool, lake: str | None, as_json: bool) -> None:
    """What is watched: state, last look, next look, and whether it is paused."""
    import orjson

    from liveblog.pipeline import lake_to_read
    from liveblog.render import table
    from liveblog.settings import read_settings
    from liveblog.watching import watch_list

    opened = lake_to_read(read_settings(os.environ, lake=lake))
    watches = watch_list(opened, opened.newest())
    listed = watches.blogs if everything else watches.watched
    rows = [row(watches, known) for known in listed.values() if known.watch is not None]
    if as_json:
        for one in rows:
            click.echo(orjson.dumps(one))
    elif rows:
        columns = ("blog_id", "state", "title", "next_look", "last_look", "outcome", "source", "url")
        click.echo(table(columns, [[one[name] for name in columns] for one in rows]))
    else:
        click.echo("nothing is watched: liveblog watch add URL, or liveblog discover", err=True)


def row(watches: "WatchList", known: "KnownBlog") -> dict[str, Any]:
    """One watched blog."""
    look, pause = known.last_look, watches.pause_of(known)
    assert known.watch is not None  # noqa: S101 - it is on the list
    return {
        "blog_id": known.blog_id,
        "state": state_of(known, pause is not None),
        "last_look": look.observed_at if look else None,
        "outcome": look.outcome if look else None,
        "next_look": look.next_look_at if look else known.watch.observed_at,
        "source": known.watch.source,
        "title": known.blog.title if known.blog else None,
        "url": known.watch.url,
        "why": known.watch.why,
    }


def state_of(known: "KnownBlog", paused: bool) -> str:
    """The blog's state, in a word."""
    if known.watch is not None and known.watch.removed:
        return "removed"
    if paused:
        return "paused"
    if known.last_look is None:
        return "new"
    if known.last_look.next_look_at is None:
        return "let go"
    return known.blog.state if known.blog else "not read"


@command.command("why", short_help="Why a blog is watched, or not.")
@click.argument("blog", shell_complete=complete_blogs)
@lake_option
@json_option
def why(blog: str, lake: str | None, as_json: bool) -> None:
    """Why a blog is watched, or not: how it was found, what was decided, and when it is looked at next and why then."""
    import orjson

    from lake.query import connect
    from liveblog.pipeline import lake_to_read
    from liveblog.reasons import reasons_of
    from liveblog.render import moment_text, safe
    from liveblog.settings import read_settings

    opened = lake_to_read(read_settings(os.environ, lake=lake))
    found = reasons_of(connect(opened, opened.newest()), blog)
    for reason in found:
        if as_json:
            click.echo(orjson.dumps({"at": reason.at, "what": reason.what, "why": reason.why}))
        else:
            click.echo(f"{moment_text(reason.at)}  {reason.what:<10} {safe(reason.why)}")
