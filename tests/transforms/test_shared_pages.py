"""The real pages of ../shared are read as their gold says, by the scoring program that judges the project.

The thresholds are the goals of the extraction; the folder is not part of the project, so the tests skip without it.
"""

import gzip
import importlib.util
import json
from datetime import UTC, datetime
from pathlib import Path
from statistics import fmean

import pytest

from crawler.items import capture_id
from transforms.identity import blog_id
from transforms.read import READER_VERSION, read
from transforms.record import record
from transforms.records import Capture, Document, Exchange, Kind, Look, Outcome, Payload
from transforms.report import page_to_json
from transforms.rows import KnownBlog, RevisionRow

SHARED = Path(__file__).resolve().parents[3] / "shared"
PAGES = SHARED / "pages"
SCORER = SHARED / "tools" / "score_extraction.py"
GOALS = {
    "precision": 0.98, "recall": 0.98, "f1": 0.98, "text": 0.97, "headline": 0.97,
    "time": 0.97, "order": 0.98, "title": 0.95, "standfirst": 0.95,
}  # fmt: skip
GENERIC_F1 = 0.93
LEAST_F1 = 0.9
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)

pytestmark = pytest.mark.skipif(not SCORER.exists(), reason=f"real pages are not at hand: no {SCORER}")


@pytest.fixture(scope="module")
def score_page():
    specification = importlib.util.spec_from_file_location("score_extraction", SCORER)
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module.score_page


def extracted(path, *, generic=False):
    content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    page = read(Document(content, generic=generic))
    return json.loads(json.dumps(page_to_json(page, str(path))))


def scores(folder, score_page, *, generic=False):
    found = {}
    for gold in sorted((PAGES / folder).glob("*.gold.json")):
        stem = gold.name.removesuffix(".gold.json")
        path = next(p for p in gold.parent.glob(f"{stem}.*") if p != gold)
        page = extracted(path, generic=generic)
        found[stem] = {**score_page(page, json.loads(gold.read_text("utf-8"))), "called": page["is_live_blog"]}
    return found


def mean(found, column):
    return fmean(score[column] for score in found.values() if score[column] is not None)


def test_live_pages_reach_every_goal(score_page):
    found = scores("live", score_page)
    short = {column: mean(found, column) for column, goal in GOALS.items() if mean(found, column) < goal}
    assert not short
    assert [stem for stem, score in found.items() if not score["called"]] == []
    assert {stem: score["f1"] for stem, score in found.items() if score["f1"] < LEAST_F1} == {}


def test_live_pages_are_read_without_any_rule_that_names_something(score_page):
    found = scores("live", score_page, generic=True)
    assert mean(found, "f1") >= GENERIC_F1


def test_no_ordinary_page_is_called_a_live_blog():
    paths = sorted((PAGES / "ordinary").glob("*.html.gz"))
    pages = [extracted(path, generic=generic) for path in paths for generic in (False, True)]
    alarms = [page["path"] for page in pages if page["is_live_blog"] or page["sections"]]
    assert len(paths) >= 56
    assert alarms == []


def test_payloads_are_read_whole(score_page):
    """The scoring program pairs words: it cannot pair a post that is nothing but a picture, which is kept as a card."""
    found = scores("payload", score_page)
    assert mean(found, "f1") >= GOALS["f1"]
    for stem, score in found.items():
        gold = json.loads((PAGES / "payload" / f"{stem}.gold.json").read_text("utf-8"))
        wordless = [at for at, update in enumerate(gold["updates"]) if not (update["headline"] or update["text"])]
        assert score["missed"] == wordless
        assert score["offered"] == score["gold"] - len(wordless)
        page = extracted(PAGES / "payload" / f"{stem}.json")
        cards = [section for section in page["sections"] if section["kind"] == "card" and not section["text"]]
        assert len(cards) == len(wordless)
        assert all(card["media"] and card["published_at"] for card in cards)
        assert score["text"] >= GOALS["text"]
        assert (score["headline"], score["time"], score["order"]) == (1.0, 1.0, 1.0)


def recorded(path: Path) -> list[RevisionRow]:
    """What one look at a page leaves."""
    content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    url = "https://outlet.example/live"
    look = Look(
        capture_id=capture_id(blog_id(url), NOON),
        blog_id=blog_id(url),
        source="outlet",
        url=url,
        outcome=Outcome.FETCHED,
        started_at=NOON,
        observed_at=NOON,
        run_key="run",
        batch_id="1",
        status=200,
        exchanges=(Exchange(url, NOON, 80, 200),),
    )
    capture = Capture(look, (Payload(url, 200, (), content),))
    return list(record(KnownBlog(blog_id(url)), capture, reader_version=READER_VERSION).rows["revisions"])


def test_nine_updates_under_one_headline_stay_nine_updates():
    rows = recorded(PAGES / "live" / "independent-womens-world-cup-2023-08.html.gz")
    headed = [row for row in rows if row.kind == Kind.UPDATE and row.headline == "Women’s World Cup"]
    assert len(headed) == len({row.section_id for row in headed}) == 9


def test_the_pinned_copy_of_an_update_is_one_update_marked_pinned():
    rows = recorded(PAGES / "live" / "guardian-russia-ukraine-2023-05-15.html.gz")
    updates = [row for row in rows if row.kind == Kind.UPDATE]
    assert len(updates) == 10
    assert [row.publisher_id for row in updates if row.pinned] == ["block-646210cc8f0822aea831dd91"]


def test_the_three_cards_of_the_seed_are_three_cards():
    rows = recorded(PAGES / "seed" / "independent-ukraine.txt")
    assert len({row.section_id for row in rows if row.kind == Kind.CARD}) == 3
