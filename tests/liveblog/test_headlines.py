"""`liveblog headlines`: a repeat, and what repeats it, counts for the headline at the beginning."""

import json
from pathlib import Path

from lake.lake import open_lake
from tests.lake.rows import at, capture, headline, sighting
from tests.liveblog.conftest import Liveblog
from transforms.rows import Changes, DuplicateRow


def test_a_repeat_of_a_repeat_counts_for_the_first_headline(liveblog: Liveblog, tmp_path: Path):
    first, second = headline(text="bridge closed"), headline("b2", 1, text="bridge shut")
    seen = (sighting(), sighting("b2", "s2", 1, "bridge shut"), sighting("b2", "s3", 2, "bridge shut"))
    links = (
        DuplicateRow("b2-s2-1", first.headline_id, "near", 0.9, "m", "b2", at(1), "b2-1"),
        DuplicateRow("b2-s3-2", second.headline_id, "exact", 1.0, "m", "b2", at(2), "b2-2"),
    )
    looks = (capture(), capture("b2", 1), capture("b2", 2))
    rows = {"captures": looks, "headlines": (first, second), "sightings": seen, "duplicates": links}
    open_lake(str(tmp_path / "lake")).commit("k", lambda _: Changes(rows), "run")
    told = [json.loads(line) for line in liveblog("headlines", "--json").out.splitlines()]
    assert [(one["headline"], one["seen"], one["blogs"]) for one in told] == [("Bridge Closed", 3, 2)]
    assert told[0]["rules"] == ["exact", "first", "near"]
