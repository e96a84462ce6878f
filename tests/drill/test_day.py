"""A day's operation: a publisher changes its layout; ops see it, are told once, mend the reader, replay, see it green.

``make drill``, about a quarter of an hour: a real Airflow with all five DAGs on their schedules, a real S3 server, a
newsroom in real time, a webhook as alert channel. docs/operations.md tells the same day as ops would live it.
"""

import time
from collections.abc import Iterator

import pytest

from tests.drill.day import DAGS, Day, now
from tests.drill.world import BLOGS, world, write_sources
from tests.newsroom import Newsroom
from tests.services.airflow import Airflow
from tests.services.minio import S3Service
from tests.services.webhook import webhook

BUCKET = "drill"
TOLD_WITHIN_S = 600
BROKEN, READ = "unreadable", "story-view"

pytestmark = [pytest.mark.drill, pytest.mark.timeout(2400)]


@pytest.fixture
def day(s3: S3Service, tmp_path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Day]:
    """Everything up, all DAGs at work, nothing recorded yet."""
    for name, value in s3.environment.items():
        monkeypatch.setenv(name, value)
    s3.create_bucket(BUCKET)
    lake, site, began = f"s3://{BUCKET}/lake", tmp_path / "site", now()
    site.mkdir()
    with Newsroom(began, speed=1.0, world=world(began)) as newsroom, webhook() as hook:
        write_sources(tmp_path / "sources", newsroom)
        environ = {
            **s3.environment,
            "LIVEBLOG_LAKE": lake,
            "LIVEBLOG_SPOOL": str(tmp_path / "spool"),
            "LIVEBLOG_SOURCES": str(tmp_path / "sources"),
            "LIVEBLOG_ONLY_OWN_SOURCES": "1",
            "LIVEBLOG_ALLOW_PRIVATE": "1",
            "LIVEBLOG_DELAY_S": "1",
            "LIVEBLOG_EVERY_S": "60",
            "LIVEBLOG_ALERT_WEBHOOK": hook.address,
            "PYTHONPATH": str(site),
        }
        with Airflow(tmp_path / "airflow", environ) as airflow:
            for dag in DAGS:
                airflow.wait_for_dag(dag)
                airflow.unpause(dag)
            yield Day(airflow, newsroom, hook, lake, environ, site)


def test_a_layout_changes_and_ops_mend_it(day: Day):
    all_is_well(day)
    broken_at = time.monotonic()
    day.relaunch(BLOGS["wire"])
    day.say("the Wire has another layout")
    told_once(day, broken_at)
    seen_on_the_page(day)
    day.until("a second look cannot be read", lambda: day.looks("wire", BROKEN) >= 2, 300)
    before = day.beside_the_truth("wire")
    mended(day)
    replayed(day)
    green_again(day)
    after = day.beside_the_truth("wire")
    assert before.updates.ratio < 1.0, "there was something to mend"
    day.say(f"updates of the Wire: {before.updates} before the replay, {after.updates} now")
    assert after.faults == (), "as if the layout had never changed"
    assert day.beside_the_truth("gazette").faults == (), "and the other paper has not suffered"
    assert [dag for dag in DAGS for _, state in day.runs(dag) if state == "failed"] == []


def all_is_well(day: Day) -> None:
    """Scheduled runs discover both papers and record them; nobody has triggered anything."""
    found = "SELECT DISTINCT source FROM watches ORDER BY source"
    day.until("both blogs are discovered", lambda: day.ask(found) == [("gazette",), ("wire",)], 300)
    for slug in BLOGS:
        day.until(f"{slug} is recorded", lambda slug=slug: day.looks(slug, "changed") >= 2, 300)
    assert ("scheduled", "success") in day.runs("discover_live_blogs")
    assert not [kind for dag in DAGS for kind, _ in day.runs(dag) if kind == "manual"]
    assert "Nothing is amiss" in day.page()
    assert day.hook.sent == []
    day.picture("day-1-well")


def told_once(day: Day, broken_at: float) -> None:
    """One alert within ten minutes."""
    day.until("an alert has come", lambda: day.hook.sent, TOLD_WITHIN_S)
    assert day.hook.at[0] - broken_at < TOLD_WITHIN_S
    day.say(f"{day.hook.at[0] - broken_at:.0f} s after the change: {day.hook.sent[0]['text']}")
    alert = day.hook.sent[0]
    assert (alert["event"], alert["rule"], alert["source"]) == ("opened", "empty", "wire")


def seen_on_the_page(day: Day) -> None:
    """The page says what is amiss and where; so does the command."""
    page = day.page()
    assert "has the layout changed?" in page
    assert "Nothing is amiss" not in page
    assert "has the layout changed?" in day.command("incidents")
    explained = day.command("extract", day.newsroom.url(BLOGS["wire"], named=True), "--explain")
    assert "no updates found" in explained
    day.picture("day-2-broken")


def mended(day: Day) -> None:
    """A package with a reader is installed; nothing is restarted, and the next scheduled run reads with it."""
    day.install_reader()
    day.say("the reader is installed")
    address = day.newsroom.url(BLOGS["wire"], named=True)
    assert f'"reader":"{READ}"' in day.command("extract", address, "--jsonl").replace(" ", "")
    assert "velmark-readers-1.0" in day.command("doctor")
    read = f"SELECT count(*) FROM captures WHERE source = 'wire' AND outcome = 'changed' AND reader = '{READ}'"
    day.until("a scheduled run has read the new layout", lambda: day.ask(read)[0][0], 300)


def replayed(day: Day) -> None:
    """Compare says what would change, and changes nothing; switch brings the rows of the broken span."""
    broken = f"SELECT count(*) FROM captures WHERE outcome = '{BROKEN}'"
    unread = day.ask(broken)[0][0]
    assert unread >= 2
    compared = day.replay("compare")
    assert compared["snapshot"] is None
    assert compared["differences"]["captures"]["changed"] >= unread
    assert compared["differences"]["revisions"]["only_after"] > 0
    assert day.ask(broken)[0][0] == unread, "nothing was changed"
    switched = day.replay("switch")
    assert switched["snapshot"]
    assert day.ask(broken) == [(0,)], "every look of that span is read"


def green_again(day: Day) -> None:
    """One word that it is over; the page is as it was."""
    day.until("a word of recovery has come", lambda: len(day.hook.sent) > 1, 900)
    assert [(one["event"], one["rule"]) for one in day.hook.sent] == [("opened", "empty"), ("recovered", "empty")]
    assert day.hook.sent[0]["incident_id"] == day.hook.sent[1]["incident_id"]
    day.until("the page is green", lambda: "Nothing is amiss" in day.page(), 30)
    day.picture("day-3-green")
