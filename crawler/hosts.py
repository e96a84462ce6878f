"""Host names of addresses. Standard library only, so that commands which never fetch start quickly."""

from urllib.parse import urlsplit


def host_of(url: str) -> str:
    """Host name of an address, in lower case; empty if there is none, or it is malformed."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
