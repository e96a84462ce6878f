import json
from pathlib import Path

import pytest

from transforms.read import read
from transforms.records import Document, Kind, Page

SEED = Path(__file__).parents[3] / "shared" / "pages" / "seed"
KINDS = {"update": Kind.UPDATE, "headline-only": Kind.UPDATE, "related-card": Kind.CARD}


def page_of(text: str, **known: object) -> Page:
    return read(Document(text.encode(), content_type="text/plain", **known))


@pytest.mark.skipif(not SEED.exists(), reason="the seed stands in ../shared, which is not here")
def test_the_seed_is_read_exactly_as_its_gold_says():
    gold = json.loads((SEED / "independent-ukraine.gold.json").read_text("utf-8"))
    page = read(Document((SEED / "independent-ukraine.txt").read_bytes()))
    assert page.is_live_blog
    assert (page.title, page.standfirst) == (gold["title"], gold["standfirst"])
    lede, *others = page.sections
    assert (lede.kind, lede.text.split("\n\n")) == (Kind.LEDE, gold["lede"])
    told = [(s.kind, s.headline, s.text, s.headline_repeats) for s in others if s.kind is not Kind.BOILERPLATE]
    assert told == [
        (
            KINDS[section["kind"]],
            section["headline"],
            section.get("summary") or "\n\n".join(section["body"]),
            section.get("headline_repeated", 1),
        )
        for section in gold["sections"]
    ]
    boilerplate = [line for s in others if s.kind is Kind.BOILERPLATE for line in s.text.split("\n\n")]
    assert boilerplate == [item["text"] for item in gold["boilerplate"]]
