"""Shell completion of blogs: what the lake knows of, if it says so in time.

A shell waits for the answer and shows what is written meanwhile, so nothing is said of what goes wrong.
"""

import os
from contextlib import suppress
from threading import Thread

import click
from click.shell_completion import CompletionItem

PATIENCE_S = 2.0
"""Nobody waits longer for a Tab; a store that is out of reach may take minutes to say so."""
MOST = 50


def complete_blogs(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Ids of blogs that begin so, or whose address or title holds it; the title explains them."""
    del param
    return _in_time(ctx, incomplete, watched=False)


def complete_watched(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The same, of blogs on the watch list."""
    del param
    return _in_time(ctx, incomplete, watched=True)


def _in_time(ctx: click.Context, incomplete: str, watched: bool) -> list[CompletionItem]:
    found: list[CompletionItem] = []

    def look() -> None:
        with suppress(Exception):  # whatever is wrong with the lake: the command itself will say it
            found.extend(_blogs(ctx.params.get("lake"), incomplete.casefold(), watched))

    looking = Thread(target=look, daemon=True)
    looking.start()
    looking.join(PATIENCE_S)
    return [] if looking.is_alive() else found


def _blogs(where: str | None, begun: str, watched: bool) -> list[CompletionItem]:
    from liveblog.pipeline import lake_to_read
    from liveblog.settings import read_settings
    from liveblog.watching import watch_list

    lake = lake_to_read(read_settings(os.environ, lake=where))
    watches = watch_list(lake, lake.newest())
    found = []
    for key, known in (watches.watched if watched else watches.blogs).items():
        address = known.watch.url if known.watch else known.blog.url if known.blog else ""
        title = known.blog.title if known.blog and known.blog.title else address
        if key.startswith(begun) or begun in title.casefold() or begun in address.casefold():
            found.append(CompletionItem(key, help=" ".join(title.split())))
    return found[:MOST]
