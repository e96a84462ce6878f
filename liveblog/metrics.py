"""Metrics by OpenTelemetry: looks, outcomes, sizes, how slow and how late they were, and how fresh the rows are.

Only the API is used: without a configured SDK every call is a no-op. Names and units are listed in docs/metrics.md.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime

from opentelemetry import metrics

from liveblog import __version__
from transforms.records import Kind, TimeSource
from transforms.rows import CaptureRow, RevisionRow

RUNNING = frozenset({TimeSource.RELATIVE, TimeSource.FIRST_SEEN, None})
"""Sources of times that are no clock: what they date is no measure of freshness."""

_meter = metrics.get_meter("liveblog", __version__)
_looks = _meter.create_counter("liveblog.looks", unit="{look}", description="Looks recorded, by source and outcome")
_bytes = _meter.create_counter("liveblog.look.size", unit="By", description="Bodies as received, by source")
_latency = _meter.create_histogram("liveblog.look.duration", unit="s", description="From a look's start to its end")
_late = _meter.create_histogram("liveblog.look.lateness", unit="s", description="How much later than planned it began")
_changes = _meter.create_counter("liveblog.changes", unit="{revision}", description="Revisions, by change")
_fresh = _meter.create_histogram(
    "liveblog.freshness", unit="s", description="From an update's publication to its queryable row, by source"
)
_left = _meter.create_counter("liveblog.looks.left", unit="{look}", description="Looks due whose turn did not come")
_missing = _meter.create_counter("liveblog.looks.missing", unit="{look}", description="Looks due that a crawl lost")
_judged = _meter.create_counter("liveblog.candidates", unit="{address}", description="Addresses judged, by verdict")


def count_looks(captures: Iterable[CaptureRow]) -> None:
    """Looks that a commit recorded."""
    for row in captures:
        source = {"source": row.source}
        _looks.add(1, {**source, "outcome": str(row.outcome)})
        _bytes.add(row.body_bytes, source)
        _latency.record(row.elapsed_ms / 1000, source)
        if row.late_by_s is not None:
            _late.record(row.late_by_s, source)


def count_changes(revisions: Iterable[RevisionRow], sources: Mapping[str, str], committed_at: datetime) -> None:
    """Revisions that a commit brought; `sources` are those of the blogs, by id.

    Fresh are updates that came while the blog was watched, and whose own time is one of a clock.
    """
    counts: Counter[str] = Counter()
    for row in revisions:
        counts[str(row.change)] += 1
        new = row.change == "added" and row.kind == Kind.UPDATE and row.not_before is not None
        if new and row.published_at is not None and row.time_source not in RUNNING:
            seconds = max((committed_at - row.published_at).total_seconds(), 0.0)
            _fresh.record(seconds, {"source": sources.get(row.blog_id, "")})
    for change, count in counts.items():
        _changes.add(count, {"change": change})


def count_not_made(left: int, missing: int) -> None:
    """Looks that were due in a batch and not made: their turn did not come, or the crawl lost them."""
    if left:
        _left.add(left)
    if missing:
        _missing.add(missing)


def count_judged(verdicts: Mapping[str, int]) -> None:
    """Candidates of one discovery, by verdict."""
    for verdict, count in verdicts.items():
        _judged.add(count, {"verdict": verdict})
