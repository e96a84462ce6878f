"""Refusals: the server says no, with or without a hint when to come back."""

from datetime import timedelta

from tests.newsroom.messages import Reply, text_reply
from tests.newsroom.trouble.case import Behaviours, Case
from tests.newsroom.validators import http_date

RETRY_S = 60


def too_many(case: Case) -> Reply:
    """429, come back in a minute."""
    return text_reply("Too many requests.\n", 429).with_headers(("Retry-After", str(RETRY_S)))


def too_many_until(case: Case) -> Reply:
    """429, come back at a date."""
    return text_reply("Too many requests.\n", 429).with_headers(
        ("Retry-After", http_date(case.at + timedelta(seconds=RETRY_S)))
    )


def unavailable(case: Case) -> Reply:
    """503 with Retry-After."""
    return text_reply("Back soon.\n", 503).with_headers(("Retry-After", str(2 * RETRY_S)))


def broken(case: Case) -> Reply:
    """500 with a page that looks like one."""
    return text_reply("<!doctype html><title>Error</title><h1>Something went wrong</h1>\n", 500, "text/html")


def bad_gateway(case: Case) -> Reply:
    """502 without a body."""
    return Reply(502)


def flaky(case: Case) -> Reply:
    """Every second request fails with 503."""
    return unavailable(case) if case.turn % 2 else case.reply()


def forbidden(case: Case) -> Reply:
    """403."""
    return text_reply("Automated access is not allowed.\n", 403)


def not_found(case: Case) -> Reply:
    """404."""
    return text_reply("Not found.\n", 404)


def gone(case: Case) -> Reply:
    """410: it will not come back."""
    return text_reply("This page has been removed.\n", 410)


STATUSES: Behaviours = {
    "too-many": too_many,
    "too-many-until": too_many_until,
    "unavailable": unavailable,
    "broken": broken,
    "bad-gateway": bad_gateway,
    "flaky": flaky,
    "forbidden": forbidden,
    "not-found": not_found,
    "gone": gone,
}
