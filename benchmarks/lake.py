"""The lake beside simpler ways of keeping the same polls: ``python -m benchmarks.lake [--quick]``.

    size      20 blogs polled every minute for 12 simulated hours: rows in the lake beside a full snapshot a poll
    archive   the pages of two of these blogs: packed, beside gzip a poll
    queries   an analyst's questions on a million revisions, and on a full open day, beside one file a poll
    commits   10,000 commits in memory (/dev/shm), fewer on the disk: does the last cost what the first did?
    write     the same rows written by the lake, by plain pyarrow and by DuckDB's COPY

Everything is invented, seeded and measured here; targets stand beside what was measured.
"""

import argparse
import resource
import tempfile
from dataclasses import replace
from pathlib import Path

from benchmarks.lake_archive import measure_archive
from benchmarks.lake_queries import measure_queries
from benchmarks.lake_size import measure_size
from benchmarks.lake_world import Size
from benchmarks.lake_writes import measure_commits, measure_write

FULL = Size(blogs=20, hours=12, revisions=1_000_000, commits=10_000)
QUICK = Size(blogs=4, hours=2, revisions=50_000, commits=500)
MEMORY = Path("/dev/shm")  # noqa: S108 - a lake of our own in a folder of our own
DISK_SHARE = 5
"""Of the commits, one in so many is made again on the disk, whose fsync is most of what a commit takes there."""


def main() -> None:
    """Measure everything."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--quick", action="store_true", help="a small run that shows that it works; its figures mean little"
    )
    parser.add_argument(
        "--only", choices=["size", "archive", "commits", "write"], help="one part; size includes queries"
    )
    chosen = parser.parse_args()
    size = QUICK if chosen.quick else FULL
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if chosen.only in {None, "size"}:
            lake, naive = measure_size(folder, size)
            measure_queries(folder, size, lake, naive)
        if chosen.only in {None, "archive"}:
            measure_archive(folder, size)
        if chosen.only in {None, "commits"}:
            commits(folder, size)
        if chosen.only in {None, "write"}:
            measure_write(folder, size)
    print(f"memory at most {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


def commits(folder: Path, size: Size) -> None:
    """In memory, where nothing but the program takes time, and on the disk."""
    if MEMORY.is_dir():
        with tempfile.TemporaryDirectory(dir=MEMORY) as name:
            measure_commits(Path(name), size, f"in memory ({MEMORY})")
        size = replace(size, commits=size.commits // DISK_SHARE)
    measure_commits(folder, size, f"on the disk ({folder.parent})")


if __name__ == "__main__":
    main()
