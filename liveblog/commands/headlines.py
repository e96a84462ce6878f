"""``liveblog headlines``: what was headed the same, most often first."""

import os
from datetime import datetime

import click

from liveblog.options import MOMENT, json_option, lake_option

REPEATED = """
WITH RECURSIVE homes AS (
    SELECT blog_id, any_value(source) AS source FROM captures GROUP BY blog_id
), linked AS (
    -- Of several links of one sighting, the surest counts; those that leave the scope do not.
    SELECT d.sighting_id, arg_max(d.headline_id, d.score) AS headline_id, arg_max(d.rule, d.score) AS rule
    FROM duplicates d JOIN sightings s USING (sighting_id) JOIN headlines h ON h.headline_id = d.headline_id
    LEFT JOIN homes ON homes.blog_id = s.blog_id
    WHERE $scope = 'all' OR s.blog_id = h.blog_id OR ($scope = 'source' AND homes.source = h.source)
    GROUP BY d.sighting_id
), repeats AS (
    SELECT s.headline_id, arg_max(linked.headline_id, s.observed_at) AS repeated
    FROM linked JOIN sightings s USING (sighting_id)
    WHERE linked.headline_id <> s.headline_id GROUP BY s.headline_id
), stories AS (
    -- A repeat, and whatever repeats it, counts for the headline at the beginning.
    SELECT headline_id, headline_id AS story, 0 AS steps FROM headlines
    UNION ALL
    SELECT stories.headline_id, repeats.repeated, steps + 1
    FROM stories JOIN repeats ON repeats.headline_id = stories.story WHERE steps < 99
), first AS (
    SELECT headline_id, arg_max(story, steps) AS story FROM stories GROUP BY headline_id
), counted AS (
    SELECT first.story AS headline_id, s.blog_id, s.observed_at, coalesce(linked.rule, 'first') AS rule
    FROM sightings s JOIN first USING (headline_id) LEFT JOIN linked USING (sighting_id)
    WHERE s.observed_at >= coalesce($since, s.observed_at) AND s.observed_at <= coalesce($until, s.observed_at)
)
SELECT any_value(h.headline) AS headline, count(*) AS seen, count(DISTINCT counted.blog_id) AS blogs,
       count(DISTINCT coalesce(b.source, h.source)) AS sources, min(counted.observed_at) AS first_seen,
       max(counted.observed_at) AS last_seen, list(DISTINCT counted.rule ORDER BY counted.rule) AS rules,
       counted.headline_id
FROM counted JOIN headlines h USING (headline_id)
LEFT JOIN homes b ON b.blog_id = counted.blog_id
GROUP BY counted.headline_id
HAVING seen >= $least
ORDER BY seen DESC, blogs DESC, first_seen, headline
LIMIT $limit
"""
COLUMNS = ("seen", "blogs", "sources", "headline", "first_seen", "rules")


@click.command("headlines")
@lake_option
@json_option
@click.option("-n", "--limit", type=click.IntRange(min=1), default=20, show_default=True, help="How many headlines.")
@click.option("--since", type=MOMENT, help="Only sightings from this time on.")
@click.option("--until", type=MOMENT, help="Only sightings up to this time.")
@click.option(
    "--scope",
    type=click.Choice(("blog", "source", "all")),
    default="all",
    show_default=True,
    help="Among whose headlines repeats are counted: of one blog, of one source, of all.",
)
@click.option("--least", type=click.IntRange(min=1), default=2, show_default=True, help="Only those seen so often.")
def command(
    lake: str | None, as_json: bool, limit: int, since: datetime | None, until: datetime | None, scope: str, least: int
) -> None:
    """The headlines that repeat most, across blogs and sources; near-repeats count for the headline that they repeat.

    \b
    liveblog headlines --since 2026-11-22
    liveblog headlines --scope blog              what a blog repeats of its own
    liveblog headlines --least 1 --json
    """
    import orjson

    from lake.query import connect, run_sql
    from liveblog.pipeline import lake_to_read
    from liveblog.render import table
    from liveblog.settings import read_settings

    opened = lake_to_read(read_settings(os.environ, lake=lake))
    asked = {"since": since, "until": until, "scope": scope, "limit": limit, "least": least}
    answer = run_sql(connect(opened, opened.newest()), REPEATED, asked)
    found = [dict(zip(answer.columns, row, strict=True)) for row in answer.rows]
    if as_json:
        for one in found:
            click.echo(orjson.dumps(one))
    elif found:
        click.echo(table(COLUMNS, [[one[name] for name in COLUMNS] for one in found]))
    else:
        click.echo("no headline was seen so often (--least 1 shows all)", err=True)
