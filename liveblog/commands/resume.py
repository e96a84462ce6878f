"""``liveblog resume``: look again at what was paused."""

import click

from liveblog.completing import complete_watched
from liveblog.options import complete_sources, lake_option
from liveblog.pausing import set_paused


@click.command("resume")
@click.argument("blogs", nargs=-1, metavar="[BLOG ...]", shell_complete=complete_watched)
@click.option(
    "--source", "sources", multiple=True, shell_complete=complete_sources, metavar="SLUG", help="All blogs of a source."
)
@click.option("--domain", "domains", multiple=True, metavar="HOST", help="All blogs of a domain.")
@click.option("--why", default="resumed by hand", show_default=True, help="Kept with the decision.")
@lake_option
def command(
    blogs: tuple[str, ...], sources: tuple[str, ...], domains: tuple[str, ...], why: str, lake: str | None
) -> None:
    """Look again at what `liveblog pause` stopped. What was paused by itself stays so when its source is resumed.

    \b
    liveblog resume storm
    liveblog resume --domain www.example.org --why "they agreed"
    """
    set_paused(False, blogs, sources, domains, why=why, lake=lake)
