"""Addresses as pages write them: joined and split without ever raising, since any of them may be broken."""

import re
from collections.abc import Iterable
from urllib.parse import SplitResult, urljoin, urlsplit

NO_ADDRESS = SplitResult("", "", "", "", "")
_ABSOLUTE = re.compile(r"https?://[a-z0-9.-]+/[^?#;\s]*(?:\?[^#\s]+)?(?:#\S+)?", re.ASCII)
"""An address in full that `urljoin` gives back as it is: most links on a page, and it takes ten times as long."""
_STORY = re.compile(r"[^-]+-[^-]+-[^-]|\d{4}")
"""The end of a story's path: three words, or a number."""


def joined(base: str, link: str) -> str:
    """The absolute address of a link; a link that cannot be resolved comes back as it is."""
    if _ABSOLUTE.fullmatch(link):
        return link
    try:
        return urljoin(base, link)
    except ValueError:
        return link


def split(address: str) -> SplitResult:
    """The parts of an address; all empty for one that is none."""
    try:
        return urlsplit(address)
    except ValueError:
        return NO_ADDRESS


def lead_away(base: str, links: Iterable[str], *, live: bool = False) -> bool:
    """Whether any of the links leads to another page than the one at `base`.

    A page that calls itself `live` may give each update an address below its own, which is the story's and no section's
    (``/live/storm-hits-penrock/barrier-closed``).
    """
    own = split(base)
    below = own.path.rstrip("/") + "/" if live and _STORY.search(own.path.rstrip("/").rpartition("/")[2]) else None
    for link in links:
        if link.startswith("#") or not link:
            continue
        target = split(joined(base, link))
        if below and target.path.startswith(below) and target.netloc == own.netloc:
            continue
        if target.path.rstrip("/") != own.path.rstrip("/") and not (target.fragment and not base):
            return True
    return False
