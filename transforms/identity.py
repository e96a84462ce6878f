"""Names for things that have none of their own: a blog's canonical address, and the ids made from it.

canonical_address   one spelling for one blog: scheme and host in lower case, no default port, no fragment,
                    no tracking parameters, no trailing "?" (RFC 3986, section 6.2)
blog_id             16 hex digits of the canonical address
section_id          16 hex digits of a blog and a key: the publisher's id, or the content where there is none
"""

import hashlib
import re
from urllib.parse import SplitResult, quote, urlsplit, urlunsplit

TRACKING = frozenset(
    {"fbclid", "gclid", "dclid", "msclkid", "mc_cid", "mc_eid", "igshid", "ocid", "cmpid", "smid", "yclid", "_ga"}
    | {"amp", "outputtype", "ref", "ref_src", "wt_mc", "xtor", "at_medium", "at_campaign"}
    | {f"at_custom{number}" for number in range(1, 5)}
)
"""Query parameters that say where a reader came from, not what the page is."""
TRACKING_PREFIX = "utm_"
ID_BYTES = 8
"""64 bits: a million sections of one blog collide with a chance of three in a hundred million."""
_DEFAULT_PORTS = {"http": 80, "https": 443}
_UNSAFE = re.compile(r"[\x00-\x20\x7f]+")


def canonical_address(url: str) -> str:
    """One spelling for an http(s) address; anything else comes back stripped of blanks and control characters."""
    cleaned = _UNSAFE.sub("", url)
    try:
        parts = urlsplit(cleaned)
        host = _host(parts)
    except ValueError:  # a broken port or IPv6 literal: no address, but still a name
        return cleaned
    if not host:
        return cleaned
    query = "&".join(pair for pair in parts.query.split("&") if pair and not _is_tracking(pair))
    return urlunsplit((parts.scheme.lower(), host, parts.path or "/", query, ""))


def blog_id(url: str) -> str:
    """16 hex digits of the blog's canonical address; ``http`` and ``https`` name the same blog."""
    address = canonical_address(url)
    return _digest(address.removeprefix("https://").removeprefix("http://"))


def section_id(blog: str, key: str) -> str:
    """16 hex digits of a blog's id and a key that is the section's own within the blog."""
    return _digest(f"{blog}\n{key}")


def _host(parts: SplitResult) -> str:
    host = (parts.hostname or "").rstrip(".")
    if host and not host.isascii():
        host = _ascii_host(host)
    if ":" in host:
        host = f"[{host}]"
    port = parts.port
    return host if port is None or port == _DEFAULT_PORTS.get(parts.scheme.lower()) else f"{host}:{port}"


def _ascii_host(host: str) -> str:
    try:
        return host.encode("idna").decode("ascii")
    except UnicodeError:
        return quote(host, errors="replace")


def _is_tracking(pair: str) -> bool:
    name = pair.partition("=")[0].lower()
    return name in TRACKING or name.startswith(TRACKING_PREFIX)


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=ID_BYTES).hexdigest()
