"""`kill -9` at any moment of a recording: nothing doubled, nothing lost that the page still shows, no half snapshot."""

import json
import subprocess
import time

import pytest

from tests.liveblog.conftest import LIVEBLOG, Liveblog
from tests.newsroom import Newsroom

BLOG = "gazette-ferry"
MOMENTS = 10
DOUBLED = """
SELECT 'captures' AS in_table, capture_id AS id FROM captures GROUP BY ALL HAVING count(*) > 1
UNION ALL SELECT 'revisions', section_id || '/' || seq FROM revisions GROUP BY ALL HAVING count(*) > 1
UNION ALL SELECT 'sightings', sighting_id FROM sightings GROUP BY ALL HAVING count(*) > 1"""


def ask(liveblog: Liveblog, query: str) -> list[dict[str, object]]:
    answer = liveblog("sql", "--format", "json", query)
    assert answer.status == 0, answer.err
    rows: list[dict[str, object]] = json.loads(answer.out)
    return rows


@pytest.mark.slow
def test_killed_at_ten_moments_and_run_again_nothing_is_doubled_or_lost(
    liveblog: Liveblog, environ: dict[str, str], newsroom: Newsroom
):
    began = time.monotonic()
    assert liveblog("record", "--once", newsroom.url(BLOG)).status == 0
    takes_s = time.monotonic() - began
    killed = 0
    for moment in range(MOMENTS):
        newsroom.clock.advance(600)
        with subprocess.Popen(
            [LIVEBLOG, "record", "--once", newsroom.url(BLOG)],
            env=environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        ) as recording:
            time.sleep(takes_s * (moment + 0.5) / MOMENTS)
            killed += recording.poll() is None
            recording.kill()
        assert ask(liveblog, DOUBLED) == [], f"after the kill at moment {moment}"
    assert killed >= MOMENTS // 2, "most runs had ended before they were killed: the test proved little"
    done = liveblog("record", "--once", newsroom.url(BLOG))
    assert done.status == 0, done.err
    assert ask(liveblog, DOUBLED) == []
    true = [update for update in newsroom.truth(BLOG)["updates"] if update["kind"] == "update"]
    shown = ask(liveblog, "SELECT publisher_id, headline, text FROM updates WHERE visibility = 'shown' ORDER BY rank")
    assert [row["publisher_id"] for row in shown] == [update["publisher_id"] for update in true]
    assert [row["headline"] for row in shown] == [update["headline"] for update in true]


@pytest.mark.slow
def test_what_a_killed_run_had_fetched_is_taken_in_by_the_next(
    liveblog: Liveblog, environ: dict[str, str], newsroom: Newsroom
):
    with subprocess.Popen(
        [LIVEBLOG, "record", "--once", newsroom.url(BLOG)], env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as recording:
        deadline = time.monotonic() + 60
        while not [entry for entry in newsroom.log() if entry.blog == BLOG] and time.monotonic() < deadline:
            time.sleep(0.001)
        time.sleep(0.2)
        recording.kill()
    assert liveblog("record", "--once", newsroom.url(BLOG)).status == 0
    fetched = [entry for entry in newsroom.log() if entry.blog == BLOG]
    looks = ask(liveblog, "SELECT capture_id FROM captures WHERE status IN (200, 304)")
    assert len(fetched) - 1 <= len(looks) <= len(fetched), "the look in flight may be lost, and no other"
