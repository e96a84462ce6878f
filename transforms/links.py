"""Addresses as pages write them: joined and split without ever raising, since any of them may be broken."""

import re
from collections.abc import Iterable
from urllib.parse import SplitResult, urljoin, urlsplit

NO_ADDRESS = SplitResult("", "", "", "", "")
_ABSOLUTE = re.compile(r"https?://[a-z0-9.-]+/[^?#;\s]*(?:\?[^#\s]+)?(?:#\S+)?", re.ASCII)
"""An address in full that `urljoin` gives back as it is: most links on a page, and it takes ten times as long."""


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


def lead_away(base: str, links: Iterable[str]) -> bool:
    """Whether any of the links leads to another page than the one at `base`."""
    own = split(base)
    for link in links:
        if link.startswith("#") or not link:
            continue
        target = split(joined(base, link))
        if target.path.rstrip("/") != own.path.rstrip("/") and not (target.fragment and not base):
            return True
    return False
