"""What `pause` and `resume` do alike."""

import os
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from liveblog.errors import InputError

if TYPE_CHECKING:
    from lake.lake import Lake
    from liveblog.settings import Settings


def set_paused(
    paused: bool, blogs: Sequence[str], sources: Sequence[str], domains: Sequence[str], *, why: str, lake: str | None
) -> None:
    """Pause or resume blogs, sources and domains; say what changed. Raises InputError for what is not watched."""
    from liveblog.addresses import check_domain
    from liveblog.pipeline import lake_to_read, lake_to_write, new_run_key
    from liveblog.settings import read_settings
    from liveblog.watching import chosen, decide, decide_all

    if not blogs and not sources and not domains:
        raise InputError("nothing is named: give a BLOG, --source SLUG or --domain HOST (liveblog watch list)")
    settings = read_settings(os.environ, lake=lake)
    _check(sources, lake_to_read(settings), settings)
    for name in domains:
        check_domain(name)
    opened, now = lake_to_write(settings), datetime.now(UTC)
    run_key, word = new_run_key(now), "paused" if paused else "resumed"
    meant = chosen(opened, blogs)
    changed = set(decide(opened, meant, run_key=run_key, now=now, why=why, paused=paused)) if meant else set()
    for key, known in meant.items():
        address = known.watch.url if known.watch else ""
        click.echo(f"{key}  {word if key in changed else f'was {word} already'}  {address}")
    by_source = decide_all(opened, "source", sources, run_key=run_key, now=now, why=why, paused=paused)
    by_domain = decide_all(opened, "domain", domains, run_key=run_key, now=now, why=why, paused=paused)
    for name in (*sources, *domains):
        click.echo(f"{name}  {word if name in (*by_source, *by_domain) else f'was {word} already'}")


def _check(sources: Sequence[str], lake: "Lake", settings: "Settings") -> None:
    """Raise InputError for a source of which there is neither a file, nor a blog, nor a decision: it is a slip."""
    from liveblog.sources import known_sources
    from liveblog.watching import watch_list

    watches = watch_list(lake, lake.newest()) if sources else None
    known = {source.slug for source in known_sources(settings).all}
    if watches is not None:
        known |= {one.watch.source for one in watches.blogs.values() if one.watch is not None}
        known |= {name for scope, name in watches.paused_scopes if scope == "source"}
    for name in sources:
        if name not in known:
            raise InputError(f"no source {name!r}: liveblog sources list names them")
