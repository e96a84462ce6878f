"""Gzip off a file that was asked for as such: sitemaps, feeds, robots.txt, tdmrep.json. Pages are kept packed.

Gzip is told by its content: ``.xml.gz`` comes with and without Content-Encoding, and packed once more by a server that
packs whatever it serves.
"""

import zlib

GZIP = b"\x1f\x8b"
MAX_LAYERS = 3


class PackingError(ValueError):
    """Broken gzip, or too much of it: one line that says which."""


def unpacked(body: bytes, limit: int, *, cut: bool = False) -> bytes:
    """A body without its gzip, if it has any.

    With `cut` its first `limit` bytes are enough, and one that ends too early gives what is there. Raises PackingError.
    """
    for _ in range(MAX_LAYERS):
        if not body.startswith(GZIP):
            return body[:limit] if cut else body
        body = _gunzip(body, limit, cut)
    raise PackingError(f"packed more than {MAX_LAYERS} times")


def _gunzip(body: bytes, limit: int, cut: bool) -> bytes:
    """All members of a gzip file; what stands behind them is padding."""
    content = bytearray()
    while body.startswith(GZIP):
        inflate = zlib.decompressobj(wbits=31)
        try:
            content += inflate.decompress(body, limit + 1 - len(content))
        except zlib.error as error:
            raise PackingError(f"broken gzip: {error}") from error
        if len(content) > limit and not cut:
            raise PackingError(f"unpacks to more than {limit} bytes")
        if cut and (len(content) > limit or not inflate.eof):
            return bytes(content[:limit])
        if not inflate.eof:
            raise PackingError("broken gzip: it ends too early")
        body = inflate.unused_data
    return bytes(content)
