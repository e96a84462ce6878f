"""The raw archive: looks written as the crawler writes them, committed, packed, beside gzip a poll."""

import gzip
import shutil
import time
from datetime import datetime
from pathlib import Path
from zlib import crc32

from benchmarks.lake_world import MINUTE, START, Blog, Size, Words
from benchmarks.measuring import report
from crawler.answers import Answer
from crawler.items import CrawlRequest
from crawler.settings import CrawlJob, CrawlSettings
from crawler.visits import LookMaker, Visit, judge
from crawler.warc import look_records, warcinfo
from lake.lake import open_lake
from transforms.rows import Changes

BLOGS = 2
REQUEST = (
    "GET /live/{blog} HTTP/1.1\r\nHost: news.example\r\nUser-Agent: AsItHappened/0.1 (live-blog recorder)\r\n"
    "Accept: text/html\r\nAccept-Encoding: gzip, br, zstd\r\n\r\n"
)


def measure_archive(folder: Path, size: Size) -> None:
    """Segments of a minute each, all looks of some blogs in them; the day is over and is packed."""
    print(f"archive: {BLOGS} blogs, a poll a minute for {size.hours} hours")
    job = CrawlJob("scheduled__2026-03-02", "0", str(folder), CrawlSettings())
    lake, makers = open_lake(str(folder / "archive")), LookMaker(job)
    blogs = [Blog(f"{number:016x}", Words(number)) for number in range(BLOGS)]
    plain, gzipped, keys = 0, 0, []
    for minute in range(size.hours * 60):
        moment = START + minute * MINUTE
        path = folder / f"run-0-{moment:%Y%m%dT%H%M%S%fZ}-00001.warc.gz"
        content = [warcinfo(path.name, job)]
        for blog in blogs:
            blog.poll(moment)
            page = blog.page(moment)
            wire = gzip.compress(page, 6, mtime=0)
            plain, gzipped = plain + len(page), gzipped + len(wire)
            content.append(look(makers, blog.blog_id, moment, wire))
        path.write_bytes(b"".join(content))
        keys.append(lake.raw.put_segment(path, f"{moment:%Y-%m-%d}"))
        path.unlink()
    lake.commit("looks", lambda _: Changes(segments=tuple(keys)), "bench")
    segments = sum(entry.bytes for entry in lake.newest().segments())
    begun = time.process_time()
    [day] = lake.pack()
    spent = time.process_time() - begun
    report("pages as sent", f"{plain / 1e6:.1f} MB")
    report("gzip a poll", f"{gzipped / 1e6:.1f} MB", f"in segments {segments / 1e6:.1f} MB")
    report(
        "packed, with heads, looks and index",
        f"{day.bytes_after / 1e6:.3f} MB = 1/{gzipped / day.bytes_after:.0f}",
        "target 1/50",
    )
    report("packing", f"{plain / 1e6 / spent:.0f} MB/s", f"{day.bytes_after / (BLOGS * size.hours * 60):.0f} B a look")
    shutil.rmtree(lake.root)


def look(makers: LookMaker, blog: str, moment: datetime, wire: bytes) -> bytes:
    """The records of one look at a blog, as the crawler writes them."""
    url = f"https://news.example/live/{blog}"
    fields = (
        ("Date", f"{moment:%a, %d %b %Y %H:%M:%S} GMT"), ("Content-Type", "text/html; charset=utf-8"),
        ("Content-Length", str(len(wire))), ("Content-Encoding", "gzip"), ("Cache-Control", "max-age=30"),
        ("ETag", f'"{crc32(f"{blog}{moment}".encode()):08x}"'), ("Vary", "Accept-Encoding"), ("Server", "cdn"),
    )  # fmt: skip
    head = "HTTP/1.1 200 OK\r\n" + "".join(f"{name}: {value}\r\n" for name, value in fields) + "\r\n"
    asked = REQUEST.format(blog=blog).encode()
    answer = Answer(url, moment, 120, 200, asked, head.encode(), fields, wire)
    visit = Visit(CrawlRequest(blog, url, "riverside"), began_at=moment, answers=[answer], robots="allowed")
    return b"".join(look_records(makers.finish(visit, judge(answer, conditional=False))))
