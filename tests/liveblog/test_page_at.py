"""`page_at(blog, t)` is the page as it was extracted at t, whatever happened to it, however its looks were recorded."""

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.items import Outcome
from lake.lake import Lake, open_lake
from lake.query import connect, run_sql
from liveblog import pipeline
from tests.lake.warcs import START, Segment
from tests.lake.warcs import URL as ADDRESS
from transforms.identity import blog_id
from transforms.read import read
from transforms.records import Document

BLOG = blog_id(ADDRESS)
EVERY_MIN = 11
"""Longer than `transforms.lagging.LAG`, within which a page that goes back to what it said is taken for a cache's."""
SAID = (
    "The lock keepers let the barges through one by one",
    "Water has reached the second step of the town hall",
    "A bus is stuck under the railway bridge; nobody is hurt",
    "Schools in the valley stay shut until the gauge falls",
    "The mayor asks people not to drive to the quay",
    "Pumps from the next county arrived within the hour",
)
VERSIONS = (".", ", officials say.", ". An earlier version named another street.")

Updates = tuple[tuple[int, int], ...]
"""Number and version of each update on the page, newest first; an empty page stands for a look that failed."""


def page(updates: Updates) -> bytes:
    articles = "".join(
        f"""<article id="post-{number}"><time datetime="2026-03-01T1{number}:00:00Z">1{number}:00</time>
        <h2>{SAID[number].split()[1]} at gauge {number}</h2><p>{SAID[number]}{VERSIONS[version]}</p></article>"""
        for number, version in updates
    )
    return f'<html lang="en"><title>Flood: live</title><h1>Flood: live</h1><main>{articles}</main></html>'.encode()


def newest_first(versions: dict[int, int]) -> Updates:
    return tuple(sorted(versions.items(), reverse=True))


SHOWN = st.dictionaries(st.integers(0, len(SAID) - 1), st.integers(0, len(VERSIONS) - 1), min_size=2).map(newest_first)
STORIES = st.lists(st.one_of(SHOWN, SHOWN, st.just(())), min_size=2, max_size=6)


def extracted(updates: Updates) -> list[tuple]:
    """What the readers make of a page, from the top down."""
    sections = read(Document(page(updates), url=ADDRESS)).sections
    return [(section.kind.value, section.headline, section.text, section.published_at) for section in sections]


def record(lake: Lake, story: list[Updates], batches: list[int], folder: Path) -> None:
    """Record the looks of a story, those of one batch number in one commit, and the last commit once more."""
    for batch in sorted(set(batches)):
        segment = Segment()
        for number, updates in enumerate(story):
            if batches[number] != batch:
                continue
            facts = {} if updates else {"outcome": Outcome.FAILED, "reason": "status 503", "status": 503}
            segment.look(BLOG, number * EVERY_MIN, page(updates), **facts)
        key = lake.raw.put_segment(segment.saved(folder / f"{batch}.warc.gz"), START.date().isoformat())
        pipeline.publish(lake, run_key=f"run-{batch}", segments=[key])
    newest = lake.newest().number
    pipeline.publish(lake, run_key="again", segments=[key])
    assert lake.newest().number == newest


def pages_at(lake: Lake, minutes: list[float]) -> list[list[tuple]]:
    query = "SELECT kind, headline, text, published_at FROM page_at($blog, $t::TIMESTAMPTZ + to_seconds($s))"
    connection = connect(lake, lake.newest())
    try:
        given = [{"blog": BLOG, "t": START, "s": minute * 60} for minute in minutes]
        return [list(run_sql(connection, query, each).rows) for each in given]
    finally:
        connection.close()


@settings(max_examples=12, deadline=None)
@given(STORIES, st.data())
def test_the_page_at_a_time_is_the_page_as_extracted_then(story, data):
    batches = sorted(data.draw(st.lists(st.integers(0, 3), min_size=len(story), max_size=len(story))))
    expected: list[list[tuple]] = []
    for updates in story:
        expected.append(extracted(updates) if updates else expected[-1] if expected else [])
    with TemporaryDirectory() as folder:
        lake = open_lake(f"{folder}/lake")
        record(lake, story, batches, Path(folder))
        just_after = [number * EVERY_MIN + 1 for number in range(len(story))]
        assert pages_at(lake, just_after) == expected
        just_before_the_next = [(number + 1) * EVERY_MIN - 0.01 for number in range(len(story))]
        assert pages_at(lake, [-1, *just_before_the_next]) == [[], *expected]
