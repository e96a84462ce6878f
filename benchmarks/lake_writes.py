"""Writing: many small commits, and the same rows written by the lake, by plain pyarrow and by DuckDB."""

import statistics
import time
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

from benchmarks.lake_world import MINUTE, START, Blog, Size, Words, capture, many_revisions
from benchmarks.measuring import report
from lake.lake import open_lake
from lake.parquet import CLOSED_LEVEL, write_parquet
from lake.schemas import to_arrow
from transforms.rows import Changes


def measure_commits(folder: Path, size: Size) -> None:
    """Many small commits to a folder; those that fold first are told apart."""
    print(f"commits: {size.commits}, of three looks and two revisions each")
    lake, words = open_lake(str(folder / "commits")), Words(11)
    blogs = [Blog(f"{number:016x}", words) for number in range(3)]
    plain, busy, folds, manifests, written, before = [], [], [], [], [], 0
    for number in range(size.commits):
        moment = START + number * MINUTE
        rows = tuple(blog._revision(f"{number % 400:016x}", moment, number // 400 + 1) for blog in blogs[:2])
        looks = tuple(capture(blog.blog_id, moment, True) for blog in blogs)
        changes = Changes({"captures": looks, "revisions": rows})
        begun, worked = time.perf_counter(), time.process_time()
        snapshot = lake.commit(f"c{number}", lambda _, changes=changes: changes, "bench")
        spent, worked = time.perf_counter() - begun, time.process_time() - worked
        manifests.append(len(snapshot.manifest.to_json()))
        if snapshot.number == before + 1:
            plain.append(spent)
            busy.append(worked)
            added = [
                file.bytes for _, _, file in snapshot.manifest.entries() if f"/{snapshot.number:012d}-" in file.key
            ]
            written.append(manifests[-1] + sum(added))
        else:
            folds.append(spent)
        before = snapshot.number
    report_commits(plain, "on the wall")
    report_commits(busy, "processor time")
    report("folds", f"{len(folds)}, median {statistics.median(folds) * 1000:.0f} ms")
    tenth = len(written) // 10
    grown = statistics.mean(written[-tenth:]) / statistics.mean(written[:tenth])
    report(
        "bytes a commit, last tenth beside first",
        f"{grown:.2f} times",
        f"mean {statistics.mean(written) / 1000:.0f} kB",
    )
    thousand = len(manifests) // 10
    grown = statistics.mean(manifests[-thousand:]) / statistics.mean(manifests[:thousand])
    report("manifest, last tenth beside first", f"{grown:.2f} times", f"largest {max(manifests) / 1000:.0f} kB")


def report_commits(spent: list[float], how: str) -> None:
    """Commits that are no fold: the first hundred, the last, and the slowest; the very first also loads libraries."""
    first, last = statistics.median(spent[:100]), statistics.median(spent[-100:])
    report(f"{how}: median of the first hundred", f"{first * 1000:.1f} ms")
    report(f"{how}: median of the last hundred", f"{last * 1000:.1f} ms = {last / first:.2f} times")
    report(f"{how}: 99th percentile", f"{sorted(spent)[int(len(spent) * 0.99)] / first:.2f} times")
    slowest = max(spent[1:])
    report(f"{how}: slowest", f"{slowest * 1000:.1f} ms = {slowest / first:.1f} times", "target 2 times")


def measure_write(folder: Path, size: Size) -> None:
    """The same revisions written three ways."""
    rows = min(size.revisions, 200_000)
    print(f"write: {rows} revisions")
    words = Words(5)
    table = to_arrow("revisions", list(many_revisions(rows, 0, [words.text(60) for _ in range(2000)])))
    begun = time.perf_counter()
    content = write_parquet(table)
    report("the lake, open day", f"{rows / (time.perf_counter() - begun):,.0f} rows/s", f"{len(content) / 1e6:.2f} MB")
    begun = time.perf_counter()
    content = write_parquet(table, level=CLOSED_LEVEL)
    report(
        "the lake, closed day", f"{rows / (time.perf_counter() - begun):,.0f} rows/s", f"{len(content) / 1e6:.2f} MB"
    )
    begun = time.perf_counter()
    pq.write_table(table, folder / "plain.parquet")
    spent = time.perf_counter() - begun
    report(
        "plain pyarrow (snappy)",
        f"{rows / spent:,.0f} rows/s",
        f"{(folder / 'plain.parquet').stat().st_size / 1e6:.2f} MB",
    )
    with duckdb.connect() as connection:
        connection.register("rows", table)
        begun = time.perf_counter()
        connection.execute(f"COPY rows TO '{folder}/duck.parquet' (FORMAT parquet, COMPRESSION zstd)")
        spent = time.perf_counter() - begun
    report(
        "DuckDB COPY (zstd)", f"{rows / spent:,.0f} rows/s", f"{(folder / 'duck.parquet').stat().st_size / 1e6:.2f} MB"
    )
