"""Buttons that our tasks have in Airflow's UI. Imported at parse time, so it stays light."""

from typing import Any
from urllib.parse import quote, urlsplit

from airflow.sdk import BaseOperatorLink, XComArg
from airflow.sdk.configuration import conf

ROUTE = "live-blogs"
"""Under which the page of ours is mounted (`board.plugin`)."""


class LooksOfRun(BaseOperatorLink):
    """From a task of `record_live_blogs` to what its run brought into the lake."""

    name = "Looks of this run"

    def get_link(self, operator: Any, *, ti_key: Any) -> str:  # noqa: ANN401 - Airflow's own types differ by process
        """The address on this site, whatever name people reach it by."""
        base = urlsplit(conf.get("api", "base_url", fallback="") or "").path.rstrip("/")
        return f"{base}/{ROUTE}/runs/{quote(ti_key.run_id, safe='')}"


def show_looks(result: XComArg) -> None:
    """Give the task whose result this is its button."""
    for operator, _ in result.iter_references():
        operator.operator_extra_links = (LooksOfRun(),)
