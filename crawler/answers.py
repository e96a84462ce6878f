"""What came back over the wire for one request, before anybody has interpreted it."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum
from urllib.parse import urljoin

from scrapy.http import Response
from w3lib.url import safe_url_string

REDIRECTS = frozenset({301, 302, 303, 307, 308})

_WHOLE_NUMBER = re.compile(r"[0-9]{1,10}")


class Truncation(StrEnum):
    """Why a body is not whole: the values of WARC-Truncated (WARC 1.1, section 5.13)."""

    LENGTH = "length"
    TIME = "time"
    DISCONNECT = "disconnect"
    UNSPECIFIED = "unspecified"
    """We left it: its rights are reserved."""


CUT_OFF = frozenset({Truncation.TIME, Truncation.DISCONNECT})
"""The server or the network ended the body, not we."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP request and the answer to it, as received."""

    url: str
    started_at: datetime
    """Aware UTC: when the request was sent."""
    elapsed_ms: int
    status: int
    request_head: bytes
    """Request line and headers, up to and with the empty line."""
    head: bytes
    """Status line and headers in their order, up to and with the empty line."""
    headers: tuple[tuple[str, str], ...]
    body: bytes
    """After transfer decoding (chunks joined), before content decoding."""
    truncated: Truncation | None = None
    problem: str | None = None
    """What cut the body off: one line."""

    def header(self, name: str) -> str | None:
        """Value of a header whatever its case, several ones joined as RFC 9110, section 5.3 says; None without it."""
        name = name.lower()
        values = [value for key, value in self.headers if key.lower() == name]
        return ", ".join(values) if values else None

    @property
    def target(self) -> str | None:
        """Where a redirect points to, absolute and percent-encoded; None if this is no redirect, or points nowhere.

        Raises ValueError if it points to something that is no address.
        """
        location = self.header("Location")
        if self.status not in REDIRECTS or not location or self.truncated:
            return None
        return urljoin(self.url, safe_url_string(location.encode("latin-1", "replace")))

    @property
    def age_s(self) -> int | None:
        """Seconds that the answer spent in caches; None without an Age that is a whole number."""
        return _seconds(self.header("Age"))

    @property
    def retry_after_s(self) -> int | None:
        """Seconds to wait before the next request, given as such or as a date (RFC 9110, section 10.2.3)."""
        value = self.header("Retry-After")
        seconds = _seconds(value)
        if seconds is None and (date := _http_date(value)):
            now = _http_date(self.header("Date")) or self.started_at
            seconds = max(0, round((date - now).total_seconds()))
        return seconds


def _seconds(value: str | None) -> int | None:
    value = (value or "").strip()
    return int(value) if _WHOLE_NUMBER.fullmatch(value) else None


def _http_date(value: str | None) -> datetime | None:
    try:
        date = parsedate_to_datetime(value or "")
    except (ValueError, OverflowError):  # the latter for numbers that no date can hold
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)


class AnswerResponse(Response):
    """A Scrapy response that carries its `Answer`; its own headers are left empty, since nobody needs them twice."""

    __slots__ = ("answer",)

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.url, status=answer.status, body=answer.body)
        self.answer = answer
