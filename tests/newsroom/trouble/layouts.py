"""Layouts that change overnight: the page is healthy, and nothing on it is where it was."""

from dataclasses import replace
from html import escape

from tests.newsroom.messages import Reply
from tests.newsroom.trouble.case import Behaviours, Case

FEED = "posts.json"
_SHELL = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Live coverage</title>
<link rel="stylesheet" href="/-/style.css">
<script type="module" src="/-/story-view.js"></script>
</head>
<body>
<story-view state="{state}"></story-view>
</body>
</html>
"""


def relaunch(case: Case) -> Reply:
    """The page after a relaunch: a shell, and its posts as JSON in an attribute, for a script to draw (Wire only)."""
    if case.request.path.endswith(f"/{FEED}"):
        return case.reply()
    path, _, query = case.request.target.partition("?")
    asked = replace(case.request, target=f"{path}/{FEED}" + (f"?{query}" if query else ""))
    feed = replace(case, request=asked).page()
    if feed.status != 200:
        return case.reply()
    others = tuple((name, value) for name, value in feed.headers if name.lower() != "content-type")
    shell = _SHELL.format(state=escape(feed.body.decode()))
    return replace(feed, body=shell.encode(), headers=(("Content-Type", "text/html; charset=utf-8"), *others))


LAYOUTS: Behaviours = {"relaunch": relaunch}
