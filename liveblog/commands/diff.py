"""``liveblog diff``: how an update was changed, word by word."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from liveblog.options import html_option, json_option, lake_option

if TYPE_CHECKING:
    from liveblog.revisions import Step


@click.command("diff")
@click.argument("update")
@lake_option
@json_option
@html_option
def command(update: str, lake: str | None, as_json: bool, html: Path | None) -> None:
    """How UPDATE was changed since it first stood on the page: what went in red, what came in green.

    UPDATE is the beginning of a section's id (liveblog log shows it), a permalink, or words of its headline. Without
    colours, [-what went-] and {+what came+}.

    \b
    liveblog diff 3f2a
    liveblog diff 3f2a --html update.html
    """
    import orjson

    from lake.query import connect
    from liveblog.html import diff_html
    from liveblog.pipeline import lake_to_read
    from liveblog.render import safe
    from liveblog.revisions import as_json as to_json
    from liveblog.revisions import find_section, steps
    from liveblog.settings import read_settings

    opened = lake_to_read(read_settings(os.environ, lake=lake))
    connection = connect(opened, opened.newest())
    section = find_section(connection, update)
    found = steps(connection, section)
    if html is not None:
        html.write_text(diff_html(section, found), "utf-8")
        click.echo(html)
    elif as_json:
        for step in found:
            click.echo(orjson.dumps(to_json(step)))
    else:
        click.echo(click.style(f"section {section.section_id}  {safe(section.headline or '')}", bold=True))
        for step in found:
            click.echo(step_text(step))


def step_text(step: "Step") -> str:
    """One revision: when and what, then the words that went and came, then other fields."""
    from liveblog.render import cell_text, change_text, in_colour, moment_text
    from transforms.diff import as_terminal

    reason = f"  ({step.reason})" if step.reason else ""
    lines = [f"\n{moment_text(step.observed_at)}  {change_text(step.change).strip()}{reason}"]
    for pieces in step.words.values():
        lines += [f"  {line}" if line else "" for line in as_terminal(pieces, in_colour()).splitlines()]
    for name, (before, after) in step.facts.items():
        lines.append(f"  {name}: {cell_text(before)} → {cell_text(after)}")
    return "\n".join(lines)
