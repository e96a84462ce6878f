"""What a lake tells of its blogs: pages as readers saw them, edits word by word, headlines that repeat."""

import json
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.liveblog.conftest import Liveblog
from tests.newsroom import Newsroom
from tests.newsroom.world import scenario
from tests.services.pages import Answer, pages

EVIL = "<script>alert(1)</script>"
PAGE = """<!doctype html><html lang="en"><title>Canal {name}: live</title><h1>Canal {name}: live</h1><main>{entries}
</main>"""
ENTRY = """<article id="post-{n}"><time datetime="2026-11-22T1{n}:00:00Z">1{n}:00</time><h2>Gate {n} opens</h2>
<p>{text}</p></article>"""
QUIET = "The lock keepers let the barges through one by one, and the queue grows shorter."


def blog(first: str, name: str = "one") -> Answer:
    entries = [ENTRY.format(n=n, text=QUIET) for n in range(6, 1, -1)] + [ENTRY.format(n=1, text=first)]
    return Answer(PAGE.format(name=name, entries="".join(entries)).encode())


class Scripts(HTMLParser):
    """Counts what would run or load, and gathers the text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.dangerous: list[str] = []
        self.words = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        if tag in {"script", "img", "iframe", "object"} or any(name.startswith("on") for name in attributes):
            self.dangerous.append(tag)
        if attributes.get("href", "http").startswith("javascript"):
            self.dangerous.append(attributes["href"])

    def handle_data(self, data: str) -> None:
        self.words += data


@pytest.fixture
def edited(liveblog: Liveblog) -> str:
    """A blog one of whose updates was edited between two looks; its address."""
    before = "Three barges wait at the gate, the harbour master says."
    after = f"Five barges wait at the gate, the harbour master said on Sunday. {EVIL.replace('<', '&lt;')}"
    with pages({"/live": blog(before)}) as server:
        for answer in (blog(before), blog(after)):
            server.answers["/live"] = answer
            done = liveblog("record", "--once", server.url("/live"))
            assert done.status == 0, done.err
        return server.url("/live")


def test_diff_marks_the_words_that_went_and_came_and_show_gives_either_page(
    liveblog: Liveblog, edited: str, tmp_path: Path
):
    changes = [json.loads(line) for line in liveblog("log", edited, "--json").out.splitlines()]
    (edit,) = [change for change in changes if change["change"] == "edited"]
    told = liveblog("diff", edit["section_id"][:6])
    assert told.status == 0, told.err
    assert "[-Three-]{+Five+} barges" in told.out
    assert "\x1b" not in told.out
    first, second = (json.loads(line) for line in liveblog("diff", edit["section_id"], "--json").out.splitlines())
    assert ["inserted", "Five"] in second["words"]["text"]
    assert first["change"] == "added"

    assert liveblog("log", edited, "--html", "log.html").status == 0
    page = Scripts((tmp_path / "log.html").read_text("utf-8"))
    assert page.dangerous == []
    assert EVIL in page.words
    assert f"edited {edit['observed_at'][:10]}" in (tmp_path / "log.html").read_text("utf-8")
    assert "<del>Three</del><ins>Five</ins> barges" in (tmp_path / "log.html").read_text("utf-8")

    assert liveblog("diff", edit["section_id"], "--html", "edit.html").status == 0
    page = Scripts((tmp_path / "edit.html").read_text("utf-8"))
    assert page.dangerous == []
    assert EVIL in page.words
    assert "<del>Three</del>" in (tmp_path / "edit.html").read_text("utf-8")

    now = liveblog("show", edited)
    assert "Five barges" in now.out
    assert "Three barges" not in now.out
    then = liveblog("show", edited, "--at", changes[-1]["observed_at"])
    assert "Three barges" in then.out
    assert liveblog("show", edited, "--html", "now.html").out == "now.html\n"
    page = Scripts((tmp_path / "now.html").read_text("utf-8"))
    assert page.dangerous == []
    assert EVIL in page.words
    assert page.words.index("Gate 6 opens") < page.words.index("Gate 1 opens")

    early = liveblog("show", edited, "--at", "2001-01-01")
    assert early.status == 2
    assert "the first was at" in early.err
    assert liveblog("diff", "nothing like it").status == 2
    several = liveblog("diff", "opens")
    assert several.status == 2
    assert "may mean several updates" in several.err


def test_headlines_of_three_sources_that_tell_one_story_are_linked_and_counted(liveblog: Liveblog):
    world = scenario("agency")
    with Newsroom(world=world) as newsroom:
        newsroom.clock.set(max(one.starts_at for one in world.blogs.values()))
        newsroom.clock.advance(4 * 3600)
        assert liveblog("record", "--once", *map(newsroom.url, world.blogs)).status == 0
    links = liveblog("sql", "--format", "json", "SELECT rule, count(*) AS n FROM duplicates GROUP BY rule").json
    assert {"near"} <= {row["rule"] for row in links}  # one host serves all three, so that it counts as one source
    found = [json.loads(line) for line in liveblog("headlines", "--json").out.splitlines()]
    assert found[0]["blogs"] > 1
    assert [one["seen"] for one in found] == sorted((one["seen"] for one in found), reverse=True)
    shown = liveblog("headlines").out.splitlines()
    assert shown[0].split() == ["seen", "blogs", "sources", "headline", "first_seen", "rules"]
    assert found[0]["headline"][:12] in shown[2], "of a long one the beginning"
    own = [
        json.loads(line) for line in liveblog("headlines", "--scope", "blog", "--least", "1", "--json").out.splitlines()
    ]
    assert {one["blogs"] for one in own} == {1}
    early = liveblog("headlines", "--until", "2000-01-01", "--json")
    assert (early.status, early.out) == (0, "")
