"""Conditional requests and content coding (RFC 9110, sections 8.4, 8.8, 13)."""

import gzip
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from hashlib import blake2b

from tests.newsroom.messages import Reply

_GZIP_LEVEL = 6
_KEPT_BY_304 = ("cache-control", "content-location", "date", "etag", "expires", "vary", "last-modified", "age")
"""What a 304 repeats of the 200 it stands for (RFC 9110, section 15.4.5)."""


def http_date(when: datetime) -> str:
    """An IMF-fixdate (RFC 9110, section 5.6.7)."""
    return format_datetime(when.astimezone(UTC).replace(microsecond=0), usegmt=True)


def conditional(reply: Reply, headers: Mapping[str, str], last_modified: datetime | None) -> Reply:
    """The reply with validators, coded as the client accepts, or 304 if the client has it already.

    The ETag is strong, so that the coded form has another one than the plain form (RFC 9110, section 8.8.3.3).
    """
    coded = _accepts_gzip(headers.get("accept-encoding", ""))
    etag = f'"{blake2b(reply.body, digest_size=8).hexdigest()}{"-gz" if coded else ""}"'
    full = reply.with_headers(("ETag", etag), ("Vary", "Accept-Encoding"))
    if last_modified is not None:
        full = full.with_headers(("Last-Modified", http_date(last_modified)))
    if not_modified(headers, etag, last_modified):
        kept = tuple((name, value) for name, value in full.headers if name.lower() in _KEPT_BY_304)
        return replace(full, status=304, body=b"", headers=kept)
    if coded:
        body = gzip.compress(full.body, _GZIP_LEVEL, mtime=0)
        return replace(full.with_headers(("Content-Encoding", "gzip")), body=body)
    return full


def not_modified(headers: Mapping[str, str], etag: str, last_modified: datetime | None) -> bool:
    """Whether the client's copy is good: If-None-Match decides where it is given, else If-Modified-Since."""
    if (wanted := headers.get("if-none-match")) is not None:
        return wanted.strip() == "*" or etag in {_opaque(tag) for tag in wanted.split(",")}
    since = headers.get("if-modified-since")
    if since is None or last_modified is None:
        return False
    try:
        moment = parsedate_to_datetime(since)
    except ValueError:
        return False  # an invalid date is ignored (RFC 9110, section 13.1.3)
    return last_modified.replace(microsecond=0) <= (moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def _opaque(tag: str) -> str:
    """The tag for weak comparison (RFC 9110, section 8.8.3.2)."""
    return tag.strip().removeprefix("W/")


def _accepts_gzip(accepted: str) -> bool:
    codings = dict(_coding(item) for item in accepted.lower().split(",") if item.strip())
    return codings.get("gzip", codings.get("*", 0.0)) > 0


def _coding(item: str) -> tuple[str, float]:
    name, _, weight = item.strip().partition(";")
    try:
        return name.strip(), float(weight.strip().removeprefix("q=") or 1)
    except ValueError:
        return name.strip(), 0.0
