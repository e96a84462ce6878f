"""schema.org LiveBlogPosting in microdata: ``itemprop="liveBlogUpdate"``, or BlogPostings within the blog."""

from collections.abc import Sequence
from dataclasses import replace

from transforms.marks import find_marks
from transforms.outline import Outline
from transforms.reading import Evidence, Parsed, Reading
from transforms.records import Coverage, Kind, Section, TimeSource
from transforms.times import TimeContext, read_machine, trusted
from transforms.unit import FeedReader

POINTS = 4
MAX_UPDATES = 20_000
_BLOG = '[itemtype*="schema.org/LiveBlogPosting"]'
_UPDATES = (
    '[itemprop~="liveBlogUpdate"]',
    '[itemtype*="schema.org/LiveBlogPosting"] [itemtype*="schema.org/BlogPosting"]',
)


class Microdata:
    """Updates that are marked up as such in the page's tree."""

    name = "microdata"
    generic = True

    def read(self, parsed: Parsed) -> Reading | None:
        """The marked updates in page order; None where the page marks none."""
        outline = parsed.outline
        if outline is None:
            return None
        units = next((found for selector in _UPDATES if (found := _outermost(outline, selector))), [])
        if not units:
            return self._announced(outline, parsed.context)
        reader = FeedReader(parsed, outline, find_marks(outline), units[:MAX_UPDATES])
        sections = [_source(unit.section) for unit in reader.read() if unit.section.headline or unit.section.text]
        if not trusted(section.published_at for section in sections):
            sections = [replace(section, published_at=None, time_source=None) for section in sections]
        return Reading(
            reader=self.name,
            sections=tuple(sections),
            title=_property(outline, "headline", units),
            standfirst=_property(outline, "description", units),
            coverage=_coverage(outline, units, parsed.context),
            evidence=(Evidence(POINTS, f"microdata LiveBlogPosting with {len(sections)} updates"),),
        )

    def _announced(self, outline: Outline, context: TimeContext) -> Reading | None:
        """A blog without updates yet, that says when it begins; None for any other page."""
        told = _coverage(outline, (), context)
        if told.start is None:
            return None
        return Reading(
            reader=self.name,
            title=_property(outline, "headline", ()),
            standfirst=_property(outline, "description", ()),
            coverage=told,
            evidence=(Evidence(POINTS, "microdata LiveBlogPosting without updates yet"),),
            announced=True,
        )


def _outermost(outline: Outline, selector: str) -> list[int]:
    """Matches that stand in no other match."""
    found: list[int] = []
    for index in outline.select(selector):
        if not found or index >= outline.ends[found[-1]]:
            found.append(index)
    return found


def _source(section: Section) -> Section:
    """Marked is marked: an update, and its machine time is microdata's."""
    source = TimeSource.MICRODATA if section.time_source is TimeSource.DOM else section.time_source
    return replace(section, kind=Kind.UPDATE, time_source=source)


def _coverage(outline: Outline, units: Sequence[int], context: TimeContext) -> Coverage:
    """When coverage begins and ends, as the blog itself says."""
    start, end = (_property(outline, name, units) for name in ("coverageStartTime", "coverageEndTime"))
    return Coverage(
        read_machine(start, context, TimeSource.MICRODATA).at, read_machine(end, context, TimeSource.MICRODATA).at
    )


def _property(outline: Outline, name: str, units: Sequence[int]) -> str | None:
    """A property of the blog itself: one that stands in no update."""
    for index in outline.select(f'{_BLOG} [itemprop~="{name}"]'):
        if not any(unit <= index < outline.ends[unit] for unit in units):
            told = (outline.attribute(index, name) for name in ("content", "datetime"))
            return next(filter(None, told), None) or outline.text(index) or None
    return None
