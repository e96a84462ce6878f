"""From bytes on the wire to text: Content-Encoding off, within a limit, and the charset found.

Errors: `DecodeError` (a ValueError) says what could not be undone; the caller records the page as unreadable.
"""

import codecs
import re
import zlib
from collections.abc import Callable

import brotli
import zstandard

_CHUNK = 64 * 1024
_ZSTD_STEP = 1024
"""Bytes given to zstd at once: 4 bytes may stand for 128 KiB, so one step yields 32 MiB at most."""
_CHARSET_PARAMETER = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_CHARSET_META = re.compile(rb"<meta[^>]{0,300}?charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_XML_ENCODING = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]+)", re.IGNORECASE)
_META_WINDOW = 4096
"""Where a charset is looked for; the HTML standard asks for 1,024 bytes, real pages stray beyond."""
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_WEB_NAMES = {
    "iso-8859-1": "windows-1252",
    "latin-1": "windows-1252",
    "latin1": "windows-1252",
    "us-ascii": "windows-1252",
    "ascii": "windows-1252",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc-kr": "cp949",
    "ks_c_5601-1987": "cp949",
}
"""What browsers read under these names (WHATWG Encoding, section 4.2)."""
_WHOLE_UTF8 = 0.7
"""A page whose characters beyond ASCII are UTF-8 for this share is UTF-8 with a few broken ones, whatever it declares:
text of another charset is UTF-8 by chance for next to none of them."""
_DECLARED_UTF8 = 0.5
"""A page that declares UTF-8 is believed while at least half of its characters beyond ASCII bear it out."""


class DecodeError(ValueError):
    """The bytes are not what their Content-Encoding says, or are longer than the limit once decoded."""


def decode_body(body: bytes, content_encoding: str | None, limit: int) -> bytes:
    """Undo every coding that Content-Encoding names (RFC 9110, section 8.4), last applied first.

    `limit` is in bytes and holds for each step, so that a small bomb cannot fill the memory.
    Raises DecodeError for an unknown coding, broken data, or more than `limit` bytes.
    """
    codings = [name.strip().lower() for name in (content_encoding or "").split(",")]
    for name in reversed([name for name in codings if name not in ("", "identity")]):
        decoder = _DECODERS.get(name)
        if decoder is None:
            raise DecodeError(f"content encoding {name!r} is not known; known are {', '.join(sorted(_DECODERS))}")
        body = decoder(body, limit)
    if len(body) > limit:
        raise DecodeError(f"longer than {limit} bytes")
    return body


def decode_text(content: bytes, content_type: str | None = None) -> str:
    """The text of a page, whatever its charset; wrong bytes become U+FFFD, so this never raises."""
    return decode_page(content, content_type)[0]


def decode_page(content: bytes, content_type: str | None = None) -> tuple[str, bytes]:
    """The text of a page as `decode_text` gives it, and its UTF-8: mostly the page itself, which costs nothing."""
    text = _decode_marked(content)
    if text is None:
        try:
            return content.decode("utf-8"), content
        except UnicodeDecodeError:
            text = _decode_declared(content, content_type)
    return text, text.encode("utf-8", "replace")


def _decode_marked(content: bytes) -> str | None:
    for mark, name in _MARKS:
        if content.startswith(mark):
            return content[len(mark) :].decode(name, "replace")
    return None


def _decode_declared(content: bytes, content_type: str | None) -> str:
    declared = charset_of(content, content_type)
    text = content.decode("utf-8", "replace")
    if _share_of_utf8(text) >= (_DECLARED_UTF8 if declared == "utf-8" else _WHOLE_UTF8):
        return text
    return content.decode(declared if declared and declared != "utf-8" else "cp1252", "replace")


def charset_of(content: bytes, content_type: str | None = None) -> str | None:
    """The charset that the header, else the page, declares, under Python's name; None where none is usable."""
    names = [match.group(1) for match in _CHARSET_PARAMETER.finditer(content_type or "")]
    head = content[:_META_WINDOW]
    for pattern in (_CHARSET_META, _XML_ENCODING):
        names += [match.group(1).decode("ascii", "replace") for match in pattern.finditer(head)]
    return next((codec for name in names if (codec := _codec(name))), None)


def _codec(name: str) -> str | None:
    try:
        found = codecs.lookup(_WEB_NAMES.get(name.lower(), name)).name
        b"a".decode(found, "replace")  # refuses codecs such as "zip" and "hex", which are not charsets
    except (LookupError, ValueError):
        return None
    return None if found.startswith(("utf-16", "utf-32")) else found  # the bytes before it were read as ASCII


def _share_of_utf8(text: str) -> float:
    beyond_ascii = sum(1 for char in text if char > "\x7f")
    wrong = text.count("\ufffd")
    return (beyond_ascii - wrong) / beyond_ascii if beyond_ascii else 0.0


def _inflate(wbits: int) -> Callable[[bytes, int], bytes]:
    def decode(body: bytes, limit: int) -> bytes:
        parts: list[bytes] = []
        size, rest = 0, body
        while rest:  # gzip files may hold several members
            machine = zlib.decompressobj(wbits)
            try:
                part = machine.decompress(rest, limit - size + 1)
            except zlib.error as error:
                if parts:
                    break  # padding after the last member
                raise DecodeError(f"broken compressed data: {error}") from error
            parts.append(part)
            size += len(part)
            if size > limit:
                raise DecodeError(f"longer than {limit} bytes once decoded")
            if not machine.eof:
                raise DecodeError("compressed data ends too early")
            rest = machine.unused_data
        return b"".join(parts)

    return decode


def _deflate(body: bytes, limit: int) -> bytes:
    wrapped = len(body) > 1 and body[0] & 0x0F == zlib.DEFLATED and int.from_bytes(body[:2], "big") % 31 == 0
    # some servers send raw deflate under the same name (RFC 9110, section 8.4.1.2)
    return _inflate(zlib.MAX_WBITS if wrapped else -zlib.MAX_WBITS)(body, limit)


def _brotli(body: bytes, limit: int) -> bytes:
    machine = brotli.Decompressor()
    out = bytearray()
    try:
        for start in range(0, len(body), _CHUNK):
            out += machine.process(body[start : start + _CHUNK], output_buffer_limit=limit - len(out) + 1)
            while len(out) <= limit and not machine.can_accept_more_data():
                out += machine.process(b"", output_buffer_limit=limit - len(out) + 1)
            if len(out) > limit:
                raise DecodeError(f"longer than {limit} bytes once decoded")
    except brotli.error as error:
        raise DecodeError(f"broken compressed data: {error}") from error
    if not machine.is_finished():
        raise DecodeError("compressed data ends too early")
    return bytes(out)


def _zstd(body: bytes, limit: int) -> bytes:
    out = bytearray()
    rest = body
    while rest:  # frames may follow one another
        machine = zstandard.ZstdDecompressor().decompressobj()
        try:
            for start in range(0, len(rest), _ZSTD_STEP):
                out += machine.decompress(rest[start : start + _ZSTD_STEP])
                if len(out) > limit:
                    raise DecodeError(f"longer than {limit} bytes once decoded")
                if machine.eof:
                    break
        except zstandard.ZstdError as error:
            raise DecodeError(f"broken compressed data: {error}") from error
        if not machine.eof:
            raise DecodeError("compressed data ends too early")
        rest = machine.unused_data + rest[start + _ZSTD_STEP :]
    return bytes(out)


_DECODERS: dict[str, Callable[[bytes, int], bytes]] = {
    "gzip": _inflate(zlib.MAX_WBITS | 16),
    "x-gzip": _inflate(zlib.MAX_WBITS | 16),
    "deflate": _deflate,
    "br": _brotli,
    "zstd": _zstd,
}
