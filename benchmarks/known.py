"""Recording a thousand new headlines where ten thousand are known, and where a million are.

    python -m benchmarks.known [--sizes 10000,1000000] [--seed 1]

A lake is given that many headlines of the two days before, folded as they would be. Then fresh processes open it and
record 50 pages with 20 new headlines each: pages are read, compared with what is known, linked to what they repeat,
and committed. Measured is the processor time of a whole process, imports and loading included: the best of five, taken
in turns, since a busy machine slows all processes down.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from crawler.items import capture_id
from lake.lake import Lake
from lake.local import LocalStore
from lake.snapshots import Snapshot
from liveblog.publishing import related
from transforms.headlines import Source, Spotted, link
from transforms.identity import blog_id
from transforms.record import record_all
from transforms.records import Capture, Exchange, Look, Outcome, Payload
from transforms.rows import Changes

NOON = datetime(2026, 3, 3, 12, 0, tzinfo=UTC)
KNOWN_TIME = timedelta(days=2)
BLOGS, UPDATES = 50, 20
KNOWN_BLOGS, SOURCES = 2_000, 20
RUNS = 5
UPDATE = """<article id="post-{number}"><time datetime="2026-03-03T11:{minute}:00Z">11:{minute}</time>
<h2>{headline}</h2><p>The report came in at gate {number} and went to all desks within the hour.</p></article>"""


class NoonStore(LocalStore):
    """A folder whose clock stands still."""

    def now(self) -> datetime:
        """Noon."""
        return NOON


def fill(lake: Lake, headlines: Sequence[str]) -> None:
    """Give a lake headlines of the two days before noon."""
    step = KNOWN_TIME / len(headlines)
    rows = []
    for number, headline in enumerate(headlines):
        blog, moment = f"{number % KNOWN_BLOGS:016x}", NOON - KNOWN_TIME + number * step
        source = Source(blog, f"source-{number % SOURCES}", "en", moment, f"{number:024x}")
        rows += link({}, [Spotted(headline, "update")], source).headlines
    lake.commit("known", lambda _: Changes({"headlines": tuple(rows)}), "known")
    lake.compact()


def pages(headlines: Sequence[str]) -> list[str]:
    """Live blogs with so many of these headlines each."""
    return [
        f"<!doctype html><html lang=en><title>Gates: live</title><h1>Gates: live</h1><main>{''.join(updates)}</main>"
        for updates in (_updates(headlines, first) for first in range(0, len(headlines), UPDATES))
    ]


def _updates(headlines: Sequence[str], first: int) -> list[str]:
    shown = headlines[first : first + UPDATES]
    return [
        UPDATE.format(number=first + place, minute=f"{59 - place}", headline=headline)
        for place, headline in enumerate(shown)
    ]


def look_at(number: int, page: str) -> Capture:
    """A look that found a page."""
    url = f"https://gates.example/live/{number}"
    blog, moment = blog_id(url), NOON - timedelta(seconds=BLOGS - number)
    look = Look(
        capture_id(blog, moment), blog, "gates", url, Outcome.FETCHED, moment, moment, "run", "batch", status=200,
        exchanges=(Exchange(url, moment, 80, 200, "text/html", len(page)),),
    )  # fmt: skip
    return Capture(look, (Payload(url, 200, (("Content-Type", "text/html"),), page.encode()),))


def record(lake: Lake, shown: Sequence[str]) -> Snapshot:
    """Record a look at each page, in one commit."""
    looks = [look_at(number, page) for number, page in enumerate(shown)]

    def build(snapshot: Snapshot) -> Changes:
        known = lake.state(snapshot, {look.look.blog_id for look in looks})
        return related(snapshot, record_all(known, looks, reader_version="1"))

    return lake.commit(f"new-{time.monotonic_ns()}", build, "run")


def measured(folder: Path, shown: Sequence[str]) -> tuple[float, int, int]:
    """Seconds of processor time in a fresh process, headlines recorded and links found."""
    command = [sys.executable, "-m", "benchmarks.known", "--record", str(folder)]
    done = subprocess.run(command, input=json.dumps(shown), capture_output=True, text=True, check=True)
    seconds, headlines, links = json.loads(done.stdout)
    return seconds, headlines, links


def _record_here(folder: Path) -> None:
    lake = Lake(NoonStore(folder))
    after = record(lake, json.load(sys.stdin))
    counts = [sum(file.rows for file in after.unfolded(name)) for name in ("headlines", "duplicates")]
    print(json.dumps([time.process_time(), *counts]))


def main() -> None:
    """Print a line a size, and how many times the first the others cost."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="10000,1000000")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--record", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.record:
        _record_here(asked.record)
        return
    from benchmarks.headline_maker import HeadlineMaker

    sizes = [int(size) for size in asked.sizes.split(",")]
    shown = pages([item.headline for item in HeadlineMaker(asked.seed + 1).make(BLOGS * UPDATES)])
    with tempfile.TemporaryDirectory() as folder:
        for size in sizes:
            fill(Lake(NoonStore(Path(folder) / str(size))), [m.headline for m in HeadlineMaker(asked.seed).make(size)])
        rounds = [[_measured_in_copy(Path(folder) / str(size), shown) for size in sizes] for _ in range(RUNS)]
    best = [min(runs) for runs in zip(*rounds, strict=True)]
    print(f"{'known':>10}{'recorded':>10}{'links':>8}{'CPU s':>8}{'times the first':>17}")
    for size, (seconds, headlines, links) in zip(sizes, best, strict=True):
        print(f"{size:>10}{headlines:>10}{links:>8}{seconds:>8.2f}{seconds / best[0][0]:>17.2f}", flush=True)


def _measured_in_copy(lake: Path, shown: Sequence[str]) -> tuple[float, int, int]:
    copy = lake.with_name("copy")
    shutil.copytree(lake, copy)
    try:
        return measured(copy, shown)
    finally:
        shutil.rmtree(copy)


if __name__ == "__main__":
    main()
