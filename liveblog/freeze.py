"""A page and what is read from it, kept as a test case: a folder that ``tests/transforms/test_cases.py`` picks up.

page.html | page.txt | page.json    the page as received, content decoded
about.json                          what is known around it: fields of `Document`; the moment stands still
expected.json                       what is read from it, without the path and the reasons' wording
"""

import json
import tempfile
from dataclasses import fields
from pathlib import Path
from typing import Any

from liveblog.errors import InputError
from transforms.read import read
from transforms.records import Document, Page
from transforms.report import page_to_json

NOT_KEPT = ("path", "reasons")
ABOUT = "about.json"
ENDINGS = {"html": ".html", "json": ".json", "plain": ".txt"}


def freeze(document: Document, folder: Path, *, again: bool = False) -> Page:
    """Save a document and what is read from it; the page as read.

    The folder appears whole or not at all. Raises InputError where it exists, unless it holds a case and `again`
    asks for a new one.
    """
    if folder.exists() and not (again and (folder / ABOUT).exists()):
        kind = "a case stands there already: --again replaces it" if (folder / ABOUT).exists() else "it exists already"
        raise InputError(f"{folder}: {kind}, or choose another folder")
    page = read(document)
    told = {name: value for name, value in page_to_json(page, "").items() if name not in NOT_KEPT}
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        _save(document, told, folder)
    except OSError as error:
        raise InputError(f"{folder}: cannot be written: {error.strerror or error}") from error
    return page


def _save(document: Document, told: dict[str, Any], folder: Path) -> None:
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".freeze-") as made:
        new = Path(made) / "case"
        new.mkdir()
        (new / f"page{ending(document)}").write_bytes(document.content)
        (new / ABOUT).write_text(_json(about(document)), "utf-8")
        (new / "expected.json").write_text(_json(told), "utf-8")
        if folder.exists():
            folder.replace(Path(made) / "before")
        new.replace(folder)


def about(document: Document) -> dict[str, Any]:
    """What is known around a page: every field of the document that is set, but its content."""
    known = {field.name: getattr(document, field.name) for field in fields(document) if field.name != "content"}
    if document.fetched_at is not None:
        known["fetched_at"] = document.fetched_at.isoformat()
    return {name: value for name, value in known.items() if value}


def ending(document: Document) -> str:
    """The ending of the page's file name, by its content type, else by how it begins."""
    kind = (document.content_type or "").partition(";")[0].strip().lower()
    for word, found in ENDINGS.items():
        if kind.endswith(word):
            return found
    start = document.content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    return {b"<": ".html", b"{": ".json", b"[": ".json"}.get(start, ".txt")


def _json(value: object) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False) + "\n"
