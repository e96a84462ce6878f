"""``liveblog incidents``: what is amiss, and for how long nobody wants to hear of it."""

import os
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import click

from liveblog.options import json_option, lake_option

if TYPE_CHECKING:
    from liveblog.incidents import Incident


@click.command("incidents")
@click.option("--all", "every", is_flag=True, help="Those that are over, too.")
@click.option("--silence", metavar="WHAT", help="Withhold alerts about an incident (its id) or a source (its slug).")
@click.option(
    "--hours",
    type=click.FloatRange(min=0, max=168, min_open=True),
    default=6,
    show_default=True,
    help="For so many hours.",
)
@click.option("--why", default="silenced by hand", show_default=True, help="Kept with the silence.")
@lake_option
@json_option
def command(every: bool, silence: str | None, hours: float, why: str, lake: str | None, as_json: bool) -> None:
    """What is amiss with recording, as the DAG `check_quality` found it: open incidents, the newest first.

    A silence withholds alerts, not incidents; what is still open when it expires is told then.

    \b
    liveblog incidents
    liveblog incidents --silence riverside-post --hours 12 --why "they rebuild their site"
    """
    import orjson

    from liveblog import incidents
    from liveblog.pipeline import lake_to_read, lake_to_write, new_run_key
    from liveblog.render import moment_text, safe
    from liveblog.settings import read_settings

    settings, now = read_settings(os.environ, lake=lake), datetime.now(UTC)
    opened = lake_to_read(settings)
    if silence is not None:
        until = now + timedelta(hours=hours)
        incidents.silence(lake_to_write(settings), silence, until=until, why=why, now=now, run_key=new_run_key(now))
        click.echo(f"no alerts about {silence} until {moment_text(until)}", err=True)
    known = incidents.read_standing(opened.newest())
    listed = sorted(known.incidents.values(), key=lambda one: one.opened_at, reverse=True) if every else known.open()
    for one in listed:
        quiet = known.is_silenced(one, now)
        if as_json:
            click.echo(orjson.dumps({**_facts(one), "silenced": quiet}))
            continue
        notes = ", ".join(filter(None, [one.state if one.state != "open" else "", "silenced" if quiet else ""]))
        about = one.finding
        click.echo(
            f"{one.incident_id}  {moment_text(one.opened_at)}  {click.style(f'{about.rule:<9}', bold=True)} "
            f"{safe(about.source)}: {safe(about.detail)}" + (f"  ({notes})" if notes else "")
        )
    if not listed and not as_json:
        click.echo("nothing is amiss", err=True)


def _facts(one: "Incident") -> dict[str, object]:
    about = one.finding
    return {
        "incident_id": one.incident_id,
        "rule": about.rule,
        "source": about.source,
        "blog_id": about.blog_id or None,
        "detail": about.detail,
        "measured": about.measured,
        "target": about.target,
        "opened_at": one.opened_at,
        "state": one.state,
        "alerted": one.alerted,
    }
