"""The first step of reading: what form a document has, its text, its tree and its JSON-LD."""

import re
from dataclasses import replace

import orjson

from transforms.decode import decode_page
from transforms.home import home_zone
from transforms.linked_data import linked_data
from transforms.nesting import bounded
from transforms.outline import Outline
from transforms.reading import Form, Parsed
from transforms.records import Document
from transforms.times import TimeContext, read_machine
from transforms.titles import live_word, stated_dates

_HEAD_BYTES = 2048
_MARKUP = (b"<!doctype html", b"<html", b"<head", b"<body", b"<div", b"<article", b"<main", b"<section", b"<p>", b"<p ")
_BINARY = (
    (b"%PDF-", "a PDF document"),
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"RIFF", "a media file"),
    (b"PK\x03\x04", "a ZIP archive"),
    (b"\x1f\x8b", "gzip data that was not decoded"),
)
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8}){0,3}")
_CONTROL = bytes([*range(9), *range(14, 27)])
_MAX_CONTROL_SHARE = 0.1


def parse(document: Document) -> Parsed:
    """Parse what is there; what is no text at all has the form ``unreadable`` and a problem that says why."""
    context = TimeContext(document.fetched_at, document.timezone, _tag(document.language))
    problem = _unreadable(document.content)
    if problem:
        return Parsed(document, Form.UNREADABLE, "", context, problems=(problem,))
    text, utf8 = decode_page(document.content, document.content_type)
    payload = _payload(text)
    if payload is not None:
        return Parsed(document, Form.JSON, text, context, payload=payload)
    if not _is_markup(document):
        return Parsed(document, Form.TEXT, text, context)
    markup, cut = bounded(text)
    outline = Outline(markup if cut else utf8)
    problems = [cut] if cut else []
    if outline.cut_short:
        problems.append("the page has more nodes than are read")
    linked = linked_data(outline)
    zone = document.timezone or home_zone(outline, document.url, linked, generic=document.generic)
    context = replace(context, timezone=zone, language=_tag(outline.head.language) or context.language)
    if context.fetched_at is None:
        days = [read_machine(said, context).day for said in stated_dates(outline, linked)]
        context = replace(context, written=max(filter(None, days), default=None))
    word = live_word(outline, linked)
    told_live = word is not None or b"LiveBlogPosting" in utf8
    return Parsed(document, Form.HTML, markup, context, outline, None, linked, word, told_live, tuple(problems))


def _tag(language: str | None) -> str | None:
    """A BCP 47 tag as it should be written, or None for what is none: "en_GB" -> "en-GB"."""
    tag = (language or "").strip().replace("_", "-")
    return tag if _LANGUAGE.fullmatch(tag) else None


def _unreadable(content: bytes) -> str | None:
    if not content or content.isspace():
        return "the body is empty"
    for mark, name in _BINARY:
        if content.startswith(mark):
            return f"not a page but {name}"
    head = content[:_HEAD_BYTES]
    control = len(head) - len(head.translate(None, _CONTROL))
    if control > _MAX_CONTROL_SHARE * len(head) and not head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "not text: too many control characters"
    return None


def _payload(text: str) -> object | None:
    if text[:_HEAD_BYTES].lstrip()[:1] not in ("{", "["):
        return None
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    return value if isinstance(value, dict | list) else None


def _is_markup(document: Document) -> bool:
    if "html" in (document.content_type or "").lower():
        return True
    head = document.content[: 4 * _HEAD_BYTES].lower().replace(b"\0", b"")
    return any(mark in head for mark in _MARKUP)
