"""Walls: a page comes, with status 200, and it is not the one that was asked for."""

from dataclasses import replace

from tests.newsroom.messages import Reply, html_reply, text_reply
from tests.newsroom.trouble.case import Behaviours, Case

_CONSENT = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Your privacy choices</title></head>
<body><div id="consent-dialog" role="dialog"><h1>We value your privacy</h1>
<p>We and our 731 partners store and access information on your device. You can accept, or choose for each purpose.</p>
<form method="post"><button name="consent" value="all">Accept all</button>
<button name="consent" value="none">Reject all</button></form></div></body></html>
"""
_LOGIN = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Sign in</title></head>
<body><h1>Sign in to go on reading</h1><form method="post"><label>E-mail <input name="email" type="email"></label>
<label>Password <input name="password" type="password"></label><button>Sign in</button></form></body></html>
"""
_PDF = b"""%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj
trailer<</Root 1 0 R>>
%%EOF
"""


def consent(case: Case) -> Reply:
    """A consent dialogue in place of the page."""
    return html_reply(_CONSENT)


def consent_redirect(case: Case) -> Reply:
    """A redirect to a consent page, and back for those who bring the cookie."""
    if "consent=" in case.request.headers.get("cookie", ""):
        return case.reply()
    if "gate" in case.request.query:
        return html_reply(_CONSENT)
    return Reply(302, headers=(("Location", f"{case.url}?gate=1"), ("Set-Cookie", "visited=1; Path=/")))


def login(case: Case) -> Reply:
    """A form to sign in."""
    return html_reply(_LOGIN)


def soft_404(case: Case) -> Reply:
    """ "Page not found", with status 200."""
    return html_reply("<!doctype html><title>Not found</title><h1>Sorry, this page cannot be found</h1>")


def empty(case: Case) -> Reply:
    """Nothing, with status 200."""
    return html_reply("")


def pdf(case: Case) -> Reply:
    """A PDF."""
    return Reply(200, _PDF, (("Content-Type", "application/pdf"),))


def wrong_type(case: Case) -> Reply:
    """The page, declared as a download."""
    return _retyped(case.page(), "application/octet-stream")


def wrong_charset(case: Case) -> Reply:
    """The page in UTF-8, declared as Latin-1, in header and page."""
    page = _retyped(case.page(), "text/html; charset=iso-8859-1")
    return replace(page, body=page.body.replace(b'charset="utf-8"', b'charset="iso-8859-1"'))


def broken_bytes(case: Case) -> Reply:
    """The page in Latin-1, declared as UTF-8."""
    page = case.page()
    return replace(page, body=page.body.decode().encode("latin-1", "replace"))


def broken_json_ld(case: Case) -> Reply:
    """The page with its JSON-LD cut off in the middle."""
    page = case.page()
    start = page.body.find(b'"liveBlogUpdate"')
    end = page.body.find(b"</script>", start)
    return page if start < 0 else replace(page, body=page.body[: (start + end) // 2] + page.body[end:])


def cut_page(case: Case) -> Reply:
    """Half of the page, in a reply that is whole."""
    page = case.page()
    return replace(page, body=page.body[: len(page.body) // 2], shown=None)


def tombstone(case: Case) -> Reply:
    """Plain text that says why there is nothing."""
    return text_reply("This blog has been taken down for legal reasons.\n", 451)


def _retyped(reply: Reply, kind: str) -> Reply:
    others = tuple((name, value) for name, value in reply.headers if name.lower() != "content-type")
    return replace(reply, headers=(("Content-Type", kind), *others))


WALLS: Behaviours = {
    "consent": consent,
    "consent-redirect": consent_redirect,
    "login": login,
    "soft-404": soft_404,
    "empty": empty,
    "pdf": pdf,
    "wrong-type": wrong_type,
    "wrong-charset": wrong_charset,
    "broken-bytes": broken_bytes,
    "broken-json-ld": broken_json_ld,
    "cut-page": cut_page,
    "taken-down": tombstone,
}
