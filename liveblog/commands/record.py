"""``liveblog record``: look at what is due, or at these addresses, and commit a snapshot."""

import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from liveblog.options import json_option, lake_option

if TYPE_CHECKING:
    from liveblog.pipeline import Recorded


ADVICE = (
    ("not a public address", "set LIVEBLOG_ALLOW_PRIVATE=1 if it is a server of your own"),
    ("status 404", "check the address"),
    ("status 410", "check the address"),
    ("cannot resolve", "check the address, and that there is a network"),
    ("cannot connect", "check the address, and that its server runs"),
    ("robots.txt", "ask the publisher, or leave it"),
)
"""Signs in a look's reason, and what a person can do about it."""


@click.command("record")
@click.argument("urls", nargs=-1, metavar="[URL ...]")
@click.option(
    "--once", is_flag=True, help="One round, then stop (the default: rounds are scheduled by Airflow or cron)."
)
@click.option("--follow", is_flag=True, help="Round after round until Ctrl-C, with a live table on a terminal.")
@click.option(
    "--every", type=click.FloatRange(min=1), default=60, show_default=True, metavar="S", help="With --follow: seconds."
)
@click.option("--discover", is_flag=True, help="With --follow: search for new live blogs every ten minutes too.")
@lake_option
@json_option
def command(
    urls: tuple[str, ...], once: bool, follow: bool, every: float, discover: bool, lake: str | None, as_json: bool
) -> int:
    """Look at live blogs and commit what changed as a snapshot: once, or round after round (--follow).

    With URLs: these are looked at now and put on the watch list, but for one that brings no page (404, no such host,
    forbidden): its look is kept, and --follow or `liveblog watch add` goes on looking. Without: everything on the watch
    list that is due. What a broken-off run left behind is picked up first.

    \b
    liveblog record --once https://example.org/live/storm
    liveblog record --once --lake s3://newsroom/lake
    liveblog record --follow --discover

    With --follow, where standard output is no terminal or --json is given, each round is a line of JSON. Ctrl-C ends it
    after the round under way, so that what was fetched is committed.

    Exit status 1 where one of the URLs brought no live blog; its look is recorded all the same, with the reason.
    """
    if once and follow:
        raise click.UsageError("--once and --follow say two things: give one of them")
    import orjson

    from liveblog import pipeline
    from liveblog.cli import fail
    from liveblog.settings import read_settings
    from liveblog.telemetry import send_metrics

    settings = read_settings(os.environ, lake=lake)
    send_metrics(os.environ)
    opened = pipeline.lake_to_write(settings)

    if follow:
        from liveblog.commands.follow import play

        return play(opened, settings, urls, every_s=every, discovers=discover, as_json=as_json)

    def tell(batch: pipeline.Batch) -> None:
        click.echo(f"looking at {len(batch.blogs)} live blog(s) of {', '.join(batch.domains)}", err=True)

    done = pipeline.record(opened, settings, now=datetime.now(UTC), addresses=urls, on_batch=None if as_json else tell)
    for address, reason in done.published.troubles.items():
        fail(f"{address}: {reason}{advice(address, reason, address not in done.published.unwatched)}", 1)
    for crawled in done.crawled:
        if crawled.left:
            fail(
                f"{len(crawled.left)} blog(s) did not get their turn and stay due: their domains' delays allow no more",
                1,
            )
        if crawled.missing:
            fail(
                f"batch {crawled.batch_id}: {crawled.missing} of {crawled.requested} not looked at: {crawled.reason}", 1
            )
    if as_json:
        click.echo(orjson.dumps(summary(done)))
    else:
        click.echo(sentence(done))
    return exit_status(done, bool(urls))


def advice(address: str, reason: str, watched: bool = True) -> str:
    """What to do next about a look that brought no live blog; nothing for what is no address (a damaged segment)."""
    if not address.startswith(("http://", "https://")):
        return ""
    otherwise = ": it is tried again when due" if watched else ": ask again later"
    words = next((f": {words}" for sign, words in ADVICE if sign in reason), otherwise)
    return words if watched else f"{words}; it was not put on the watch list (liveblog watch add does)"


def exit_status(done: "Recorded", named: bool) -> int:
    """1 where a blog left no look, or where an address that was named brought no live blog; else 0."""
    missing = any(crawled.missing for crawled in done.crawled)
    return 1 if missing or (named and done.published.troubles) else 0


def summary(done: "Recorded") -> dict[str, object]:
    """The round as JSON."""
    from liveblog.following import missed

    published = done.published
    return {
        "run_key": done.plan.run_key,
        "snapshot": published.snapshot,
        "committed": published.committed,
        "outcomes": dict(published.outcomes),
        "changes": dict(published.changes),
        "troubles": dict(published.troubles),
        "not_watched": published.unwatched,
        "missing": sum(crawled.missing for crawled in done.crawled),
        "not_made": missed(done),
    }


def sentence(done: "Recorded") -> str:
    """The round in a line."""
    published = done.published
    if not published.committed:
        return "nothing was due: no snapshot made (liveblog record URL looks at an address now)"
    counts = ", ".join(f"{count} {change}" for change, count in sorted(published.changes.items())) or "nothing changed"
    return f"snapshot {published.snapshot}: {published.looks} look(s); {counts}"
