"""schema.org LiveBlogPosting in microdata: ``itemprop="liveBlogUpdate"``, or BlogPostings within the blog."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from transforms.marks import find_marks
from transforms.outline import Outline
from transforms.reading import Evidence, Parsed, Reading
from transforms.records import Coverage, Kind, Section, TimeSource
from transforms.times import TimeContext, read_machine, trusted
from transforms.unit import FeedReader

POINTS = 4
MAX_UPDATES = 20_000
_BLOG, _POST = "schema.org/LiveBlogPosting", "schema.org/BlogPosting"
_MARKED = f'[itemprop~="liveBlogUpdate"], [itemtype*="{_BLOG}"]'
"""What a page must hold to be looked at closely: few do."""


class Microdata:
    """Updates that are marked up as such in the page's tree."""

    name = "microdata"
    generic = True

    def read(self, parsed: Parsed) -> Reading | None:
        """The marked updates in page order; None where the page marks none."""
        outline = parsed.outline
        if outline is None or outline.parser.css_first(_MARKED) is None:
            return None
        units = _outermost(outline, _named(outline, "liveBlogUpdate"))
        units = units or _outermost(outline, _in_blog(outline, _typed(outline, _POST)))
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
            published_at=_moment(outline, "datePublished", units, parsed.context),
            modified_at=_moment(outline, "dateModified", units, parsed.context),
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


def _named(outline: Outline, name: str) -> list[int]:
    """Elements that are a property of this name."""
    marked = ((at, found.get("itemprop")) for at, found in enumerate(outline.raw_attributes) if "itemprop" in found)
    return [at for at, names in marked if names and name in names.split()]


def _typed(outline: Outline, name: str) -> list[int]:
    """Elements that are things of this type."""
    marked = ((at, found.get("itemtype")) for at, found in enumerate(outline.raw_attributes) if "itemtype" in found)
    return [at for at, names in marked if names and name in names]


def _in_blog(outline: Outline, places: Sequence[int]) -> list[int]:
    """Those of the elements that stand within the blog."""
    blogs = [(blog, outline.ends[blog]) for blog in _typed(outline, _BLOG)] if places else ()
    return [at for at in places if any(blog < at < end for blog, end in blogs)]


def _outermost(outline: Outline, places: Sequence[int]) -> list[int]:
    """Those of the elements that stand in no other."""
    found: list[int] = []
    for index in places:
        if not found or index >= outline.ends[found[-1]]:
            found.append(index)
    return found


def _source(section: Section) -> Section:
    """Marked is marked: an update, and its machine time is microdata's."""
    source = TimeSource.MICRODATA if section.time_source is TimeSource.DOM else section.time_source
    return replace(section, kind=Kind.UPDATE, time_source=source)


def _coverage(outline: Outline, units: Sequence[int], context: TimeContext) -> Coverage:
    """When coverage begins and ends, as the blog itself says."""
    start, end = (_moment(outline, name, units, context) for name in ("coverageStartTime", "coverageEndTime"))
    return Coverage(start, end)


def _moment(outline: Outline, name: str, units: Sequence[int], context: TimeContext) -> datetime | None:
    return read_machine(_property(outline, name, units), context, TimeSource.MICRODATA).at


def _property(outline: Outline, name: str, units: Sequence[int]) -> str | None:
    """A property of the blog itself: one that stands in no update."""
    for index in _in_blog(outline, _named(outline, name)):
        if not any(unit <= index < outline.ends[unit] for unit in units):
            told = (outline.attribute(index, name) for name in ("content", "datetime"))
            return next(filter(None, told), None) or outline.text(index) or None
    return None
