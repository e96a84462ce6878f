"""Redirects that lead nowhere, or where nobody should follow."""

from tests.newsroom.messages import Reply
from tests.newsroom.trouble.case import Behaviours, Case

HOPS = 12
"""Length of the long chain: more than any crawler should follow."""


def loop(case: Case) -> Reply:
    """A redirect to itself."""
    return _to(case.url)


def ring(case: Case) -> Reply:
    """Two addresses that redirect to one another."""
    other = case.request.path if case.request.query else f"{case.request.path}?again=1"
    return _to(f"{case.origin}{other}")


def chain(case: Case) -> Reply:
    """Twelve redirects, then the page."""
    hop = int(case.request.query.get("hop", "0") or 0)
    return _to(f"{case.origin}{case.request.path}?hop={hop + 1}") if hop < HOPS else case.reply()


def private(case: Case) -> Reply:
    """A redirect into a private network, to the address where clouds keep their keys."""
    return _to("http://169.254.169.254/latest/meta-data/")


def local_file(case: Case) -> Reply:
    """A redirect to a file."""
    return _to("file:///etc/passwd")


def nowhere(case: Case) -> Reply:
    """A redirect without an address."""
    return Reply(302)


def once(case: Case) -> Reply:
    """One honest redirect to the blog."""
    return case.reply() if case.request.query.get("there") else _to(f"{case.origin}{case.request.path}?there=1")


def _to(url: str) -> Reply:
    return Reply(302, headers=(("Location", url),))


REDIRECTS: Behaviours = {
    "redirect-loop": loop,
    "redirect-ring": ring,
    "redirect-chain": chain,
    "redirect-private": private,
    "redirect-file": local_file,
    "redirect-nowhere": nowhere,
    "redirect-once": once,
}
