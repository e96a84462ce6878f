"""Run a crawl in a child process, and hand on its segments while it goes on.

The child is killed when its time is up, when the caller gives up, and when this process dies. Whatever it had written
is kept: the segment it left open is repaired. The result is judged by counting looks, never by the child's exit status.
"""

import os
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import Any

from crawler.child import Child
from crawler.items import CrawlReport, CrawlRequest
from crawler.settings import CrawlJob, CrawlSettings
from crawler.spool import alive, crawl_name, repair_crawl


def crawl(
    requests: Sequence[CrawlRequest],
    *,
    spool: Path,
    run_key: str,
    batch_id: str,
    settings: CrawlSettings,
    on_segment: Callable[[Path], None] | None = None,
    paused: Callable[[], Collection[str]] | None = None,
) -> CrawlReport:
    """Look at each blog once, in the order given, and leave WARC segments in `spool` (made if it is not there).

    `on_segment` is called in this thread with each closed segment: while the crawl goes on, and at its end for the
    rest. What it raises ends the crawl and is raised here; the segments stay for `crawler.spool.leftovers`.
    `paused` gives the ids of blogs, and the domains, that are paused by now (`crawler.pause`); it is asked beforehand
    for the domains, then every two seconds in a thread of its own, and must not raise: those of the blogs that were not
    asked for yet are blocked.
    Raises OSError if the spool cannot be made or the child cannot be started.
    """
    began = monotonic()
    spool = spool.absolute()
    spool.mkdir(parents=True, exist_ok=True)
    name = crawl_name(run_key, batch_id, datetime.now(UTC))
    job = CrawlJob(run_key, batch_id, str(spool), settings, name)
    tally = _Tally(on_segment or (lambda segment: None))
    log = spool / f"{name}.log"
    with alive(spool, name) as lock:
        child = Child(job, (request.to_json() for request in requests), log, lock, paused)
        with closing(child.events()) as events:
            for event in events:
                tally.hear(event)
        for repaired in repair_crawl(spool, name):
            if repaired.segment:
                tally.add(repaired.segment, repaired.outcomes)
        missing = len(requests) - tally.outcomes.total() - len(tally.left)
        reason = f"{child.why_not_finished}; {missing} of {len(requests)} blogs not looked at"
    log.unlink(missing_ok=True)
    return CrawlReport(
        requested=len(requests),
        outcomes=dict(tally.outcomes),
        segments=tuple(map(os.fspath, tally.segments)),
        elapsed_ms=round((monotonic() - began) * 1000),
        finished=child.finished,
        reason=None if child.finished and not missing else reason,
        left=tuple(tally.left),
        stats=tally.stats,
    )


class _Tally:
    """Counts looks by closed segments."""

    def __init__(self, on_segment: Callable[[Path], None]) -> None:
        self._on_segment = on_segment
        self.outcomes: Counter[str] = Counter()
        self.segments: list[Path] = []
        self.left: list[str] = []
        self.stats: Mapping[str, float] = {}

    def hear(self, event: Mapping[str, Any]) -> None:
        """Take what the child says."""
        if "segment" in event:
            self.add(Path(event["segment"]), event["outcomes"])
        elif "left" in event:
            self.left.append(event["left"])
        elif "stats" in event:
            self.stats = event["stats"]

    def add(self, segment: Path, outcomes: Mapping[str, int]) -> None:
        """Count a closed segment and hand it on."""
        self.outcomes.update(outcomes)
        self.segments.append(segment)
        self._on_segment(segment)
