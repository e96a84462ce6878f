"""``liveblog sources``: the publishers, and a trial run of one."""

import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from liveblog.options import complete_sources_and_files, json_option

if TYPE_CHECKING:
    from crawler.candidates import Searched
    from liveblog.checking import Trial
    from liveblog.judging import Judged
    from liveblog.settings import Settings


@click.group("sources")
def command() -> None:
    """The publishers: those that ship with the program, and your own (LIVEBLOG_SOURCES names a folder of files).

    \b
    liveblog sources list
    liveblog sources check guardian
    liveblog sources check ./my-paper.toml
    """


@command.command("list", short_help="All publishers that are known.")
@json_option
def show(as_json: bool) -> None:
    """All sources: where their live blogs are announced, and whether a check has passed."""
    from dataclasses import asdict

    import orjson

    from liveblog.render import table
    from liveblog.settings import read_settings
    from liveblog.sources import known_sources

    sources = known_sources(read_settings(os.environ)).all
    if as_json:
        for source in sources:
            click.echo(orjson.dumps(asdict(source)))
        return
    columns = ("source", "name", "language", "time_zone", "places", "delay_s", "verified")
    rows = [
        (
            source.slug,
            source.name,
            source.language,
            source.time_zone,
            len(source.news_sitemaps) + len(source.feeds) + len(source.sections),
            source.delay_s,
            source.verified.isoformat() if source.verified else "not yet",
        )
        for source in sources
    ]
    click.echo(table(columns, rows))


@command.command("check", short_help="A trial run of one; nothing is stored.")
@click.argument("given", metavar="NAME|FILE", shell_complete=complete_sources_and_files)
@click.option("--pages", type=click.IntRange(0, 20), default=3, show_default=True, help="Candidates to fetch and read.")
@json_option
def check(given: str, pages: int, as_json: bool) -> int:
    """A trial run of a source, by name or file (ending in .toml): what it would discover and fetch, at what pace, and
    what the readers make of the first pages. Nothing is stored.

    Exit status 1 where something speaks against it; 2 where the file is wrong (file, line and field are named).
    """
    import orjson

    from liveblog.checking import check as try_out
    from liveblog.settings import read_settings
    from liveblog.sources import source_given

    settings = read_settings(os.environ)
    trial = try_out(source_given(given, settings), settings, datetime.now(UTC), pages)
    click.echo(orjson.dumps(summary(trial)) if as_json else report(trial, settings))
    return 1 if trial.complaints or trial.reason else 0


def summary(trial: "Trial") -> dict[str, Any]:
    """The trial as JSON."""
    return {
        "source": trial.source.slug,
        "delay_s": trial.delay_s,
        "searched": [
            {"url": one.url, "surface": one.surface, "candidates": one.candidates, "left_out": one.left_out}
            | {"problem": one.problem}
            for one in trial.searched
        ],
        "candidates": [{"url": one.url, "title": one.title, "hinted": one.hinted} for one in trial.candidates],
        "pages": [told(one) for one in trial.judged],
        "complaints": trial.complaints,
        "reason": trial.reason,
    }


def told(one: "Judged") -> dict[str, Any]:
    """One page as it was read."""
    from liveblog.checking import update_times

    page = one.page
    times = update_times(page) if page else []
    return {
        "url": one.candidate.url,
        "address": one.address,
        "verdict": one.verdict,
        "reason": one.reason,
        "title": page.title if page else None,
        "state": page.coverage.state if page else None,
        "reader": page.reader if page else None,
        "updates": sum(section.kind == "update" for section in page.sections) if page else 0,
        "newest": max(times, default=None),
        "pages": page.paging.total_pages if page else None,
    }


def found_at(one: "Searched") -> str:
    """What an address that was searched brought, in a few words."""
    return one.problem or (f"{one.sitemaps} sitemaps" if one.sitemaps else f"{one.candidates} found")


def report(trial: "Trial", settings: "Settings") -> str:
    """The trial for people."""
    from liveblog.render import moment_text, safe

    source = trial.source
    hinted = sum(one.hinted for one in trial.candidates)
    lines = [
        click.style(f"{source.name} ({source.slug}): {source.language}, {source.time_zone}", bold=True),
        f"pace    a request every {trial.delay_s:g} s, or slower where its robots.txt asks for that; "
        f"{source.max_pages or settings.max_pages} pages of a blog at most",
        *(f"search  {one.surface:<12} {found_at(one)}  {one.url}" for one in trial.searched),
        f"found   {len(trial.candidates)} candidate(s), {hinted} of them match the hints and are read first",
    ]
    for one in map(told, trial.judged):
        facts = [one["state"], f"{one['updates']} updates", one["reader"]] if one["title"] else [one["reason"]]
        newest = f"newest {moment_text(one['newest'])}" if one["newest"] else None
        lines.append(f"read    {one['verdict']:<10} {one['title'] or one['url']}")
        lines.append("        " + ", ".join(str(fact) for fact in (*facts, newest) if fact))
    if trial.reason:
        lines.append(f"ended   early: {trial.reason}")
    lines += [f"wrong   {complaint}" for complaint in trial.complaints] or ["nothing speaks against it"]
    return "\n".join([lines[0], *map(safe, lines[1:])])
