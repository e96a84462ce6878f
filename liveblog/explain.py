"""Why a page was read as it was: the lines of ``extract --explain``."""

from collections.abc import Iterator, Mapping
from typing import Any

import click

from liveblog.render import safe


def explanation(page: Mapping[str, Any]) -> str:
    """What speaks for and against a live blog, which readers spoke and how they agree, paging, and the live state."""
    lines = [*_reasons(page), *_readers(page), *_paging(page.get("paging") or {}), *_state(page.get("coverage") or {})]
    return "\n".join(f"  {click.style(f'{name:<9}', dim=True)} {safe(words)}" for name, words in lines)


def _reasons(page: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if page.get("unreadable"):
        yield "unread", page["unreadable"]
    for reason in page.get("reasons") or ():
        yield ("against" if "(-" in reason else "for" if "(+" in reason else "decision"), reason


def _readers(page: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    found = page.get("completeness") or {}
    by_reader = found.get("by_reader") or {}
    if not by_reader:
        yield "readers", "none found updates"
        return
    counts = ", ".join(f"{name} {count}" for name, count in by_reader.items())
    used = f"; sections come from {page['reader']}" if page.get("reader") else ""
    yield "readers", f"updates found by {counts}{used}"
    yield "complete", f"{found['merged']} updates after merging, {found['in_all']} of them found by every reader"


def _paging(paging: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    words = {"older": "older updates at", "newer": "newer updates at", "load_more": "more are loaded from"}
    for name, phrase in words.items():
        if paging.get(name):
            yield "paging", f"{phrase} {paging[name]}"
    if paging.get("total_pages"):
        yield "paging", f"{paging['total_pages']} pages in all"
    if paging.get("window"):
        yield "paging", f"one page shows {paging['window']} updates"
    if not any(paging.values()):
        yield "paging", "the page says nothing about others"


def _state(coverage: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    state, evidence = coverage.get("state"), coverage.get("evidence")
    yield "state", f"{state or 'not known'}: {evidence or 'nothing on the page says so'}"
