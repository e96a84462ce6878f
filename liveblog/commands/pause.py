"""``liveblog pause``: look at something no more for now, at once."""

import click

from liveblog.completing import complete_watched
from liveblog.options import complete_sources, lake_option
from liveblog.pausing import set_paused


@click.command("pause")
@click.argument("blogs", nargs=-1, metavar="[BLOG ...]", shell_complete=complete_watched)
@click.option(
    "--source",
    "sources",
    multiple=True,
    shell_complete=complete_sources,
    metavar="SLUG",
    help="All blogs of a source, and its discovery.",
)
@click.option("--domain", "domains", multiple=True, metavar="HOST", help="All blogs of a domain.")
@click.option("--why", default="paused by hand", show_default=True, help="Kept with the decision.")
@lake_option
def command(
    blogs: tuple[str, ...], sources: tuple[str, ...], domains: tuple[str, ...], why: str, lake: str | None
) -> None:
    """Stop looking at blogs, at all blogs of a source, or of a domain, until `liveblog resume`.

    It works at once: a crawl that is under way asks for none of them after two seconds.

    \b
    liveblog pause storm
    liveblog pause --domain www.example.org --why "they asked us to"
    """
    set_paused(True, blogs, sources, domains, why=why, lake=lake)
