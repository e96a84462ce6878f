"""Bodies that do not end, do not come, come in drops, break off, or swell."""

import gzip
from dataclasses import replace
from functools import cache

from tests.newsroom.messages import Reply, Sending
from tests.newsroom.trouble.case import Behaviours, Case

MIB = 1024 * 1024
_BOMB_MEMBERS = 64
"""Each swells from 64 KiB to 64 MiB: 4 GiB in all."""


def truncated(case: Case) -> Reply:
    """Half of the body, then the connection is closed; Content-Length promised all of it."""
    page = case.page()
    return replace(page, sending=Sending(cut_at=len(page.body) // 2))


def truncated_chunks(case: Case) -> Reply:
    """Half of the body in chunks, then the connection is closed without a last chunk."""
    page = case.page()
    return replace(page, sending=Sending(cut_at=len(page.body) // 2, chunked=True))


def truncated_gzip(case: Case) -> Reply:
    """A gzip body that ends in the middle, in a reply that is whole."""
    packed = gzip.compress(case.page().body, mtime=0)
    return replace(_coded(case.page(), packed[: len(packed) // 2]), shown=None)


def false_gzip(case: Case) -> Reply:
    """A plain body that says it is gzip."""
    page = case.page()
    return replace(_coded(page, page.body), shown=None)


def bad_chunks(case: Case) -> Reply:
    """Chunks whose sizes are no numbers."""
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n"
    return Reply(200, sending=Sending(raw=head + b"zz\r\n<!doctype html>\r\n-4\r\n"))


def garbage(case: Case) -> Reply:
    """Bytes that are no HTTP."""
    return Reply(200, sending=Sending(raw=b"\x00\x01\x02 220 mail.example ESMTP\r\n"))


def reset(case: Case) -> Reply:
    """The connection is closed before a byte is sent."""
    return Reply(200, sending=Sending(raw=b""))


def hang(case: Case) -> Reply:
    """Nothing comes for ten minutes."""
    return Reply(200, sending=Sending(delay_s=600, raw=b""))


def slow_start(case: Case) -> Reply:
    """The first byte comes after twenty seconds."""
    return replace(case.reply(), sending=Sending(delay_s=20))


def slow(case: Case) -> Reply:
    """The page in fifty drops within ten seconds."""
    page = case.page()
    return replace(page, sending=Sending(drop_bytes=max(len(page.body) // 50, 1), pause_s=0.2))


def drip(case: Case) -> Reply:
    """A byte a second: it would take hours."""
    return replace(case.page(), sending=Sending(drop_bytes=1, pause_s=1.0))


def endless(case: Case) -> Reply:
    """A body without an end, in chunks."""
    return Reply(200, b"<p>And then. " * 5000, (("Content-Type", "text/html"),), sending=Sending(endless=True))


def huge(case: Case) -> Reply:
    """A page of 50 MiB, with the blog at its beginning."""
    page = case.page()
    return replace(page, body=page.body + b"<!-- padding -->" * (50 * MIB // 16), shown=None)


def gzip_bomb(case: Case) -> Reply:
    """4 MiB that swell to 4 GiB."""
    return _coded(Reply(200, b"", (("Content-Type", "text/html"),)), bomb())


def huge_headers(case: Case) -> Reply:
    """Two hundred kilobytes of headers."""
    return case.reply().with_headers(*((f"X-Padding-{number}", "x" * 4000) for number in range(50)))


def http_1_0(case: Case) -> Reply:
    """HTTP/1.0: no length, the end is where the connection ends."""
    head = b"HTTP/1.0 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
    page = case.page()
    return replace(page, sending=Sending(raw=head + page.body))


@cache
def bomb() -> bytes:
    """A gzip file of many members, each of them 64 MiB of blanks."""
    return gzip.compress(b" " * (64 * MIB), 9, mtime=0) * _BOMB_MEMBERS


def _coded(reply: Reply, body: bytes) -> Reply:
    return replace(reply.with_headers(("Content-Encoding", "gzip")), body=body)


BODIES: Behaviours = {
    "truncated": truncated,
    "truncated-chunks": truncated_chunks,
    "truncated-gzip": truncated_gzip,
    "false-gzip": false_gzip,
    "bad-chunks": bad_chunks,
    "garbage": garbage,
    "reset": reset,
    "hang": hang,
    "slow-start": slow_start,
    "slow": slow,
    "drip": drip,
    "endless": endless,
    "huge": huge,
    "gzip-bomb": gzip_bomb,
    "huge-headers": huge_headers,
    "http-1.0": http_1_0,
}
