"""Sizes: rows in the lake beside a full snapshot a poll, and the packed archive beside gzip a poll."""

import shutil
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import zstandard

from benchmarks.lake_world import MINUTE, START, Blog, SimulatedStore, Size, Words, capture, headlines
from benchmarks.lake_writes import just
from benchmarks.measuring import report
from lake.lake import Lake, open_lake
from lake.parquet import write_parquet
from lake.schemas import to_arrow
from transforms.rows import Changes, Row


def measure_size(folder: Path, size: Size) -> tuple[Lake, Path]:
    """Record the day; the lake with its day still open, and the folder with one file a poll."""
    print(f"size: {size.blogs} blogs, a poll a minute for {size.hours} hours")
    store = SimulatedStore(folder / "lake")
    lake, naive = Lake(store), folder / "polls"
    naive.mkdir()
    blogs = [Blog(f"{number:016x}", Words(number)) for number in range(size.blogs)]
    texts, full, polls, spent = [], 0, 0, 0.0
    for minute in range(size.hours * 60):
        moment, looks, changes = START + minute * MINUTE, [], []
        store.moment = moment
        for blog in blogs:
            changed = blog.poll(moment)
            changes += changed
            looks.append(capture(blog.blog_id, moment, bool(changed)))
            content = write_parquet(to_arrow("revisions", list(blog.sections.values())))
            (naive / f"{blog.blog_id}-{minute:04d}.parquet").write_bytes(content)
            full, polls = full + len(content), polls + 1
        texts += [row.text for row in changes]
        found, seen = headlines(changes)
        rows: dict[str, tuple[Row, ...]] = {
            "captures": tuple(looks),
            "revisions": tuple(changes),
            "headlines": tuple(found),
            "sightings": tuple(seen),
        }
        begun = time.perf_counter()
        lake.commit(f"minute {minute}", partial(just, Changes(rows)), "bench")
        spent += time.perf_counter() - begun
    report("recorded", f"{polls} polls", f"{spent:.0f} s in the lake")
    report_size(folder, lake, full, texts)
    return lake, naive


def report_size(folder: Path, lake: Lake, full: int, texts: Sequence[str]) -> None:
    """Sizes after closing the day, in a copy whose day stays closed."""
    shutil.copytree(lake.root, folder / "closed")
    closed = open_lake(str(folder / "closed"))
    snapshot = closed.compact()
    sizes = {
        name: sum(file.bytes for file in snapshot.files(name))
        for name in ("captures", "revisions", "headlines", "sightings")
    }
    bare = len(zstandard.ZstdCompressor(level=19).compress("\n".join(texts).encode()))
    report("a full snapshot a poll, Parquet", f"{full / 1e6:.1f} MB")
    report(
        "revisions, closed day",
        f"{sizes['revisions'] / 1e6:.3f} MB = 1/{full / sizes['revisions']:.0f}",
        "target 1/450",
    )
    report(
        "all tables, closed day",
        f"{sum(sizes.values()) / 1e6:.3f} MB = 1/{full / sum(sizes.values()):.0f}",
        "target 1/150",
    )
    report("revisions beside zstd-19 of the bare text", f"{sizes['revisions'] / bare:.2f} times", "target 1.5")
