"""Caches that lag: an edge of the delivery network serves a page as it was some minutes ago."""

from dataclasses import replace
from datetime import timedelta

from tests.newsroom.messages import Reply
from tests.newsroom.trouble.case import Behaviours, Case

LAG_S = 300
"""How far an edge lags behind, simulated seconds."""


def stale(case: Case) -> Reply:
    """The page as it was five minutes ago, with the Age that says so."""
    return silent(case).with_headers(("Age", str(LAG_S)))


def silent(case: Case) -> Reply:
    """The page as it was five minutes ago; only its own times tell."""
    return case.reply(case.at - timedelta(seconds=LAG_S))


def mute(case: Case) -> Reply:
    """The page as it was five minutes ago, in turn with the page as it is, and no header that tells."""
    page = case.page() if case.turn % 2 else case.page(case.at - timedelta(seconds=LAG_S))
    return _without(page, ("etag", "last-modified", "cache-control", "age"))


def flapping(case: Case) -> Reply:
    """Two edges in turn: the page as it is, the page as it was five minutes ago."""
    return case.reply() if case.turn % 2 else stale(case)


def no_validators(case: Case) -> Reply:
    """The page without ETag and Last-Modified, never 304."""
    return _without(case.page(), ("etag", "last-modified", "cache-control"))


def always_304(case: Case) -> Reply:
    """304 to whoever sends a validator, though the page has changed."""
    asked = case.request.headers.keys() & {"if-none-match", "if-modified-since"}
    return replace(case.page(), status=304, body=b"", shown=None) if asked else case.reply()


def never_304(case: Case) -> Reply:
    """The whole page, though the client has it and says so."""
    return case.page()


def _without(page: Reply, names: tuple[str, ...]) -> Reply:
    return replace(page, headers=tuple((name, value) for name, value in page.headers if name.lower() not in names))


EDGES: Behaviours = {
    "stale": stale,
    "stale-silent": silent,
    "stale-mute": mute,
    "flapping": flapping,
    "no-validators": no_validators,
    "always-304": always_304,
    "never-304": never_304,
}
