"""Near repeats among many headlines, and the links they give."""

from dataclasses import replace
from datetime import timedelta

import pytest

from benchmarks.dedupe import judged, run
from benchmarks.headline_maker import HeadlineMaker
from tests.transforms.looking import NOON
from transforms.headlines import Source, Spotted, link
from transforms.near import MOST_UNDER_KEY, NearIndex, Scope, query_keys, relate
from transforms.rows import Changes
from transforms.wording import cased


def shown(blog, source, minute, *headlines: str):
    """The rows of a look that finds these headlines."""
    seen = Source(blog, source, "en", NOON + timedelta(minutes=minute), f"{blog}-{minute}")
    linked = link({}, [Spotted(headline, "update", f"s{n}") for n, headline in enumerate(headlines)], seen)
    return Changes(
        {
            "headlines": tuple(linked.headlines),
            "sightings": tuple(linked.sightings),
            "duplicates": tuple(linked.duplicates),
        }
    )


FERRY = shown("b1", "gazette", 0, "Twelve dead after ferry fire off Kos, coastguard says")
REPEAT = shown("b2", "herald", 30, "12 dead after ferry fire off Kos, the coastguard says")
DIFFERENT = shown("b2", "herald", 40, "14 dead after ferry fire off Kos, the coastguard says")


def links(changes, known, **how):
    return [(row.rule, row.headline_id) for row in relate(changes, known, **how).rows.get("duplicates", ())]


def test_the_same_news_in_another_source_is_linked_across_sources():
    known = FERRY.rows["headlines"]
    assert links(REPEAT, known) == [("cross_source", known[0].headline_id)]


def test_another_death_toll_is_another_headline():
    assert links(DIFFERENT, FERRY.rows["headlines"]) == []


def test_the_same_source_gives_a_near_or_exact_link():
    known = FERRY.rows["headlines"]
    near = shown("b3", "gazette", 30, "Twelve dead after ferry fire off Kos, the coastguard claims")
    exact = shown("b3", "gazette", 30, "Twelve dead after ferry fire off Kos, coastguard says | Gazette")
    assert [rule for rule, _ in links(near, known)] == ["near"]
    assert [rule for rule, _ in links(exact, known)] == ["exact"]


@pytest.mark.parametrize(("scope", "found"), [(Scope.ALL, 1), (Scope.SOURCE, 0), (Scope.BLOG, 0)])
def test_the_scope_bounds_where_a_repeat_is_looked_for(scope, found):
    assert len(links(REPEAT, FERRY.rows["headlines"], scope=scope)) == found


def test_what_is_older_than_the_window_or_newer_than_the_headline_is_not_linked():
    later = [replace(row, observed_at=NOON + timedelta(days=1)) for row in FERRY.rows["headlines"]]
    earlier = [replace(row, observed_at=NOON - timedelta(days=9)) for row in FERRY.rows["headlines"]]
    assert links(REPEAT, later) == links(REPEAT, earlier) == []


def test_all_at_once_or_one_after_another_gives_the_same_links():
    together = Changes({table: FERRY.rows[table] + REPEAT.rows[table] + DIFFERENT.rows[table] for table in FERRY.rows})
    known = FERRY.rows["headlines"]
    one_by_one = [*links(REPEAT, known), *links(DIFFERENT, known + REPEAT.rows["headlines"])]
    assert links(together, []) == one_by_one


def test_headlines_worth_comparing_share_a_key_that_the_lake_is_asked_for():
    (row,) = FERRY.rows["headlines"]
    assert query_keys(REPEAT).intersection(row.keys)


def test_a_crowded_key_keeps_the_newest():
    index = NearIndex()
    for number in range(3 * MOST_UNDER_KEY):
        index.add(cased(f"Prime minister visits flooded town number{number} today"))
    repeat = index.see(cased(f"Prime minister visits flooded town number{3 * MOST_UNDER_KEY - 1} today"))
    assert repeat is not None
    assert repeat.number == 3 * MOST_UNDER_KEY - 1


def test_ten_thousand_headlines_with_known_repeats_are_told_apart():
    made = HeadlineMaker(5).make(10_000)
    result = judged("ours", made, run("ours", [item.headline for item in made]))
    assert result.precision >= 0.95
    assert result.caught >= 0.97
    assert result.numbers == 0
    assert result.others <= 0.05
