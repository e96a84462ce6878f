"""`liveblog extract`: archives as input, reasons, and what stands on a terminal."""

import gzip
import json
import os
import pty
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from io import BytesIO
from pathlib import Path

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from tests.lake.warcs import Segment
from tests.liveblog.conftest import LIVEBLOG, Liveblog

ENTRY = """<article id="post-{n}"><time datetime="2026-11-22T1{n}:00:00Z">1{n}:00</time><h2>Gate {n} opens</h2>
<p>The lock keepers at gate {n} let the barges through one by one, and the queue grows shorter.</p></article>"""


def live_page(updates: int, title: str = "Canal reopens: live") -> bytes:
    entries = "".join(ENTRY.format(n=n) for n in range(updates, 0, -1))
    return f'<!doctype html><html lang="en"><title>{title}</title><h1>{title}</h1><main>{entries}</main>'.encode()


def write_response(writer: WARCWriter, url: str, status: str, kind: str, body: bytes) -> None:
    headers = StatusAndHeaders(status, [("Content-Type", kind)], "HTTP/1.1")
    about = {"WARC-Date": "2026-11-22T20:00:00Z"}
    record = writer.create_warc_record(
        url, "response", payload=BytesIO(body), length=len(body), warc_headers_dict=about, http_headers=headers
    )
    writer.write_record(record)


def strangers_crawl(pages: dict[str, tuple[str, str, bytes]]) -> bytes:
    """Responses as another crawler archives them: a warcinfo of its own, and no looks."""
    buffer = BytesIO()
    writer = WARCWriter(buffer, gzip=True, warc_version="1.0")
    writer.write_record(writer.create_warcinfo_record("CRAWL-1.warc.gz", {"software": "SomeCrawler/3.1"}))
    for url, (status, kind, body) in pages.items():
        write_response(writer, url, status, kind, body)
    return buffer.getvalue()


def lines(out: str) -> list[dict]:
    return [json.loads(line) for line in out.splitlines()]


def test_our_own_segments_give_a_page_a_look_with_the_time_of_the_look(liveblog: Liveblog, tmp_path: Path):
    segment = Segment()
    segment.look(minutes=0, body=live_page(5))
    segment.look(minutes=1, body=live_page(6))
    segment.look(minutes=2, outcome="failed", reason="status 503")
    path = segment.saved(tmp_path / "looks.warc.gz")
    done = liveblog("extract", "--jsonl", str(path))
    assert done.status == 0, done.err
    found = lines(done.out)
    assert [len(page["sections"]) for page in found] == [5, 6, 0]
    assert [page["fetched_at"][:16] for page in found] == ["2026-03-01T12:00", "2026-03-01T12:01", "2026-03-01T12:02"]
    assert {page["path"] for page in found} == {str(path)}
    assert found[0]["url"] == "https://news.example/live/flood"
    assert found[2]["unreadable"] == "status 503"


def test_a_strangers_crawl_gives_one_result_a_record_and_none_of_them_is_a_failure(liveblog: Liveblog, tmp_path: Path):
    pages = {
        "https://canal.example/live": ("200 OK", "text/html", live_page(7)),
        "https://canal.example/gone": ("404 Not Found", "text/html", b"<h1>No such page</h1>"),
        "https://canal.example/logo.png": ("200 OK", "image/png", b"\x89PNG\r\n\x1a\n" + bytes(100)),
        "https://canal.example/live/2": ("200 OK", "text/html", live_page(6, "Second canal: live")),
    }
    path = tmp_path / "crawl.warc"  # plain, whatever its name says
    path.write_bytes(gzip.decompress(strangers_crawl(pages)))
    done = liveblog("extract", "--jsonl", str(path))
    assert done.status == 0, done.err
    assert [page["url"] for page in lines(done.out)] == list(pages)
    assert [page["is_live_blog"] for page in lines(done.out)] == [True, False, False, True]
    assert "404" in lines(done.out)[1]["unreadable"]


def test_an_archive_may_come_by_pipe_and_as_one_json_array(liveblog: Liveblog):
    crawl = strangers_crawl({f"https://canal.example/{n}": ("200 OK", "text/html", live_page(6)) for n in range(3)})
    done = liveblog("extract", "--json", "-", stdin=crawl)
    assert done.status == 0, done.err
    assert [page["url"][-1] for page in done.json] == ["0", "1", "2"]


def test_a_cut_archive_gives_what_stood_before_the_cut_and_says_so(liveblog: Liveblog, tmp_path: Path):
    crawl = strangers_crawl({f"https://canal.example/{n}": ("200 OK", "text/html", live_page(6)) for n in range(3)})
    path = tmp_path / "cut.warc.gz"
    path.write_bytes(crawl[:-40])
    done = liveblog("extract", "--jsonl", str(path))
    assert done.status == 2
    assert len(done.err.splitlines()) == 1
    assert str(path) in done.err
    assert [page["url"][-1] for page in lines(done.out)] == ["0", "1"]


def test_a_large_archive_is_streamed_in_bounded_memory(environ: dict[str, str], tmp_path: Path):
    """1,500 records of 200 KB, 300 MB in all: the process that reads them stays below 250 MiB."""
    path = tmp_path / "large.warc.gz"
    filler = b"<p>" + b"the water stands still behind the gate " * 5000
    body = b"<!doctype html><title>Gates</title>" + filler
    with path.open("wb") as stream:
        writer = WARCWriter(stream, gzip=True, warc_version="1.0")
        writer.write_record(writer.create_warcinfo_record("LARGE.warc.gz", {"software": "SomeCrawler/3.1"}))
        for number in range(1500):
            write_response(writer, f"https://canal.example/{number}", "404 Not Found", "text/html", body)
    watch = (
        "import resource, subprocess, sys; "
        f"done = subprocess.run([{str(LIVEBLOG)!r}, 'extract', '--jsonl', {str(path)!r}], stdout=subprocess.PIPE); "
        "print(done.stdout.count(b'\\n'), resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)"
    )
    told = subprocess.run([sys.executable, "-c", watch], env=environ, capture_output=True, check=True, cwd=tmp_path)
    results, peak_mib = map(int, told.stdout.split())
    assert results == 1500
    assert peak_mib < 250


def test_explain_names_reasons_readers_paging_and_the_live_state(liveblog: Liveblog):
    page = live_page(6).replace(b"</main>", b'<link rel="next" href="https://canal.example/live?page=2"></main>')
    done = liveblog("extract", "--explain", "-", "--fetched-at", "2026-11-22T16:10", stdin=page)
    assert done.status == 0, done.err
    names = [line.split()[0] for line in done.out.splitlines() if line.startswith("  ") and line.strip()]
    assert {"decision", "for", "readers", "complete", "paging", "state"} <= set(names)
    assert "older updates at https://canal.example/live?page=2" in done.out
    assert "live: newest update 2026-11-22T16:00:00+00:00" in done.out


def test_times_are_shown_to_people_without_what_they_do_not_need(liveblog: Liveblog):
    done = liveblog("extract", "-", stdin=live_page(6))
    assert "● 2026-11-22 16:00Z Gate 6 opens" in done.out


def test_control_characters_of_a_page_do_not_reach_the_terminal(liveblog: Liveblog):
    done = liveblog("extract", "--explain", "-", stdin=live_page(6, "Canal \x9b31m live\u202e"))
    assert not {"\x1b", "\x9b", "\u202e"} & set(done.out)


def chunks_of(terminal: int) -> Iterator[bytes]:
    """What was written to a pseudo-terminal whose other side is closed; a read may give a part of it only."""
    with suppress(OSError):  # EIO: all is read
        while chunk := os.read(terminal, 65536):
            yield chunk


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="needs a pseudo-terminal")
def test_a_bar_shows_progress_on_a_terminal_while_the_data_goes_to_a_file(environ: dict[str, str], tmp_path: Path):
    for name in ("a", "b", "c"):
        (tmp_path / f"{name}.html").write_bytes(live_page(6))
    ours, theirs = pty.openpty()
    with (tmp_path / "out.jsonl").open("wb") as out:
        arguments = [LIVEBLOG, "extract", "--jsonl", "a.html", "b.html", "c.html"]
        subprocess.run(arguments, env=environ, stdout=out, stderr=theirs, check=True, cwd=tmp_path)
    os.close(theirs)
    shown = b"".join(chunks_of(ours)).decode()
    os.close(ours)
    assert "reading" in shown
    assert "100%" in shown
    assert len(lines((tmp_path / "out.jsonl").read_text())) == 3
