"""What a lake costs, by layer and day: bytes and objects that stand there, requests that were made."""

from datetime import timedelta
from pathlib import Path

from lake.budget import Usage, over_budget, requests_of, spent, usage
from lake.lake import Lake, open_lake
from tests.lake.rows import NOON, capture
from transforms.rows import Changes


def test_usage_counts_every_object_and_byte_by_layer(lake: Lake, tmp_path: Path) -> None:
    (tmp_path / "a.warc.gz").write_bytes(b"12345")
    lake.raw.put_segment(tmp_path / "a.warc.gz", "2026-03-01")
    lake.commit("k", lambda _: Changes({"captures": (capture(),)}), "run")
    used = usage(lake.store)
    assert {item.layer for item in used} == {"format.json", "hot", "raw", "snapshots"}
    assert sum(item.objects for item in used) == len(list(lake.store.list("")))
    assert [item.bytes for item in used if item.layer == "raw"] == [5]


def test_days_over_the_limit_are_told() -> None:
    used = [
        Usage("hot", "2026-03-01", 5, 100, 9),
        Usage("raw", "2026-03-01", 5, 200),
        Usage("raw", "2026-03-02", 1, 50),
    ]
    assert over_budget(used, bytes_a_day=299, requests_a_day=100) == [Usage("all", "2026-03-01", 10, 300, 9)]
    assert over_budget(used, bytes_a_day=1000, requests_a_day=8) == [Usage("all", "2026-03-01", 10, 300, 9)]
    assert over_budget(used, bytes_a_day=300, requests_a_day=9) == []


def test_requests_are_carried_from_snapshot_to_snapshot_and_summed_by_day(lake: Lake, monkeypatch) -> None:
    moment = NOON
    monkeypatch.setattr(type(lake.store), "now", lambda _: moment)
    for number in range(3):
        lake.commit(f"k{number}", lambda _, n=number: Changes({"captures": (capture("b1", n),)}), "run")
    first = lake.newest().manifest.requests
    assert (first["put hot"], first["put snapshots"]) == (3, 2)  # the last manifest's own put is told by the next
    again = open_lake(lake.root)
    again.commit("other", lambda _: Changes({"captures": (capture("b2", 5),)}), "run")
    assert again.newest().manifest.requests["put hot"] == 4
    moment = NOON + timedelta(days=1)
    again.commit("later", lambda _: Changes({"captures": (capture("b2", 1500),)}), "run")
    told = requests_of(again.chain)
    assert (told["hot", "2026-03-01"] - told["hot", "2026-03-02"], told["hot", "2026-03-02"]) == (3, 1)
    assert requests_of(again.chain, days=1).keys() == {where for where in told if where[1] == "2026-03-02"}


def test_what_was_spent_names_layers_that_hold_nothing_any_more(lake: Lake) -> None:
    lake.commit("k", lambda _: Changes({"captures": (capture(),)}), "run")
    lake.commit("l", lambda _: Changes({"captures": (capture("b1", 1),)}), "run")
    used = {item.layer: item for item in spent(lake.chain)}
    assert used["probes"].objects == 0 < used["probes"].requests
    assert set(used) <= {"probes", "hot", "snapshots", "format.json", "clock", "whole-lake"}
    assert used["hot"].objects == 2
    assert sum(item.bytes for item in used.values()) == sum(info.size for info in lake.store.list(""))
