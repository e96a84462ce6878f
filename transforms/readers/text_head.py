"""What stands above the first update of a text dump: title, standfirst, authors, key points, lede, and furniture."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from transforms.cues import cues, live_mark
from transforms.readers.text_entries import Entry
from transforms.readers.text_lines import Line, is_label
from transforms.records import Kind

TITLE_WORDS = 4
"""A line with fewer words is a title only where none has more."""
BYLINE_WORDS = 8
LOOK_FOR_TITLE = 14
"""Lines among which the title stands."""


@dataclass(slots=True)
class Head:
    """The top of a dump."""

    title: str | None = None
    standfirst: str | None = None
    authors: tuple[str, ...] = ()
    entries: list[Entry] = field(default_factory=list)
    """Lede, key events and boilerplate, in their order."""

    @property
    def lede(self) -> str:
        """The lede's text, or empty."""
        return next(("\n\n".join(entry.paragraphs) for entry in self.entries if entry.kind is Kind.LEDE), "")


def read_head(lines: Sequence[Line]) -> Head:
    """Read the lines above the first update."""
    head = Head()
    title = _title_place(lines)
    place = 0
    while place < len(lines):
        line = lines[place]
        if place == title:
            head.title = line.text
        elif line.boilerplate or cues("contents").is_line(line.text):
            _add(head, Kind.BOILERPLATE, line.text)
        elif is_label(line) and place + 1 < len(lines):
            place = _key_events(head, lines, place)
        elif _is_byline(line):
            head.authors += (line.text,)
            _add(head, Kind.BOILERPLATE, line.text)
        elif _is_standfirst(head, lines, place, title):
            head.standfirst = line.text
        else:
            _add(head, Kind.BOILERPLATE if line.is_headline and not line.bullet else Kind.LEDE, line.text)
        place += 1
    return head


def title_place(lines: Sequence[Line]) -> int | None:
    """Index of the title among a dump's lines, or None."""
    return _title_place(lines)


def _title_place(lines: Sequence[Line]) -> int | None:
    candidates = []
    for place, line in enumerate(lines[:LOOK_FOR_TITLE]):
        if line.boilerplate or cues("contents").is_line(line.text):
            continue
        if not line.is_headline:
            break
        if not line.bullet and not line.stamp and not is_label(line) and not _is_byline(line):
            candidates.append(place)
    long = [place for place in candidates if lines[place].text.count(" ") + 1 >= TITLE_WORDS]
    told = [place for place in long if live_mark(lines[place].text)]
    spoken = [place for place in told if not lines[place].text.isupper()]
    return next(
        iter([*spoken, *(place for place in long if not lines[place].text.isupper()), *long, *candidates]), None
    )


def _is_byline(line: Line) -> bool:
    """Whether a line opens like "By Ann Lee" and holds only names."""
    opening = cues("byline").opens(line.text)
    words = line.text.split()
    if not opening or len(words) > BYLINE_WORDS or not line.is_headline:
        return False
    named = words[len(opening.split()) :]
    return bool(named) and sum(word[:1].isupper() for word in named) * 2 >= len(named)


def _is_standfirst(head: Head, lines: Sequence[Line], place: int, title: int | None) -> bool:
    if title is None or head.standfirst or place != title + 1 or lines[place].bullet:
        return False
    return lines[place].is_headline and lines[place].text.count(" ") + 1 >= TITLE_WORDS


def _key_events(head: Head, lines: Sequence[Line], place: int) -> int:
    """Take a label and its list; without bullets below it the label is furniture. Gives the last place taken."""
    end = place + 1
    while end < len(lines) and lines[end].bullet:
        end += 1
    if end == place + 1:
        _add(head, Kind.BOILERPLATE, lines[place].text)
        return place
    bullets = [line.text for line in lines[place + 1 : end]]
    head.entries.append(Entry(Kind.KEY_EVENTS, lines[place].text, bullets))
    return end - 1


def _add(head: Head, kind: Kind, text: str) -> None:
    """Add a paragraph to the one lede, or to the run of furniture it stands in."""
    if kind is Kind.LEDE:
        lede = next((entry for entry in head.entries if entry.kind is Kind.LEDE), None)
        if lede is None:
            head.entries.append(lede := Entry(Kind.LEDE))
        lede.paragraphs.append(text)
        return
    if not head.entries or head.entries[-1].kind is not kind:
        head.entries.append(Entry(kind))
    head.entries[-1].paragraphs.append(text)
