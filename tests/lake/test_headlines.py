"""Headlines that a new one may repeat are found by common keys, the newest of each, and no older than asked."""

from dataclasses import replace

from lake.headlines import headlines_with
from lake.lake import Lake
from tests.lake.rows import at, headline
from tests.lake.test_compact import DAY
from transforms.records import Changes


def known(lake: Lake) -> None:
    """Twelve headlines, one every six hours; even ones carry the key ``even``, all carry ``all``."""
    for number in range(12):
        row = replace(
            headline("b1", number * DAY / 4, f"t{number}"), keys=("all", "even" if number % 2 == 0 else "odd")
        )
        lake.commit(f"k{number}", lambda _, row=row: Changes({"headlines": (row,)}), "run")


def texts(lake: Lake, keys: set[str], days: float, newest: int = 6) -> list[str]:
    found = headlines_with(lake.newest(), keys, at(days * DAY), newest)
    return [row.normalised for row in found]


def test_the_newest_of_each_key_are_found_whether_folded_or_not(lake: Lake) -> None:
    known(lake)
    for _ in range(2):
        assert texts(lake, {"all"}, 0, newest=3) == ["t9", "t10", "t11"]
        assert texts(lake, {"even"}, 0, newest=3) == ["t6", "t8", "t10"]
        assert texts(lake, {"even", "odd"}, 0, newest=1) == ["t10", "t11"]
        assert texts(lake, {"other"}, 0) == []
        lake.compact()


def test_none_is_older_than_asked(local_lake: Lake) -> None:
    known(local_lake)
    assert texts(local_lake, {"even"}, days=2) == ["t8", "t10"]
    assert texts(local_lake, {"even"}, days=2.01) == ["t10"]
    assert texts(local_lake, {"even"}, days=9) == []
