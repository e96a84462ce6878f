"""What ``liveblog record --follow`` shows: a live table on a terminal, a line of JSON a round otherwise."""

import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime

import click
import orjson

from lake.lake import Lake
from liveblog.following import Follower, Round, stopping
from liveblog.live_table import LiveTable
from liveblog.settings import Settings
from liveblog.watching import watch_list

DISCOVER_EVERY_S = 600.0


def play(lake: Lake, settings: Settings, urls: Sequence[str], *, every_s: float, discovers: bool, as_json: bool) -> int:
    """Play rounds until stopped; 1 where the last one failed."""
    follower = Follower(lake, settings, every_s, DISCOVER_EVERY_S if discovers else None)
    shown = LiveTable(clock) if sys.stdout.isatty() and not as_json else None
    failed = False
    with stopping(follower, say), _live(shown):
        for done in follower.rounds(urls):
            failed = done.trouble is not None
            if shown is not None:
                shown.show(done, watch_list(lake, lake.newest()))
            else:
                click.echo(orjson.dumps(told(done)))
    if shown is not None:
        click.echo("stopped; liveblog log BLOG shows what was recorded", err=True)
    return int(failed)


def clock() -> datetime:
    """The time."""
    return datetime.now(UTC)


def say(words: str) -> None:
    """A word to whoever sits there."""
    click.echo(words, err=True)


def _live(shown: LiveTable | None) -> AbstractContextManager[object]:
    if shown is None:
        return nullcontext()
    from rich.live import Live

    return Live(shown, refresh_per_second=1, transient=False, get_renderable=shown.__rich__)


def told(done: Round) -> dict[str, object]:
    """A round as JSON."""
    published = done.recorded.published if done.recorded else None
    return {
        "at": done.began_at,
        "round": done.number,
        "took_s": round(done.took_s, 3),
        "snapshot": published.snapshot if published else None,
        "committed": bool(published and published.committed),
        "outcomes": dict(published.outcomes) if published else {},
        "changes": dict(published.changes) if published else {},
        "troubles": dict(published.troubles) if published else {},
        "not_made": dict(done.missed),
        "discovered": dict(done.discovered.verdicts) if done.discovered else None,
        "trouble": done.trouble,
    }
