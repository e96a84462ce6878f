"""Replay: the tables again from raw/ alone, the same rows; late looks in their place; ranges from the state before."""

import json
import random
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from lake.errors import LeaseHeld, ObjectMissing
from lake.lake import Lake, open_lake
from lake.rewind import rows_of
from lake.schemas import tables
from lake.verify import verify
from liveblog import chores, pipeline
from liveblog.cli import run
from liveblog.errors import InputError
from liveblog.replay import Replayed, linked, replay
from liveblog.takedowns import order_of_text, take_down
from tests.lake.rows import watch
from tests.lake.warcs import START, Segment
from tests.liveblog.conftest import Liveblog
from tests.newsroom import Newsroom
from transforms.identity import blog_id
from transforms.read import READER_VERSION, read
from transforms.record import record as record_look
from transforms.records import Document, Kind, Page
from transforms.rows import Changes

BLOGS = {"gazette-ferry": "https://gazette.example/live/ferry", "herald-ferry": "https://herald.example/live/ferry"}
LOOKS = 16
EVERY_MIN = 170


@pytest.fixture(scope="module")
def segments(tmp_path_factory) -> list[tuple[Path, str]]:
    """Looks at two blogs over two days, a segment each, as a crawl leaves them; with the day of each."""
    folder = tmp_path_factory.mktemp("spool")
    newsroom = Newsroom()
    made = []
    for number in range(LOOKS):
        minutes = number * EVERY_MIN
        segment = Segment()
        for name, url in BLOGS.items():
            body = newsroom.look(name, newsroom.clock.start + timedelta(minutes=minutes)).body
            segment.look(blog_id(url), minutes, body, run_key=f"run-{number}")
        day = (START + timedelta(minutes=minutes)).date().isoformat()
        made.append((segment.saved(folder / f"look-{number:02d}.warc.gz"), day))
    return made


def record(lake: Lake, segments: list[tuple[Path, str]]) -> Lake:
    for path, day in segments:
        pipeline.publish(lake, run_key=path.name, segments=[lake.raw.put_segment(path, day)])
    return lake


def rows(lake: Lake) -> dict[str, list]:
    newest = lake.newest()
    return {name: sorted(rows_of(newest, name, newest.days(name)), key=repr) for name in tables()}


def again(lake: Lake, **more) -> Replayed:
    return replay(lake, run_key="again", guard=lambda: None, processes=more.pop("processes", 1), **more)


@pytest.fixture
def in_order(tmp_path: Path, segments) -> Lake:
    return record(open_lake(str(tmp_path / "in-order")), segments)


def unchanged(done: Replayed) -> bool:
    return not any(one.kinds for one in done.differences.values())


def test_a_replay_of_everything_gives_the_same_rows_with_any_number_of_processes(in_order: Lake):
    before = rows(in_order)
    assert len(before["revisions"]) > 40
    assert {row.rule for row in before["duplicates"]} & {"near", "cross_source", "exact"}
    first = again(in_order, processes=2)
    assert unchanged(first)
    assert len(first.days) >= 2
    assert rows(in_order) == before
    assert in_order.newest().generation > 1
    assert unchanged(again(in_order))


def test_looks_that_came_in_any_order_are_after_a_replay_as_if_they_had_come_in_time(
    tmp_path: Path, segments, in_order: Lake
):
    mixed = segments.copy()
    random.Random(4).shuffle(mixed)
    lake = record(open_lake(str(tmp_path / "mixed")), mixed)
    assert "late" in {row.outcome for row in rows(lake)["captures"]}
    again(lake)
    assert rows(lake) == rows(in_order)


def test_a_range_starts_from_the_state_before_it(in_order: Lake):
    before = rows(in_order)
    second_day = START.date() + timedelta(days=1)
    done = again(in_order, since=second_day)
    assert done.days[0] == second_day.isoformat()
    assert unchanged(done)
    assert rows(in_order) == before


@pytest.mark.parametrize("kind", ["missing", "altered"])
@pytest.mark.parametrize("table", ["captures", "revisions", "headlines"])
def test_damaged_tables_are_rebuilt_as_verify_promises(in_order: Lake, table: str, kind: str):
    before = rows(in_order)
    in_order.compact()
    damaged = in_order.newest().files(table)[0].key
    path = Path(in_order.root, damaged)
    path.chmod(0o644)
    path.write_bytes(path.read_bytes().replace(b"a", b"b")) if kind == "altered" else path.unlink()
    [finding] = [finding for finding in verify(open_lake(in_order.root).chain) if not finding.harmless]
    assert (finding.kind, finding.key) == (kind, damaged)
    assert "`liveblog replay` rebuilds" in finding.mend
    lake = open_lake(in_order.root)
    done = again(lake)
    assert [damaged] == list(done.damaged)
    assert done.differences[table].only_after > 0, "rows that could not be read count as new"
    assert rows(lake) == before
    [left] = [finding for finding in verify(open_lake(in_order.root).chain) if not finding.harmless]
    assert (left.key, "Older snapshots alone" in left.mend) == (damaged, True)


def test_damaged_decisions_come_from_a_copy_alone(in_order: Lake):
    in_order.commit("watch", lambda _: Changes({"watches": (watch(),)}), "run")
    [file] = in_order.newest().files("watches")
    Path(in_order.root, file.key).unlink()
    [finding] = verify(in_order.chain)
    assert "raw/ does not hold" in finding.mend
    with pytest.raises(ObjectMissing):
        again(in_order)
    assert open_lake(in_order.root).newest().generation == 1


def test_comparing_switches_to_nothing_and_a_range_that_leaves_out_later_days_can_only_be_compared(in_order: Lake):
    newest = in_order.newest().number
    done = again(in_order, until=START.date(), compare=True)
    assert done.snapshot is None
    assert unchanged(done)
    assert in_order.newest().number == newest
    with pytest.raises(InputError, match="--compare"):
        again(in_order, until=START.date())


def read_anew(document: Document) -> Page:
    """A reader that cuts a promise from texts, and takes the last update for a card."""
    page = read(document)
    cut = [replace(section, text=f"{section.text} Read on.") for section in page.sections[:-1]]
    return replace(page, sections=(*cut, *(replace(one, kind=Kind.CARD) for one in page.sections[-1:])))


@pytest.fixture
def a_new_reader(monkeypatch) -> None:
    """The program as it will be once its readers are changed."""
    monkeypatch.setattr("liveblog.spooling.record", partial(record_look, read=read_anew))
    monkeypatch.setattr("liveblog.spooling.READER_VERSION", "new")


def test_what_a_new_reader_would_change_is_told_by_table_and_blog_and_shown(in_order: Lake, a_new_reader, capsys):
    before = rows(in_order)
    assert run(["replay", "--compare", "-p", "1", "--lake", in_order.root]) == 0
    told = capsys.readouterr().out
    assert re.search(r"^revisions +\d+ would read differently, .*in 2 blog\(s\): .*text \d+", told, re.MULTILINE)
    assert "no difference: blogs, watches, candidates" in told
    for url in BLOGS.values():
        assert blog_id(url) in told
    example = r"~ \d+ added: text, digest\n +2026-03-0\d .*\n +text: .* … .*\{\+ Read on\.\+\}"
    assert re.search(example, told), told
    assert f"reader_version: {READER_VERSION} → new" in told
    assert len(told.splitlines()) < 250
    assert rows(in_order) == before


def test_the_same_as_json_and_counts_alone(in_order: Lake, a_new_reader, capsys):
    assert run(["replay", "--compare", "-p", "1", "--json", "--examples", "1", "--lake", in_order.root]) == 0
    told = json.loads(capsys.readouterr().out)["differences"]["revisions"]
    assert told["changed"] == sum(blog["changed"] for blog in told["blogs"].values()) > 0
    assert set(told["blogs"]) == {blog_id(url) for url in BLOGS.values()}
    for blog in told["blogs"].values():
        [example] = blog["examples"]
        assert example["after"]["text"] != example["before"]["text"]
        assert example["before"]["section_id"]
    assert run(["replay", "--compare", "-p", "1", "--examples", "0", "--lake", in_order.root]) == 0
    assert len(capsys.readouterr().out.splitlines()) <= len(tables()) + 1


def test_recording_goes_on_during_a_comparison_and_takedowns_wait(in_order: Lake, monkeypatch):
    with in_order.lease("record", "a recorder", 60):
        assert run(["replay", "--compare", "-p", "1", "--lake", in_order.root]) == 0
    with in_order.lease("compare", "a comparison", 60), pytest.raises(LeaseHeld):
        take_down(in_order, order_of_text("two words"), by="Legal desk", why="Order 1", run_key="r")


def test_the_command_rebuilds_a_lake_whose_recorder_is_at_rest(liveblog: Liveblog, newsroom: Newsroom):
    assert liveblog("record", "--once", newsroom.url("gazette-ferry")).status == 0
    query = ("sql", "--format", "csv", "SELECT * FROM revisions ORDER BY ALL")
    before = liveblog(*query).out
    done = liveblog("replay", "--json", "--processes", "1")
    assert done.status == 0, done.err
    assert done.json["snapshot"] > 1
    same = {"only_before": 0, "only_after": 0, "changed": 0, "columns": {}, "blogs": {}}
    assert done.json["differences"]["revisions"] == same
    assert liveblog(*query).out == before
    assert liveblog("replay", "--from", "2001-01-01", "--to", "2001-01-02").status == 2


@pytest.mark.parametrize("how", ["command", "task"])
def test_a_replay_that_takes_longer_than_its_lease_holds_it_to_the_end(
    in_order: Lake, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, how: str
):
    """Each day takes two thirds of the lease, by the store's clock; meanwhile nobody else may record."""
    lease_s, spent, days = 60.0, timedelta(0), []

    def linked_slowly(*given: Any):
        nonlocal spent
        spent += timedelta(seconds=lease_s * 2 / 3)
        days.append(spent)
        with pytest.raises(LeaseHeld):
            in_order.shared_lease(pipeline.LEASE, "another", 1).acquire()
        return linked(*given)

    monkeypatch.setattr(type(in_order.store), "now", lambda _: datetime.now(UTC) + spent)
    monkeypatch.setattr("liveblog.replay.linked", linked_slowly)
    monkeypatch.setattr("liveblog.commands.replay.LEASE_S", lease_s)
    monkeypatch.setattr("liveblog.chores.REPLAY_LEASE_S", lease_s)
    monkeypatch.setenv("LIVEBLOG_LAKE", in_order.root)
    monkeypatch.setenv("LIVEBLOG_SPOOL", str(tmp_path / "spool"))
    before = rows(in_order)
    if how == "command":
        assert run(["replay", "--processes", "1"]) == 0
    else:
        told = chores.rebuild("r", {"since": None, "until": None, "mode": "switch", "tables": []})
        assert told["snapshot"] is not None
    assert len(days) >= 3
    assert rows(in_order) == before
