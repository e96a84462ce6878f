"""How a reply goes out on a connection: whole and at once, or as its `Sending` says."""

from collections.abc import Callable, Iterator
from http.client import responses

from tests.newsroom.messages import Reply, Sending

Write = Callable[[bytes], object]
Wait = Callable[[float], bool]
"""Waits so many simulated seconds; true if the server is being closed."""


def deliver(reply: Reply, write: Write, wait: Wait) -> None:
    """Write head and body. Raises OSError where the client has gone."""
    sending = reply.sending or Sending()
    if sending.delay_s and wait(sending.delay_s):
        return
    if sending.raw is not None:
        write(sending.raw)
        return
    write(_head(reply))
    for piece in _pieces(reply.body, sending):
        write(b"%x\r\n%b\r\n" % (len(piece), piece) if sending.in_chunks else piece)
        if sending.pause_s and wait(sending.pause_s):
            return


def _head(reply: Reply) -> bytes:
    lines = [f"HTTP/1.1 {reply.status} {responses.get(reply.status, '')}"]
    lines += [f"{name}: {value}" for name, value in reply.headers]
    if reply.sending:
        lines.append("Connection: close")
    if reply.sending and reply.sending.in_chunks:
        lines.append("Transfer-Encoding: chunked")
    elif reply.status != 304:
        lines.append(f"Content-Length: {len(reply.body)}")
    return "\r\n".join((*lines, "", "")).encode("latin-1")


def _pieces(body: bytes, sending: Sending) -> Iterator[bytes]:
    while sending.endless:
        yield body
    rest = body[: sending.cut_at]
    step = sending.drop_bytes or len(rest)
    for start in range(0, len(rest), max(step, 1)):
        yield rest[start : start + step]
