"""Mutated pages: no crash, and no invented update: every word of every update stands in the page.

``LIVEBLOG_FUZZ`` sets the number of inputs (60 by default).
"""

import html
import json
import os
import re
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from transforms.decode import decode_text
from transforms.read import read
from transforms.records import Document, Kind

INPUTS = int(os.environ.get("LIVEBLOG_FUZZ", "60"))
PAGES = [path.read_bytes() for path in sorted(Path(__file__).parents[1].joinpath("cases").glob("*/page.*"))]
PIECES = [
    b"<div>", b"</div>", b"<p>", b"</article>", b"<time>09:41</time>", b"<h3>", b"<table><tr>", b"<!--", b"-->",
    b"&lt;",
    b"<script>", b"</script>", b'"', b"'", b"\\", b"{", b"}", b"[", b"]", b",", b"\0", b"\xff", b"\xc3",
    b"\xed\xa0\x80",
    b"</b>", b"<a href='/x'>", b"<br>", b"<blockquote>", b"&#x110000;", b"&nbsp;", b" id='7'", b"<svg>", b"<template>",
]  # fmt: skip
KEYS = [
    "@type",
    "@graph",
    "liveBlogUpdate",
    "articleBody",
    "headline",
    "datePublished",
    "blocks",
    "elements",
    "webPublicationDate",
    "_items",
    "groups",
    "refs",
    "item",
    "documents",
    "block_id",
    "text",
    "time",
    "title",
    "author",
    "name",
    "url",
    "pagination",
    "linkedData",
    "attributes",
    "pinnedPost",
    "keyEvents",
    "id",
]
INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad\0"))
WORD = re.compile(r"[^\W\d_]+|\d+")
TAG = re.compile(r"<[^<>]*>")
UNSEEN = re.compile(r"<(script|style)\b.*?</\1\s*>|<(?:svg|math)\b[^<]*", re.DOTALL | re.IGNORECASE)
"""Not shown: what stands before it and what stands after it is one word."""
BROKEN_TAG = re.compile(r"<[^>]*>")
ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})")


@st.composite
def mutated(draw):
    page = draw(st.sampled_from(PAGES))
    for _ in range(draw(st.integers(1, 6))):
        at, end = sorted((draw(st.integers(0, len(page))), draw(st.integers(0, len(page)))))
        end = min(end, at + draw(st.sampled_from([0, 1, 5, 60, 800, 20_000])))
        kind = draw(st.sampled_from(["cut", "insert", "repeat", "swap", "end"]))
        part = page[at:end]
        if kind == "cut":
            page = page[:at] + page[end:]
        elif kind == "insert":
            page = page[:at] + draw(st.sampled_from(PIECES)) * draw(st.sampled_from([1, 1, 1, 40])) + page[at:]
        elif kind == "repeat":
            page = page[:end] + part * draw(st.integers(1, 3)) + page[end:]
        elif kind == "swap":
            page = page[:at] + page[end:] + part
        else:
            page = page[: max(at, 1)]
    return page


def folded(text):
    return set(WORD.findall(text.translate(INVISIBLE).casefold()))


def invented(said, content):
    """Words of a text that no reader could make out in the page, whatever the markup does to it."""
    missing, glued = folded(said), ""
    text = decode_text(content)
    for _ in range(4):
        for view in (text, TAG.sub(" ", text), BROKEN_TAG.sub(" ", text), text.replace("\0", " ")):
            missing -= folded(view)
        if missing:
            glued += "".join(
                pattern.sub("", shown) for shown in (text, UNSEEN.sub("", text)) for pattern in (TAG, BROKEN_TAG)
            )
        text = html.unescape(ESCAPE.sub(lambda match: chr(int(match[1], 16)), text))
        text = text.replace("\\n", " ").replace("\\t", " ").replace("\\r", " ")
    glued = glued.translate(INVISIBLE).casefold()
    return sorted(word for word in missing if word not in glued)


@settings(max_examples=INPUTS, deadline=None, suppress_health_check=list(HealthCheck))
@given(mutated())
def test_no_word_of_an_update_is_invented(content):
    page = read(Document(content, url="https://news.example/live/story"))
    updates = [section for section in page.sections if section.kind is Kind.UPDATE]
    assert invented("\n".join(f"{update.headline or ''}\n{update.text}" for update in updates), content) == []


def nested(inner):
    return st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=6)


@settings(max_examples=max(INPUTS // 4, 10), deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.recursive(st.none() | st.booleans() | st.floats() | st.text(max_size=30) | st.integers(), nested, max_leaves=40)
)
def test_any_json_is_read_without_an_exception(value):
    content = json.dumps(value, allow_nan=False, default=str) if _plain(value) else "{}"
    read(Document(content.encode("utf-8", "surrogatepass")))
    linked = f'<html><script type="application/ld+json">{content}</script><p>text</p>'
    read(Document(linked.encode("utf-8", "surrogatepass")))


def _plain(value):
    try:
        json.dumps(value, allow_nan=False)
    except ValueError:
        return False
    return True
