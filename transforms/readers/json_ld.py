"""schema.org LiveBlogPosting in JSON-LD, wherever it stands, with the faults that real pages show mended.

What is not believed: a headline or date that every update repeats from the blog, an author list stamped on all
updates, a headline that is clock and body once more, an address that all updates share.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from transforms.fragment import EMPTY, Fragment, plain_text, read_fragment
from transforms.linked_data import types_of
from transforms.links import joined
from transforms.reading import Evidence, Parsed, Reading
from transforms.records import Coverage, Kind, Section, TimeSource
from transforms.times import TimeContext, TimeRead, read_machine, trusted
from transforms.titles import headings

BLOG_TYPE = "LiveBlogPosting"
MAX_UPDATES = 20_000
POINTS = 4
"""The publisher's own word that the page is a live blog; others may doubt it (see `transforms.decide`)."""
ECHO_CHARS = 40
"""A headline that holds this much of the body's beginning is no headline …"""
STAMP_CHARS = 20
"""… where no more than a clock stands before it …"""
ECHO_SHARE = 0.8
"""… and it goes on to the body's end, or breaks off with dots. A true headline may open the body, but is shorter."""
_BODY_KEYS = ("articleBody", "text", "description")


class JsonLd:
    """Reads LiveBlogPosting objects; the one with the most updates where there are several."""

    name = "json_ld"
    generic = True

    def read(self, parsed: Parsed) -> Reading | None:
        """The blog as its JSON-LD tells it; None where there is none."""
        blogs = [thing for thing in parsed.linked if BLOG_TYPE in types_of(thing)]
        if not blogs:
            return None
        blog = max(blogs, key=lambda thing: len(_listed(thing.get("liveBlogUpdate"))))
        base = text_of(blog.get("url")) or parsed.document.url or ""
        items = _listed(blog.get("liveBlogUpdate"))[:MAX_UPDATES]
        authors = _authors(items)
        read = (_section(item, by, base, parsed.context) for item, by in zip(items, authors, strict=True))
        sections = [section for section in read if section]
        evidence = _evidence(blog, len(sections), parsed)
        return Reading(
            reader=self.name,
            sections=_believed(sections, blog),
            evidence=(evidence,),
            announced=not sections and evidence.points == POINTS,
            **facts(blog, parsed.context),
        )


def _evidence(blog: Mapping[str, Any], updates: int, parsed: Parsed) -> Evidence:
    """The publisher's word; for a blog without updates only where it is the page's own, not one that it links to."""
    if updates:
        return Evidence(POINTS, f"JSON-LD LiveBlogPosting with {updates} updates")
    title = _letters(plain_text(blog.get("headline")) or "")
    shown = [_letters(text) for text in headings(parsed.outline)] if parsed.outline else []
    own = bool(title) and any(title == text for text in shown)
    return Evidence(POINTS if own else 0, "JSON-LD LiveBlogPosting without updates yet")


def facts(thing: Mapping[str, Any], context: TimeContext) -> dict[str, Any]:
    """What an article's or blog's object says of the page as a whole, as keyword arguments of a Reading."""
    published = _time(thing, ("datePublished", "dateCreated"), context).at
    return {
        "title": plain_text(thing.get("headline")) or plain_text(thing.get("name")),
        "standfirst": _joined(thing.get("description")),
        "language": _language(thing.get("inLanguage")),
        "authors": names(thing.get("author") or thing.get("creator")),
        "published_at": published,
        "modified_at": _time(thing, ("dateModified",), context).at,
        "coverage": Coverage(
            start=_time(thing, ("coverageStartTime",), context).at,
            end=_time(thing, ("coverageEndTime",), context).at,
        ),
        "canonical_url": text_of(thing.get("url")),
    }


def names(value: object) -> tuple[str, ...]:
    """Names of persons and organisations, however they are wrapped."""
    found: list[str] = []
    for item in _listed(value):
        name = item.get("name") if isinstance(item, dict) else item
        found += [text for part in _listed(name) if (text := plain_text(part)) and not text.startswith("http")]
    return tuple(dict.fromkeys(found))


def text_of(value: object) -> str | None:
    """The string in a value that may be wrapped in a list or an object with an ``@id`` or ``url``."""
    if isinstance(value, str):
        return value.strip() or None
    for item in _listed(value):
        if isinstance(item, str) and item.strip():
            return item.strip()
        if isinstance(item, dict):
            return text_of(item.get("@id") or item.get("url") or item.get("@value"))
    return None


def _listed(value: object) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _section(item: object, authors: tuple[str, ...], base: str, context: TimeContext) -> Section | None:
    if not isinstance(item, dict):
        return None
    body = _body(item)
    headline = plain_text(item.get("headline")) or plain_text(item.get("name"))
    if not headline and not body.text and not body.media:
        return None
    published = _time(item, ("datePublished", "dateCreated"), context)
    named = text_of(item.get("@id"))
    address = text_of(item.get("url")) or named or text_of(item.get("mainEntityOfPage"))
    return Section(
        section_id="",
        kind=Kind.UPDATE,
        position=0,
        headline=headline,
        text=body.text,
        published_at=published.at,
        published_raw=published.raw or None,
        time_source=TimeSource.JSON_LD if published.at else None,
        modified_at=_time(item, ("dateModified",), context).at,
        authors=authors,
        permalink=joined(base, address) if address else None,
        links=tuple(joined(base, link) for link in body.links),
        media=tuple(dict.fromkeys([*body.media, *_images(item)])),
        publisher_id=_fragment_of(named) or _fragment_of(address) or text_of(item.get("identifier")),
    )


def _body(item: Mapping[str, Any]) -> Fragment:
    for key in _BODY_KEYS:
        for value in _listed(item.get(key)):
            text = value.get("text") or value.get("@value") if isinstance(value, dict) else value
            if isinstance(text, str) and text.strip():
                return read_fragment(text)
    return EMPTY


def _images(item: Mapping[str, Any]) -> list[str]:
    given = (value for key in ("image", "video") if key in item for value in _listed(item[key]))
    return [url for value in given if (url := text_of(value))]


def _time(thing: Mapping[str, Any], keys: Iterable[str], context: TimeContext) -> TimeRead:
    for key in keys:
        value = thing.get(key)
        if isinstance(value, str | int | float) and value:
            return read_machine(value, context, TimeSource.JSON_LD)
    return TimeRead(None, "", None)


def _language(value: object) -> str | None:
    for item in _listed(value):
        code = item.get("alternateName") or item.get("name") if isinstance(item, dict) else item
        if isinstance(code, str) and 2 <= len(code) <= 12:
            return code
    return None


def _joined(value: object) -> str | None:
    return " ".join(read_fragment(value).text.split()) or None if isinstance(value, str) else None


def _fragment_of(address: str | None) -> str | None:
    return (address or "").partition("#")[2] or None


# --- what is not believed --------------------------------------------------------------------------------------------


def _believed(sections: Sequence[Section], blog: Mapping[str, Any]) -> tuple[Section, ...]:
    sections = [_without_echo(section) for section in sections]
    sections = _without_stamped_headline(sections, plain_text(blog.get("headline")))
    sections = _without_stamped_times(sections)
    addresses = [section.permalink for section in sections]
    if len(sections) > 1 and len(set(addresses)) == 1:
        sections = [replace(section, permalink=None, publisher_id=None) for section in sections]
    return tuple(sections)


def _without_echo(section: Section) -> Section:
    """A headline that is the beginning of the body once more, with or without a clock before it, is none."""
    headline = _letters(section.headline or "")
    if not headline or _letters(section.text[:ECHO_CHARS]).rstrip(".…") not in headline:
        return section
    text = _letters(section.text)
    opening = text[:ECHO_CHARS]
    at = headline.find(opening) if opening else -1
    whole = headline.rstrip(".…") == text.rstrip(".…")
    as_long = len(headline) - at >= ECHO_SHARE * len(text) or headline.endswith(("…", "..."))
    if headline and (whole or (len(opening) == ECHO_CHARS and 0 <= at <= STAMP_CHARS and as_long)):
        return replace(section, headline=None)
    return section


def _letters(text: str) -> str:
    return " ".join(text.replace("\u200b", "").casefold().split())


def _without_stamped_headline(sections: list[Section], blog_headline: str | None) -> list[Section]:
    stamped = {section.headline for section in sections}
    if stamped == {blog_headline} and blog_headline:
        return [replace(section, headline=None) for section in sections]
    return sections


def _without_stamped_times(sections: list[Section]) -> list[Section]:
    """Rule R5: times that are all alike, or all at midnight, are the page's and not the updates'."""
    if trusted(section.published_at for section in sections):
        return sections
    return [replace(section, published_at=None, time_source=None, modified_at=None) for section in sections]


def _authors(items: Sequence[object]) -> list[tuple[str, ...]]:
    """Each update's authors. Several names, the same on every update, are the blog's list and not the update's."""
    told: list[tuple[str, ...]] = []
    author: object = None
    by: tuple[str, ...] = ()
    for item in items:
        given = item.get("author") if isinstance(item, dict) else None
        if given != author:  # neighbours mostly have the same
            author, by = given, names(given)
        told.append(by)
    stamped = len(told) > 1 and len(set(told)) == 1 and len(told[0]) > 1
    return [()] * len(told) if stamped else told
