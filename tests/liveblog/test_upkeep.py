"""The lake's upkeep as its keeper does it: check, fold, sweep, pin, cite, trace a row, get a response back."""

import json
from pathlib import Path

import duckdb
import polars
import pytest

from lake.errors import LeaseHeld
from lake.lake import open_lake
from liveblog.upkeep import sweep
from tests.liveblog.conftest import Liveblog
from tests.newsroom import Newsroom

BLOG = "gazette-ferry"


@pytest.fixture
def recorded(liveblog: Liveblog, newsroom: Newsroom) -> str:
    """A lake with two looks at one blog, the second of which brought nothing new; the blog's address."""
    for _ in range(2):
        done = liveblog("record", "--once", newsroom.url(BLOG))
        assert done.status == 0, done.err
    return newsroom.url(BLOG)


def rows(liveblog: Liveblog, query: str) -> list[dict]:
    answer = liveblog("sql", "--format", "json", query)
    assert answer.status == 0, answer.err
    return answer.json


def test_a_row_leads_to_its_look_its_records_and_its_run_and_the_response_comes_back(
    liveblog: Liveblog, newsroom: Newsroom, recorded: str, tmp_path: Path
):
    first, second = rows(liveblog, "SELECT capture_id, outcome, run_key FROM captures ORDER BY observed_at")
    section = rows(liveblog, "SELECT section_id FROM updates LIMIT 1")[0]["section_id"]
    told = liveblog("why", section[:8])
    assert told.status == 0, told.err
    assert first["capture_id"] in told.out
    assert first["run_key"] in told.out
    assert "<urn:uuid:" in told.out
    lineages = [json.loads(line) for line in liveblog("why", section, "--json").out.splitlines()]
    assert {one["look"]["capture_id"] for one in lineages} == {first["capture_id"]}
    assert second["outcome"] == "not_modified"
    page = newsroom.look(recorded).body.decode()
    assert liveblog("raw", first["capture_id"]).out == page
    assert liveblog("raw", second["capture_id"][:10]).out == page
    assert liveblog("raw", first["capture_id"], "--head", "-o", "head").status == 0
    assert (tmp_path / "head").read_bytes().startswith(b"HTTP/1.1 200\r\n")
    for wrong in (["why", "ffffffff"], ["raw", "ffffffff"], ["raw", "ab"], ["raw", first["capture_id"], "--page", "9"]):
        assert liveblog(*wrong).status == 2, wrong


def test_verify_is_content_with_a_sound_lake_and_names_what_was_altered(
    liveblog: Liveblog, recorded: str, tmp_path: Path
):
    sound = liveblog("verify")
    assert sound.status == 0, sound.out
    assert "every object" in sound.out
    victim = next((tmp_path / "lake").rglob("revisions/**/*.parquet"))
    victim.chmod(0o644)
    victim.write_bytes(victim.read_bytes()[:-1])
    harmed = liveblog("verify")
    assert harmed.status == 1
    assert victim.name in harmed.out
    (finding,) = [json.loads(line) for line in liveblog("verify", "--json").out.splitlines()]
    assert finding["kind"] == "truncated"


def test_compact_vacuum_pins_and_citations(liveblog: Liveblog, recorded: str, tmp_path: Path):
    before = rows(liveblog, "SELECT * FROM revisions ORDER BY ALL")
    assert "files became" in liveblog("compact").out
    assert "nothing to fold" in liveblog("compact").out
    assert rows(liveblog, "SELECT * FROM revisions ORDER BY ALL") == before
    files = sorted((tmp_path / "lake").rglob("*"))
    assert liveblog("vacuum", "--dry-run").status == 0
    assert sorted((tmp_path / "lake").rglob("*")) == files

    assert liveblog("snapshots", "pin", "2", "--why", "a paper").status == 0
    assert "a paper" in liveblog("snapshots").out
    cited = liveblog("snapshots", "cite", "2", "--query", "SELECT 1")
    assert "snapshot 2 of" in cited.out
    assert "sha256" in cited.out
    assert '"SELECT 1"' in cited.out
    assert cited.err == ""
    assert liveblog("snapshots", "unpin", "2").status == 0
    assert "may expire" in liveblog("snapshots", "cite", "2").err
    assert liveblog("snapshots", "unpin", "2").status == 2
    assert liveblog("snapshots", "cite", "99").status == 2
    assert liveblog("snapshots", "--json").out.count("\n") == 3


def test_answers_as_parquet_and_views_for_any_duckdb(liveblog: Liveblog, recorded: str, tmp_path: Path):
    query = "SELECT headline, published_at FROM updates ORDER BY published_at;"
    done = liveblog("sql", "--format", "parquet", "-o", "updates.parquet", query)
    assert done.status == 0, done.err
    told = [row["headline"] for row in rows(liveblog, query)]
    assert polars.read_parquet(tmp_path / "updates.parquet")["headline"].to_list() == told
    assert liveblog("sql", "--format", "csv", "-o", "updates.csv", query).status == 0
    assert len((tmp_path / "updates.csv").read_text().splitlines()) == len(told) + 1
    assert liveblog("sql", "--format", "parquet", query).status == 2
    assert liveblog("sql", "--format", "parquet", "-o", "bad.parquet", "SELECT nonsense").status == 2
    assert sorted(path.name for path in tmp_path.glob("*.parquet*")) == ["updates.parquet"]
    views = liveblog("sql", "--print-views").out
    with duckdb.connect() as connection:
        connection.execute(views)
        assert [row[0] for row in connection.execute(query).fetchall()] == told


def test_doctor_tells_what_the_lake_costs_and_warns_past_the_limit(liveblog: Liveblog, recorded: str):
    used = [json.loads(line) for line in liveblog("doctor", "--usage", "--json").out.splitlines()]
    assert {"raw", "hot", "snapshots"} <= {one["layer"] for one in used}
    assert sum(one["requests"] for one in used) > 10
    assert "budget" not in liveblog("doctor").out
    warned = liveblog("doctor", LIVEBLOG_WARN_REQUESTS_A_DAY="5")
    assert warned.status == 0
    assert "over the limit" in warned.out
    fine = liveblog("doctor", LIVEBLOG_WARN_MIB_A_DAY="1000")
    assert "budget" in fine.out
    assert "over the limit" not in fine.out
    assert "all" in liveblog("doctor", "--usage").out
    assert liveblog("doctor", LIVEBLOG_WARN_MIB_A_DAY="much").status == 2


def test_an_answer_comes_in_every_form_and_as_of_any_time(liveblog: Liveblog, recorded: str):
    made = [one["committed_at"] for one in rows(liveblog, "SELECT max(observed_at) AS committed_at FROM captures")]
    listed = [json.loads(line) for line in liveblog("snapshots", "--json").out.splitlines()]
    newest, oldest = listed[0]["committed_at"], listed[-1]["committed_at"]
    assert made[0] <= newest
    count = "SELECT count(*) AS n FROM captures"
    asked = {
        given: [liveblog("sql", *option, "--format", "json", count).json[0]["n"] for option in options]
        for given, options in {
            "newest": ([], ["--as-of", newest], ["--snapshot", str(listed[0]["snapshot"])]),
            "oldest": (["--as-of", oldest], ["--snapshot", str(listed[-1]["snapshot"])], ["--as-of", "2001-01-01"]),
        }.items()
    }
    assert asked == {"newest": [2, 2, 2], "oldest": [1, 1, 0]}
    query = "SELECT title, state FROM current_blogs"
    (told,) = rows(liveblog, query)
    assert told["title"] in liveblog("sql", query).out
    header, line, end = liveblog("sql", "--format", "csv", query).out.split("\n")
    assert end == ""
    assert not line.endswith("\r"), "a shell would take it for a part of the last value"
    assert header == "title,state"
    assert told["state"] in line
    assert json.loads(liveblog("sql", "--format", "jsonl", query).out) == told
    assert "all tables were empty" in liveblog("sql", "--as-of", "2001-01-01", query).err
    assert liveblog("sql", "--as-of", "yesterday", query).status == 2
    assert liveblog("sql", "--as-of", "2001-01-01", "--snapshot", "1", query).status == 2
    assert liveblog("sql", " ").status == 2
    assert liveblog("sql", "--snapshot", "9999", query).status == 2


def test_nothing_is_swept_away_while_another_folds_packs_or_takes_down(tmp_path: Path, monkeypatch):
    monkeypatch.setattr("liveblog.upkeep.PATIENCE_S", 0)
    lake = open_lake(str(tmp_path / "lake"))
    lake.prepare()
    with lake.lease("compact", "packing", 60):
        with pytest.raises(LeaseHeld, match="packing"):
            list(sweep(lake))
        assert list(sweep(lake, dry_run=True)) == []
    assert list(sweep(lake)) == []
