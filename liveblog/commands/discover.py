"""``liveblog discover``: search what publishers announce for live blogs, and watch what is found."""

import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from liveblog.options import complete_sources, json_option, lake_option

if TYPE_CHECKING:
    from liveblog.discovery import Discovered
    from liveblog.judging import Judged


@click.command("discover")
@click.argument("sources", nargs=-1, metavar="[SOURCE ...]", shell_complete=complete_sources)
@click.option("--dry-run", is_flag=True, help="Search and judge, and say what would be watched; write nothing.")
@lake_option
@json_option
def command(sources: tuple[str, ...], dry_run: bool, lake: str | None, as_json: bool) -> int:
    """Search what publishers announce (news sitemaps, feeds, section pages, links inside watched blogs) for live blogs,
    judge by its page whether each is one, and put those on the watch list.

    All sources are searched, or those that are named (`liveblog sources list`). An address that was judged lately is
    not asked for again; one blog under several addresses is watched once.

    \b
    liveblog discover
    liveblog discover guardian zeit --dry-run

    Exit status 1 where not one of the addresses searched could be read.
    """
    import orjson

    from lake.lake import open_lake
    from liveblog.cli import fail
    from liveblog.discovery import discover
    from liveblog.pipeline import lake_to_write, new_run_key
    from liveblog.settings import read_settings
    from liveblog.telemetry import send_metrics

    settings = read_settings(os.environ, lake=lake)
    send_metrics(os.environ)
    opened = open_lake(settings.lake) if dry_run else lake_to_write(settings)
    run_key = new_run_key(datetime.now(UTC))
    found = discover(opened, settings, run_key=run_key, clock=clock, only=sources, dry_run=dry_run)
    for address, problem in found.problems.items():
        fail(f"{address}: {problem}", 1)
    if found.reason:
        fail(f"the search ended early: {found.reason}; the rest is searched next time", 1)
    if as_json:
        click.echo(orjson.dumps(summary(found)))
    else:
        click.echo(report(found, dry_run))
    return 1 if found.searched and len(found.problems) == len(found.searched) else 0


def clock() -> datetime:
    """The time."""
    return datetime.now(UTC)


def summary(found: "Discovered") -> dict[str, Any]:
    """The discovery as JSON."""
    return {
        "searched": len(found.searched),
        "problems": found.problems,
        "announced": found.announced,
        "waiting": found.waiting,
        "verdicts": dict(found.verdicts),
        "candidates": [told(one) for one in found.judged],
    }


def told(one: "Judged") -> dict[str, Any]:
    """One candidate as JSON."""
    return {
        "verdict": one.verdict,
        "blog_id": one.blog_id,
        "url": one.candidate.url,
        "address": one.address,
        "source": one.candidate.source,
        "title": one.candidate.title,
        "surface": one.candidate.surface,
        "found_at": one.candidate.found_at,
        "reason": one.reason,
    }


def report(found: "Discovered", dry_run: bool) -> str:
    """The discovery for people: what is watched now, then what was not taken, counted."""
    from liveblog.render import table

    new = [one for one in found.judged if one.verdict == "watched"]
    rows = [(one.candidate.source, one.candidate.title or (one.page and one.page.title), one.address) for one in new]
    others = ", ".join(f"{n} {name}" for name, n in sorted(found.verdicts.items()) if name != "watched")
    tail = f"; {found.waiting} left for next time" if found.waiting else ""
    line = (
        f"{len(new)} new live blog(s) {'would be' if dry_run else 'now'} watched, of {found.announced} addresses "
        f"announced in {len(found.searched)} place(s){': ' if others else ''}{others}{tail}"
    )
    return "\n".join([table(("source", "title", "address"), rows), "", line]) if rows else line
