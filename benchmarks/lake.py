"""The lake beside simpler ways of keeping the same polls: ``python -m benchmarks.lake [--quick]``.

    size      20 blogs polled every minute for 12 simulated hours: rows in the lake beside a full snapshot a poll
    archive   the pages of two of these blogs: packed, beside gzip a poll
    queries   an analyst's questions on a million revisions, and on a full open day, beside one file a poll
    commits   10,000 commits: does the last cost what the first did?
    write     the same rows written by the lake, by plain pyarrow and by DuckDB's COPY

Everything is invented, seeded and measured here; targets stand beside what was measured.
"""

import argparse
import random
import resource
import shutil
import statistics
import tempfile
import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import zstandard

from lake.generations import Generation
from lake.lake import Lake, open_lake
from lake.local import LocalStore
from lake.packs import LEVEL, WINDOW_LOG
from lake.parquet import CLOSED_LEVEL, write_parquet
from lake.query import connect, run_sql
from lake.schemas import to_arrow
from transforms.records import CaptureRow, Changes, HeadlineRow, RevisionRow, SightingRow

START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
SYLLABLES = [a + b for a in "bdfgklmnprstvz" for b in ("a", "e", "i", "o", "u", "ar", "en", "il", "or", "un")]


@dataclass(frozen=True, slots=True)
class Size:
    """How much to measure."""

    blogs: int
    hours: int
    revisions: int
    commits: int


FULL = Size(blogs=20, hours=12, revisions=1_000_000, commits=10_000)
QUICK = Size(blogs=4, hours=2, revisions=50_000, commits=500)


class Words:
    """Invented prose: words of a made-up language, the frequent ones frequent."""

    def __init__(self, seed: int) -> None:
        self.draw = random.Random(seed)
        self.words = ["".join(self.draw.choices(SYLLABLES, k=self.draw.randint(1, 4))) for _ in range(8000)]
        self.weights = [1 / (place + 3) for place in range(len(self.words))]

    def text(self, words: int) -> str:
        """A sentence or several."""
        return " ".join(self.draw.choices(self.words, self.weights, k=words)).capitalize() + "."


class SimulatedStore(LocalStore):
    """A folder whose clock stands where the simulation does, so that its day is open."""

    moment = START

    def now(self) -> datetime:
        """The simulated time."""
        return self.moment


class Blog:
    """A blog that gains an update every four minutes and edits one every ten."""

    def __init__(self, blog_id: str, words: Words) -> None:
        self.blog_id, self.words = blog_id, words
        self.sections: dict[str, RevisionRow] = {}

    def poll(self, moment: datetime) -> list[RevisionRow]:
        """What changed since the last poll."""
        changed = []
        if self.words.draw.random() < 1 / 4 or not self.sections:
            changed.append(self._revision(f"{len(self.sections):016x}", moment, 1))
        if self.words.draw.random() < 1 / 10:
            old = self.words.draw.choice(list(self.sections.values()) or changed)
            text = f"{old.text} {self.words.text(12)}"
            changed.append(replace(self._revision(old.section_id, moment, old.seq + 1), text=text))
        self.sections |= {row.section_id: row for row in changed}
        return changed

    def _revision(self, section: str, moment: datetime, seq: int) -> RevisionRow:
        return RevisionRow(
            blog_id=self.blog_id, section_id=section, seq=seq, change="added" if seq == 1 else "edited", reason=None,
            changed_fields=() if seq == 1 else ("text",), visibility="shown", observed_at=moment,
            capture_id=capture_id(self.blog_id, moment), not_before=moment - MINUTE, not_after=moment, kind="update",
            publisher_id=f"post-{int(section, 16)}", rank=f"{10**9 - int(section, 16):09d}",
            headline=self.words.text(7), text=self.words.text(90), published_at=moment - MINUTE,
            published_raw=moment.isoformat(), time_source="json_ld", modified_at=None, authors=("Ada Penn",),
            permalink=f"https://news.example/{self.blog_id}#post-{int(section, 16)}", pinned=False, key_event=False,
            links=(), media=(), digest=f"{self.words.draw.getrandbits(128):032x}", reader="json_ld", missing_since=None,
        )  # fmt: skip

    def page(self, moment: datetime) -> bytes:
        """The page as a server would send it at this moment: a frame that changes a little, and all updates."""
        body = "".join(
            f"<article id='{row.publisher_id}'><h2>{row.headline}</h2><p>{row.text}</p></article>"
            for row in sorted(self.sections.values(), key=lambda row: row.rank)
        )
        token = f"{self.words.draw.getrandbits(128):032x}"
        return f"<html><meta name=t content={token}><time>{moment}</time>{FRAME}{body}</html>".encode()


FRAME = "".join(f"<div class='{Words(1).text(3)}'>{Words(place).text(30)}</div>" for place in range(3))


def capture_id(blog_id: str, moment: datetime) -> str:
    """Unlike any other, and as hard to compress as a real one."""
    return f"{random.Random(f'{blog_id}{moment}').getrandbits(96):024x}"


def capture(blog_id: str, moment: datetime, changed: bool) -> CaptureRow:
    """The row of one look."""
    digest = f"sha256:{random.Random(f'{blog_id}{moment}d').getrandbits(256):064x}"
    return CaptureRow(
        capture_id=capture_id(blog_id, moment), blog_id=blog_id, source="riverside",
        url=f"https://news.example/{blog_id}", final_url=None, observed_at=moment,
        outcome="changed" if changed else "unchanged", reason=None, status=200, elapsed_ms=120, late_by_s=0.4,
        content_type="text/html", body_bytes=90_000, etag=None, last_modified=None, cache_control="max-age=30",
        age_s=None, retry_after_s=None, payload_digest=digest, page_digest=digest[7:39], is_live_blog=True,
        reader="json_ld", reader_version="1", sections_seen=90, updates_seen=90, pages_walked=1, robots="allowed",
        robots_meta=None, x_robots_tag=None, user_agent="bench", next_look_at=moment + MINUTE, last_changed_at=moment,
        segment=f"raw/dt={moment:%Y-%m-%d}/run-{moment:%H%M}.warc.gz", record_ids=(), response_record_id=None,
        response_date=None, run_key=f"scheduled__{moment:%Y-%m-%dT%H:%M}", batch_id="0",
    )  # fmt: skip


def headlines(rows: Iterable[RevisionRow]) -> tuple[list[HeadlineRow], list[SightingRow]]:
    """Headlines and sightings of new revisions."""
    found, seen = [], []
    for row in rows:
        name = row.digest[:16]
        text = row.headline or ""
        found.append(
            HeadlineRow(name, text, text.lower(), "en", row.blog_id, "riverside", row.observed_at, row.capture_id)
        )
        seen.append(
            SightingRow(name, name, row.blog_id, row.section_id, "update", text, row.observed_at, row.capture_id)
        )
    return found, seen


def report(what: str, measured: str, target: str = "") -> None:
    """One line of the result."""
    print(f"  {what:<58} {measured:>22}   {target}")


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
        rows = {
            "captures": tuple(looks),
            "revisions": tuple(changes),
            "headlines": tuple(found),
            "sightings": tuple(seen),
        }
        begun = time.perf_counter()
        lake.commit(f"minute {minute}", lambda _, rows=rows: Changes(rows), "bench")
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


def measure_archive(size: Size) -> None:
    """Pages of two blogs, packed as `lake.packs` packs them, beside gzip a poll."""
    print(f"archive: 2 blogs, a poll a minute for {size.hours} hours")
    gzipped, packed, raw = 0, 0, 0
    for number in range(2):
        blog, pages = Blog(f"{number:016x}", Words(number)), []
        for minute in range(size.hours * 60):
            blog.poll(START + minute * MINUTE)
            pages.append(blog.page(START + minute * MINUTE))
            gzipped += len(zlib.compress(pages[-1], 6))
        whole = b"".join(pages)
        parameters = zstandard.ZstdCompressionParameters.from_level(LEVEL, window_log=WINDOW_LOG, enable_ldm=True)
        packed += len(zstandard.ZstdCompressor(compression_params=parameters).compress(whole))
        raw += len(whole)
    report("pages as sent", f"{raw / 1e6:.1f} MB")
    report("gzip a poll", f"{gzipped / 1e6:.1f} MB")
    report("packed", f"{packed / 1e6:.3f} MB = 1/{gzipped / packed:.0f}", "target 1/50")


def timed(ask: Callable[[], object], times: int = 7) -> str:
    """The median of some runs after a first, and the processor time of one: the truer figure on a busy machine."""
    ask()
    spent, busy = [], time.process_time()
    for _ in range(times):
        begun = time.perf_counter()
        ask()
        spent.append(time.perf_counter() - begun)
    busy = (time.process_time() - busy) / times
    return f"{statistics.median(spent) * 1000:.0f} ms ({busy * 1000:.0f} ms CPU)"


def questions(blog: str, moment: datetime) -> dict[str, str]:
    """What an analyst asks."""
    return {
        "page as of a time": f"SELECT count(*) FROM page_at('{blog}', '{moment.isoformat()}')",  # noqa: S608 - our own words
        "a day's headlines": f"SELECT count(DISTINCT headline) FROM revisions WHERE dt = '{moment:%Y-%m-%d}'",  # noqa: S608 - our own words
        "a blog's edit history": f"SELECT count(*) FROM (FROM changes('{blog}'))",  # noqa: S608 - our own words
    }


def ask_all(lake: Lake, asked: dict[str, str], label: str, target: str) -> None:
    """Time the questions on a lake's newest snapshot."""
    connection = connect(lake, lake.newest())
    for name, sql in asked.items():
        report(f"{name}, {label}", timed(lambda sql=sql: list(run_sql(connection, sql).rows)), target)
    connection.close()


def measure_queries(folder: Path, size: Size, open_day: Lake, naive: Path) -> None:
    """The questions on many closed days, on the full open day, and on one file a poll."""
    print(f"queries: {size.revisions} revisions over 30 closed days; an open day; one file a poll")
    lake = open_lake(str(folder / "million"))
    lake.prepare()
    generation, words = Generation.begin(lake.chain), Words(7)
    texts = [words.text(60) for _ in range(2000)]
    for day in range(30):
        generation.write(Changes({"revisions": tuple(many_revisions(size.revisions // 30, day, texts))}))
    generation.publish("bench", lambda: None, lake.raw.entry)
    moment = START + timedelta(days=20)
    ask_all(lake, questions(f"{5:016x}", moment), "closed days", "target 60 ms")
    hot = START + timedelta(hours=size.hours - 1)
    ask_all(open_day, questions(f"{1:016x}", hot), "open day", "target 200 ms")
    ask_naive(naive, hot)


def many_revisions(rows: int, day: int, texts: Sequence[str]) -> Iterator[RevisionRow]:
    """Revisions of two hundred blogs on one day."""
    template = Blog("", Words(3))._revision(f"{0:016x}", START, 1)
    for number in range(rows):
        moment = START + timedelta(days=day, seconds=number * 50_000 / rows)
        section, seq = divmod(number // 200, 3)
        yield replace(
            template, blog_id=f"{number % 200:016x}", section_id=f"{day * 10_000 + section:016x}", seq=seq + 1,
            observed_at=moment, not_after=moment, capture_id=capture_id(str(number), moment),
            text=texts[number * 31 % len(texts)], headline=f"{texts[section % len(texts)][:60]} {day}",
        )  # fmt: skip


def ask_naive(folder: Path, moment: datetime) -> None:
    """The same questions to one file a poll, as one would ask them there."""
    source = f"read_parquet('{folder}/*.parquet', filename = true)"
    minute = round((moment - START) / MINUTE)
    first = (
        f"SELECT section_id, min(filename) FROM {source} WHERE blog_id = '{1:016x}' GROUP BY section_id, text, headline"  # noqa: S608 - our own words
    )
    asked = {
        "page as of a time": f"SELECT count(*) FROM read_parquet('{folder}/{1:016x}-{minute:04d}.parquet')",  # noqa: S608 - our own words
        "a day's headlines": f"SELECT count(DISTINCT headline) FROM {source}",  # noqa: S608 - our own words
        "a blog's edit history": f"SELECT count(*) FROM ({first})",  # noqa: S608 - our own words
    }
    with duckdb.connect() as connection:
        for name, sql in asked.items():
            report(f"{name}, one file a poll", timed(lambda sql=sql: connection.execute(sql).fetchall(), 3))


def measure_commits(folder: Path, size: Size) -> None:
    """Many small commits to a folder; those that fold first are told apart."""
    print(f"commits: {size.commits}, of three looks and two revisions each")
    lake, words = open_lake(str(folder / "commits")), Words(11)
    blogs = [Blog(f"{number:016x}", words) for number in range(3)]
    plain, folds, manifests, before = [], [], [], 0
    for number in range(size.commits):
        moment = START + number * MINUTE
        rows = tuple(blog._revision(f"{number % 400:016x}", moment, number // 400 + 1) for blog in blogs[:2])
        looks = tuple(capture(blog.blog_id, moment, True) for blog in blogs)
        begun = time.perf_counter()
        snapshot = lake.commit(
            f"c{number}", lambda _, r=rows, c=looks: Changes({"captures": c, "revisions": r}), "bench"
        )
        (plain if snapshot.number == before + 1 else folds).append(time.perf_counter() - begun)
        before = snapshot.number
        manifests.append(len(snapshot.manifest.to_json()))
    first, last = statistics.median(plain[:100]), statistics.median(plain[-100:])
    report("median of the first hundred", f"{first * 1000:.1f} ms")
    report("median of the last hundred", f"{last * 1000:.1f} ms = {last / first:.2f} times")
    report("99th percentile", f"{sorted(plain)[int(len(plain) * 0.99)] * 1000:.1f} ms")
    report("slowest that is no fold", f"{max(plain) * 1000:.1f} ms = {max(plain) / first:.1f} times", "target 2 times")
    report("folds", f"{len(folds)}, median {statistics.median(folds) * 1000:.0f} ms")
    thousand = len(manifests) // 10
    grown = statistics.mean(manifests[-thousand:]) / statistics.mean(manifests[:thousand])
    report("manifest, last tenth beside first", f"{grown:.2f} times", f"largest {max(manifests) / 1000:.0f} kB")


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
            measure_archive(size)
        if chosen.only in {None, "commits"}:
            measure_commits(folder, size)
        if chosen.only in {None, "write"}:
            measure_write(folder, size)
    print(f"memory at most {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
