"""A plain client for the newsroom: one request, whatever the status of its answer."""

import urllib.error
import urllib.request
from email.message import Message


def fetch(url: str, method: str = "GET", body: bytes | None = None, **headers: str) -> tuple[int, Message, bytes]:
    """Status, headers and body of an answer; names of headers are given with underscores (``If_None_Match``)."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    request = urllib.request.Request(url, body, named, method=method)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as answer:
        with answer:
            return answer.code, answer.headers, answer.read()
