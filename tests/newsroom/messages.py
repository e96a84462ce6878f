"""Requests and replies as the newsroom sees them, free of sockets; and a line of the access log."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from urllib.parse import parse_qs


@dataclass(frozen=True, slots=True)
class Request:
    """One request."""

    method: str
    target: str
    """Path and query, as sent."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Names in lower case."""
    body: bytes = b""

    @property
    def host(self) -> str:
        """The Host header, port included."""
        return self.headers.get("host", "127.0.0.1")

    @property
    def path(self) -> str:
        """The path: whatever stands before the query."""
        return self.target.partition("?")[0]

    @property
    def query(self) -> dict[str, str]:
        """The query; of a repeated name the last value."""
        return {name: values[-1] for name, values in parse_qs(self.target.partition("?")[2]).items()}


@dataclass(frozen=True, slots=True)
class Shown:
    """What a reply shows of a blog: what the access log needs to know to tell what could be seen."""

    blog: str
    first: int
    """Place of its first update among all that stand, from 0 for the one on top."""
    count: int
    """Updates that it has room for."""
    rendered_at: datetime
    """The simulated moment whose page it is: earlier than the request's own where a stale copy was served."""


@dataclass(frozen=True, slots=True)
class Sending:
    """How a reply goes out, if not whole and at once. The connection is closed afterwards."""

    cut_at: int | None = None
    """The body breaks off after so many bytes."""
    chunked: bool = False
    """In chunks, without the last one."""
    endless: bool = False
    """The body again and again, in chunks."""
    drop_bytes: int = 0
    """In drops of so many bytes …"""
    pause_s: float = 0.0
    """… with so many simulated seconds after each."""
    delay_s: float = 0.0
    """Simulated seconds before the first byte."""
    raw: bytes | None = None
    """Instead of head and body."""

    @property
    def in_chunks(self) -> bool:
        """Whether chunked transfer coding is used."""
        return self.chunked or self.endless


@dataclass(frozen=True, slots=True)
class Reply:
    """One reply, whole."""

    status: int
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    shown: Shown | None = None
    sending: Sending | None = None
    trouble: str | None = None
    """The behaviour that it comes from."""

    @property
    def sent(self) -> bytes:
        """The part of the body that goes out."""
        return self.body[: self.sending.cut_at] if self.sending else self.body

    @property
    def whole(self) -> bool:
        """Whether the whole body goes out, if the client waits for it."""
        return self.sending is None or (self.sending.cut_at is None and not self.sending.endless)

    def without_body(self) -> "Reply":
        """The reply to HEAD."""
        return replace(self, sending=Sending(cut_at=0))

    def header(self, name: str) -> str | None:
        """The first value of a header, whatever its case."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)

    def with_headers(self, *headers: tuple[str, str]) -> "Reply":
        """The reply with further headers."""
        return replace(self, headers=(*self.headers, *headers))


@dataclass(frozen=True, slots=True)
class Access:
    """A line of the access log."""

    number: int
    """Counts from 1."""
    real_at: datetime
    at: datetime
    """Simulated."""
    method: str
    host: str
    source: str | None
    path: str
    """Path and query, without the ``/@source`` in front."""
    status: int
    bytes: int
    """Length of the body as sent."""
    complete: bool
    """The whole body went out."""
    user_agent: str | None = None
    if_none_match: str | None = None
    if_modified_since: str | None = None
    etag: str | None = None
    blog: str | None = None
    first: int | None = None
    """Place of the first update shown, from 0 for the one on top."""
    count: int | None = None
    """Updates that the page has room for."""
    rendered_at: datetime | None = None
    """Simulated moment of what was shown."""
    trouble: str | None = None
    """The behaviour that was met."""

    def as_json(self) -> dict[str, object]:
        """The line as JSON holds it: times as ISO 8601."""
        return {
            name: value.isoformat() if isinstance(value, datetime) else value for name, value in asdict(self).items()
        }


def html_reply(body: str, status: int = 200) -> Reply:
    """A page."""
    return Reply(status, body.encode(), (("Content-Type", "text/html; charset=utf-8"),))


def text_reply(body: str, status: int = 200, content_type: str = "text/plain; charset=utf-8") -> Reply:
    """Plain text, or another kind of text."""
    return Reply(status, body.encode(), (("Content-Type", content_type),))


def json_reply(value: object, status: int = 200) -> Reply:
    """JSON, readable by people too."""
    body = json.dumps(value, ensure_ascii=False, indent=1).encode() + b"\n"
    return Reply(status, body, (("Content-Type", "application/json"), ("Cache-Control", "no-store")))
