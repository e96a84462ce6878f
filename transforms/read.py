"""The cascade: a document through every reader that fits, merged to one page. Never raises.

Document -> parse (form, charset, tree, JSON-LD) -> readers -> merge -> decide -> Page
"""

from collections.abc import Iterable, Sequence
from dataclasses import fields, replace
from operator import attrgetter

from transforms.clean import cleaned
from transforms.decide import decide
from transforms.identity import blog_id, section_id
from transforms.links import joined
from transforms.merge import merge
from transforms.paging import coverage, paging
from transforms.parse import parse
from transforms.readers import ADDED, ENGINES, FACTS, FALLBACKS, READERS
from transforms.readers.clock_led import ClockLed
from transforms.readers.first_update import FirstUpdate
from transforms.readers.page_facts import PageFacts
from transforms.readers.repeated_blocks import RepeatedBlocks
from transforms.reading import Form, Parsed, Reader, Reading
from transforms.records import Coverage, Document, Kind, Page, Paging, Section
from transforms.walls import wall

READER_VERSION = f"4{ADDED.versions}"
"""The number is raised whenever the same bytes may give other sections: a change of reader is no edit of a blog (rule
R4). Packages that bring readers stand behind it with their versions (`transforms.added`)."""

MOST_OF = 0.6
"""Share of a standfirst that is an update's first paragraph, with its time before it: then it is none."""

_CONTENT = attrgetter(*(field.name for field in fields(Section)[3:]))
"""All of a section but its id, kind and place. Each section of each page is given those last: `replace` takes twice as
long to do so."""


def read(document: Document) -> Page:
    """Read one document. What cannot be read gives a page without sections that says why (`Page.unreadable`)."""
    parsed = parse(document)
    if parsed.form is Form.UNREADABLE:
        reason = parsed.problems[-1]
        return Page(is_live_blog=False, reasons=(reason,), url=document.url, unreadable=reason)
    return _page(parsed, _cascade(parsed))


def _cascade(parsed: Parsed) -> list[Reading]:
    """The readings to merge: of an engine, else of all readers, else of the first fallback that finds a live blog."""
    engine = _asked(ENGINES, parsed)
    if engine:
        return engine
    facts = _asked(FACTS, parsed)
    found = [*_asked(READERS, parsed), *facts]
    if decide(found)[0]:
        return [*_only_block(parsed, found), *found]
    for reader in FALLBACKS:
        instead = _asked((reader,), parsed)
        against = [reading for reading in found if not reading.updates]
        if instead and decide([*instead, *against])[0]:
            return [*instead, *against]
    return found


def _only_block(parsed: Parsed, found: Sequence[Reading]) -> list[Reading]:
    """The page's own block of the only update that structured data tell: it does not repeat, so that no feed was found.

    A last page of older updates may hold just one; read without its block it would lack a headline that it has.
    """
    if max(len(reading.updates) for reading in found) != 1:
        return []
    block = _asked((FirstUpdate(),), parsed)
    sections, _ = merge([*block, *found])
    return block if sum(section.kind is Kind.UPDATE for section in sections) == 1 else []


def _asked(readers: Sequence[Reader], parsed: Parsed) -> list[Reading]:
    fitting = [reader for reader in readers if reader.generic or not parsed.generic]
    return [reading for reader in fitting if (reading := reader.read(parsed))]


def _page(parsed: Parsed, readings: Sequence[Reading]) -> Page:
    sections, completeness = merge(readings)
    facts = _facts(readings)
    is_live, reasons = decide(readings)
    url = _address(parsed.document.url, facts.canonical_url)
    updates = [section for section in sections if section.kind is Kind.UPDATE]
    shown = completeness.by_reader.get(RepeatedBlocks.name, len(updates))
    return Page(
        is_live_blog=is_live,
        reasons=(*_wall(parsed, is_live), *reasons, *parsed.problems),
        url=url,
        title=facts.title,
        standfirst=_standfirst(facts.standfirst, updates),
        language=facts.language or parsed.document.language,
        authors=facts.authors,
        published_at=facts.published_at,
        modified_at=facts.modified_at,
        coverage=coverage(facts.coverage, updates, facts.standfirst, parsed.document.fetched_at),
        reader="+".join(reading.reader for reading in readings if reading.updates) or None,
        sections=_named(cleaned(sections), url) if is_live else (),
        completeness=completeness,
        paging=_paging(parsed, facts.paging, shown) if is_live else facts.paging,
        canonical_url=_address(parsed.document.url, facts.canonical_url) if facts.canonical_url else None,
        robots_meta=_said(parsed, "robots"),
        tdm_reservation=_said(parsed, "tdm-reservation"),
        tdm_policy=_said(parsed, "tdm-policy"),
    )


def _wall(parsed: Parsed, is_live: bool) -> tuple[str, ...]:
    found = None if is_live else wall(parsed)
    return (found,) if found else ()


def _standfirst(told: str | None, updates: Sequence[Section]) -> str | None:
    """The standfirst, unless it is the first thing that an update says."""
    if told is None or any(told == update.headline for update in updates):
        return None
    opening = (update.text.partition("\n\n")[0] for update in updates)
    return None if any(text in told and len(text) >= MOST_OF * len(told) for text in opening if text) else told


def _address(asked: str | None, canonical: str | None) -> str | None:
    return joined(asked or "", canonical) if canonical else asked


def _said(parsed: Parsed, name: str) -> str | None:
    """What the page's own element of that name says, for the record of rights signals."""
    return parsed.outline.head.meta.get(name) if parsed.outline else None


def _paging(parsed: Parsed, told: Paging, updates: int) -> Paging:
    if told != Paging() or parsed.outline is None:
        return told
    return paging(parsed, parsed.outline, updates)


def _facts(readings: Sequence[Reading]) -> Reading:
    """The first answer to each question; what a feed's surroundings show stands back behind what the page declares.

    The page is called what its heading says: a live blog's JSON-LD often bears another name, made for search engines.
    """
    readings = sorted(readings, key=lambda reading: reading.reader in (RepeatedBlocks.name, ClockLed.name))
    told = Reading(reader="all")
    for reading in reversed(readings):
        names = ("title", "standfirst", "language", "authors", "published_at", "modified_at", "canonical_url")
        given = {name: value for name in names if (value := getattr(reading, name))}
        told = replace(told, **given)
        told = replace(told, coverage=_coverage(reading.coverage, told.coverage))
        if reading.paging != Paging():
            told = replace(told, paging=reading.paging)
    heading = next((reading.title for reading in readings if reading.reader == PageFacts.name), None)
    return replace(told, title=heading or told.title)


def _coverage(first: Coverage, second: Coverage) -> Coverage:
    """Each fact from the first that states it; a state goes with its evidence."""
    stating = first if first.state else second
    return Coverage(first.start or second.start, first.end or second.end, stating.state, stating.evidence)


def _named(sections: Iterable[Section], url: str | None) -> tuple[Section, ...]:
    """Sections with their places, and ids: from the publisher's id, else from headline and text, numbered where they
    repeat."""
    blog = blog_id(url or "")
    seen: dict[str, int] = {}
    named = []
    for place, section in enumerate(sections):
        key = f"{section.kind} id {section.publisher_id}" if section.publisher_id else _content_key(section)
        seen[key] = seen.get(key, 0) + 1
        key = key if seen[key] == 1 else f"{key} {seen[key]}"
        named.append(Section(section_id(blog, key), section.kind, place, *_CONTENT(section)))
    return tuple(named)


def _content_key(section: Section) -> str:
    return f"{section.kind} {section.headline or ''}\n{section.text}"
