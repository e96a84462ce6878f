"""`liveblog record`: one look, one snapshot, and what an analyst then finds."""

from pathlib import Path

import pytest

from liveblog.commands.record import advice
from tests.liveblog.conftest import Liveblog
from tests.newsroom import Newsroom

BLOG = "gazette-ferry"


def headlines(liveblog: Liveblog, query: str) -> list[str]:
    answer = liveblog("sql", "--format", "json", query)
    assert answer.status == 0, answer.err
    return [row["headline"] for row in answer.json]


def true_headlines(newsroom: Newsroom) -> list[str]:
    return [update["headline"] for update in newsroom.truth(BLOG)["updates"] if update["kind"] == "update"]


def test_a_recorded_blog_answers_with_exactly_its_updates(liveblog: Liveblog, newsroom: Newsroom):
    newsroom.clock.advance(3600)
    done = liveblog("record", "--once", newsroom.url(BLOG))
    assert done.status == 0, done.err
    assert "snapshot 1: 1 look(s)" in done.out
    shown = headlines(liveblog, "SELECT headline FROM updates WHERE visibility = 'shown' ORDER BY rank")
    assert shown == true_headlines(newsroom)


def test_a_second_look_at_an_unchanged_page_adds_no_revision(liveblog: Liveblog, newsroom: Newsroom):
    first = liveblog("record", "--once", "--json", newsroom.url(BLOG)).json
    second = liveblog("record", "--once", "--json", newsroom.url(BLOG)).json
    assert first["outcomes"] == {"changed": 1}
    assert second["outcomes"] == {"not_modified": 1}
    assert second["changes"] == {}
    assert second["snapshot"] == first["snapshot"] + 1


def test_the_page_as_of_an_earlier_look_is_what_readers_saw_then(liveblog: Liveblog, newsroom: Newsroom):
    liveblog("record", "--once", newsroom.url(BLOG))
    before = true_headlines(newsroom)
    newsroom.clock.advance(3 * 3600)
    assert liveblog("record", "--once", newsroom.url(BLOG)).status == 0
    assert true_headlines(newsroom) != before
    then = headlines(
        liveblog,
        "SET VARIABLE blog = (SELECT any_value(blog_id) FROM watches); "
        "SET VARIABLE moment = (SELECT min(observed_at) FROM captures); "
        "SELECT headline FROM page_at(getvariable('blog'), getvariable('moment')) WHERE kind = 'update'",
    )
    assert then == before


def test_an_older_snapshot_still_gives_its_own_answer(liveblog: Liveblog, newsroom: Newsroom):
    liveblog("record", "--once", newsroom.url(BLOG))
    count = "SELECT count(*) AS n FROM revisions"
    before = liveblog("sql", "--format", "json", count).json
    newsroom.clock.advance(3 * 3600)
    liveblog("record", "--once", newsroom.url(BLOG))
    assert liveblog("sql", "--format", "json", "--snapshot", "1", count).json == before
    assert liveblog("sql", "--format", "json", count).json != before


def test_an_address_that_never_brought_a_page_is_looked_at_once_and_not_watched(liveblog: Liveblog, newsroom: Newsroom):
    slip = f"{newsroom.url(BLOG)}-that-is-not-there"
    done = liveblog("record", newsroom.url(BLOG), slip)
    assert done.status == 1
    said = [line for line in done.err.splitlines() if slip in line]
    assert len(said) == 1
    assert "404" in said[0]
    assert "not put on the watch list" in said[0]
    looks = liveblog("sql", "--format", "json", "SELECT url, outcome, status FROM captures ORDER BY url").json
    assert looks == [
        {"url": newsroom.url(BLOG), "outcome": "changed", "status": 200},
        {"url": slip, "outcome": "failed", "status": 404},
    ]
    watched = liveblog("sql", "--format", "json", "SELECT url, why FROM watches").json
    assert watched == [{"url": newsroom.url(BLOG), "why": "asked for"}]
    assert liveblog("record", "--json", slip).json["not_watched"] == [slip]
    assert liveblog("watch", "add", slip).status == 0
    assert liveblog("record", "--json", slip).json["not_watched"] == [], "it is watched since somebody said so"


def test_a_blog_that_has_brought_pages_is_watched_again_whatever_it_answers_now(liveblog: Liveblog, newsroom: Newsroom):
    url = newsroom.url(BLOG)
    assert liveblog("record", url).status == 0
    assert liveblog("watch", "remove", url).status == 0
    newsroom.trouble(BLOG, "not-found", for_s=120)
    assert liveblog("record", url).status == 1
    assert liveblog("watch", "list", "--json").json["url"] == url


def test_without_urls_only_what_is_due_is_looked_at(liveblog: Liveblog, newsroom: Newsroom):
    liveblog("record", "--once", newsroom.url(BLOG))
    again = liveblog("record", "--once")
    assert again.status == 0
    assert "nothing was due" in again.out


def test_log_tells_what_happened_newest_first(liveblog: Liveblog, newsroom: Newsroom):
    liveblog("record", "--once", newsroom.url(BLOG))
    newsroom.clock.advance(3 * 3600)
    liveblog("record", "--once", newsroom.url(BLOG))
    lines = liveblog("log", newsroom.url(BLOG)).out.splitlines()
    changes = [line for line in lines if "Z  " in line]
    assert changes == sorted(changes, key=lambda line: line[:19], reverse=True)
    assert any("edited" in line or "retitled" in line for line in changes)
    assert any("added" in line for line in changes)


def test_snapshots_lists_what_was_committed(liveblog: Liveblog, newsroom: Newsroom):
    for _ in range(2):
        liveblog("record", "--once", newsroom.url(BLOG))
    listed = liveblog("snapshots").out.splitlines()
    assert listed[0].startswith("snapshot")
    assert [line.split()[0] for line in listed[2:]] == ["2", "1"]


def test_doctor_finds_a_healthy_set_up_healthy(liveblog: Liveblog):
    done = liveblog("doctor")
    assert done.status == 0, done.out
    assert "✗" not in done.out
    assert [line.split()[1] for line in done.out.splitlines()] == [
        "python",
        "airflow",
        "spool",
        "contact",
        "readers",
        "credentials",
        "lake",
        "conditional",
    ]


def test_doctor_creates_no_lake(liveblog: Liveblog, environ: dict[str, str]):
    liveblog("doctor")
    assert liveblog("sql", "SELECT 1").status == 2


def test_a_damaged_segment_is_named_once_and_stands_in_nobodys_way(
    liveblog: Liveblog, newsroom: Newsroom, tmp_path: Path
):
    liveblog("record", "--once", newsroom.url(BLOG))
    whole = next((tmp_path / "lake" / "raw").rglob("*.warc.gz"))
    whole.with_name("broken-1.warc.gz").write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    newsroom.clock.advance(600)
    damaged = liveblog("record", "--once", newsroom.url(BLOG))
    assert "broken-1.warc.gz" in damaged.err
    assert len(damaged.err.splitlines()) == 2, "who is looked at, and what is damaged"
    after = liveblog("record", "--once", newsroom.url(BLOG))
    assert after.status == 0, after.err
    assert "broken-1.warc.gz" not in after.err
    assert headlines(
        liveblog, "SELECT headline FROM updates WHERE visibility = 'shown' ORDER BY rank"
    ) == true_headlines(newsroom)


@pytest.mark.parametrize(
    ("reason", "word"),
    [
        ("cannot resolve news.example: Name or service not known", "network"),
        ("robots.txt was not reached, nothing is fetched: cannot resolve news.example: Name or service", "network"),
        (
            "robots.txt was not reached, nothing is fetched: cannot connect to news.example:443: refused",
            "its server runs",
        ),
        ("robots.txt disallows this address", "ask the publisher"),
        ("status 404", "check the address"),
        ("status 503", "it is tried again when due"),
    ],
)
def test_a_look_that_failed_says_what_can_be_done_about_it(reason, word):
    assert word in advice("https://news.example/live", reason)
