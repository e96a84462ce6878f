"""The pages say what the lake knows, to anybody and any browser, and change nothing."""

import re
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser
from urllib.parse import quote

import pytest

from lake.lake import Lake
from liveblog.incidents import Finding, record
from tests.board.conftest import FLOOD, NOW, OVER, STORM, Client, looked
from tests.lake.rows import at, blog_row, revision, watch
from transforms.rows import Changes

RUN = quote(f"scheduled__{at(20).isoformat()}")
VOID = {"meta", "link", "input", "path", "br"}


class Shape(HTMLParser):
    """What a browser would stumble over: tags left open, ids given twice, addresses of other sites."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.addresses: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        assert not any(name.startswith("on") or name == "style" for name in given), "the policy forbids inline code"
        self.ids += filter(None, [given.get("id")])
        self.addresses += [value for name in ("href", "src", "action") if (value := given.get(name))]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag not in VOID:
            assert self.open.pop() == tag


@pytest.mark.parametrize(
    "where", ["", "?show=all", f"blogs/{FLOOD}", f"blogs/{STORM}", f"runs/{RUN}", "runs/none", "nowhere"]
)
def test_every_page_is_well_formed_and_loads_nothing_from_elsewhere(lake: Lake, client: Client, where: str):
    answer = client(lake).get(where)
    shape = Shape(answer.text)
    assert shape.open == []
    assert len(shape.ids) == len(set(shape.ids))
    assert all(address.startswith(("/", "#")) for address in shape.addresses)
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_what_publishers_write_is_shown_and_never_run(lake: Lake, client: Client):
    page = client(lake).get("?show=all").text
    assert "Flood &lt;script&gt;alert(1)&lt;/script&gt; live" in page
    assert "\u202e" not in page, "a title must not turn the page's direction of writing"
    assert "Bridge &lt;b&gt;open&lt;/b&gt;" in client(lake).get(f"blogs/{FLOOD}").text
    assert "HTTP &lt;503&gt;" in page


def test_blogs_in_trouble_come_first_and_the_others_on_request(lake: Lake, client: Client):
    browser = client(lake)
    assert blogs_on(browser.get("").text) == [STORM]
    assert blogs_on(browser.get("?show=live").text) == [FLOOD]
    assert blogs_on(browser.get("?show=all").text) == [STORM, FLOOD, OVER]
    assert blogs_on(browser.get("?show=all&source=riverside&q=over").text) == [OVER]


def blogs_on(page: str) -> list[str]:
    return re.findall(r'href="/live-blogs/blogs/([0-9a-f]{16})"', page)


def test_lateness_counts_from_when_the_look_was_due(lake: Lake, client: Client):
    assert "late by 9 min" in client(lake).get("").text
    later = client(lake, NOW + timedelta(hours=3)).get("?show=all").text
    assert later.count("late by 3 h") == 2, "a blog that has ended is never late"


def test_a_row_links_to_the_run_that_made_it(lake: Lake, client: Client):
    page = client(lake).get(f"blogs/{FLOOD}").text
    assert 'href="/dags/record/runs/scheduled__2026-03-01T12%3A20%3A00.123456%2B00%3A00"' in page
    assert "/runs/cli" not in client(lake).get(f"blogs/{OVER}").text, "the command line has no run in Airflow"


def test_a_run_leads_to_its_looks_and_to_itself(lake: Lake, client: Client):
    page = client(lake).get(f"runs/{RUN}").text
    assert 'href="/dags/record/runs/scheduled__2026-03-01T12%3A20%3A00.123456%2B00%3A00"' in page
    assert f'href="/live-blogs/blogs/{FLOOD}"' in page
    assert "HTTP &lt;503&gt;" in page, "both blogs were looked at"
    assert re.findall(r'data-label="Changes">(\d+)<', page) == ["1", "0"]
    assert "No look of this run" in client(lake).get(f"runs/{RUN}1").text
    assert "Over &amp; out" in client(lake).get("runs/cli-20260301T120100Z").text, "of the command line, too"
    for odd in ("9999-12-31T", "0001-01-01T", "2026-02-30T", "%2527; DROP"):
        assert "No look of this run" in client(lake).get(f"runs/{odd}").text


def test_a_timeline_goes_back_page_by_page(lake: Lake, client: Client):
    browser = client(lake)
    newest = browser.get(f"blogs/{FLOOD}").text
    assert newest.index("edited") < newest.index(">added<"), "newest first"
    older = browser.get(f"blogs/{FLOOD}", params={"before": at(15).isoformat()}).text
    assert ">edited<" not in older
    assert ">added<" in older
    assert "Nothing earlier" in browser.get(f"blogs/{FLOOD}", params={"before": at(-5).isoformat()}).text


def test_an_open_incident_stands_on_top_until_it_is_over(lake: Lake, client: Client):
    assert "Nothing is amiss" in client(lake).get("").text
    record(lake, [Finding("empty", "herald", "2 blogs show <nothing>")], now=NOW, run_key="r1")
    page = client(lake).get("").text
    assert "2 blogs show &lt;nothing&gt;" in page
    assert "2 blogs show" in client(lake).get(f"blogs/{STORM}").text
    assert "2 blogs show" not in client(lake).get(f"blogs/{FLOOD}").text


def test_a_new_snapshot_is_seen_and_an_old_one_is_read_once(
    lake: Lake, client: Client, monkeypatch: pytest.MonkeyPatch
):
    browser = client(lake)
    assert "Second flood" not in browser.get("?show=all").text
    row = replace(blog_row("00000000000000f4"), title="Second flood")
    lake.commit("more", lambda _: Changes({"blogs": (row,), "watches": (watch(row.blog_id),)}), "run")
    monkeypatch.setattr("board.reader.PROBE_S", -1.0)
    assert "Second flood" in browser.get("?show=all").text
    monkeypatch.setattr("board.reader.overview", None)
    assert "Second flood" in browser.get("?show=all").text, "the same snapshot is not read again"


@pytest.mark.parametrize(
    ("where", "status"),
    [
        ("blogs/00000000000000ff", 404),
        ("blogs/../../etc/passwd", 404),
        ("static/secret.txt", 404),
        ("blogs/nothex", 422),
        (f"blogs/{FLOOD}?before=yesterday", 422),
        (f"blogs/{FLOOD}?before=2026-03-01T12:00:00", 422),
        ("?page=0", 422),
        ("?show=everything", 422),
    ],
)
def test_bad_addresses_are_refused_plainly(lake: Lake, client: Client, where: str, status: int):
    assert client(lake).get(where).status_code == status


def test_there_is_no_way_to_change_anything(lake: Lake, client: Client):
    before = lake.newest().number
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        assert client(lake).request(method, "").status_code == 405
        assert client(lake).request(method, f"blogs/{FLOOD}").status_code == 405
    assert lake.newest().number == before


def test_a_lake_that_is_not_there_is_said(tmp_path, monkeypatch: pytest.MonkeyPatch):
    from fastapi.testclient import TestClient

    from board.app import create_app
    from board.reader import Reader

    monkeypatch.setenv("LIVEBLOG_LAKE", str(tmp_path / "none"))
    with TestClient(create_app(Reader(), lambda: None, prefix="", dag_id="d")) as browser:
        answer = browser.get("/")
    assert answer.status_code == 503
    assert "no lake here yet" in answer.text
    assert "the first run of" in answer.text


def test_a_fault_of_ours_is_a_page_too_and_tells_no_more_than_that():
    from fastapi.testclient import TestClient

    from board.app import create_app
    from board.reader import Reader

    def broken() -> Lake:
        raise ZeroDivisionError("with a secret")

    app = create_app(Reader(broken), lambda: None, prefix="", dag_id="d")
    with TestClient(app, raise_server_exceptions=False) as browser:
        answer = browser.get("/")
    assert (answer.status_code, "could not be made" in answer.text, "secret" in answer.text) == (500, True, False)


def test_an_empty_lake_says_what_to_do(tmp_path, client: Client):
    from lake.lake import open_lake

    lake = open_lake(str(tmp_path / "new"))
    lake.prepare()
    assert "Nothing is watched yet" in client(lake).get("").text


def test_many_blogs_come_page_by_page(lake: Lake, client: Client):
    ids = [f"{number:016x}" for number in range(0x1000, 0x10FA)]
    many = {"watches": tuple(map(watch, ids)), "captures": tuple(looked(one, 29) for one in ids)}
    lake.commit("many", lambda _: Changes(many), "run")
    browser = client(lake)
    first, third = (blogs_on(browser.get(f"?show=all&page={number}").text) for number in (1, 3))
    assert (len(first), len(third)) == (100, 53)
    assert not set(first) & set(third)


def test_a_source_says_how_all_its_blogs_are(lake: Lake, client: Client):
    page = client(lake).get("").text
    [row] = [row for row in page.split("<tr")[1:] if "source=riverside" in row]
    cells = dict(re.findall(r'data-label="([^"]+)"[^>]*>(.*?)</t[dh]>', row, re.DOTALL))
    said = {label: " ".join(re.sub("<[^>]+>", " ", cell).split()) for label, cell in cells.items()}
    assert said == {
        "Source": "riverside",
        "Blogs": "live closed",
        "Last look": "0 s ago",
        "Last change": "0 s ago",
        "Next look": "in 60 s",
        "Freshness": "on time",
        "Publication to row": "–",
        "Complete": "100%",
        "Errors": "none",
        "Updates in 24 h": said["Updates in 24 h"],
    }


def test_what_is_over_is_shown_for_a_day(lake: Lake, client: Client):
    amiss = Finding("empty", "herald", "2 blogs show nothing")
    for minutes, found in ((-10, [amiss]), (-8, []), (-2, [])):
        record(lake, found, now=NOW + timedelta(minutes=minutes), run_key=f"r{minutes}")
    page = client(lake).get("").text
    assert "Nothing is amiss" in page
    assert page.index("Over within 24 hours") < page.index("2 blogs show nothing")
    assert "recovered" in page
    assert "2 blogs show nothing" in client(lake).get(f"blogs/{STORM}").text
    assert "Over within" not in client(lake, NOW + timedelta(hours=25)).get("").text


def test_the_guard_stands_before_every_route():
    from fastapi import HTTPException
    from fastapi.testclient import TestClient

    from board.app import create_app
    from board.reader import Reader

    def guard() -> None:
        raise HTTPException(403)

    app = create_app(Reader(lambda: pytest.fail("the lake was read")), guard, prefix="", dag_id="d")
    paths = [re.sub(r"{\w+(:path)?}", "board.css", route.path) for route in app.routes]
    assert len(paths) >= 5
    with TestClient(app) as browser:
        assert {path: browser.get(path).status_code for path in paths} == dict.fromkeys(paths, 403)


def test_a_time_of_another_day_says_which(lake: Lake, client: Client):
    row = replace(revision(FLOOD, "s7", 28), published_at=at(-26 * 60), kind="key_events")
    lake.commit("old", lambda _: Changes({"revisions": (row,)}), "run")
    page = client(lake).get(f"blogs/{FLOOD}").text
    assert "published 2026-02-28 10:00 UTC" in page
    assert "published 12:19 UTC" in page
    assert ">key events<" in page
