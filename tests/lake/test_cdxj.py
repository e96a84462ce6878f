"""The index that pywb reads: whatever the moment, it leads to the page that stood there."""

import gzip
import json
from datetime import timedelta
from io import BytesIO
from pathlib import Path

from warcio.archiveiterator import ArchiveIterator

from crawler.answers import Answer
from crawler.items import CrawlRequest, Exchange
from crawler.settings import CrawlJob, CrawlSettings
from crawler.visits import LookMaker, Visit, judge
from crawler.warc import look_records, warcinfo
from lake.cdxj import cdxj_lines, is_indexed, put_cdxj, remove_cdxj
from lake.lake import Lake
from tests.lake.warcs import START, URL

DAY, NEXT = "2026-03-01", "2026-03-02"
JOB = CrawlJob("run", "0", "spool", CrawlSettings())


def put_look(lake: Lake, minute: int, body: bytes | None, known: Exchange | None = None) -> Exchange:
    """Archive a look as the crawler does: a page (None: not modified), asked for with what is known of another."""
    moment, wire = START + timedelta(minutes=minute), gzip.compress(body, mtime=0) if body else b""
    fields = (("Content-Type", "text/html"), ("Content-Encoding", "gzip")) if body else ()
    line = "HTTP/1.1 200 OK\r\n" if body else "HTTP/1.1 304 Not Modified\r\n"
    head = line + "".join(f"{name}: {value}\r\n" for name, value in fields) + "\r\n"
    asked = b"GET /live/flood HTTP/1.1\r\nHost: news.example\r\n\r\n"
    answer = Answer(URL, moment, 80, 200 if body else 304, asked, head.encode(), fields, wire)
    validators = {
        "payload_digest": known.payload_digest, "refers_to_record_id": known.response_record_id,
        "refers_to_url": known.url, "refers_to_date": known.warc_date,
    } if known else {}  # fmt: skip
    visit = Visit(CrawlRequest("b1", URL, "riverside", **validators), moment, [answer], "allowed")
    finished = LookMaker(JOB).finish(visit, judge(answer, conditional=known is not None))
    path = Path(lake.root, f"run-0-{moment:%Y%m%dT%H%M%S%fZ}-00001.warc.gz")
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(warcinfo(path.name, JOB) + b"".join(look_records(finished)))
    lake.raw.put_segment(path, f"{moment:%Y-%m-%d}")
    path.unlink()
    return finished.look.exchanges[0]


def served(lake: Lake, line: str) -> tuple[str, str, str]:
    """When, what kind, and the page that a line leads to."""
    _, stamp, said = line.split(" ", 2)
    facts = json.loads(said)
    part = lake.store.get_range(f"raw/{facts['filename']}", int(facts["offset"]), int(facts["length"]))
    record = next(iter(ArchiveIterator(BytesIO(part))))
    body = record.content_stream().read().decode() if record.rec_type == "response" else ""
    return stamp, facts["mime"], body


def test_a_page_that_was_not_modified_is_served_as_it_stood_also_over_midnight(local_lake: Lake) -> None:
    first = put_look(local_lake, 0, b"first")
    put_look(local_lake, 1, b"first", first)
    put_look(local_lake, 2, None, first)
    second = put_look(local_lake, 3, b"second", first)
    put_look(local_lake, 4, None, second)
    put_look(local_lake, 12 * 60 + 1, None, second)
    lines = cdxj_lines(local_lake.store, DAY)
    assert [served(local_lake, line) for line in lines] == [
        ("20260301120000", "text/html", "first"),
        ("20260301120100", "warc/revisit", ""),  # pywb finds the response of the same digest by itself
        ("20260301120200", "text/html", "first"),
        ("20260301120300", "text/html", "second"),
        ("20260301120400", "text/html", "second"),
    ]
    digests = [json.loads(line.split(" ", 2)[2])["digest"] for line in lines]
    assert digests[0] == digests[1]
    assert cdxj_lines(local_lake.store, NEXT) == []  # what it refers to is not indexed yet
    put_cdxj(local_lake.store, DAY)
    [line] = cdxj_lines(local_lake.store, NEXT)
    assert served(local_lake, line) == ("20260302000100", "text/html", "second")


def test_a_day_has_one_index_which_follows_its_segments(local_lake: Lake) -> None:
    put_look(local_lake, 0, b"first")
    key = put_cdxj(local_lake.store, DAY)
    assert put_cdxj(local_lake.store, DAY) == key
    put_look(local_lake, 1, b"second")
    newer = put_cdxj(local_lake.store, DAY)
    assert [info.key for info in local_lake.store.list("cdxj/")] == [newer]
    assert newer != key
    remove_cdxj(local_lake.store, DAY)
    assert not is_indexed(local_lake.store, DAY)
