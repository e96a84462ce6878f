"""What readers are given and what they give back.

Document --(parse)--> Parsed --(each reader)--> Reading --(merge, decide)--> Page
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from transforms.outline import Outline
from transforms.records import Coverage, Document, Kind, Paging, Section
from transforms.times import TimeContext


class Form(StrEnum):
    """What a document is, judged by its bytes."""

    HTML = "html"
    JSON = "json"
    TEXT = "text"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Parsed:
    """A document after parsing, shared by all readers."""

    document: Document
    form: Form
    text: str
    """The document as text; for HTML the markup."""
    context: TimeContext
    """Against which times are read: time of fetching, time zone, language."""
    outline: Outline | None = None
    payload: Any = None
    """The value of a JSON document."""
    linked: tuple[Mapping[str, Any], ...] = ()
    """Objects of the page's JSON-LD, flattened."""
    live_word: str | None = None
    """The word by which the page calls itself live in one of its titles."""
    told_live: bool = False
    """The page calls itself live, in a title or by schema.org's name for a live blog anywhere in its markup."""
    problems: tuple[str, ...] = ()
    """What was cut or mended before reading, one line each."""

    @property
    def generic(self) -> bool:
        """Rules that name an outlet, an engine, a class, an id or an address are off."""
        return self.document.generic


@dataclass(frozen=True, slots=True)
class Evidence:
    """One reason for or against taking the page for a live blog."""

    points: int
    """Positive speaks for it; `transforms.decide` says how many are needed."""
    words: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What one reader found. Sections stand in its order, without id and place."""

    reader: str
    sections: tuple[Section, ...] = ()
    title: str | None = None
    standfirst: str | None = None
    language: str | None = None
    authors: tuple[str, ...] = ()
    published_at: datetime | None = None
    modified_at: datetime | None = None
    coverage: Coverage = field(default_factory=Coverage)
    paging: Paging = field(default_factory=Paging)
    canonical_url: str | None = None
    evidence: tuple[Evidence, ...] = ()
    certain: bool = False
    """The format itself says that it is a live blog: a payload of a live-blog engine."""
    announced: bool = False
    """The page itself says that it is a live blog that may have no update yet."""

    @property
    def updates(self) -> tuple[Section, ...]:
        """Sections that are updates."""
        return tuple(section for section in self.sections if section.kind is Kind.UPDATE)


class Reader(Protocol):
    """One way to read a page. To add a CMS: one module with such an object, and its line in `readers.READERS`."""

    name: str
    """Short, lower case; stands in `Page.reader`."""
    generic: bool
    """False where the reader names an outlet, an engine, a class, an id or an address."""

    def read(self, parsed: Parsed) -> Reading | None:
        """The page as this reader sees it; None where it is not one for this reader. Never raises."""
        ...
