"""Comparing a record with the truth: an ideal record is perfect, and each way of spoiling it is found out."""

import re
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.newsroom import Newsroom
from tests.newsroom.compare import Comparison, Recorded, Share, compare, simulated_time, table
from tests.newsroom.messages import Access
from tests.newsroom.scenarios import SCENARIOS
from tests.newsroom.world import scenario


@dataclass
class IdealRecorder:
    """Reads the truth instead of the page, look by look, and writes down what a perfect recorder would."""

    rows: list = field(default_factory=list)
    known: dict = field(default_factory=dict)
    missing: dict = field(default_factory=dict)
    last: object = None

    def look(self, true, at):
        shown = {update["key"]: update for update in true["updates"]}
        for key, update in shown.items():
            self._shown(key, update, at)
        everywhere = {update["key"] for update in true["all_updates"]}
        for key in self.known.keys() - everywhere:
            self._absent(key, at)
        self.last = at

    def _shown(self, key, update, at):
        before = self.known.get(key)
        if before is None:
            self._write(key, "added", update, self.last, at)
        elif key in self.missing:
            if self.missing.pop(key) is None:
                self._write(key, "restored", update, self.last, at)
        elif any(before[name] != update[name] for name in ("headline", "text", "authors", "published_at", "card")):
            reason = "typography" if spelled(before) == spelled(update) else None
            self._write(key, "edited", update, before["seen_at"], at, reason=reason)
        self.known[key] = {**update, "seen_at": at}

    def _absent(self, key, at):
        since = self.missing.setdefault(key, at)
        if since is not None and at - since >= timedelta(seconds=60):
            self._write(key, "removed", self.known[key], self.known[key]["seen_at"], since, observed=at)
            self.missing[key] = None

    def _write(self, key, change, update, not_before, not_after, observed=None, reason=None):
        self.rows.append(
            Recorded(
                section_id=f"section of {key}",
                change=change,
                headline=update["headline"],
                text=update["text"],
                observed_at=observed or not_after,
                not_before=not_before,
                not_after=not_after,
                publisher_id=update["publisher_id"],
                kind=update["kind"],
                reason=reason,
            )
        )


def spelled(update):
    """An update's letters and digits: what no typographer changes."""
    letters = ["".join(re.findall(r"\w", update[name] or "")) for name in ("headline", "text")]
    return letters, update["authors"], update["published_at"], update["card"]


@cache
def recorded(name, dialect="gazette", every_s=60):
    """A scenario looked at steadily by the ideal recorder: its rows, and the arguments for a comparison."""
    world = scenario(name, dialect)
    newsroom = Newsroom(world=world)
    blog = world.blogs[f"{dialect}-{name}"]
    ideal, at = IdealRecorder(), blog.starts_at
    while at <= blog.ends_at + timedelta(minutes=5):
        newsroom.clock.set(at)
        newsroom.look(blog.name)
        ideal.look(newsroom.truth(blog.name), at)
        at += timedelta(seconds=every_s)
    return ideal.rows, blog, newsroom.log(), at


@pytest.mark.parametrize("every_s", [60, 300])
@pytest.mark.parametrize("name", [name for name in SCENARIOS if name not in ("window-shrink", "paging")])
def test_an_ideal_record_is_perfect(name, every_s):
    result = compare(*recorded(name, every_s=every_s))
    assert result.faults == ()
    assert result.perfect
    assert result.looks > 15
    assert result.updates.of >= 12
    assert result.updates.ratio == result.edits.ratio == result.deletions.ratio == result.identity.ratio == 1.0


@pytest.mark.parametrize("name", ["generic", "tolls", "deletions"])
def test_updates_without_ids_are_told_apart_by_words_time_and_place(name):
    assert compare(*recorded(name, "herald")).faults == ()


@pytest.fixture(scope="module")
def edits():
    return recorded("edits")


@pytest.fixture(scope="module")
def deletions():
    return recorded("deletions")


def spoiled(case, change):
    rows, *rest = case
    return compare(change(list(rows)), *rest)


def test_an_update_that_was_not_recorded_is_missed(edits):
    result = spoiled(edits, lambda rows: [row for row in rows if row.section_id != "section of u3"])
    assert (result.updates, result.invented) == (Share(39, 40), 0)
    assert result.faults == ("gazette-edits: not recorded: u3",)


def test_an_edit_that_was_not_recorded_is_missed(edits):
    first = next(row for row in edits[0] if row.change == "edited")
    result = spoiled(edits, lambda rows: [row for row in rows if row is not first])
    assert result.edits.found == result.edits.of - 1
    assert len(result.faults) == 1


def test_an_edit_recorded_at_another_time_is_both_missed_and_false(edits):
    late = timedelta(hours=5)
    first = next(row for row in edits[0] if row.change == "edited")
    moved = replace(first, not_before=first.not_before + late, not_after=first.not_after + late)
    result = spoiled(edits, lambda rows: [moved if row is first else row for row in rows])
    assert (result.edits.of - result.edits.found, result.false_edits) == (1, 1)


def test_an_edit_that_says_itself_that_the_publisher_made_none_is_not_false(edits):
    row = replace(edits[0][0], change="edited", not_before=edits[0][0].not_after)
    assert spoiled(edits, lambda rows: [*rows, row]).false_edits == 1
    assert spoiled(edits, lambda rows: [*rows, replace(row, reason="reader_changed")]).false_edits == 0


def test_a_section_that_nothing_explains_is_invented(edits):
    row = replace(edits[0][0], section_id="new", publisher_id=None, headline="Nothing like it", text="At all.")
    result = spoiled(edits, lambda rows: [*rows, row])
    assert (result.invented, result.perfect) == (1, False)
    assert spoiled(edits, lambda rows: [*rows, replace(row, kind="boilerplate")]).perfect


def test_an_update_recorded_as_two_sections_has_lost_its_identity(edits):
    result = spoiled(edits, lambda rows: [replace(row, section_id=f"{row.change} {row.section_id}") for row in rows])
    assert result.identity.found < result.identity.of == 40


def test_two_updates_recorded_as_one_section_have_lost_their_identity(edits):
    merged = {"section of u3": "section of u4"}
    result = spoiled(
        edits, lambda rows: [replace(row, section_id=merged.get(row.section_id, row.section_id)) for row in rows]
    )
    assert result.identity == Share(38, 39)
    assert "gazette-edits: identity lost: section of u4 is both u4 and u3" in result.faults


def test_an_interval_wider_than_the_looks_allow_is_told(edits):
    first = next(row for row in edits[0] if row.change == "edited")
    wide = replace(first, not_before=None)
    result = spoiled(edits, lambda rows: [wide if row is first else row for row in rows])
    assert result.edits == Share(26, 26)
    assert result.intervals == Share(25, 26)
    assert [fault.split(":")[1] for fault in result.faults] == [" interval too wide"]


def test_words_that_were_never_recorded_are_counted_apart(edits):
    result = spoiled(edits, lambda rows: [replace(row, text=row.text[:-4]) for row in rows])
    assert result.updates.ratio == 1.0
    assert result.versions.found < result.versions.of


def test_a_deletion_that_was_not_recorded_is_missed_and_its_restoration_too(deletions):
    result = spoiled(deletions, lambda rows: [row for row in rows if row.change not in ("removed", "restored")])
    assert result.deletions == Share(0, 6)
    assert result.restorations == Share(0, 2)


def test_a_removal_of_an_update_that_still_stands_is_false(deletions):
    standing = next(row for row in deletions[0] if row.section_id == "section of u1")
    removal = replace(standing, change="removed", not_before=standing.not_after)
    assert spoiled(deletions, lambda rows: [*rows, removal]).false_removals == 1


def test_a_deletion_that_no_two_looks_prove_is_not_asked_for(deletions):
    rows, blog, log, until = deletions
    assert "u21" not in {row.section_id[-3:] for row in rows if row.change == "removed"}
    assert compare(rows, blog, log, until).deletions == Share(6, 6)


def test_results_add_up_and_make_a_table(edits, deletions):
    one, other = compare(*edits), compare(*deletions)
    total = one + other
    assert total.updates == Share(70, 70)
    lines = table({"edits": one, "deletions": other}).splitlines()
    assert [line.split()[0] for line in lines] == ["looks", "edits", "deletions", "all"]
    assert (one + Comparison()) == one
    assert len({len(line) for line in lines}) == 1


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(0, 1000), min_size=1))
def test_any_part_of_an_ideal_record_makes_nothing_up(keep):
    rows, *rest = recorded("pins", every_s=300)
    part = [rows[number % len(rows)] for number in sorted(set(keep))]
    result = compare(part, *rest)
    assert (result.invented, result.false_edits, result.false_removals) == (0, 0, 0)


def test_real_moments_become_simulated_ones_by_the_log():
    world = scenario("edits")
    start = next(iter(world.blogs.values())).starts_at
    lines = [
        Access(n, start + timedelta(seconds=n), start + timedelta(hours=n), "GET", "", None, "/", 200, 0, True)
        for n in range(3)
    ]
    simulated = simulated_time(lines)
    assert simulated(start + timedelta(seconds=1.5)) == start + timedelta(hours=1)
    assert simulated(start + timedelta(seconds=99)) == start + timedelta(hours=2)
