"""The scenarios: one file each, registered here by name."""

from collections.abc import Mapping

from tests.newsroom.scenarios import (
    agency,
    deletions,
    dst_autumn,
    dst_spring,
    edits,
    generic,
    headless,
    id_churn,
    midnight,
    moved,
    noise,
    paging,
    pins,
    reopen,
    tolls,
    under_way,
    upcoming,
    window_shrink,
)
from tests.newsroom.scenarios.base import Scenario

_ALL = (
    edits,
    deletions,
    id_churn,
    pins,
    window_shrink,
    paging,
    midnight,
    dst_autumn,
    dst_spring,
    upcoming,
    reopen,
    moved,
    agency,
    tolls,
    under_way,
    generic,
    headless,
    noise,
)

SCENARIOS: Mapping[str, Scenario] = {module.SCENARIO.name: module.SCENARIO for module in _ALL}
"""Every scenario by name."""
