"""Requests to a store, counted by what is asked and of which layer: what an S3 bill counts.

Stores count while they work; each commit takes what its process has asked since its last one into the manifest, on top
of what the day's earlier manifests say. So the last manifest of a day, which is kept for ever, holds the day's sum.
Crawl tasks, which commit nothing, hand theirs over with their result (`Requests.add`). What other processes ask that
commit nothing is in no sum: planning, readers, vacuum, verify, and all that DuckDB reads by itself.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock

WHOLE = "whole-lake"


def layer_of(key: str) -> str:
    """raw, packs, hot, days, checkpoints, snapshots, parts, or another top folder; `WHOLE` for a listing of all."""
    folders = (key or WHOLE).split("/")
    in_generation = folders[0][:1] == "g" and folders[0][1:].isdigit()
    return folders[1] if in_generation and len(folders) > 2 else folders[0]


@dataclass(slots=True)
class Requests:
    """What one process has asked of one store."""

    made: Counter[str] = field(default_factory=Counter)
    """By ``<verb> <layer>``: ``put hot``, ``get snapshots`` …"""
    on_record: Counter[str] = field(default_factory=Counter)
    """What of it stands in a manifest."""
    _claimed: dict[str, Counter[str]] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def count(self, verb: str, key: str) -> None:
        """One more request."""
        with self._lock:
            self.made[f"{verb} {layer_of(key)}"] += 1

    def add(self, made: Mapping[str, int]) -> None:
        """What another process has asked, which leaves it to this one to put on record."""
        with self._lock:
            self.made.update(made)

    def claim(self, commit_key: str) -> Counter[str]:
        """What no manifest says yet, for one that is to be put under this commit key."""
        with self._lock:
            self._claimed = {commit_key: self.made - self.on_record}
            return self._claimed[commit_key]

    def settle(self, commit_key: str) -> None:
        """That manifest stands."""
        with self._lock:
            self.on_record += self._claimed.pop(commit_key, Counter())
