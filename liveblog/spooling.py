"""Looks on disk, by day and blog, given back and recorded in the order of time: memory holds one of them."""

import hashlib
import pickle
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from heapq import merge
from pathlib import Path

from liveblog.sources import Contexts
from transforms.read import READER_VERSION
from transforms.record import Recorded, record
from transforms.records import Capture
from transforms.rows import KnownBlog

HELD_BLOGS = 64
"""Blogs whose state is kept in memory; that of the others waits on disk."""
LOADED_BLOGS = 200
"""Blogs whose state is read from the lake at once."""


@dataclass(frozen=True, slots=True, order=True)
class _Place:
    """One look in the file of its day."""

    observed_at: datetime
    capture_id: str
    offset: int


class LookSpool:
    """Looks in a folder that is ours alone, one file a day."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._places: dict[str, dict[str, list[_Place]]] = {}

    def add(self, capture: Capture, day: str) -> None:
        """Keep a look, to be given back with the others of that day."""
        with (self._folder / day).open("ab") as file:
            place = _Place(capture.look.observed_at, capture.look.capture_id, file.tell())
            pickle.dump(capture, file, pickle.HIGHEST_PROTOCOL)
        self._places.setdefault(day, {}).setdefault(capture.look.blog_id, []).append(place)

    def days(self) -> list[str]:
        """The days of which looks are kept, in order."""
        return sorted(self._places)

    def blogs(self, day: str) -> set[str]:
        """The blogs of which looks are kept for a day."""
        return set(self._places.get(day, ()))

    def looks(self, day: str, blog_id: str) -> Iterator[Capture]:
        """The looks at one blog of one day, in the order of time."""
        places = sorted(self._places.get(day, {}).get(blog_id, ()))
        if not places:
            return
        with (self._folder / day).open("rb") as file:
            for place in places:
                file.seek(place.offset)
                capture: Capture = pickle.load(file)  # noqa: S301 - our own, written above
                yield capture

    def forget(self, day: str) -> None:
        """Let go of a day."""
        if self._places.pop(day, None) is not None:
            (self._folder / day).unlink()


def in_time(*parts: Iterator[Capture]) -> Iterator[Capture]:
    """Looks at one blog from several places, each in the order of time, as one; a look that came twice comes once."""
    last = ""
    for capture in merge(*parts, key=lambda item: (item.look.observed_at, item.look.capture_id)):
        if capture.look.capture_id != last:
            last = capture.look.capture_id
            yield capture


def recorded(known: KnownBlog, captures: Iterable[Capture], sources: Contexts) -> Iterator[Recorded]:
    """What each of the looks at one blog leaves, given in the order of time; its newest looks are recorded already."""
    newest = {row.capture_id for row in (known.last_look, known.last_body) if row}
    for capture in captures:
        if capture.look.capture_id not in newest:
            timezone, language = sources.get(capture.look.source, (None, None))
            result = record(known, capture, timezone=timezone, language=language, reader_version=READER_VERSION)
            known = result.known
            yield result


class KnownBlogs:
    """What is known of blogs, the most recently used in memory and the others in a folder that is ours alone."""

    def __init__(self, folder: Path, load: Callable[[Collection[str]], Mapping[str, KnownBlog]]) -> None:
        self._folder, self._load = folder, load
        self._held: OrderedDict[str, KnownBlog] = OrderedDict()
        self._asked: set[str] = set()

    def expect(self, blog_ids: Collection[str]) -> None:
        """Read from the lake what it knows of these blogs, unless that was done."""
        new = sorted(set(blog_ids) - self._asked)
        for start in range(0, len(new), LOADED_BLOGS):
            for known in self._load(new[start : start + LOADED_BLOGS]).values():
                self.put(known)
        self._asked |= set(new)

    def get(self, blog_id: str) -> KnownBlog:
        """What is known of a blog that was expected."""
        if blog_id not in self._held and self._path(blog_id).exists():
            known: KnownBlog = pickle.loads(self._path(blog_id).read_bytes())  # noqa: S301 - our own, written below
            self.put(known)
        return self._held.get(blog_id) or KnownBlog(blog_id)

    def put(self, known: KnownBlog) -> None:
        """What is known of a blog from now on."""
        self._held[known.blog_id] = known
        self._held.move_to_end(known.blog_id)
        if len(self._held) > HELD_BLOGS:
            oldest, state = self._held.popitem(last=False)
            self._path(oldest).write_bytes(pickle.dumps(state, pickle.HIGHEST_PROTOCOL))

    def _path(self, blog_id: str) -> Path:
        return self._folder / hashlib.blake2b(blog_id.encode(), digest_size=16).hexdigest()
