"""Writing: many small commits, and the same rows written by the lake, by plain pyarrow and by DuckDB."""

import shutil
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import zstandard

from benchmarks.lake_world import MINUTE, START, Blog, Size, Words, capture, many_revisions
from benchmarks.measuring import report
from lake.lake import open_lake
from lake.parquet import CLOSED_LEVEL, HOT_LEVEL, write_parquet
from lake.schemas import to_arrow
from lake.snapshots import Snapshot
from transforms.rows import Changes, RevisionRow

WRITTEN = 60_000
"""Rows written each way."""
ROUNDS = 3
"""How often the same commits are made: a pause of the machine seldom hits one commit each time."""


@dataclass(slots=True)
class Made:
    """Commits as they were made: seconds by their numbers, bytes in order."""

    wall: dict[int, float] = field(default_factory=dict)
    busy: dict[int, float] = field(default_factory=dict)
    folds: list[float] = field(default_factory=list)
    manifests: list[int] = field(default_factory=list)
    written: list[int] = field(default_factory=list)


def measure_commits(folder: Path, size: Size, where: str) -> None:
    """Many small commits to a lake in a folder, in some rounds: what a commit costs by itself is the least of them."""
    print(f"commits: {size.commits}, of three looks and two revisions each, {where}, {ROUNDS} rounds")
    rounds = [make_commits(folder / "commits", size.commits) for _ in range(ROUNDS)]
    report_commits([made.wall for made in rounds], "on the wall")
    report_commits([made.busy for made in rounds], "processor time")
    one = rounds[0]
    report("folds", f"{len(one.folds)}, median {statistics.median(one.folds) * 1000:.0f} ms")
    report_growth("bytes a commit", one.written)
    report_growth("manifest", one.manifests)


def make_commits(folder: Path, count: int) -> Made:
    """The same commits each time; those that fold first are told apart."""
    lake, words, made, before = open_lake(str(folder)), Words(11), Made(), 0
    blogs = [Blog(f"{number:016x}", words) for number in range(3)]
    for number in range(count):
        changes = a_minute(blogs, number)
        begun, worked = time.perf_counter(), time.process_time()
        snapshot = lake.commit(f"c{number}", partial(just, changes), "bench")
        spent, worked = time.perf_counter() - begun, time.process_time() - worked
        made.manifests.append(len(snapshot.manifest.to_json()))
        if snapshot.number == before + 1:
            made.wall[number], made.busy[number] = spent, worked
            added = [
                file.bytes for _, _, file in snapshot.manifest.entries() if f"/{snapshot.number:012d}-" in file.key
            ]
            made.written.append(made.manifests[-1] + sum(added))
        else:
            made.folds.append(spent)
        before = snapshot.number
    shutil.rmtree(lake.root)
    return made


def a_minute(blogs: list[Blog], number: int) -> Changes:
    """What one round of recording commits: a look at each blog, and a revision in two of them."""
    moment = START + number * MINUTE
    rows = tuple(blog._revision(f"{number % 400:016x}", moment, number // 400 + 1) for blog in blogs[:2])
    return Changes({"captures": tuple(capture(blog.blog_id, moment, True) for blog in blogs), "revisions": rows})


def just(changes: Changes, _: Snapshot) -> Changes:
    """Changes that depend on no snapshot."""
    return changes


def report_growth(what: str, sizes: list[int]) -> None:
    """The last tenth beside the first."""
    tenth = len(sizes) // 10
    grown = statistics.mean(sizes[-tenth:]) / statistics.mean(sizes[:tenth])
    report(
        f"{what}, last tenth beside first",
        f"{grown:.2f} times",
        f"mean {statistics.mean(sizes) / 1000:.0f} kB, largest {max(sizes) / 1000:.0f} kB",
    )


def report_commits(rounds: list[dict[int, float]], how: str) -> None:
    """Commits that are no fold: the first hundred, the last, and the slowest; the very first also loads libraries."""
    spent = [min(made[number] for made in rounds) for number in sorted(rounds[0])]
    first, last = statistics.median(spent[:100]), statistics.median(spent[-100:])
    report(f"{how}: median of the first hundred", f"{first * 1000:.1f} ms")
    report(f"{how}: median of the last hundred", f"{last * 1000:.1f} ms = {last / first:.2f} times")
    report(f"{how}: 99th percentile", f"{sorted(spent)[int(len(spent) * 0.99)] / first:.2f} times")
    slowest = max(spent[1:])
    report(f"{how}: slowest", f"{slowest * 1000:.1f} ms = {slowest / first:.1f} times", "target 2 times")
    worst = max(max(list(made.values())[1:]) for made in rounds)
    report(
        f"{how}: slowest of all rounds, pauses of the machine included",
        f"{worst * 1000:.1f} ms = {worst / first:.1f} times",
    )


def measure_write(folder: Path, size: Size) -> None:
    """The same revisions written four ways, beside their bare texts under the strongest compression."""
    rows = revised(min(size.revisions, WRITTEN))
    print(f"write: {len(rows)} revisions, each text its own or the one before with some words more")
    table, path = to_arrow("revisions", rows), folder / "plain.parquet"
    bare = len(zstandard.ZstdCompressor(level=19).compress("\n".join(row.text for row in rows).encode()))
    ways: dict[str, Callable[[], int]] = {
        f"the lake, open day (zstd {HOT_LEVEL})": lambda: len(write_parquet(table)),
        f"the lake, closed day (zstd {CLOSED_LEVEL})": lambda: len(write_parquet(table, level=CLOSED_LEVEL)),
        "plain pyarrow (snappy)": lambda: written_by_pyarrow(table, path, "snappy"),
        "plain pyarrow (zstd)": lambda: written_by_pyarrow(table, path, "zstd"),
        "DuckDB COPY (zstd)": lambda: written_by_duckdb(table, folder / "duck.parquet"),
    }
    for name, write in ways.items():
        begun, busy = time.perf_counter(), time.process_time()
        content = write()
        begun, busy = time.perf_counter() - begun, time.process_time() - busy
        told = f"{len(rows) / begun:,.0f} rows/s, {content / 1e6:.2f} MB"
        report(name, told, f"{content / bare:.2f} times zstd-19 of the bare text, {busy:.2f} s CPU")


def revised(count: int) -> list[RevisionRow]:
    """Rows of two hundred blogs; a section's later revisions have its words, and some more."""
    words, texts, rows = Words(5), dict[tuple[str, str], str](), []
    for row in many_revisions(count, 0, ["."]):
        section = row.blog_id, row.section_id
        text = f"{texts[section]} {words.text(12)}" if section in texts else words.text(60)
        texts[section] = text
        digest = f"{words.draw.getrandbits(128):032x}"
        rows.append(replace(row, text=text, headline=words.text(7) if row.seq == 1 else text[:40], digest=digest))
    return rows


def written_by_pyarrow(table: pa.Table, path: Path, compression: str) -> int:
    """Bytes of a file written with pyarrow's defaults."""
    pq.write_table(table, path, compression=compression)
    return path.stat().st_size


def written_by_duckdb(table: pa.Table, path: Path) -> int:
    """Bytes of a file written by DuckDB."""
    with duckdb.connect() as connection:
        connection.register("rows", table)
        connection.execute(f"COPY rows TO '{path}' (FORMAT parquet, COMPRESSION zstd)")
    return path.stat().st_size
