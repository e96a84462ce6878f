"""Readers that other installed packages bring: a CMS of one's own needs no copy of this program.

    [project.entry-points."liveblog.readers"]          # in the pyproject.toml of such a package
    story-view = "harbour_readers:StoryView"           # a class without arguments: a `transforms.reading.Reader`

They stand before all others: where one fits, no other reader is asked. Each package's version is part of the reader
version, so that a package installed, upgraded or removed is no edit of a blog (rule R4).

A reader that cannot be loaded, or fails at a page, is left out and told of in the log: recording goes on, and a replay
makes good what was not read.
"""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

    from transforms.reading import Parsed, Reader, Reading

GROUP = "liveblog.readers"
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Added:
    """What installed packages bring."""

    readers: "tuple[Reader, ...]" = ()
    versions: str = ""
    """The packages as they stand in the reader version, such as ``+harbour-readers-1.0``."""
    problems: tuple[str, ...] = ()
    """One line for each reader that cannot be used: which, of which package, and why."""


class Guarded:
    """A stranger's reader, kept to its promise never to raise."""

    def __init__(self, reader: "Reader") -> None:
        self._reader = reader
        self.name, self.generic = reader.name, bool(reader.generic)

    def read(self, parsed: "Parsed") -> "Reading | None":
        """The page as it reads it; None where it does not, or fails."""
        try:
            return self._reader.read(parsed)
        except Exception:
            log.exception("reader %s failed at %s", self.name, parsed.document.url)
            return None


def added(points: "Iterable[EntryPoint] | None" = None) -> Added:
    """The readers that are installed, by name; `points` are the environment's entry points, unless given."""
    from importlib.metadata import entry_points  # not paid for by commands that read nothing

    found = entry_points(group=GROUP) if points is None else points
    readers: list[Reader] = []
    used: set[str] = set()
    problems: list[str] = []
    for point in sorted(found, key=lambda point: (point.name, point.value)):
        package = f"{point.dist.name}-{point.dist.version}" if point.dist is not None else "unknown"
        try:
            readers.append(Guarded(point.load()()))
            used.add(package)
        except (ImportError, AttributeError, SyntaxError, TypeError) as error:
            problems.append(f"reader {point.name!r} of {package} is left out: {point.value}: {error}")
            log.error("%s: mend or uninstall the package", problems[-1])
    return Added(tuple(readers), "".join(f"+{package}" for package in sorted(used)), tuple(problems))
